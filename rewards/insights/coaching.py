"""How a coach's clients are doing: who needs a word, what the last 30 days brought against the 30 before, and one person's twelve weeks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rewards.activities.identities import activity_ids
from rewards.activities.reserved import RESERVED
from rewards.insights.windows import DAY, Span, last_days
from rewards.kit import sql
from rewards.people.models import Role, Status, User
from rewards.streaks.running import monday_of

ATTENTION_DAYS = 7
QUIET_DAYS = 3
DAYS = 30
WEEKS = 12
# Whoever has not begun yet is counted from the day they joined: nobody needs attention on their first day.
SINCE = (
    "SELECT sum(CASE WHEN since <= ? THEN 1 ELSE 0 END), sum(CASE WHEN since <= ? THEN 1 ELSE 0 END), count(*) FROM"
    " (SELECT CASE WHEN l.active_on > u.joined_on THEN l.active_on ELSE u.joined_on END AS since FROM users u"
    " LEFT JOIN last_days l ON l.user_id = u.id WHERE u.role = ? AND u.status = ?{whose}) AS clients"
)
# Both spans in one walk: each client's days lie together.
STATS = (
    "SELECT d.day >= ? AS is_recent, count(DISTINCT d.user_id), sum(d.events), sum(d.xp), sum(d.points) FROM users u"
    " JOIN daily_activity d ON d.user_id = u.id AND d.day >= ? WHERE u.role = ?{whose} GROUP BY 1"
)
GRID = (
    "SELECT day, sum(events), sum(paid), sum(xp), sum(points) FROM daily_activity"
    " WHERE user_id = ? AND activity_id NOT IN ({reserved}) AND day >= ? AND day <= ? GROUP BY day"
)


class Standing(StrEnum):
    """How a client is getting on: about lately, not for some days, or not for a week."""

    ON_TRACK = "on_track"
    QUIET = "quiet"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Standings:
    """How many clients are getting on how; those who are switched off are in none of them."""

    on_track: int
    quiet: int
    attention: int

    @property
    def clients(self) -> int:
        """All of them."""
        return self.on_track + self.quiet + self.attention


@dataclass(frozen=True, slots=True)
class Stats:
    """What clients did in a span of days."""

    active: int = 0
    events: int = 0
    xp: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the tracker; `is_ahead` where it is still to come."""

    day: date
    events: int
    paid: int
    xp: int
    points: int
    is_ahead: bool


def standing_of(last_day: date | None, joined_on: date, today: date) -> Standing:
    """How somebody is getting on, who was last about on that day."""
    since = max(last_day or joined_on, joined_on)
    if since <= today - ATTENTION_DAYS * DAY:
        return Standing.ATTENTION
    return Standing.QUIET if since <= today - QUIET_DAYS * DAY else Standing.ON_TRACK


def standings_of(viewer: User, today: date) -> Standings:
    """How the clients that somebody looks after are getting on: a coach's own, an admin's all."""
    which, whose = _own(viewer)
    edges = ((today - days * DAY).isoformat() for days in (ATTENTION_DAYS, QUIET_DAYS))
    row = sql.rows(SINCE.format(whose=which), (*edges, Role.CLIENT, Status.ACTIVE, *whose))[0]
    attention, quiet_or_worse, clients = (int(count or 0) for count in row)
    return Standings(on_track=clients - quiet_or_worse, quiet=quiet_or_worse - attention, attention=attention)


def stats_of(viewer: User, today: date) -> tuple[Stats, Stats]:
    """What those clients did in the last 30 days, and in the 30 days before."""
    which, whose = _own(viewer)
    recent = last_days(DAYS, today)
    first, earliest = recent.first.isoformat(), recent.before().first.isoformat()
    rows = sql.rows(STATS.format(whose=which), (first, earliest, Role.CLIENT, *whose))
    found = {bool(is_recent): Stats(*map(int, amounts)) for is_recent, *amounts in rows}
    return found.get(True, Stats()), found.get(False, Stats())


def tracker_of(user_id: int, today: date, *, weeks: int = WEEKS) -> list[list[Square]]:
    """One person's last weeks, each from Monday to Sunday, the current one last; what was booked for them by hand is left out."""
    first = monday_of(today) - timedelta(weeks=weeks - 1)
    span = Span(first, first + timedelta(days=7 * weeks - 1))
    reserved = sorted(activity_ids(RESERVED).values())
    question = GRID.format(reserved=sql.marks(reserved))
    rows = sql.rows(question, (user_id, *reserved, span.first.isoformat(), span.last.isoformat()))
    found = {day: tuple(map(int, amounts)) for day, *amounts in rows}
    squares = [_square(first + timedelta(days=n), found, today) for n in range(span.days)]
    return [squares[n : n + 7] for n in range(0, len(squares), 7)]


def _square(day: date, found: Mapping[str, tuple[int, ...]], today: date) -> Square:
    events, paid, xp, points = found.get(day.isoformat(), (0, 0, 0, 0))
    return Square(day, events, paid, xp, points, is_ahead=day > today)


def _own(viewer: User) -> tuple[str, tuple[int, ...]]:
    # A client has no clients, and nobody has that coach.
    return ("", ()) if viewer.role == Role.ADMIN else (" AND u.coach_id = ?", (viewer.id,))
