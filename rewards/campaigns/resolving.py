"""Who gets which of a campaign's rewards: in one statement for each reward, up to as many as there are, and nobody twice.

Whoever gives or takes a reward holds all of the campaign's, after the board and in one order, so that nobody waits in a circle.
"""

from collections import Counter
from typing import NamedTuple

from rewards.campaigns import snapshots
from rewards.campaigns.models import Campaign, CampaignStatus
from rewards.campaigns.queries import campaign_run_by
from rewards.campaigns.reward_models import Distribution
from rewards.campaigns.telling import tell_winners
from rewards.campaigns.winning import Offered, failing_of, prizes_of, reached_by, winners_question
from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.people.auditing import Done, record_deed
from rewards.people.models import User

GIVE = (
    "INSERT INTO subscriber_rewards (reward_id, subscriber_id, status, earned_at) {chosen}"
    " ON CONFLICT (reward_id, subscriber_id) DO NOTHING"
)
ONE = "VALUES (?, ?, 'earned', ?)"
CHOSEN = "SELECT CAST(? AS bigint), e.subscriber_id, 'earned', ? {winners}"
COUNT = "UPDATE campaign_rewards SET granted = granted + ? WHERE id = ?"
FREE = "UPDATE campaign_rewards SET granted = granted - ?, freed = freed + ? WHERE id = ?"
OFFER_AGAIN = "UPDATE campaign_rewards SET freed = 0 WHERE campaign_id = ? AND freed > 0"
# The one that goes on comes first: whoever is here may hold its rewards already.
ENTERED = (
    "SELECT c.id FROM entrants e JOIN campaigns c ON c.id = e.campaign_id WHERE e.subscriber_id = ?"
    " ORDER BY CASE WHEN c.status = 'ended' THEN 1 ELSE 0 END, c.id"
)
# After one event of one subscriber; a job tells the others where many wait to be told.
TOLD_AFTER_AN_EVENT = 20
TOLD_AT_ONCE = 500


class Resolved(NamedTuple):
    """How many have earned each reward by this, by its key."""

    new: dict[str, int]


def resolve_for(*, campaign_id: int, subscriber_id: int) -> list[int]:
    """Give somebody what they have reached by now; the rewards' ids. The subscriber must be held."""
    campaign = db.session.get_one(Campaign, campaign_id)
    db.session.flush()
    # Mostly there is nothing to give, and then nobody waits for anybody.
    if not reached_by(campaign, subscriber_id):
        return []
    prizes = prizes_of(campaign_id, held=True)
    reached = reached_by(campaign, subscriber_id)
    given = [prize.id for prize in prizes if prize.id in reached and _give(prize, ONE, (subscriber_id, _now()))]
    tell_winners(given, limit=TOLD_AFTER_AN_EVENT)
    return given


def resolve_everywhere(*, subscriber_id: int) -> None:
    """The same in every campaign that somebody takes part in, those that have ended too: they may have their rewards from now on."""
    for campaign_id in entered_by(subscriber_id):
        resolve_for(campaign_id=campaign_id, subscriber_id=subscriber_id)


def resolve_campaign(*, campaign_id: int, actor: User | None = None) -> Resolved:
    """Give everybody what they have reached by now, in the order of the board. A second time nothing happens. Raises NotFound."""
    if actor is not None:
        campaign_run_by(actor, campaign_id)
    db.session.flush()
    campaign = db.session.get_one(Campaign, campaign_id, with_for_update={"key_share": True}, populate_existing=True)
    if campaign.status == CampaignStatus.DRAFT:
        return Resolved({})
    prizes = prizes_of(campaign_id, held=False)
    if campaign.status == CampaignStatus.ENDED and any(prize.distribution == Distribution.TOP_N for prize in prizes):
        # Whether or not anybody wants to look at it later: these winners are those that it names.
        snapshots.snapshot(campaign_id=campaign_id, kind="final", actor=actor)
    prizes = prizes_of(campaign_id, held=True)
    new = {prize.key: _give_all(campaign, prize) for prize in prizes}
    sql.run(OFFER_AGAIN, (campaign_id,))
    campaign.resolved_at = clock.now()
    db.session.flush()
    if actor is not None or any(new.values()):
        record_deed(Done("campaign_resolved", "campaign", campaign_id, after=new), actor_id=actor.id if actor else None)
    tell_winners([prize.id for prize in prizes if new[prize.key]], limit=TOLD_AT_ONCE)
    return Resolved(new)


def foresee(campaign_id: int) -> dict[int, int]:
    """To how many resolving would give each reward now, by its id."""
    campaign = db.session.get_one(Campaign, campaign_id)
    return {prize.id: _count(campaign, prize) for prize in prizes_of(campaign_id, held=False)}


def withdraw_failing(*, campaign_id: int, subscriber_id: int) -> list[int]:
    """Take back what somebody earned and would not earn now, but never what was delivered; the rewards' ids.

    Others have it when everybody is resolved: the next one in order, who need not be the next one to score.
    """
    campaign = db.session.get_one(Campaign, campaign_id)
    db.session.flush()
    prizes_of(campaign_id, held=True)
    lost: Counter[int] = Counter()
    for row_id, reward_id in failing_of(campaign, subscriber_id):
        lost[reward_id] += sql.run("DELETE FROM subscriber_rewards WHERE id = ? AND status = 'earned'", (row_id,))
    sql.run_many(FREE, [(count, count, reward_id) for reward_id, count in lost.items()])
    return [reward_id for reward_id, count in lost.items() if count]


def withdraw_everywhere(*, subscriber_id: int) -> None:
    """The same in every campaign that somebody takes part in, those that have ended too."""
    for campaign_id in entered_by(subscriber_id):
        withdraw_failing(campaign_id=campaign_id, subscriber_id=subscriber_id)


def entered_by(subscriber_id: int) -> list[int]:
    """The campaigns that somebody takes part in, in the order in which their boards and rewards are held."""
    return [row[0] for row in sql.rows(ENTERED, (subscriber_id,))]


def _give_all(campaign: Campaign, prize: Offered) -> int:
    winners, values = winners_question(campaign, prize)
    return _give(prize, CHOSEN.format(winners=winners), (_now(), *values))


def _give(prize: Offered, chosen: str, values: tuple[object, ...]) -> int:
    new = sql.run(GIVE.format(chosen=chosen), (prize.id, *values))
    if new:
        sql.run(COUNT, (new, prize.id))
    return new


def _count(campaign: Campaign, prize: Offered) -> int:
    winners, values = winners_question(campaign, prize)
    return int(sql.value(f"SELECT count(*) FROM (SELECT 1 AS one {winners}) AS chosen", values))


def _now() -> str:
    return time_text(clock.now())
