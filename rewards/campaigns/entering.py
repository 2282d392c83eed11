"""Who takes part in a campaign: everybody on its waitlist, each with one variant of its rules for good."""

from collections.abc import Sequence

from rewards.campaigns import boards
from rewards.campaigns.compiling import rules_at
from rewards.campaigns.models import Campaign
from rewards.kit import clock, sql
from rewards.kit.columns import time_text

# The golden ratio in 65,536ths: ids that follow each other fall evenly over the whole range, whichever are left out.
SPREAD = "((subscribers.id % 65536 * 40503 + subscribers.id / 65536 * 30011 + ? * 7919) % 65536 * ? / 65536)"
ENTER = (
    "INSERT INTO entrants (campaign_id, subscriber_id, rank_key, referrals, variant, entered_at)"
    " SELECT ?, id, NULL, 0, {variant}, ? FROM subscribers WHERE waitlist_id = ? AND {which}"
    " AND NOT EXISTS (SELECT 1 FROM entrants e WHERE e.campaign_id = ? AND e.subscriber_id = subscribers.id)"
)


def enter_everybody(campaign: Campaign) -> int:
    """Let everybody who is on the list take part, and order them; how many are new."""
    entered = _enter(campaign, "status <> 'erased'", ())
    boards.rebuild(campaign_id=campaign.id)
    return entered


def enter_one(campaign: Campaign, subscriber_id: int) -> None:
    """Let who has just joined take part, and give them their place."""
    _enter(campaign, "id = ?", (subscriber_id,))
    boards.enter(campaign_id=campaign.id, subscriber_ids=[subscriber_id])


def _enter(campaign: Campaign, which: str, params: Sequence[object]) -> int:
    variant, chosen = _choice(campaign)
    text = ENTER.format(variant=variant, which=which)
    values = (campaign.id, *chosen, time_text(clock.now()), campaign.waitlist_id, *params, campaign.id)
    return sql.run(text, values)


def _choice(campaign: Campaign) -> tuple[str, tuple[object, ...]]:
    """An expression for somebody's variant, and its values: the campaign's own rules have one share, each variant its weight."""
    variants = rules_at(campaign.version_id).variants if campaign.version_id else []
    if not variants:
        return "''", ()
    total = 1 + sum(variant.weight for variant in variants)
    limits, below = [], 0
    for variant in variants:
        below += variant.weight
        limits.append((campaign.id, total, below, variant.key))
    # A number that stands in no variant's share belongs to the campaign's own rules.
    whens = f" WHEN {SPREAD} < ? THEN ?" * len(limits)
    return f"CASE{whens} ELSE '' END", tuple(value for limit in limits for value in limit)
