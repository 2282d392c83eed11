"""Somebody on a list: where they stand and why, whom they brought, and what is decided about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns.adjusting import adjust
from rewards.campaigns.histories import ScoreLine, history_of
from rewards.campaigns.judging import accept, disqualify, include_again
from rewards.campaigns.linking import become_client
from rewards.campaigns.overseeing import Person, brought_by, person_of
from rewards.campaigns.queries import erased_among, flags_of, referrals_of
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Forbidden, Invalid, Refused
from rewards.kit.values import readable
from rewards.web.campaigns.confirming import Question
from rewards.web.campaigns.desk import Desk
from rewards.web.campaigns.people import SUSPECTED
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed, page_key

REASON_MAX = 500
VERBS: Mapping[str, Callable[..., object]] = {"accepted": accept, "included": include_again, "invited": become_client}
LINES_MAX = 100
# Why a referral does not count.
WHY = {
    "": "",
    "disqualified": "disqualified",
    "erased": "gone before it counted",
    "campaign_over": "confirmed after the end",
    "campaign_paused": "confirmed while it was paused",
}
STATES = {"waiting": "Waiting", "held": "To decide", "confirmed": "Confirmed", "undone": "Undone"}


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the history, with the rules that were tried."""

    line: ScoreLine
    found: str
    rules: list[tuple[str, bool]]


def show(campaign_id: int, subscriber_id: int) -> ResponseReturnValue:
    """Everything about them in this campaign."""
    desk, person = _desk(campaign_id, subscriber_id)
    return _page(desk, person, {})


def accept_one(campaign_id: int, subscriber_id: int) -> ResponseReturnValue:
    """They are who they seem to be."""
    return _decide(campaign_id, subscriber_id, "accepted")


def include_one(campaign_id: int, subscriber_id: int) -> ResponseReturnValue:
    """They take part after all."""
    return _decide(campaign_id, subscriber_id, "included")


def invite_one(campaign_id: int, subscriber_id: int) -> ResponseReturnValue:
    """Invite them to be a client; they keep what they have."""
    return _decide(campaign_id, subscriber_id, "invited")


def ask_to_disqualify(campaign_id: int, subscriber_id: int) -> ResponseReturnValue:
    """What it would do."""
    desk, person = _desk(campaign_id, subscriber_id)
    return _disqualification(desk, person, {}, {})


def disqualify_one(campaign_id: int, subscriber_id: int) -> ResponseReturnValue:
    """They take no part any more."""
    (desk, person), typed = _desk(campaign_id, subscriber_id), Typed(request.form)
    reason, actor = typed.text("reason") or "", desk.viewer
    if not 0 < len(reason) <= REASON_MAX:
        said = {"reason": f"Enter a reason of at most {REASON_MAX} characters."}
        return _disqualification(desk, person, typed, said, status=422)
    with db.write():
        disqualify(subscriber_id=subscriber_id, actor=actor, reason=reason)
    return desk.leave(f"people/{subscriber_id}", "disqualified")


def ask_how_much(campaign_id: int, subscriber_id: int) -> ResponseReturnValue:
    """How many points, and why."""
    desk, person = _desk(campaign_id, subscriber_id)
    return _adjustment(desk, person, {}, {})


def adjust_one(campaign_id: int, subscriber_id: int) -> ResponseReturnValue:
    """Give points or take them away, once for one form."""
    (desk, person), typed = _desk(campaign_id, subscriber_id), Typed(request.form)
    actor = desk.viewer
    try:
        points = typed.whole("points")
        if points is None:
            typed.problems.setdefault("points", "Enter how many, for example 10 or -10.")
        if not typed.text("reason"):
            typed.problems["reason"] = "Enter a reason; they read it in their history."
        typed.check()
        reason, key = typed.text("reason") or "", page_key(typed)
        with db.write():
            adjust(
                campaign_id=campaign_id, subscriber_id=subscriber_id, points=points or 0, reason=reason, actor=actor, idempotency_key=key
            )
    except (Invalid, Refused) as error:
        return _adjustment(desk, person, typed, problems_of(error), status=422)
    return desk.leave(f"people/{subscriber_id}", "adjusted")


def name_of(person: Person) -> str:
    """What to call somebody who may have told no name."""
    return person.name or person.email


def _desk(campaign_id: int, subscriber_id: int) -> tuple[Desk, Person]:
    desk = Desk(campaign_id)
    return desk, person_of(desk.campaign, subscriber_id)


def _decide(campaign_id: int, subscriber_id: int, told: str) -> ResponseReturnValue:
    desk, _ = _desk(campaign_id, subscriber_id)
    actor = desk.viewer
    try:
        with db.write():
            VERBS[told](subscriber_id=subscriber_id, actor=actor)
    except (Refused, Forbidden) as error:
        desk = Desk(campaign_id)
        return _page(desk, person_of(desk.campaign, subscriber_id), {"": _said(error)}, status=409)
    return desk.leave(f"people/{subscriber_id}", told)


def _said(error: DomainError) -> str:
    return error.message if isinstance(error, Refused) else str(error)


def _page(desk: Desk, person: Person, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    lines = history_of(campaign_id=desk.campaign.id, subscriber_id=person.id, latest=LINES_MAX)
    referrer: Subscriber | None = brought_by(person.id)
    flags = flags_of(person.id)
    return desk.show(
        "campaigns/person.html",
        status=status,
        person=person,
        problems=problems,
        name=name_of(person),
        lines=[_told(desk, line, person) for line in reversed(lines)],
        flags=flags,
        erased=erased_among(other for flag in flags for other in flag.evidence.get("subscribers", ())),
        is_suspected=person.status == "active" and any(flag.decided_at is None for flag in flags),
        referrals=referrals_of(person.id, limit=LINES_MAX),
        referrer=referrer,
        suspected=SUSPECTED,
        states=STATES,
        why=WHY,
        variant=next((one for one in desk.rulebook.variants if one.key == person.variant), None),
    )


def _told(desk: Desk, line: ScoreLine, person: Person) -> Told:
    trace = line.trace or {}
    counted = trace.get("campaign") or {}
    names = {rule.key: rule.description or readable(rule.key) for rule in desk.rulebook.of(person.variant)}
    number = desk.words.number
    before = f"{number(counted['referralCount'])} confirmed referrals, {number(counted['score'])} points before it." if counted else ""
    rules = [(names.get(one["rule"]) or readable(one["rule"]), bool(one.get("matched"))) for one in trace.get("rules", ())]
    return Told(line, before, rules)


def _disqualification(
    desk: Desk, person: Person, typed: Mapping[str, str], problems: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    place = f"{desk.place}/people/{person.id}"
    return Question(
        f"Disqualify {name_of(person)}?",
        [
            "They lose their place and what they have earned and not received. Whoever brought them loses the referral.",
            "You can include them again, with all they had.",
        ],
        action=f"{place}/disqualification",
        verb="Disqualify",
        back=place,
        numbers=[("Place", f"{desk.words.number(person.place)} now, none after")] if person.place else (),
        reason_hint="It stays in the audit, and is not shown to them.",
        problems=problems,
        typed=typed,
        keep="Keep them in",
    ).ask(desk, status)


def _adjustment(
    desk: Desk, person: Person, typed: Mapping[str, str], problems: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    context = {"person": person, "name": name_of(person), "typed": typed, "problems": problems}
    return desk.show("campaigns/adjustment.html", "dialog", status=status, **context)
