"""What an event in a campaign is worth, decided by the engine that decides everything else. Nothing is written here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from rewards.activities.registry import registry_in_force
from rewards.campaigns.compiling import PAID_ONCE, programme_of, rules_at
from rewards.campaigns.rule_documents import CampaignRule
from rewards.campaigns.scoring_models import CampaignEvent, Happening
from rewards.campaigns.subscriber_models import Subscriber
from rewards.earning.compiled import Programme
from rewards.earning.deciding import decide
from rewards.earning.occurring import Occurrence, Standing
from rewards.kit import sql
from rewards.kit.values import readable
from rewards.ledger.accounts import Holding, score_holdings
from rewards.ledger.models import SCORE_OF
from rewards.people.zones import zone_named

SAID = {
    Happening.SIGNUP: "Joined",
    Happening.EMAIL_VERIFIED: "Verified the address",
    Happening.REFERRAL_CONFIRMED: "A referral was confirmed",
    Happening.MANUAL: "Adjusted by hand",
}


@dataclass(slots=True)
class Stance:
    """A subscriber in a campaign as a decision finds them."""

    variant: str
    referrals: int
    has_place: bool
    # None until something was posted for them.
    holding: Holding | None

    @property
    def score(self) -> int:
        """What they have."""
        return self.holding.balance if self.holding else 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an event is worth: each time, and by the rules that pay once."""

    points: int
    rules: tuple[CampaignRule, ...]
    once: tuple[CampaignRule, ...]
    reason: str
    trace: dict[str, Any]


def stance_of(campaign_id: int, subscriber_id: int) -> Stance:
    """How they stand. The subscriber must be held."""
    question = "SELECT variant, referrals, rank_key IS NOT NULL FROM entrants WHERE campaign_id = ? AND subscriber_id = ?"
    variant, referrals, has_place = sql.rows(question, (campaign_id, subscriber_id))[0]
    holding = score_holdings([subscriber_id], f"{SCORE_OF}{campaign_id}").get(subscriber_id)
    return Stance(variant, referrals, bool(has_place), holding)


class Book(NamedTuple):
    """The rules that decide for one variant: as the engine reads them, and by their keys."""

    programme: Programme
    rules: Mapping[str, CampaignRule]


@dataclass(frozen=True, slots=True)
class Case:
    """Something that happened, and whom it happened to as its decision finds them: a referral that is decided is not counted yet."""

    event: str
    occurred_at: datetime
    # What is said of it, where somebody said something.
    reason: str
    subscriber_id: int
    joined_at: datetime
    source: str
    variant: str
    referrals: int
    score: int
    # The rules that pay once and have paid.
    paid_once: Collection[str]


def verdict_on(event: CampaignEvent, subscriber: Subscriber, stance: Stance) -> Verdict:
    """What the rules that the event was stamped with say of it. Raises DecisionError."""
    paid = [row[0] for row in sql.rows(PAID, (event.campaign_id, event.subscriber_id))]
    case = Case(
        event=event.event,
        occurred_at=event.occurred_at,
        reason=event.reason,
        subscriber_id=subscriber.id,
        joined_at=subscriber.joined_at,
        source=subscriber.source,
        variant=stance.variant,
        referrals=stance.referrals,
        score=stance.score,
        paid_once=paid,
    )
    written = {rule.key: rule for rule in rules_at(event.version_id).of(stance.variant)}
    return verdict_by(Book(programme_of(event.version_id, stance.variant), written), case)


def verdict_by(book: Book, case: Case) -> Verdict:
    """What these rules say of it; reads nothing. Raises DecisionError."""
    counted = {"referralCount": case.referrals + (case.event == Happening.REFERRAL_CONFIRMED), "score": case.score}
    decision = decide(programme=book.programme, occurrence=_occurrence(case), standing=_standing(case, counted), paid_before_today=0)
    rules = [book.rules[note["rule"]] for note in decision.trace["rules"] if note["matched"]]
    return Verdict(
        points=sum(rule.points for rule in rules if rule.threshold is None),
        rules=tuple(rules),
        once=tuple(rule for rule in rules if rule.threshold is not None),
        reason=_reason(case, rules),
        trace=decision.trace | {"campaign": counted, "variant": case.variant},
    )


PAID = "SELECT rule FROM milestones WHERE campaign_id = ? AND subscriber_id = ? ORDER BY rule"


def _occurrence(case: Case) -> Occurrence:
    local = _local(case.occurred_at)
    metadata = {PAID_ONCE: list(case.paid_once), "source": case.source}
    return Occurrence(case.event, "", "", metadata, case.occurred_at, local, local.date())


def _standing(case: Case, counted: Mapping[str, int]) -> Standing:
    joined_on = _local(case.joined_at).date()
    return Standing(case.subscriber_id, 1, 0, 0, joined_on, [], {}, 0, counted)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(zone_named(registry_in_force().settings.timezone))


def _reason(case: Case, rules: list[CampaignRule]) -> str:
    names = ", ".join(rule.description or readable(rule.key) for rule in rules)
    if case.reason:
        return f"{case.reason}: {names}" if names else case.reason
    return names or SAID[Happening(case.event)]
