"""What an event in a campaign is worth, decided by the engine that decides everything else. Nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rewards.activities.registry import registry_in_force
from rewards.campaigns.compiling import PAID_ONCE, programme_of, rules_at
from rewards.campaigns.rule_documents import CampaignRule
from rewards.campaigns.scoring_models import CampaignEvent, Happening
from rewards.campaigns.subscriber_models import Subscriber
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


def verdict_on(event: CampaignEvent, subscriber: Subscriber, stance: Stance) -> Verdict:
    """What the rules that the event was stamped with say of it. Raises DecisionError."""
    programme = programme_of(event.version_id, stance.variant)
    paid = [row[0] for row in sql.rows(PAID, (event.campaign_id, event.subscriber_id))]
    counted = {"referralCount": stance.referrals + (event.event == Happening.REFERRAL_CONFIRMED), "score": stance.score}
    metadata = {PAID_ONCE: paid, "source": subscriber.source}
    decision = decide(
        programme=programme,
        occurrence=_occurrence(event, metadata),
        standing=_standing(subscriber, counted),
        paid_before_today=0,
    )
    by_key = {rule.key: rule for rule in rules_at(event.version_id).of(stance.variant)}
    rules = [by_key[note["rule"]] for note in decision.trace["rules"] if note["matched"]]
    return Verdict(
        points=sum(rule.points for rule in rules if rule.threshold is None),
        rules=tuple(rules),
        once=tuple(rule for rule in rules if rule.threshold is not None),
        reason=_reason(event, rules),
        trace=decision.trace | {"campaign": counted, "variant": stance.variant},
    )


PAID = "SELECT rule FROM milestones WHERE campaign_id = ? AND subscriber_id = ? ORDER BY rule"


def _occurrence(event: CampaignEvent, metadata: Mapping[str, Any]) -> Occurrence:
    local = _local(event.occurred_at)
    return Occurrence(event.event, "", "", metadata, event.occurred_at, local, local.date())


def _standing(subscriber: Subscriber, counted: Mapping[str, int]) -> Standing:
    joined_on = _local(subscriber.joined_at).date()
    return Standing(subscriber.id, 1, 0, 0, joined_on, [], {}, 0, counted)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(zone_named(registry_in_force().settings.timezone))


def _reason(event: CampaignEvent, rules: list[CampaignRule]) -> str:
    names = ", ".join(rule.description or readable(rule.key) for rule in rules)
    if event.reason:
        return f"{event.reason}: {names}" if names else event.reason
    return names or SAID[Happening(event.event)]
