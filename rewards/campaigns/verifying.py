"""Holds what campaigns keep against the ledger and against each other: places, counts, milestones, rewards."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rewards.campaigns.board_verifying import restore_boards, wrong_boards
from rewards.campaigns.verifying_steps import restore_steps, wrong_steps
from rewards.kit import sql

COUNTED = (
    "(SELECT count(*) FROM referrals r WHERE r.campaign_id = entrants.campaign_id AND r.referrer_id = entrants.subscriber_id"
    " AND r.state = 'confirmed' AND r.scored = 1)"
)
REFERRALS = f"SELECT campaign_id, subscriber_id, referrals, {COUNTED} FROM entrants WHERE referrals <> {COUNTED} ORDER BY 1, 2"
GRANTED = "(SELECT count(*) FROM subscriber_rewards s WHERE s.reward_id = campaign_rewards.id)"
REWARDS = f"SELECT id, granted, {GRANTED} FROM campaign_rewards WHERE granted <> {GRANTED} ORDER BY id"
# A milestone that was taken back, or that needs more referrals than there are.
MILESTONES = (
    "SELECT m.campaign_id, m.subscriber_id, m.rule, m.threshold, e.referrals, b.id FROM milestones m JOIN entrants e"
    " ON e.campaign_id = m.campaign_id AND e.subscriber_id = m.subscriber_id LEFT JOIN transfers b ON b.reverses_id = m.transfer_id"
    " WHERE m.threshold > e.referrals OR b.id IS NOT NULL ORDER BY 1, 2, 3"
)
# What each decided event moved, beside what it was worth; nothing is left of one that was undone but its milestones that stand.
EVENTS = (
    "SELECT e.id, e.state, coalesce(e.points, 0) AS points,"
    " coalesce(sum(CASE WHEN c.owner_kind = 'subscriber' THEN t.amount ELSE -t.amount END), 0) AS moved,"
    " coalesce(sum(CASE WHEN t.id IS NOT NULL AND b.id IS NULL AND m.rule IS NULL THEN 1 ELSE 0 END), 0) AS left_over"
    " FROM campaign_events e LEFT JOIN transfers t ON t.reference = 'campaign_event:' || e.id AND t.reverses_id IS NULL"
    " LEFT JOIN accounts c ON c.id = t.credit_id LEFT JOIN transfers b ON b.reverses_id = t.id LEFT JOIN milestones m"
    " ON m.campaign_id = e.campaign_id AND m.subscriber_id = e.subscriber_id AND m.transfer_id = t.id"
    " GROUP BY e.id, e.state, e.points"
)
WRONG_EVENTS = f"SELECT * FROM ({EVENTS}) AS told WHERE points <> moved OR (state = 'undone' AND left_over > 0) ORDER BY id"


@dataclass(frozen=True, slots=True)
class WrongInCampaign:
    """Something in a campaign that is not as the rest says."""

    kind: str
    what: str
    expected: Any
    found: Any


def wrong_campaigns() -> Iterator[WrongInCampaign]:
    """Everything that differs: referrals, places, blocks, milestones, events, rewards and steps."""
    for campaign_id, subscriber_id, stored, counted in sql.rows(REFERRALS):
        yield WrongInCampaign("referrals", _who(campaign_id, subscriber_id), counted, stored)
    for wrong in wrong_boards():
        yield WrongInCampaign("board", f"campaign {wrong.campaign_id}, {wrong.what}", wrong.derived, wrong.stored)
    for campaign_id, subscriber_id, rule, threshold, referrals, back in sql.rows(MILESTONES):
        expected = f"{threshold} referrals and a payment that stands"
        yield WrongInCampaign("milestone", f"{rule} of {_who(campaign_id, subscriber_id)}", expected, (referrals, back))
    for event_id, state, points, moved, left in sql.rows(WRONG_EVENTS):
        yield WrongInCampaign("campaign event", f"event {event_id}, which is {state}", (points, 0), (int(moved), int(left)))
    for reward_id, granted, found in sql.rows(REWARDS):
        yield WrongInCampaign("granted", f"campaign reward {reward_id}", found, granted)
    for steps in wrong_steps():
        where = f"waitlist {steps.waitlist_id}, campaign {steps.campaign_id}, {steps.day}, source {steps.source!r}"
        yield WrongInCampaign("visits, joined, verified, referred", where, steps.missing, "missing")


def restore_campaigns() -> int:
    """Count referrals and rewards again, and order the boards that are wrong anew; how many rows were mended."""
    mended = sql.run(f"UPDATE entrants SET referrals = {COUNTED} WHERE referrals <> {COUNTED}")
    mended += sql.run(f"UPDATE campaign_rewards SET granted = {GRANTED} WHERE granted <> {GRANTED}")
    # Boards come after the counts that may decide their places.
    return mended + restore_boards() + restore_steps()


def _who(campaign_id: int, subscriber_id: int) -> str:
    return f"subscriber {subscriber_id} in campaign {campaign_id}"
