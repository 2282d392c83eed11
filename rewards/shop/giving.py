"""Rewards as gifts: by a rule, which leaves them to be handed out, or by another system, which has done so. They cost nothing."""

from collections.abc import Sequence

from sqlalchemy import select

from rewards.earning.facts import RewardGranted
from rewards.kit import clock
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.people.auditing import Done, record_deed
from rewards.people.locking import Person, lock_people
from rewards.shop.facts import RewardRedeemed
from rewards.shop.models import Redemption, RedemptionStatus, Reward
from rewards.shop.redeeming import Asked, held_person, held_rewards, is_for, known_redemption, reserve, told
from rewards.shop.settling import hand_out, settled

RULE = "rule"


def issue(*, user_id: int, reward_id: int, idempotency_key: str, source: str) -> Redemption:
    """Give a reward that is handed out by that. Stock counts; price, level, limit and window do not. The same key gives it once, for ever.

    Raises NotFound, Invalid (`idempotency_key`), Refused (`disabled`, `switched_off`, `sold_out`).
    """
    key = f"issue:{source}:{idempotency_key}"
    person = held_person(user_id)
    if known := known_redemption(key, user_id, reward_id):
        return known
    if not person.is_active:
        raise Refused("disabled", "This person's account is switched off; nothing is issued to it.")
    reward = held_rewards([reward_id]).get(reward_id)
    if reward is None or not is_for(reward, person):
        raise NotFound(f"reward {reward_id}")
    redemption = reserve(reward, person, Asked(key, source, given=True))
    redemption.status, redemption.settled_at = RedemptionStatus.FULFILLED, clock.now()
    db.session.flush()
    hand_out(redemption, actor_id=None)
    announce([told(redemption), settled(redemption, RedemptionStatus.FULFILLED, None)])
    return redemption


def give_granted(facts: Sequence[RewardGranted]) -> None:
    """Keep for people what rules gave them, once for each event. What cannot be given is on record; the event stands all the same."""
    people = lock_people([fact.user_id for fact in facts])
    ids = db.session.scalars(select(Reward.id).where(Reward.key.in_({fact.reward for fact in facts})))
    rewards = {reward.key: reward for reward in held_rewards(list(ids)).values()}
    given = [_give(fact, people[fact.user_id], rewards.get(fact.reward)) for fact in facts if fact.user_id in people]
    announce([fact for fact in given if fact is not None])


def _give(fact: RewardGranted, person: Person, reward: Reward | None) -> RewardRedeemed | None:
    key = f"{RULE}:{fact.event_id}:{fact.reward}"
    if reward is None or not is_for(reward, person):
        _keep_not_given(fact, "not offered to them")
        return None
    if known_redemption(key, person.id, reward.id):
        return None
    try:
        return told(reserve(reward, person, Asked(key, RULE, given=True)))
    except Refused as refusal:
        _keep_not_given(fact, refusal.code)
        return None


def _keep_not_given(fact: RewardGranted, why: str) -> None:
    after = {"user_id": fact.user_id, "event_id": fact.event_id}
    record_deed(Done("reward_not_given", "reward", fact.reward, after=after, note=why), actor_id=None)
