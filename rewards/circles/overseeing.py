"""A coach's circles, as their coach sees them from above. Every question starts from who asks."""

from dataclasses import dataclass

from rewards.circles.members import IN_IT, XP_OF, Member
from rewards.circles.models import IS_OPEN
from rewards.circles.weeks import week_in
from rewards.kit import sql
from rewards.kit.errors import NotFound
from rewards.people.models import Role, Status, User

ID_MAX = 2**62
MEMBERS = (
    f"SELECT u.id, u.name, m.shows, {XP_OF} FROM memberships m JOIN circles c ON c.id = m.circle_id"
    f" JOIN users u ON u.id = m.user_id WHERE c.coach_id = ? AND c.id = ? AND {IN_IT} ORDER BY lower(u.name), u.id"
)
OWN = (
    f"SELECT c.id, c.name, c.goal_xp, count(u.id), coalesce(sum({XP_OF}), 0) FROM circles c"
    f" LEFT JOIN memberships m ON m.circle_id = c.id AND m.{IS_OPEN}"
    f" LEFT JOIN users u ON u.id = m.user_id AND u.coach_id = c.coach_id AND u.role = '{Role.CLIENT.value}'"
    f" AND u.status = '{Status.ACTIVE.value}' WHERE c.coach_id = ? AND c.ended_at IS NULL{{which}}"
    " GROUP BY c.id, c.name, c.goal_xp ORDER BY lower(c.name), c.id"
)
OTHERS = (
    "SELECT u.id, u.name, c.id, c.name FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.left_at IS NULL"
    " LEFT JOIN circles c ON c.id = m.circle_id AND c.coach_id = u.coach_id"
    f" WHERE u.coach_id = ? AND u.role = '{Role.CLIENT.value}' AND u.status = '{Status.ACTIVE.value}'"
    " AND coalesce(c.id, 0) <> ? AND lower(u.name) LIKE ? ESCAPE '!' ORDER BY u.name, u.id LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class OwnCircle:
    """A circle as its coach sees it, with this week's XP of all its members."""

    id: int
    name: str
    goal_xp: int | None
    members: int
    xp: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A client who could come into a circle; `circle` is the other one that they are in."""

    user_id: int
    name: str
    circle_id: int | None
    circle: str | None


def circles_of(coach: User) -> list[OwnCircle]:
    """A coach's circles, by name."""
    return _own_circles(coach, "", ())


def own_circle(coach: User, circle_id: int) -> OwnCircle:
    """One circle of a coach's. Raises NotFound for another's, as for none."""
    found = _own_circles(coach, " AND c.id = ?", (circle_id,)) if 0 < circle_id < ID_MAX else []
    if not found:
        raise NotFound(f"circle {circle_id}")
    return found[0]


def members_of(coach: User, circle_id: int) -> list[Member]:
    """Who is in a circle of a coach's, with everybody's XP: coaches see it anyway."""
    rows = sql.rows(MEMBERS, (*week_in(coach.timezone).days, coach.id, circle_id))
    return [Member(row[0], row[1], bool(row[2]), is_me=False, xp=int(row[3])) for row in rows]


def candidates_for(coach: User, circle_id: int | None, *, text: str = "", limit: int) -> list[Candidate]:
    """A coach's clients who are not in that circle, by name; only those with the text in their name."""
    part = text.strip().lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    rows = sql.rows(OTHERS, (coach.id, circle_id or -1, f"%{part}%", limit))
    return [Candidate(*row) for row in rows]


def _own_circles(coach: User, which: str, params: tuple[int, ...]) -> list[OwnCircle]:
    rows = sql.rows(OWN.format(which=which), (*week_in(coach.timezone).days, coach.id, *params))
    return [OwnCircle(circle_id, name, goal, int(members), int(xp)) for circle_id, name, goal, members, xp in rows]
