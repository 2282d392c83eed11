"""A coach makes a circle, says who is in it and what it means to reach, and ends it. Each change leaves a record."""

from collections.abc import Collection

from sqlalchemy import select

from rewards.circles.models import IS_OPEN, Circle
from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from rewards.kit.values import storable_text
from rewards.ledger.models import AMOUNT_MAX
from rewards.people.auditing import Done, record_deed
from rewards.people.models import Role, User
from rewards.people.queries import clients_of

NAME_LENGTH_MAX = 60
# What everybody can still know each other in, and what a page can still show.
MEMBERS_MAX = 30
ID_MAX = 10**18
# Whoever is in a circle of somebody who does not coach them any more is in none.
LET_GO = (
    "UPDATE memberships SET left_at = ? WHERE left_at IS NULL AND user_id IN ({users})"
    " AND circle_id IN (SELECT id FROM circles WHERE coach_id <> ?)"
)
JOIN = (
    f"INSERT INTO memberships (circle_id, user_id, shows, joined_at) VALUES (?, ?, 0, ?) ON CONFLICT (user_id) WHERE {IS_OPEN} DO NOTHING"
)
LEAVE = "UPDATE memberships SET left_at = ? WHERE circle_id = ? AND left_at IS NULL"
TAKEN = "SELECT u.name, c.name FROM memberships m JOIN circles c ON c.id = m.circle_id JOIN users u ON u.id = m.user_id WHERE {which}"


def make_circle(*, name: str, goal_xp: int | None, actor: User) -> Circle:
    """A new one of this coach's, with nobody in it yet. Raises Invalid, Forbidden."""
    if actor.role != Role.COACH:
        raise Forbidden("Coaches make circles.")
    circle = Circle(coach_id=actor.id, name=_checked(name, goal_xp), goal_xp=goal_xp, made_at=clock.now())
    db.session.add(circle)
    db.session.flush()
    record_deed(Done("circle_made", "circle", circle.id, after=_said(circle)), actor_id=actor.id)
    return circle


def change_circle(*, circle_id: int, name: str, goal_xp: int | None, actor: User) -> Circle:
    """Another name or another goal. Raises Invalid, NotFound."""
    circle = held_circle(circle_id, actor)
    before = _said(circle)
    circle.name, circle.goal_xp = _checked(name, goal_xp), goal_xp
    if before != _said(circle):
        db.session.flush()
        record_deed(Done("circle_changed", "circle", circle.id, before, _said(circle)), actor_id=actor.id)
    return circle


def set_members(*, circle_id: int, user_ids: Collection[int], actor: User) -> None:
    """These clients of the coach's are in it, and nobody else. Who stays keeps what they chose; who comes begins hidden.

    Raises NotFound where one is nobody's or another's client, Invalid where they are too many, Refused (`in_another_circle`).
    """
    circle, wanted = held_circle(circle_id, actor), set(user_ids)
    if len(wanted) > MEMBERS_MAX:
        raise Invalid.single("members", f"At most {MEMBERS_MAX} people, so that everybody can know each other.", len(wanted))
    _check_clients(wanted, actor)
    before = set(_members(circle.id))
    now = time_text(clock.now())
    gone, come = sorted(before - wanted), sorted(wanted - before)
    if gone:
        sql.run(f"{LEAVE} AND user_id IN ({sql.marks(gone)})", (now, circle.id, *gone))
    if come:
        sql.run(LET_GO.format(users=sql.marks(come)), (now, *come, actor.id))
    for user_id in come:
        if not sql.run(JOIN, (circle.id, user_id, now)):
            _refuse(user_id)
    if gone or come:
        deed = Done("circle_members_changed", "circle", circle.id, {"members": sorted(before)}, {"members": sorted(wanted)})
        record_deed(deed, actor_id=actor.id)


def end_circle(*, circle_id: int, actor: User) -> None:
    """Nobody is in it any more; what was earned stays everybody's own. Raises NotFound."""
    circle = held_circle(circle_id, actor)
    members = sorted(_members(circle.id))
    circle.ended_at = clock.now()
    db.session.flush()
    sql.run(LEAVE, (time_text(circle.ended_at), circle.id))
    record_deed(Done("circle_ended", "circle", circle.id, before={**_said(circle), "members": members}), actor_id=actor.id)


def held_circle(circle_id: int, actor: User) -> Circle:
    """A circle of the actor's that has not ended, held until commit. Raises NotFound for another's, as for none."""
    own = (Circle.id == circle_id, Circle.coach_id == actor.id, Circle.ended_at.is_(None))
    circle = db.session.scalar(select(Circle).where(*own).with_for_update()) if 0 < circle_id < ID_MAX else None
    if circle is None or actor.role != Role.COACH:
        raise NotFound(f"circle {circle_id}")
    return circle


def _checked(name: str, goal_xp: int | None) -> str:
    problems, name = [], name.strip()
    try:
        storable_text(name)
    except ValueError:
        name = ""
    if not name or len(name) > NAME_LENGTH_MAX:
        problems.append(Problem("name", f"1 to {NAME_LENGTH_MAX} characters", name))
    if goal_xp is not None and not 0 < goal_xp <= AMOUNT_MAX:
        problems.append(Problem("goal_xp", f"a whole number from 1 to {AMOUNT_MAX:,}, or nothing for no goal", goal_xp))
    if problems:
        raise Invalid(problems)
    return name


def _check_clients(wanted: set[int], actor: User) -> None:
    askable = [user_id for user_id in wanted if 0 < user_id < ID_MAX]
    own = set(db.session.scalars(select(User.id).where(User.id.in_(askable), clients_of(actor))))
    if own != wanted:
        raise NotFound(f"client {min(wanted - own)}")


def _members(circle_id: int) -> list[int]:
    return [row[0] for row in sql.rows(f"SELECT user_id FROM memberships WHERE circle_id = ? AND {IS_OPEN}", (circle_id,))]


def _refuse(user_id: int) -> None:
    [(person, circle)] = sql.rows(TAKEN.format(which="m.user_id = ? AND m.left_at IS NULL"), (user_id,))
    raise Refused("in_another_circle", f"{person} is in {circle} already. Take them out there first.")


def _said(circle: Circle) -> dict[str, object]:
    return {"name": circle.name, "goal_xp": circle.goal_xp}
