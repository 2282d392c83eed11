"""The circle that somebody is in, as they see it from inside. Every question starts from who asks."""

from dataclasses import dataclass
from datetime import datetime

from rewards.circles.members import IN_IT, XP_OF, Member
from rewards.circles.models import IS_OPEN, ItemKind
from rewards.circles.weeks import Week, week_in, weeks_anywhere
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
# Which week it is depends on where the coach lives: there are never more than two on earth.
TOGETHER = (
    f"SELECT c.id, c.name, c.goal_xp, coach.timezone, u.id, u.name, m.shows, {XP_OF}, {XP_OF} FROM memberships mine"
    f" JOIN circles c ON c.id = mine.circle_id JOIN users coach ON coach.id = c.coach_id JOIN memberships m ON m.circle_id = c.id"
    f" JOIN users u ON u.id = m.user_id WHERE mine.user_id = ? AND mine.{IS_OPEN} AND {IN_IT} ORDER BY lower(u.name), u.id"
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

EDGE = "(SELECT o.at, o.id FROM feed_items o WHERE o.id = ? AND o.circle_id = c.id)"


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
    """A circle as one of its members sees it: everybody by name, and what they earned together this week."""

    circle: MyCircle
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


def standing_of(person: User) -> Standing | None:
    """The circle that somebody is in now, with its members by name and the sum to which all of them count; one question."""
    early, late = weeks_anywhere()
    rows = sql.rows(TOGETHER, (*early.days, *late.days, person.id))
    mine = next((row for row in rows if row[4] == person.id), None)
    if mine is None:
        return None
    circle = MyCircle(mine[0], mine[1], mine[2], week_in(mine[3]), bool(mine[6]))
    place = 7 if circle.week == early else 8
    members = [_member(row[4], row[5], bool(row[6]), int(row[place]), person) for row in rows]
    return Standing(circle, members, sum(int(row[place]) for row in rows))


def feed_of(circle: MyCircle, person: User, *, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[Item]:
    """A page of what the members did, the latest first, from the one after `before_id` on. Raises NotFound where it is not theirs."""
    seen, params = SEEN, [person.id, circle.id, person.id]
    if before_id is not None:
        seen += f" AND (f.at, f.id) < {EDGE}"
        params.append(_askable(before_id))
    rows = sql.rows(f"{ITEMS.format(seen=seen)} ORDER BY f.at DESC, f.id DESC LIMIT ?", [*params, limit])
    if before_id is not None and not rows:
        # Nothing is after it, or it never was.
        item_seen_by(person, before_id)
    return [_item(row, person) for row in rows]


def count_new(circle: MyCircle, person: User, *, after_id: int) -> int:
    """How much others have told since that line of the feed; since always where there was none."""
    seen, params = f"{SEEN} AND f.user_id <> ?", [circle.id, person.id, person.id]
    if after_id:
        seen += f" AND (f.at, f.id) > {EDGE}"
        params.append(_askable(after_id))
    return int(sql.value(f"SELECT count(*){SOURCE} WHERE {seen}", params))


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


def _member(user_id: int, name: str, shows: bool, xp: int, viewer: User) -> Member:  # noqa: FBT001 - as it stands in the row
    is_me = user_id == viewer.id
    is_open = shows or is_me
    return Member(user_id, name if is_open else first_name(name), shows, is_me, xp if is_open else None)


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
