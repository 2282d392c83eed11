"""Lists of people for whoever looks after them: which of them, in which order, and how each is doing; one question for a whole page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
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
    rows = db.session.execute(_ordered(which, wanted).limit(PAGE_ROWS).offset((number - 1) * PAGE_ROWS))
    return PeoplePage([_standed(row, today) for row in rows], count, number)


def each_person(viewer: User, wanted: Wanted, today: date) -> Iterator[Standed]:
    """Everybody on the list, in its order, read in batches."""
    rows = db.session.execute(_ordered(_which(viewer, wanted, today), wanted).execution_options(yield_per=BATCH_ROWS))
    for row in rows:
        yield _standed(row, today)


def count_views(viewer: User, wanted: Wanted, today: date) -> dict[View, int]:
    """How many people each view would show, with the same text and roles; one question."""
    shown = and_(*_seen(viewer, wanted))
    tallies = [func.coalesce(func.sum(case((_in_view(view, today), 1), else_=0)), 0) for view in View]
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


def _in_view(view: View, today: date) -> ColumnElement[bool]:
    is_on = User.status == Status.ACTIVE
    attention, quiet = today - ATTENTION_DAYS * DAY, today - QUIET_DAYS * DAY
    about = {
        View.ALL: User.id > 0,
        View.ATTENTION: _since <= attention,
        View.QUIET: and_(_since > attention, _since <= quiet),
        View.ON_TRACK: _since > quiet,
        View.NEW: User.joined_on > today - NEW_DAYS * DAY,
        View.OFF: User.status != Status.ACTIVE,
    }[view]
    # Staff have nothing to be on track with.
    is_client = User.role == Role.CLIENT
    return about if view in (View.ALL, View.OFF) else and_(is_on, about) if view is View.NEW else and_(is_on, is_client, about)


def _which(viewer: User, wanted: Wanted, today: date) -> Select[Any]:
    # An outer join that nothing is asked of costs nothing: SQLite and PostgreSQL both leave it out.
    question = select(User).outerjoin(LastDay, LastDay.user_id == User.id)
    return question.where(*_seen(viewer, wanted), _in_view(wanted.view, today))


def _count(which: Select[Any]) -> int:
    return db.session.scalar(which.with_only_columns(func.count())) or 0


def _ordered(which: Select[Any], wanted: Wanted) -> Select[Any]:
    key = {
        Sort.NAME: User.name,
        Sort.XP: func.coalesce(_xp.balance, 0),
        Sort.POINTS: func.coalesce(_points.balance, 0),
        Sort.LAST_DAY: _last_day,
        Sort.JOINED: User.joined_on,
    }[wanted.sort]
    # Ids run the same way as the names, so that the order of names is that of one index.
    id_, name = (User.id.desc(), User.name.desc()) if wanted.is_descending and wanted.sort is Sort.NAME else (User.id, User.name)
    order = (name, id_) if wanted.sort is Sort.NAME else (key.desc() if wanted.is_descending else key, name, id_)
    question = which.add_columns(func.coalesce(_xp.balance, 0), func.coalesce(_points.balance, 0), LastDay.active_on)
    for account, asset in ((_xp, XP), (_points, POINTS)):
        question = question.outerjoin(account, and_(account.owner_kind == Owner.USER, account.owner_id == User.id, account.asset == asset))
    return question.order_by(*order)


def _standed(row: Any, today: date) -> Standed:
    person, xp, points, active_on = row
    last_day = active_on if active_on and active_on > date.min else None
    return Standed(person, int(xp), int(points), last_day, standing_of(last_day, person.joined_on, today))
