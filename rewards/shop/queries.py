"""What people ask the shop: what a client may have, what they had, and what waits on a desk. Every question starts from who asks."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.people.models import Role, Status, User
from rewards.people.zones import zone_at
from rewards.shop.models import STANDING, Aim, Redemption, RedemptionStatus, Reward, VoucherCode
from rewards.shop.obstacles import Means, Obstacle, obstacle_to
from rewards.shop.redeeming import ID_MAX, means_of

PAGE_ROWS = 25
Owner = aliased(User)
Settler = aliased(User)


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as one client sees it: whether they can have it, and otherwise what stands in the way."""

    reward: Reward
    # The coach's name; None: from the system, for everybody.
    owner: str | None
    obstacle: Obstacle | None
    # Their points when they looked.
    points: int
    is_aim: bool

    @property
    def may_redeem(self) -> bool:
        """Whether nothing stands in the way."""
        return self.obstacle is None

    @property
    def sentence(self) -> str:
        """What stands in the way; empty where nothing does."""
        return self.obstacle.sentence if self.obstacle else ""

    @property
    def missing(self) -> int:
        """Points to go."""
        return max(self.reward.points_cost - self.points, 0)

    @property
    def ratio(self) -> float:
        """How much of the price they have, from 0 to 1."""
        return 1.0 if not self.missing else max(self.points, 0) / self.reward.points_cost


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption with what its people may know of it; `code` is there once it was handed out."""

    redemption: Redemption
    client: str
    settler: str | None
    code: str | None
    picture: str | None
    picture_alt: str


def shelf(user: User, balances: Mapping[str, int] | None = None) -> list[Offer]:
    """What a client can have, now or some day, the cheapest first; what is over or switched off is left out.

    Whoever knows the balances already need not have them asked for.
    """
    rows = db.session.execute(_offered(user).where(Reward.active == 1)).all()
    offers = _offers(user, [(reward, owner, aim) for reward, owner, aim in rows], balances)
    return [offer for offer in offers if not (offer.obstacle and offer.obstacle.code == "no_longer_open")]


def offer(user: User, reward_id: int) -> Offer:
    """One of them, also where it is over or switched off. Raises NotFound for another coach's, as for none."""
    rows = db.session.execute(_offered(user).where(Reward.id == reward_id)).all() if 0 < reward_id < ID_MAX else []
    if not rows:
        raise NotFound(f"reward {reward_id}")
    return _offers(user, [(reward, owner, aim) for reward, owner, aim in rows])[0]


def next_reward(user: User, balances: Mapping[str, int] | None = None) -> Offer | None:
    """What they save for; otherwise the dearest that they can have, or the one with the fewest points to go."""
    offers = shelf(user, balances)
    aim = next((one for one in offers if one.is_aim), None)
    within_reach = [one for one in offers if one.may_redeem]
    nearly = [one for one in offers if one.obstacle and one.obstacle.code == "too_few_points"]
    return aim or max(within_reach, key=_price, default=None) or min(nearly, key=_price, default=None)


def redemptions_of(user_id: int, *, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[Redeemed]:
    """What somebody redeemed or was given, newest first."""
    question = _redeemed().where(Redemption.user_id == user_id, Redemption.id < (before_id or ID_MAX))
    return _read(question.order_by(Redemption.id.desc()).limit(limit))


def redemption_of(user_id: int, redemption_id: int) -> Redeemed:
    """One of them. Raises NotFound."""
    return _only(_redeemed().where(Redemption.user_id == user_id), redemption_id)


def desk(person: User, status: RedemptionStatus | str, *, page: int = 1, limit: int = PAGE_ROWS) -> list[Redeemed]:
    """Redemptions of a person's clients: those that wait the oldest first, others the latest first.

    One row more than `limit`, where there is one.
    """
    question = _redeemed().where(clients_of_desk(person), Redemption.status == status)
    oldest, latest = (Redemption.id,), (Redemption.settled_at.desc(), Redemption.id.desc())
    return _read(
        question.order_by(*(oldest if status == RedemptionStatus.PENDING else latest)).offset((max(page, 1) - 1) * limit).limit(limit + 1)
    )


def desk_row(person: User, redemption_id: int) -> Redeemed:
    """One of them. Raises NotFound for another coach's, as for none."""
    return _only(_redeemed().where(clients_of_desk(person)), redemption_id)


def waiting(person: User) -> int:
    """How many redemptions of their clients wait to be handed out."""
    question = select(func.count()).select_from(Redemption).join(User, User.id == Redemption.user_id)
    return db.session.scalar(question.where(clients_of_desk(person), Redemption.status == RedemptionStatus.PENDING)) or 0


def count_by_status() -> dict[str, int]:
    """How many redemptions there are in each state, everybody's."""
    question = select(Redemption.status, func.count()).group_by(Redemption.status)
    return {status: int(number) for status, number in db.session.execute(question)}


def waiting_for(person: User) -> list[Redeemed]:
    """What waits for them to hand it out, the longest first: an admin is asked only where there is no coach at work."""
    question = _redeemed().where(clients_of_desk(person), Redemption.status == RedemptionStatus.PENDING)
    if person.role == Role.ADMIN:
        at_work = select(Owner.id).where(Owner.status == Status.ACTIVE, Owner.role != Role.CLIENT)
        question = question.where(or_(User.coach_id.is_(None), User.coach_id.not_in(at_work)))
    return _read(question.order_by(Redemption.id))


def settlers_of(client: User) -> list[User]:
    """Who hands out what this client redeems: their coach; without one at work, the admins."""
    coach = db.session.get(User, client.coach_id) if client.coach_id is not None else None
    if coach is not None and coach.is_active and coach.role != Role.CLIENT:
        return [coach]
    return list(db.session.scalars(select(User).where(User.role == Role.ADMIN, User.status == Status.ACTIVE).order_by(User.id)))


def clients_of_desk(person: User) -> ColumnElement[bool]:
    """Whose redemptions somebody settles: an admin everybody's, a coach those of their own clients."""
    if person.role == Role.ADMIN:
        return User.id > 0
    return User.coach_id == person.id if person.role == Role.COACH else User.id < 0


def _offered(user: User) -> Select[Reward, str, int]:
    question = select(Reward, Owner.name, Aim.user_id).outerjoin(Owner, Owner.id == Reward.coach_id)
    question = question.outerjoin(Aim, and_(Aim.reward_id == Reward.id, Aim.user_id == user.id))
    mine = or_(Reward.coach_id.is_(None), Reward.coach_id == user.coach_id) if user.coach_id else Reward.coach_id.is_(None)
    return question.where(mine).order_by(Reward.points_cost, Reward.id)


def _offers(user: User, rows: list[tuple[Reward, str | None, int | None]], balances: Mapping[str, int] | None = None) -> list[Offer]:
    if not rows:
        return []
    now = clock.now()
    means = means_of(user.id, now, zone_at(user, now), balances)
    before = _redeemed_before(user.id, [reward.id for reward, _, _ in rows if reward.limit_count is not None])
    return [_offer(reward, owner, means, before[reward.id], is_aim=aim is not None) for reward, owner, aim in rows]


def _offer(reward: Reward, owner: str | None, means: Means, before: list[datetime], *, is_aim: bool) -> Offer:
    return Offer(reward, owner, obstacle_to(reward, means, before), means.points, is_aim)


def _redeemed_before(user_id: int, reward_ids: list[int]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    if reward_ids:
        question = select(Redemption.reward_id, Redemption.requested_at).where(
            Redemption.user_id == user_id,
            Redemption.reward_id.in_(reward_ids),
            Redemption.status.in_(STANDING),
            Redemption.given == 0,
        )
        for reward_id, at in db.session.execute(question):
            found[reward_id].append(at)
    return found


def _price(one: Offer) -> int:
    return one.reward.points_cost


def _redeemed() -> Select[Redemption, str, str, str, str | None, str]:
    shown = and_(VoucherCode.redemption_id == Redemption.id, Redemption.status == RedemptionStatus.FULFILLED)
    return (
        select(Redemption, User.name, Settler.name, VoucherCode.code, Reward.picture, Reward.picture_alt)
        .join(User, User.id == Redemption.user_id)
        .join(Reward, Reward.id == Redemption.reward_id)
        .outerjoin(Settler, Settler.id == Redemption.settled_by)
        .outerjoin(VoucherCode, shown)
    )


def _read(question: Select[Redemption, str, str, str, str | None, str]) -> list[Redeemed]:
    return [Redeemed(*row) for row in db.session.execute(question)]


def _only(question: Select[Redemption, str, str, str, str | None, str], redemption_id: int) -> Redeemed:
    found = _read(question.where(Redemption.id == redemption_id)) if 0 < redemption_id < ID_MAX else []
    if not found:
        raise NotFound(f"redemption {redemption_id}")
    return found[0]
