"""All rewards: as those see them who look after them, and as other systems list and name them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.people.models import Role, User
from rewards.people.queries import EXTERNAL, ID, is_storable
from rewards.shop.models import STANDING, Redemption, Reward
from rewards.shop.redeeming import ID_MAX

PAGE_ROWS = 25
Owner = aliased(User)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A reward as those see it who look after rewards."""

    reward: Reward
    # The coach's name; None: from the system, for everybody.
    owner: str | None
    # How many of it are pending or handed out.
    redeemed: int


def rewards_of(person: User) -> list[Shelved]:
    """What somebody looks after, by name: an admin everything; a coach their own and, to look at, the system's."""
    return _shelved(_seen_by(person))


def reward_of(person: User, reward_id: int) -> Shelved:
    """One of them. Raises NotFound for another coach's, as for none."""
    found = _shelved(and_(_seen_by(person), Reward.id == reward_id)) if 0 < reward_id < ID_MAX else []
    if not found:
        raise NotFound(f"reward {reward_id}")
    return found[0]


def reward_names() -> list[tuple[str, str]]:
    """Key and name of every reward, by name."""
    return [(key, name) for key, name in db.session.execute(select(Reward.key, Reward.name).order_by(Reward.name, Reward.id))]


def all_rewards(*, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[Reward]:
    """Every reward of the installation, newest first: for other systems, which see all."""
    question = select(Reward).where(Reward.id < (before_id or ID_MAX)).order_by(Reward.id.desc()).limit(limit)
    return list(db.session.scalars(question))


def reward_id_named(reference: str) -> int:
    """The reward that `17` or `ext:abc` stands for. Raises NotFound."""
    found = None
    if reference.startswith(EXTERNAL) and is_storable(reference):
        found = db.session.scalar(select(Reward.id).where(Reward.external_id == reference.removeprefix(EXTERNAL)))
    elif ID.fullmatch(reference):
        found = db.session.scalar(select(Reward.id).where(Reward.id == int(reference)))
    if found is None:
        raise NotFound(f"reward {reference}")
    return found


def _seen_by(person: User) -> ColumnElement[bool]:
    return Reward.id > 0 if person.role == Role.ADMIN else or_(Reward.coach_id.is_(None), Reward.coach_id == person.id)


def _shelved(condition: ColumnElement[bool]) -> list[Shelved]:
    counted = (
        select(func.count()).where(Redemption.reward_id == Reward.id, Redemption.status.in_(STANDING)).correlate(Reward).scalar_subquery()
    )
    question = select(Reward, Owner.name, counted).outerjoin(Owner, Owner.id == Reward.coach_id)
    rows = db.session.execute(question.where(condition).order_by(Reward.name, Reward.id))
    return [Shelved(reward, owner, redeemed) for reward, owner, redeemed in rows]
