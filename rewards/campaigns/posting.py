"""The only door through which a score moves; the place and the rewards go with it."""

from collections.abc import Sequence
from typing import NamedTuple

from rewards.campaigns import boards, resolving
from rewards.campaigns.boards import SCORE_TOP
from rewards.campaigns.deciding import Stance
from rewards.campaigns.documents import ScoringMode
from rewards.campaigns.models import Campaign
from rewards.campaigns.queries import settings_of
from rewards.campaigns.scoring_models import CampaignEvent
from rewards.campaigns.stepping import count_referrer
from rewards.kit import documents, sql
from rewards.kit.errors import Refused
from rewards.ledger import posting
from rewards.ledger.accounts import Holding, open_score
from rewards.ledger.models import SCORE_OF, Owner


class Amount(NamedTuple):
    """Points up or down for an event: by these rules, or by hand."""

    points: int
    reason: str
    rules: tuple[str, ...] = ()
    # Its transfer's own part of the key; empty for the event's main one.
    part: str = ""
    counterpart: Owner = Owner.ISSUED


def reference_of(event: CampaignEvent) -> str:
    """What every transfer of an event says."""
    return f"campaign_event:{event.id}"


def post_amounts(event: CampaignEvent, stance: Stance, amounts: Sequence[Amount]) -> list[int]:
    """Move the score; the ids of the transfers. The subscriber must be held. Raises Refused (`out_of_range`)."""
    if not amounts:
        return []
    check_range(stance.score, *(amount.points for amount in amounts))
    holding = stance.holding = stance.holding or open_score(event.subscriber_id, f"{SCORE_OF}{event.campaign_id}")
    ids = posting.post([_movement(event, holding, amount) for amount in amounts])
    holding.balance += sum(amount.points for amount in amounts)
    return ids


def check_range(balance: int, *changes: int) -> None:
    """Let no score leave what the board can order. Raises Refused (`out_of_range`)."""
    for change in changes:
        balance += change
        if not -SCORE_TOP < balance <= SCORE_TOP:
            raise Refused("out_of_range", f"A score of {balance:,} is out of range: {SCORE_TOP:,} is the most, up or down.")


def follow(campaign: Campaign, subscriber_id: int, stance: Stance) -> None:
    """Let the place and the rewards follow what was posted."""
    move(campaign, subscriber_id, stance)
    resolving.resolve_for(campaign_id=campaign.id, subscriber_id=subscriber_id)


def move(campaign: Campaign, subscriber_id: int, stance: Stance) -> None:
    """Let the place follow."""
    by_referrals = settings_of(campaign).scoring_mode == ScoringMode.REFERRALS_ONLY
    if stance.has_place:
        score = stance.referrals if by_referrals else stance.score
        boards.move(campaign_id=campaign.id, subscriber_id=subscriber_id, score=score)


def count_referral(event: CampaignEvent, stance: Stance, change: int) -> None:
    """Let the campaign count the event's referral, or count it no more."""
    before, stance.referrals = stance.referrals, stance.referrals + change
    if bool(before) != bool(stance.referrals):
        count_referrer(event.campaign_id, event.subscriber_id, change)
    key = (event.campaign_id, event.subscriber_id)
    sql.run("UPDATE entrants SET referrals = ? WHERE campaign_id = ? AND subscriber_id = ?", (stance.referrals, *key))
    sql.run("UPDATE referrals SET scored = ? WHERE id = ?", (int(change > 0), event.referral_id))


def _movement(event: CampaignEvent, holding: Holding, amount: Amount) -> posting.Movement:
    return posting.Movement(
        holding=holding,
        counterpart=amount.counterpart,
        amount=abs(amount.points),
        reason=amount.reason,
        idempotency_key=f"{reference_of(event)}:{amount.part}" if amount.part else reference_of(event),
        to_person=amount.points > 0,
        actor_id=event.actor_id,
        reference=reference_of(event),
        details=documents.canonical({"event": event.event, "rules": list(amount.rules), "version": event.version_id}),
        follows=True,
    )
