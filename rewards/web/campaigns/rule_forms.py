"""The form of a campaign's rule as text to type into, what was typed as a rule, and rules as sentences."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from rewards.campaigns.rule_documents import FIRST_ONLY, REFERRALS, CampaignRule
from rewards.campaigns.scoring_models import Happening
from rewards.earning.documents import key_from
from rewards.kit.errors import Invalid
from rewards.kit.written import read_part
from rewards.web.admin.condition_rows import FIELD, ROWS_MAX, Row, as_document, rows_of, rows_sent
from rewards.web.admin.rule_form import conditions_typed, moment_text
from rewards.web.rule_sentences import Sentence, Teller
from rewards.web.typed import Typed, beside, number_text
from rewards.web.words import plural

MANY = ("condition_what", "condition_name", "condition_operator", "condition_value")
FIELDS = {"conditions": "conditions_document"}
LOOKS_AT = {
    REFERRALS: "Confirmed referrals",
    FIRST_ONLY: "Only the first referral",
    "campaign.minScore": "Score before it",
    "person.days_since_joining": "Days since joining",
    FIELD: "A field, such as source",
    "time.weekday": "Day of the week",
    "time.hour": "Hour, 0 to 23",
    "time.date": "Date",
}
EVENTS = {
    Happening.SIGNUP: ("Somebody joins", "somebody joins"),
    Happening.EMAIL_VERIFIED: ("They confirm their address", "they confirm their address"),
    Happening.REFERRAL_CONFIRMED: ("Somebody they brought is confirmed", "somebody they brought is confirmed"),
    Happening.MANUAL: ("You adjust their points by hand", "their points are adjusted by hand"),
}


class CampaignTeller(Teller):
    """Says what a campaign's rule does."""

    def campaign_rule(self, rule: CampaignRule) -> Sentence:
        """When, if, then, and within which limits."""
        limits = [self._window(rule.active_from, rule.active_until), "No rule after it is tried" if rule.stop else ""]
        limits += ["Once for each person, as long as it holds"] if rule.threshold is not None else []
        told = " ".join(f"{one}." for one in limits if one)
        points = f"{self.words.signed(rule.points)} {plural(abs(rule.points), 'point')}"
        return Sentence(EVENTS[rule.event][1], self.conditions(rule.conditions), points, told)


def sent_form(sent: MultiDict[str, str]) -> Typed:
    """The form as it was sent, with a row more or one fewer where that was asked for."""
    typed = Typed(sent, MANY)
    rows = rows_sent(typed, LOOKS_AT)
    if "add" in sent and len(rows) < ROWS_MAX:
        rows.append(Row(REFERRALS))
    gone = sent.get("remove", type=int)
    typed["rows"] = [row for place, row in enumerate(rows, 1) if place != gone]
    return typed


def empty_form() -> dict[str, Any]:
    """The form for a new rule."""
    return {"event": Happening.REFERRAL_CONFIRMED.value, "rows": [], "match": "all", "active": True, "priority": "100"}


def form_of(rule: CampaignRule) -> dict[str, Any]:
    """The form as it stands for a rule."""
    shown = rows_of(rule.conditions, LOOKS_AT)
    return {
        "description": rule.description or rule.key,
        "event": rule.event.value,
        "points": number_text(rule.points),
        "priority": number_text(rule.priority),
        "match": shown[0] if shown else "all",
        "rows": shown[1] if shown else [],
        "is_document": shown is None,
        "conditions_document": "" if shown else as_document(rule.conditions),
        "active_from": moment_text(rule.active_from),
        "active_until": moment_text(rule.active_until),
        "stop": rule.stop,
        "active": rule.active,
    }


def read_rule(typed: Typed, before: CampaignRule | None = None) -> CampaignRule:
    """The rule that was typed. Raises Invalid beside the fields."""
    description = typed.line("description", before.description if before else None)
    if description is None:
        typed.problems["description"] = "Say in a few words what it is for."
    points = typed.whole("points")
    if points is None:
        typed.problems.setdefault("points", "Enter how many, for example 10; -10 takes them away.")
    members: dict[str, Any] = {
        "key": before.key if before else key_from(description or "rule"),
        # Where it has none, the form shows its key.
        "description": before.description if before and description == (before.description or before.key) else description or "",
        "event": typed.text("event"),
        "points": points,
        "priority": typed.whole("priority") if typed.text("priority") else 100,
        "conditions": conditions_typed(typed),
        "active_from": typed.text("active_from"),
        "active_until": typed.text("active_until"),
        "stop": bool(typed.get("stop")),
        "active": bool(typed.get("active")),
    }
    typed.check()
    try:
        return read_part(CampaignRule, members)
    except Invalid as error:
        raise beside(error, FIELDS) from error


def draft_of(typed: Mapping[str, Any], before: CampaignRule | None) -> CampaignRule | None:
    """What is typed, as a rule; None as long as something in it is wrong. A name is often typed last, and changes nothing."""
    copied = Typed.of(typed)
    copied["description"] = copied.get("description") or "It"
    try:
        return read_rule(copied, before)
    except Invalid:
        return None
