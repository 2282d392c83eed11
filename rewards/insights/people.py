"""Lists of people for whoever looks after them: which of them, in which order, and how each is doing; one question for a whole page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from rewards.activities.models import LastDay
from rewards.insights.coaching import ATTENTION_DAYS, QUIET_DAYS, Standing, standing_of
from rewards.insights.windows import DAY
from rewards.kit.columns import LocalDate
from rewards.kit.database import db
from rewards.ledger.models import POINTS, XP, Account, Owner
from rewards.people.models import Role, Status, User
from rewards.people.queries import clients_of, is_storable

PAGE_ROWS = 25
NEW_DAYS = 14
BATCH_ROWS = 500


class View(StrEnum):
    """Which people a list shows. Whoever is switched off is in the first and the last only."""

    ALL = "all"
    ATTENTION = "attention"
    QUIET = "quiet"
    ON_TRACK = "on_track"
    NEW = "new"
    OFF = "off"


class Sort(StrEnum):
    """In which order; a level follows XP."""

    NAME = "name"
    XP = "xp"
    POINTS = "points"
    LAST_DAY = "last_day"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of people is asked for. For anybody but an admin it is about their own clients, whatever `roles` says."""

    view: View = View.ALL
    text: str = ""
    sort: Sort = Sort.NAME
    # None: names from A on, anything else from the most on.
    descending: bool | None = None
    roles: tuple[Role, ...] = (Role.CLIENT,)

    @property
    def is_descending(self) -> bool:
        """The direction that was chosen, or the usual one."""
        return self.sort is not Sort.NAME if self.descending is None else self.descending


@dataclass(frozen=True, slots=True)
class Standed:
    """One person of a list; `last_day` is None for who never did anything."""

    person: User
    xp: int
    points: int
    last_day: date | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of a list, and how long the whole list is."""

    rows: list[Standed]
    count: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are; one, where nobody is on it."""
        return max(1, -(-self.count // PAGE_ROWS))


_xp, _points = aliased(Account, name="xp_account"), aliased(Account, name="points_account")
_last_day = func.coalesce(LastDay.active_on, literal(date.min, LocalDate()))
# Whoever has not begun yet is counted from the day they joined.
_since = case((User.joined_on < _last_day, _last_day), else_=User.joined_on)


def people_page(viewer: User, wanted: Wanted, today: date, *, number: int = 1) -> PeoplePage:
    """A page of the people that the viewer looks after; `today` is the viewer's. A number that is too high shows the last page."""
    which = _which(viewer, wanted, today)
    count = _count(which)
    number = max(1, min(number, -(-count // PAGE_ROWS)))
    ids = db.session.scalars(_ordered(which, wanted).limit(PAGE_ROWS).offset((number - 1) * PAGE_ROWS)).all()
    return PeoplePage(_rows(ids, today), count, number)


def first_people(viewer: User, wanted: Wanted, today: date, *, limit: int) -> list[Standed]:
    """The first few of the list, where somebody else counts how many there are."""
    return _rows(db.session.scalars(_ordered(_which(viewer, wanted, today), wanted).limit(limit)).all(), today)


def each_person(viewer: User, wanted: Wanted, today: date) -> Iterator[Standed]:
    """Everybody on the list, in its order, read in batches."""
    ids = db.session.scalars(_ordered(_which(viewer, wanted, today), wanted)).all()
    for start in range(0, len(ids), BATCH_ROWS):
        yield from _rows(ids[start : start + BATCH_ROWS], today)


def count_views(viewer: User, wanted: Wanted, today: date) -> dict[View, int]:
    """How many people each view would show, with the same text and roles; one question."""
    shown = and_(*_seen(viewer, wanted))
    tallies = [func.coalesce(func.sum(case((and_(true(), *_in_view(view, today)), 1), else_=0)), 0) for view in View]
    row = db.session.execute(select(*tallies).select_from(User).outerjoin(LastDay, LastDay.user_id == User.id).where(shown)).one()
    return dict(zip(View, map(int, row), strict=True))


def _seen(viewer: User, wanted: Wanted) -> list[ColumnElement[bool]]:
    is_admin = viewer.role == Role.ADMIN
    conditions = [User.role.in_(wanted.roles) if is_admin else clients_of(viewer)]
    if text := wanted.text.strip():
        fields = (User.name, User.email, User.external_id)
        # What no database can hold is in no name.
        conditions.append(or_(*(field.icontains(text, autoescape=True) for field in fields)) if is_storable(text) else User.id < 0)
    return conditions


def _in_view(view: View, today: date) -> list[ColumnElement[bool]]:
    """What holds for everybody in a view. Staff have nothing to be on track with."""
    attention, quiet = today - ATTENTION_DAYS * DAY, today - QUIET_DAYS * DAY
    is_on, is_client = User.status == Status.ACTIVE, User.role == Role.CLIENT
    return {
        View.ALL: [],
        View.ATTENTION: [is_on, is_client, _since <= attention],
        View.QUIET: [is_on, is_client, _since > attention, _since <= quiet],
        View.ON_TRACK: [is_on, is_client, _since > quiet],
        View.NEW: [is_on, User.joined_on > today - NEW_DAYS * DAY],
        View.OFF: [User.status != Status.ACTIVE],
    }[view]


def _which(viewer: User, wanted: Wanted, today: date) -> Select[Any]:
    """The ids of everybody on the list, in no order."""
    question = select(User.id).where(*_seen(viewer, wanted), *_in_view(wanted.view, today))
    needs_days = wanted.view in (View.ATTENTION, View.QUIET, View.ON_TRACK) or wanted.sort is Sort.LAST_DAY
    # What is joined for nothing costs a look for each of them.
    return question.outerjoin(LastDay, LastDay.user_id == User.id) if needs_days else question


def _count(which: Select[Any]) -> int:
    return db.session.scalar(which.with_only_columns(func.count())) or 0


def _ordered(which: Select[Any], wanted: Wanted) -> Select[Any]:
    """The ids in their order."""
    key = {
        Sort.NAME: User.name,
        Sort.XP: func.coalesce(_xp.balance, 0),
        Sort.POINTS: func.coalesce(_points.balance, 0),
        Sort.LAST_DAY: _last_day,
        Sort.JOINED: User.joined_on,
    }[wanted.sort]
    if wanted.sort is Sort.NAME:
        # Ids run the same way as the names, so that the order is that of one index.
        return which.order_by(*((User.name.desc(), User.id.desc()) if wanted.is_descending else (User.name, User.id)))
    if wanted.sort in (Sort.XP, Sort.POINTS):
        which = _with_account(which, _xp if wanted.sort is Sort.XP else _points, wanted.sort)
    return which.order_by(key.desc() if wanted.is_descending else key, User.name, User.id)


def _rows(ids: Sequence[int], today: date) -> list[Standed]:
    """What a list tells of these people, in their order: who comes when was found with as little of each as it takes."""
    question = select(User, func.coalesce(_xp.balance, 0), func.coalesce(_points.balance, 0), LastDay.active_on)
    question = question.outerjoin(LastDay, LastDay.user_id == User.id).where(User.id.in_(ids))
    rows = db.session.execute(_with_account(_with_account(question, _xp, XP), _points, POINTS)) if ids else ()
    found = {row[0].id: _standed(row, today) for row in rows}
    return [found[user_id] for user_id in ids]


def _with_account(question: Any, account: Any, asset: str) -> Any:
    is_theirs = and_(account.owner_kind == Owner.USER, account.owner_id == User.id, account.asset == str(asset))
    return question.outerjoin(account, is_theirs)


def _standed(row: Any, today: date) -> Standed:
    person, xp, points, active_on = row
    last_day = active_on if active_on and active_on > date.min else None
    return Standed(person, int(xp), int(points), last_day, standing_of(last_day, person.joined_on, today))
