"""The settings of a campaign and the words of its public page as plain questions, and what was typed as documents."""

from typing import Any
from zoneinfo import ZoneInfo

from rewards.campaigns.documents import HOLD_DAYS_MAX, CampaignDocument, PageSettings, ScoringMode, WaitlistDocument
from rewards.kit.errors import Invalid, Problem
from rewards.kit.written import Part, read_part
from rewards.web.day_fields import day_text, days_typed
from rewards.web.typed import Typed, beside, number_text

TEXTS = ("headline", "promise", "consent")
SWITCHES = ("referrals_enabled", "leaderboard_enabled", "snapshot_leaderboard", "allow_self_referrals", "require_email_verification")
MODES = [
    (ScoringMode.POINTS.value, "Their points", "What the rules give and take."),
    (ScoringMode.REFERRALS_ONLY.value, "The number of confirmed referrals alone", "Points are kept, and decide no place."),
]
OTHERS = ("max_winners", "scoring_mode", "referral_hold_days")
FIELDS = {"name": "list_name", "page.allowed_origins": "allowed_origins", **{f"page.{name}": name for name in (*TEXTS, "capacity")}}
SAID = {
    "referral_hold_days": f"Enter a whole number from 0 to {HOLD_DAYS_MAX}.",
    "slug": "Use 3 to 64 small letters, digits and -, such as spring-group.",
    "name": "Enter a name.",
    "list_name": "Enter a name.",
    "max_winners": "Enter a whole number from 1.",
    "capacity": "Enter a whole number from 1, or nothing for no limit.",
    "last_day": "Choose a day that is not before the first one.",
}


def form_of(campaign: CampaignDocument, waitlist: WaitlistDocument, zone: ZoneInfo) -> dict[str, Any]:
    """The form as it stands."""
    settings, page = campaign.settings, waitlist.page
    return {
        "name": campaign.name,
        "list_name": waitlist.name,
        "slug": waitlist.slug or "",
        **{name: getattr(page, name) for name in TEXTS},
        "asks_name": page.asks_name,
        "capacity": number_text(page.capacity),
        "allowed_origins": "\n".join(page.allowed_origins),
        **{name: getattr(settings, name) for name in SWITCHES},
        "max_winners": number_text(settings.max_winners),
        "referral_hold_days": number_text(settings.referral_hold_days),
        "scoring_mode": settings.scoring_mode.value,
        "first_day": day_text(campaign.starts_at, zone),
        "last_day": day_text(campaign.ends_at, zone, ends=True),
    }


def read_page(typed: Typed, before: WaitlistDocument) -> WaitlistDocument:
    """The waitlist as it was typed. Raises Invalid beside the fields."""
    page: dict[str, Any] = {"headline": typed.line("headline", before.page.headline) or ""}
    page |= {name: typed.text(name) or "" for name in ("promise", "consent")}
    page |= {"asks_name": bool(typed.get("asks_name")), "capacity": typed.whole("capacity"), "allowed_origins": origins_typed(typed)}
    name = typed.line("list_name", before.name)
    members = {"key": before.key, "slug": typed.text("slug"), "name": name, "coach_id": before.coach_id, "page": page}
    typed.problems |= {field: SAID[field] for field, text in (("list_name", name), ("slug", members["slug"])) if not text}
    typed.check()
    return _read(WaitlistDocument, members)


def read_campaign(typed: Typed, before: CampaignDocument, zone: ZoneInfo) -> CampaignDocument:
    """The campaign as it was typed, with the rules and rewards that it has. Raises Invalid beside the fields."""
    name = typed.line("name", before.name)
    settings: dict[str, Any] = {switch: bool(typed.get(switch)) for switch in SWITCHES}
    settings |= {"max_winners": typed.whole("max_winners"), "scoring_mode": typed.text("scoring_mode")}
    settings["referral_hold_days"] = typed.whole("referral_hold_days") or 0
    settings["tie_breaker"] = before.settings.tie_breaker.value
    moments = days_typed(typed, {"first_day": ("starts_at", before.starts_at), "last_day": ("ends_at", before.ends_at)}, zone)
    if not name:
        typed.problems["name"] = SAID["name"]
    if settings["max_winners"] is None:
        typed.problems.setdefault("max_winners", SAID["max_winners"])
    typed.check()
    kept = {member: getattr(before, member) for member in ("key", "status", "rules", "variants", "rewards")}
    return _read(CampaignDocument, {**kept, "name": name, "settings": settings, **moments})


def preview_of(typed: Typed, before: WaitlistDocument) -> PageSettings:
    """The words of the page as far as they can be read."""
    members = {name: (typed.text(name) or "")[:500] for name in TEXTS}
    return before.page.model_copy(update={**members, "asks_name": bool(typed.get("asks_name"))})


def origins_typed(typed: Typed) -> list[str]:
    """One on each line."""
    return [line.strip() for line in str(typed.get("allowed_origins", "")).splitlines() if line.strip()]


def _read(kind: type[Part], members: dict[str, Any]) -> Part:
    names = {
        **(FIELDS if issubclass(kind, WaitlistDocument) else {}),
        **{f"settings.{name}": name for name in (*SWITCHES, *OTHERS)},
        "starts_at": "first_day",
        "ends_at": "last_day",
    }
    try:
        return read_part(kind, members)
    except Invalid as error:
        found = beside(error, names).problems
        raise Invalid([Problem(one.field, SAID.get(one.field, one.message), one.value) for one in found]) from error
