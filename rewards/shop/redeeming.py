"""Redeeming: points for a reward, or a reward as a gift; stock, code, points and record move together or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, text, update

from rewards.earning.in_force import programme_in_force
from rewards.kit import clock, sql
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.accounts import holding_of
from rewards.ledger.models import POINTS, XP, Owner
from rewards.ledger.posting import Movement, post
from rewards.ledger.queries import balances_of
from rewards.people.locking import Person, lock_people
from rewards.shop.facts import RewardRedeemed
from rewards.shop.models import IS_FREE, STANDING, Redemption, Reward, VoucherCode
from rewards.shop.obstacles import Means, local_midnight, obstacle_to, sold_out, switched_off

PAGE = "page"
KEY_LENGTH_MAX = 255
ID_MAX = 10**18


def redeem(*, user_id: int, reward_id: int, idempotency_key: str, source: str = PAGE) -> Redemption:
    """Take the reward's price from a person and keep the reward for them. The same key does it once, for ever.

    Raises NotFound, Invalid (`idempotency_key`), Refused (`disabled`, `switched_off`, `not_open_yet`, `no_longer_open`, `level_too_low`,
    `limit_reached`, `sold_out`, `too_few_points`).
    """
    key = f"{source}:{user_id}:{idempotency_key}" if source == PAGE else f"{source}:{idempotency_key}"
    person = held_person(user_id)
    if known := known_redemption(key, user_id, reward_id):
        return known
    if not person.is_active:
        raise Refused("disabled", "This person's account is switched off; nothing is redeemed for it.")
    reward = held_rewards([reward_id]).get(reward_id)
    if reward is None or not is_for(reward, person):
        raise NotFound(f"reward {reward_id}")
    now = clock.now()
    if obstacle := obstacle_to(reward, means_of(user_id, now, person.zone_at(now)), _redeemed_before(reward, person)):
        raise obstacle.refuse()
    redemption = reserve(reward, person, Asked(key, source))
    if redemption.points:
        post([_payment(redemption)])
    announce([told(redemption)])
    return redemption


@dataclass(frozen=True, slots=True)
class Asked:
    """Under which key a reward is asked for, by whom, and whether as a gift."""

    key: str
    source: str
    given: bool = False


def held_person(user_id: int) -> Person:
    """Somebody, held until commit. Raises NotFound."""
    person = lock_people([user_id]).get(user_id)
    if person is None:
        raise NotFound(f"user {user_id}")
    return person


def held_rewards(reward_ids: Sequence[int]) -> dict[int, Reward]:
    """These rewards, held until commit, in the order of their ids, so that nobody waits in a circle. People are held before them."""
    ids = [reward_id for reward_id in set(reward_ids) if 0 < reward_id < ID_MAX]
    question = select(Reward).where(Reward.id.in_(ids)).order_by(Reward.id).with_for_update()
    return {reward.id: reward for reward in db.session.scalars(question.execution_options(populate_existing=True))}


def known_redemption(key: str, user_id: int, reward_id: int) -> Redemption | None:
    """What this key has made already. Raises Invalid where that is something else."""
    if not 0 < len(key) <= 2 * KEY_LENGTH_MAX:
        raise Invalid.single("idempotency_key", f"1 to {KEY_LENGTH_MAX} characters", key[:60])
    known = db.session.scalar(select(Redemption).where(Redemption.idempotency_key == key))
    if known is not None and (known.user_id, known.reward_id) != (user_id, reward_id):
        raise Invalid.single("idempotency_key", "a new key: this one stands for another redemption", key.rpartition(":")[2])
    return known


def is_for(reward: Reward, person: Person) -> bool:
    """Whether it is offered to them at all: everybody's, or their own coach's."""
    return reward.coach_id is None or reward.coach_id == person.coach_id


def means_of(user_id: int, now: datetime, zone: ZoneInfo, balances: Mapping[str, int] | None = None) -> Means:
    """What they have to redeem with; `balances` where they are known already."""
    programme, balances = programme_in_force(), balances_of(user_id) if balances is None else balances
    return Means(
        points=balances.get(POINTS, 0),
        level=programme.ladder.level_for(balances.get(XP, 0)).number,
        ladder=programme.ladder,
        now=now,
        zone=zone,
        points_word=programme.settings.points_word,
    )


def reserve(reward: Reward, person: Person, asked: Asked) -> Redemption:
    """One of it for them, out of the stock. Raises Refused (`switched_off`, `sold_out`). Person and reward are held."""
    if not reward.active:
        raise switched_off().refuse()
    take_from_stock(reward)
    now = clock.now()
    redemption = Redemption(
        user_id=person.id,
        reward_id=reward.id,
        name=reward.name,
        type=reward.type,
        points=0 if asked.given else reward.points_cost,
        value_minor=reward.value_minor,
        currency=reward.currency,
        status="pending",
        source=asked.source,
        given=asked.given,
        coach_note="",
        requested_at=now,
        expires_at=_valid_until(reward, person, now),
        idempotency_key=asked.key,
    )
    db.session.add(redemption)
    db.session.flush()
    if reward.pooled:
        _take_code(reward, redemption)
    return redemption


def take_from_stock(reward: Reward) -> None:
    """One less, where it is counted. The condition stands in the statement itself: two cannot both take the last one."""
    if reward.stock is None:
        return
    taken = update(Reward).where(Reward.id == reward.id, Reward.stock > 0).values(stock=Reward.stock - 1)
    if db.session.execute(taken).rowcount == 0:  # type: ignore[attr-defined]  # An UPDATE has a row count.
        raise sold_out().refuse()


def told(redemption: Redemption) -> RewardRedeemed:
    """The fact that it is."""
    return RewardRedeemed(
        redemption_id=redemption.id,
        user_id=redemption.user_id,
        reward_id=redemption.reward_id,
        name=redemption.name,
        points=redemption.points,
        source=redemption.source,
        given=redemption.given,
        pending=redemption.is_pending,
    )


def _payment(redemption: Redemption) -> Movement:
    return Movement(
        holding=holding_of(redemption.user_id, POINTS),
        counterpart=Owner.REDEEMED,
        amount=redemption.points,
        reason=f"Redeemed: {redemption.name}",
        idempotency_key=f"redemption:{redemption.id}",
        to_person=False,
        reference=reference_of(redemption),
    )


def reference_of(redemption: Redemption) -> str:
    """What every movement of a redemption refers to."""
    return f"redemption:{redemption.id}"


def _redeemed_before(reward: Reward, person: Person) -> list[datetime]:
    if reward.limit_count is None:
        return []
    mine = (Redemption.reward_id == reward.id, Redemption.user_id == person.id)
    standing = (Redemption.status.in_(STANDING), Redemption.given == 0)
    return list(db.session.scalars(select(Redemption.requested_at).where(*mine, *standing)))


def _valid_until(reward: Reward, person: Person, now: datetime) -> datetime | None:
    if reward.valid_days is None:
        return None
    zone = person.zone_at(now)
    # The day itself does not count: whoever redeems in the evening has no shorter time than in the morning.
    return local_midnight(now.astimezone(zone).date() + timedelta(days=reward.valid_days + 1), zone)


def _take_code(reward: Reward, redemption: Redemption) -> None:
    """The oldest free code. Whoever holds the reward's row takes its codes alone, and its stock has said that there is one."""
    free = select(VoucherCode.id).where(VoucherCode.reward_id == reward.id, text(IS_FREE))
    code_id = db.session.scalar(free.order_by(VoucherCode.id).limit(1))
    if code_id is None or not sql.run("UPDATE voucher_codes SET redemption_id = ? WHERE id = ?", (redemption.id, code_id)):
        raise sold_out().refuse()
