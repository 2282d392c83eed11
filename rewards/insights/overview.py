"""How the programme is doing as a whole: what was awarded, to how many, and what is still to be spent; from sums and balances alone."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date

from rewards.activities.identities import activity_keys
from rewards.insights.windows import DAY, Span, last_days
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.models import POINTS, XP
from rewards.people.models import Role

DAYS = 30
TOPIC = "people with XP"
SPANS_KEPT = 8
SUMS = "coalesce(sum(events), 0), coalesce(sum(paid), 0), coalesce(sum(xp), 0), coalesce(sum(points), 0), coalesce(sum(money), 0)"
# One look at all accounts of people here: it grows with them, not with what they did, and not with who is on a waitlist.
UNDONE = "SELECT count(*) FROM events WHERE state = 'undone' AND state <> 'processed'"
STANDING = (
    "SELECT coalesce(sum(CASE WHEN asset = ? AND balance > 0 THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN asset = ? THEN balance ELSE 0 END), 0), (" + UNDONE + ") FROM accounts WHERE owner_kind = 'user'"
)
# Whoever earned last inside the span needs no second look; of the later ones, each is looked up by the key of the daily totals.
EARNING = (
    "SELECT count(*) FROM last_days l WHERE l.earned_on >= ? AND (l.earned_on <= ? OR EXISTS"
    " (SELECT 1 FROM daily_activity d WHERE d.user_id = l.user_id AND d.day BETWEEN ? AND ? AND d.xp > 0))"
)


@dataclass(frozen=True, slots=True)
class Sums:
    """What everybody did and was given, adjustments and reversals included. Money is in minor units of the programme's currency."""

    events: int = 0
    paid: int = 0
    xp: int = 0
    points: int = 0
    money: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What a span of days brought, and how many people were given XP in it."""

    sums: Sums
    people_with_xp: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The loyalty overview: in all, for the last 30 days, and for the 30 days before those."""

    in_all: Figures
    recent: Figures
    before: Figures
    points_outstanding: int
    # The last 30 days, one by one.
    days: "list[DayFigures]"


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day of everybody's."""

    day: date
    sums: Sums


def loyalty_overview(today: date) -> Overview:
    """The figures as of that day. A day is each person's own, so the last one may still go on for some and have begun for others."""
    recent = last_days(DAYS, today)
    before = recent.before()
    people_with_xp, outstanding, undone = map(int, sql.rows(STANDING, (XP, POINTS))[0])
    # Somebody may live where it is tomorrow already.
    found = _by_day(Span(before.first, date.max))
    now, earlier = (_added(sums for day, sums in found.items() if (day >= recent.first) is is_now) for is_now in (True, False))
    return Overview(
        in_all=Figures(_sums(), people_with_xp),
        recent=Figures(now, _people_with_xp(Span(recent.first, date.max), now, undone)),
        before=Figures(earlier, _people_with_xp(before, earlier, undone)),
        points_outstanding=outstanding,
        days=_each_day(recent, found),
    )


def figures(span: Span) -> Figures:
    """What a span of days brought."""
    sums = _sums("WHERE day >= ? AND day <= ?", _ends(span))
    return Figures(sums, _people_with_xp(span, sums, _count_undone()))


def _count_undone() -> int:
    return int(sql.value(UNDONE))


def _people_with_xp(span: Span, sums: Sums, undone: int) -> int:
    # It changes only with the sums and with what is undone: whatever is given adds an event, whatever is taken back lowers an amount.
    state = (span, sums, undone)
    people: int | None = db.recall_recent(TOPIC, state)
    if people is None:
        people = int(sql.value(EARNING, (*_ends(span), *_ends(span))))
        db.remember_recent(TOPIC, state, people, SPANS_KEPT)
    return people


def by_day(span: Span) -> list[DayFigures]:
    """Each day of the span, also those on which nothing happened."""
    return _each_day(span, _by_day(span))


def by_activity(span: Span) -> Mapping[str, Sums]:
    """What each activity brought, by key, most used first."""
    question = f"SELECT activity_id, {SUMS} FROM daily_sums WHERE day >= ? AND day <= ? GROUP BY activity_id"
    rows = sql.rows(question, _ends(span))
    keys = activity_keys(row[0] for row in rows)
    found = {keys[activity_id] or "": Sums(*map(int, amounts)) for activity_id, *amounts in rows}
    return dict(sorted(found.items(), key=lambda item: (-item[1].events, item[0])))


def count_people() -> dict[str, int]:
    """How many there are of each role, switched off or not."""
    found: dict[str, int] = dict(sql.rows("SELECT role, count(*) FROM users GROUP BY role"))
    return {role.value: int(found.get(role, 0)) for role in Role}


def _sums(which: str = "", days: tuple[str, ...] = ()) -> Sums:
    return Sums(*map(int, sql.rows(f"SELECT {SUMS} FROM daily_sums {which}", days)[0]))


def _by_day(span: Span) -> dict[date, Sums]:
    question = f"SELECT day, {SUMS} FROM daily_sums WHERE day >= ? AND day <= ? GROUP BY day"
    return {date.fromisoformat(day): Sums(*map(int, amounts)) for day, *amounts in sql.rows(question, _ends(span))}


def _each_day(span: Span, found: Mapping[date, Sums]) -> list[DayFigures]:
    return [DayFigures(day, found.get(day, Sums())) for day in (span.first + n * DAY for n in range(span.days))]


def _added(several: Iterable[Sums]) -> Sums:
    columns = list(zip(*map(astuple, several), strict=True))
    return Sums(*map(sum, columns))


def _ends(span: Span) -> tuple[str, str]:
    return span.first.isoformat(), span.last.isoformat()
