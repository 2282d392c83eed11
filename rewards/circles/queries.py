"""The circle that somebody is in, as they see it from inside. Every question starts from who asks."""

from dataclasses import dataclass
from datetime import datetime

from rewards.circles.members import IN_IT, MEMBERS, Member
from rewards.circles.models import ItemKind
from rewards.circles.weeks import Week, week_in
from rewards.kit import sql
from rewards.kit.columns import time_from_text
from rewards.kit.errors import NotFound
from rewards.people.models import User

PAGE_ROWS = 15
ID_MAX = 2**62
MINE = (
    "SELECT c.id, c.name, c.goal_xp, coach.timezone, m.shows FROM memberships m JOIN circles c ON c.id = m.circle_id"
    f" JOIN users u ON u.id = m.user_id JOIN users coach ON coach.id = c.coach_id WHERE m.user_id = ? AND {IN_IT}"
)
SOURCE = (
    " FROM feed_items f JOIN memberships m ON m.circle_id = f.circle_id AND m.user_id = f.user_id AND f.at >= m.joined_at"
    " JOIN circles c ON c.id = f.circle_id JOIN users u ON u.id = f.user_id"
)
# What one of them sees: their own, and that of whoever shows theirs, each since they joined.
ITEMS = (
    "SELECT f.id, f.kind, f.user_id, u.name, f.about, f.name, act.key, ach.key, f.xp, f.at,"
    " (SELECT count(*) FROM cheers h WHERE h.item_id = f.id), (SELECT count(*) FROM cheers h WHERE h.item_id = f.id AND h.user_id = ?)"
    f"{SOURCE} LEFT JOIN events e ON f.kind = '{ItemKind.EVENT}' AND e.id = f.about LEFT JOIN activities act ON act.id = e.activity_id"
    f" LEFT JOIN achievements ach ON f.kind = '{ItemKind.ACHIEVEMENT}' AND ach.id = f.about WHERE {{seen}}"
)
SEEN = f"f.circle_id = ? AND (m.shows = 1 OR f.user_id = ?) AND {IN_IT}"


@dataclass(frozen=True, slots=True)
class MyCircle:
    """The circle that somebody is in."""

    id: int
    name: str
    goal_xp: int | None
    # Of the coach's calendar.
    week: Week
    # Whether the others see what this member does.
    shows: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Everybody in a circle, by name, and what they earned together this week."""

    members: list[Member]
    xp: int

    @property
    def has_begun(self) -> bool:
        """Whether there is anybody to share with."""
        return len(self.members) > 1


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the feed. Of `level`, `activity` and `achievement` (keys), one says what it tells."""

    id: int
    kind: str
    user_id: int
    person: str
    is_mine: bool
    level: str
    activity: str | None
    achievement: str | None
    xp: int
    at: datetime
    cheers: int
    is_cheered: bool


def first_name(name: str) -> str:
    """What a circle knows somebody by who shows nothing."""
    return name.split(maxsplit=1)[0]


def circle_of(person: User) -> MyCircle | None:
    """The circle that somebody is in now."""
    found = sql.rows(MINE, (person.id,))
    if not found:
        return None
    circle_id, name, goal, timezone, shows = found[0]
    return MyCircle(circle_id, name, goal, week_in(timezone), bool(shows))


def standing_of(circle: MyCircle, person: User) -> Standing:
    """Its members as one of them sees them, by name, with the sum to which all of them count."""
    rows = sql.rows(MEMBERS, (*circle.week.days, circle.id))
    return Standing([_member(row, person) for row in rows], sum(int(row[3]) for row in rows))


def feed_of(circle: MyCircle, person: User, *, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[Item]:
    """A page of what the members did, the latest first, from the one after `before_id` on. Raises NotFound where it is not theirs."""
    seen, params = SEEN, [person.id, circle.id, person.id]
    if before_id is not None:
        seen += " AND (f.at, f.id) < (SELECT o.at, o.id FROM feed_items o WHERE o.id = ? AND o.circle_id = c.id)"
        params.append(_askable(before_id))
    rows = sql.rows(f"{ITEMS.format(seen=seen)} ORDER BY f.at DESC, f.id DESC LIMIT ?", [*params, limit])
    if before_id is not None and not rows:
        # Nothing is after it, or it never was.
        item_seen_by(person, before_id)
    return [_item(row, person) for row in rows]


def count_new(circle: MyCircle, person: User, *, after_id: int) -> int:
    """How much was told since that item, by others than oneself."""
    question = f"SELECT count(*){SOURCE} WHERE {SEEN} AND f.user_id <> ? AND f.id > ?"
    return int(sql.value(question, (circle.id, person.id, person.id, min(max(after_id, 0), ID_MAX))))


def item_seen_by(person: User, item_id: int) -> Item:
    """One line of their own circle's feed, if it is theirs to see. Raises NotFound."""
    circle = circle_of(person)
    rows = sql.rows(ITEMS.format(seen=f"{SEEN} AND f.id = ?"), (person.id, circle.id, person.id, _askable(item_id))) if circle else []
    if not rows:
        raise NotFound(f"feed item {item_id}")
    return _item(rows[0], person)


def _askable(item_id: int) -> int:
    """An id that a database can be asked for."""
    return item_id if 0 < item_id < ID_MAX else 0


def _member(row: sql.Row, viewer: User) -> Member:
    user_id, name, shows, xp = row
    is_open = bool(shows) or user_id == viewer.id
    return Member(user_id, name if is_open else first_name(name), bool(shows), is_me=user_id == viewer.id, xp=int(xp) if is_open else None)


def _item(row: sql.Row, viewer: User) -> Item:
    item_id, kind, user_id, person, _, level, activity, achievement, xp, at, cheers, mine = row
    return Item(
        id=item_id,
        kind=kind,
        user_id=user_id,
        person=person,
        is_mine=user_id == viewer.id,
        level=level,
        activity=activity,
        achievement=achievement,
        xp=xp,
        at=time_from_text(at),
        cheers=int(cheers),
        is_cheered=bool(mine),
    )
