"""The form of a campaign's rule as text to type into, what was typed as a rule, and rules as sentences."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from rewards.campaigns.rule_documents import FIRST_ONLY, REFERRALS, CampaignRule
from rewards.campaigns.scoring_models import Happening
from rewards.kit.errors import Invalid
from rewards.kit.written import read_part
from rewards.web.condition_rows import FIELD, Row
from rewards.web.condition_rows import LOOKS_AT as ALL_LOOK_AT
from rewards.web.rule_parts import EMPTY, named_somehow, sent_rule, shared_form, shared_members
from rewards.web.rule_sentences import Sentence, Teller
from rewards.web.typed import Typed, beside, number_text
from rewards.web.words import plural

FIELDS = {"conditions": "conditions_document"}
LOOKS_AT = {
    REFERRALS: "Confirmed referrals",
    FIRST_ONLY: "Only the first referral",
    "campaign.minScore": "Score before it",
    FIELD: "A field, such as source",
    **{name: ALL_LOOK_AT[name] for name in ("person.days_since_joining", "time.weekday", "time.hour", "time.date")},
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
    return sent_rule(sent, looks_at=LOOKS_AT, new=Row(REFERRALS))


def empty_form() -> dict[str, Any]:
    """The form for a new rule."""
    return {**EMPTY, "event": Happening.REFERRAL_CONFIRMED.value}


def form_of(rule: CampaignRule) -> dict[str, Any]:
    """The form as it stands for a rule."""
    return shared_form(rule, rule.conditions, LOOKS_AT) | {"event": rule.event.value, "points": number_text(rule.points)}


def read_rule(typed: Typed, before: CampaignRule | None = None) -> CampaignRule:
    """The rule that was typed. Raises Invalid beside the fields."""
    members = shared_members(typed, before) | {"event": typed.text("event"), "points": typed.whole("points")}
    if members["points"] is None:
        typed.problems.setdefault("points", "Enter how many, for example 10; -10 takes them away.")
    typed.check()
    try:
        return read_part(CampaignRule, members)
    except Invalid as error:
        raise beside(error, FIELDS) from error


def draft_of(typed: Mapping[str, Any], before: CampaignRule | None) -> CampaignRule | None:
    """What is typed, as a rule; None as long as something in it is wrong."""
    try:
        return read_rule(named_somehow(typed), before)
    except Invalid:
        return None
