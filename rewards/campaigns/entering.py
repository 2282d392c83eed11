"""Who takes part in a campaign: everybody on its waitlist, each with one variant of its rules for good."""

from collections.abc import Sequence

from rewards.campaigns import boards
from rewards.campaigns.compiling import rules_at
from rewards.campaigns.models import Campaign
from rewards.campaigns.splitting import deal
from rewards.kit import clock, sql
from rewards.kit.columns import time_text

ENTER = (
    "INSERT INTO entrants (campaign_id, subscriber_id, rank_key, referrals, variant, entered_at)"
    " SELECT ?, s.id, NULL, 0, {variant}, ? FROM {people} AS s WHERE s.waitlist_id = ? AND {which}"
    " AND NOT EXISTS (SELECT 1 FROM entrants e WHERE e.campaign_id = ? AND e.subscriber_id = s.id)"
)


def enter_everybody(campaign: Campaign) -> int:
    """Let everybody who is on the list take part, and order them; how many are new."""
    entered = _enter(campaign, "s.status <> 'erased'", ())
    boards.rebuild(campaign_id=campaign.id)
    return entered


def enter_one(campaign: Campaign, subscriber_id: int) -> None:
    """Let who has just joined take part, and give them their place."""
    _enter(campaign, "s.id = ?", (subscriber_id,))
    boards.enter(campaign_id=campaign.id, subscriber_ids=[subscriber_id])


def _enter(campaign: Campaign, which: str, params: Sequence[object]) -> int:
    dealt = deal(campaign.id, rules_at(campaign.version_id).variants if campaign.version_id else [])
    text = ENTER.format(variant=dealt.variant, people=dealt.people, which=which)
    values = (campaign.id, *dealt.values, time_text(clock.now()), *dealt.people_values, campaign.waitlist_id, *params, campaign.id)
    return sql.run(text, values)
