"""Rewards in the hands of those who won them: given by hand, and delivered one by one or many at once."""

from collections.abc import Sequence

from rewards.campaigns.board_models import Entrant
from rewards.campaigns.holding import hold_subscribers
from rewards.campaigns.models import Campaign, CampaignStatus
from rewards.campaigns.queries import ID_MAX, campaign_run_by, settings_of, takes_part
from rewards.campaigns.reward_models import CampaignReward, Distribution
from rewards.campaigns.subscriber_models import Subscriber
from rewards.campaigns.telling import tell_winners
from rewards.campaigns.winning import prizes_of
from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.people.auditing import Done, record_deed
from rewards.people.models import User

BLOCK = 500
GIVEN = "SELECT id FROM subscriber_rewards WHERE reward_id = ? AND subscriber_id = ?"
GIVE = "INSERT INTO subscriber_rewards (reward_id, subscriber_id, status, earned_at, given_by) VALUES (?, ?, 'earned', ?, ?) RETURNING id"
OWNED = (
    "SELECT r.campaign_id, count(*) FROM subscriber_rewards w JOIN campaign_rewards r ON r.id = w.reward_id"
    " WHERE w.id IN ({marks}) GROUP BY r.campaign_id"
)
DELIVER = (
    "UPDATE subscriber_rewards SET status = 'delivered', delivered_at = ?, delivered_by = ? WHERE status = 'earned' AND id IN ({marks})"
)


def give(*, reward_id: int, subscriber_id: int, actor: User | None) -> int:
    """Give a reward by hand; the row that says so. Who has it keeps it. Raises NotFound, Refused where it cannot be."""
    campaign = _campaign_of(reward_id, actor)
    subscriber = _taking_part(campaign, subscriber_id)
    prizes_of(campaign.id, held=True)
    known = sql.value(GIVEN, (reward_id, subscriber_id))
    if known is not None:
        return int(known)
    reward = db.session.get_one(CampaignReward, reward_id, populate_existing=True)
    _check(campaign, reward, subscriber)
    row_id = int(sql.value(GIVE, (reward_id, subscriber_id, time_text(clock.now()), _id(actor))))
    reward.granted += 1
    db.session.flush()
    told = {"reward": reward.key, "subscriber": subscriber_id}
    record_deed(Done("campaign_reward_given", "campaign_reward", reward_id, after=told), actor_id=_id(actor))
    tell_winners([reward_id], limit=BLOCK)
    return row_id


def deliver(*, ids: Sequence[int], actor: User | None) -> int:
    """They hold it in their hands; how many of these waited for that. A second time nothing happens. Raises NotFound."""
    wanted = sorted(set(ids))
    blocks = [wanted[first : first + BLOCK] for first in range(0, len(wanted), BLOCK)]
    for campaign_id in sorted({campaign_id for block in blocks for campaign_id in _campaigns_of_rows(block)}):
        campaign_run_by(actor, campaign_id)
    delivered, values = 0, (time_text(clock.now()), _id(actor))
    for block in blocks:
        delivered += sql.run(DELIVER.format(marks=sql.marks(block)), (*values, *block))
    if delivered:
        told = {"delivered": delivered, "first": wanted[0], "last": wanted[-1]}
        record_deed(Done("campaign_rewards_delivered", "subscriber_reward", wanted[0], after=told), actor_id=_id(actor))
    return delivered


def _campaigns_of_rows(ids: Sequence[int]) -> list[int]:
    found = sql.rows(OWNED.format(marks=sql.marks(ids)), ids) if ids[0] > 0 and ids[-1] < ID_MAX else []
    if sum(count for _, count in found) != len(ids):
        raise NotFound("a reward that somebody has")
    return [row[0] for row in found]


def _campaign_of(reward_id: int, actor: User | None) -> Campaign:
    known = db.session.get(CampaignReward, reward_id) if 0 < reward_id < ID_MAX else None
    if known is None:
        raise NotFound(f"reward {reward_id}")
    campaign, _ = campaign_run_by(actor, known.campaign_id)
    return campaign


def _taking_part(campaign: Campaign, subscriber_id: int) -> Subscriber:
    if not 0 < subscriber_id < ID_MAX or db.session.get(Entrant, (campaign.id, subscriber_id)) is None:
        raise NotFound(f"subscriber {subscriber_id} in campaign {campaign.id}")
    return hold_subscribers([subscriber_id])[subscriber_id]


def _check(campaign: Campaign, reward: CampaignReward, subscriber: Subscriber) -> None:
    if reward.distribution != Distribution.MANUAL:
        raise Refused("not_by_hand", f"{reward.name} is not given by hand: whoever meets its condition gets it.")
    if campaign.status == CampaignStatus.DRAFT:
        raise Refused("not_published", f"{campaign.name} is a draft: nobody has played it.")
    if not reward.active:
        raise Refused("switched_off", f"{reward.name} is switched off.")
    if reward.max_recipients is not None and reward.granted >= reward.max_recipients:
        raise Refused("none_left", f"All {reward.max_recipients} of {reward.name} are given.")
    if not takes_part(subscriber):
        raise Refused("not_taking_part", "Decide first whether they take part: nothing is given until then.")
    if subscriber.verified_at is None and settings_of(campaign).require_email_verification:
        raise Refused("not_verified", "They have not shown yet that the address is theirs.")


def _id(actor: User | None) -> int | None:
    return actor.id if actor else None
