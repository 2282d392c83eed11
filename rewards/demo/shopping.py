"""The shop of the story: two rewards of coaches' own, codes for the cinema, and what was redeemed on which day and came of it."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import select

from rewards.demo.people import ADMIN, COACHES
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.people.models import User
from rewards.people.queries import user_by_email, user_by_id
from rewards.shop.documents import RewardDocument
from rewards.shop.expiring import expire_some
from rewards.shop.models import Redemption, Reward
from rewards.shop.offering import add_codes, add_reward
from rewards.shop.redeeming import redeem
from rewards.shop.settling import cancel, fulfil, reject

CODES = tuple(f"FILM-{number * 7919 % 10_000:04}" for number in range(1, 13))
TRAINING = RewardDocument(
    key="training",
    name="An hour of training, you and me",
    description="Bring what you want to work on.",
    type="service",
    points_cost=600,
    limit_count=2,
    limit_period="month",
)
COFFEE = RewardDocument(
    key="coffee", name="Coffee with Ingrid", description="By the harbour, or by video.", type="service", points_cost=200, valid_days=14
)
OWN = {COACHES[0].email: TRAINING, COACHES[1].email: COFFEE}


class Visit(NamedTuple):
    """Somebody redeems something on a day of the story; on the next one it comes to this, or waits."""

    day: int
    client: str
    reward: str
    outcome: str = ""
    note: str = ""


VISITS = (
    Visit(30, "mira", "water_bottle", "fulfil", "It stands on the shelf beside the door."),
    Visit(36, "alice", "protein_box", "fulfil"),
    Visit(41, "farah", "coffee"),
    Visit(47, "chandra", "cinema", "fulfil"),
    Visit(52, "bruno", "water_bottle", "cancel"),
    Visit(58, "dorothy", "tree", "fulfil", "A hornbeam, near the pond."),
    Visit(63, "mira", "five_back", "fulfil"),
    Visit(68, "iris", "protein_box", "reject", "This box is promised to somebody else. The next ones come in two weeks."),
    Visit(71, "alice", "training", "fulfil"),
    Visit(74, "farah", "cinema", "fulfil"),
    Visit(78, "bruno", "tree", "fulfil"),
    Visit(82, "chandra", "protein_box", "fulfil"),
    Visit(85, "mira", "massage"),
    Visit(86, "dorothy", "cinema"),
    Visit(87, "farah", "tree"),
    Visit(88, "hana", "tree"),
    Visit(88, "alice", "cinema"),
    Visit(89, "iris", "coffee"),
)


def go_shopping(number: int) -> None:
    """What happens in the shop on one day, in the surrounding write block. Done again, nothing happens twice."""
    if number == 0:
        _open_shop()
    for visit in VISITS:
        if visit.day == number:
            _redeem(visit)
        elif visit.day + 1 == number and visit.outcome:
            _settle(visit)
    expire_some()


def _open_shop() -> None:
    for coach in _people(OWN):
        if db.session.scalar(select(Reward.id).where(Reward.coach_id == coach.id)) is None:
            add_reward(reward=OWN[coach.email], actor=coach)
    cinema = db.session.scalar(select(Reward).where(Reward.key == "cinema", Reward.pooled == 1))
    admin = user_by_email(ADMIN.email)
    if cinema is not None and admin is not None:
        add_codes(reward_id=cinema.id, codes=CODES, actor=admin)


def _people(emails: Mapping[str, object]) -> Iterator[User]:
    return (person for person in map(user_by_email, emails) if person is not None)


def _client(visit: Visit) -> User | None:
    return next(_people({f"{visit.client}@{ADMIN.email.partition('@')[2]}": None}), None)


def _redeem(visit: Visit) -> None:
    client = _client(visit)
    reward_id = db.session.scalar(select(Reward.id).where(Reward.key == visit.reward))
    if client is not None and reward_id is not None:
        # Whoever has too few points by then goes without.
        with suppress(Refused):
            redeem(user_id=client.id, reward_id=reward_id, idempotency_key=f"demo-{visit.day}")


def _settle(visit: Visit) -> None:
    client = _client(visit)
    key = f"page:{client.id}:demo-{visit.day}" if client else ""
    redemption_id = db.session.scalar(select(Redemption.id).where(Redemption.idempotency_key == key))
    coach = user_by_id(client.coach_id) if client and client.coach_id else None
    if client is None or coach is None or redemption_id is None:
        return
    with suppress(Refused):
        match visit.outcome:
            case "fulfil":
                fulfil(redemption_id=redemption_id, actor=coach, note=visit.note)
            case "reject":
                reject(redemption_id=redemption_id, actor=coach, reason=visit.note)
            case _:
                cancel(redemption_id=redemption_id, actor=client)
