"""What happened to one person, in the order in which it was decided, and what came of it: everything that is needed to do it again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from rewards.activities.models import State
from rewards.activities.reserved import ACHIEVEMENT_UNLOCKED, RESERVED
from rewards.kit import documents, sql
from rewards.ledger.models import Owner

# What an amount is for: an event of its own, `("event", id)`; an achievement, by its key; or a bonus for a run, by where the run began and
# how long it was. A bonus stays the same one when it is another event that earns it.
Thing = tuple[str, ...]
Amounts = dict[str, int]

PERSON = ("id", "email", "name", "role", "status", "coach_id", "timezone", "timezone_since", "locale", "joined_on", "tags", "created_at")
EVENTS = (
    "SELECT e.id, e.decided_no, e.activity_id, a.key, e.action, e.object_type, e.metadata, e.occurred_at, e.happened_on, e.source,"
    " e.actor_id, e.version_id, e.cause_id, e.state FROM events e JOIN activities a ON a.id = e.activity_id WHERE e.user_id = ?"
    " AND e.result IS NOT NULL ORDER BY e.id"
)
MOVED = (
    "SELECT t.id, t.asset, {sign}t.amount, o.owner_kind, t.reason, t.event_id, t.decided_no, t.reference FROM accounts a"
    " JOIN transfers t ON t.{mine}_id = a.id JOIN accounts o ON o.id = t.{other}_id WHERE a.owner_kind = 'user' AND a.owner_id = ?"
)
HANDED = (
    "SELECT i.decided_no, i.kind, i.event_id, a.key, i.version_id, i.actor_id, u.unlocked_at FROM inputs i"
    " LEFT JOIN achievements a ON a.id = i.achievement_id"
    " LEFT JOIN unlocks u ON u.user_id = i.user_id AND u.achievement_id = i.achievement_id WHERE i.user_id = ?"
)


class Happened(NamedTuple):
    """An event: of somebody's own, a bonus, or what was booked by hand."""

    id: int
    # None: it followed from something else.
    number: int | None
    activity_id: int
    activity: str
    action: str
    object_type: str
    metadata: str
    occurred_at: str
    happened_on: str
    source: str
    actor_id: int | None
    version_id: int
    cause_id: int | None
    state: str

    @property
    def thing(self) -> Thing:
        """What its amounts are for."""
        if self.activity == ACHIEVEMENT_UNLOCKED.key:
            return "achievement", str(documents.parse(self.metadata).get("achievement"))
        if self.cause_id is not None:
            run = documents.parse(self.metadata)
            return "streak", self.activity, str(run.get("run_began_on")), str(run.get("days"))
        return "event", str(self.id)

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody's hand booked it, and nothing decided it."""
        return self.activity in RESERVED

    @property
    def day(self) -> date:
        """The day it was for the person."""
        return date.fromisoformat(self.happened_on)


class Moved(NamedTuple):
    """A transfer as its person sees it: `amount` is signed."""

    id: int
    asset: str
    amount: int
    counterpart: Owner
    reason: str
    event_id: int | None
    # None: it follows from something that has one.
    number: int | None
    reference: str | None


class Handed(NamedTuple):
    """An undo, or an achievement given by hand."""

    number: int
    kind: str
    event_id: int | None
    achievement: str | None
    version_id: int
    actor_id: int | None
    unlocked_at: str | None


@dataclass(slots=True)
class History:
    """One person's."""

    person: tuple[object, ...]
    zones: Sequence[sql.Row]
    events: Sequence[Happened]
    moved: Sequence[Moved]
    handed: Sequence[Handed]
    # What is still there, by what it is for; and the day it is for.
    amounts: Mapping[Thing, Amounts] = field(default_factory=dict)
    days: Mapping[Thing, date] = field(default_factory=dict)

    def in_order(self, up_to: int | None = None) -> list[Happened | Moved | Handed]:
        """Everything that has a place of its own in the order of decisions, up to and with a number."""
        found: list[Happened | Moved | Handed] = [*self.events, *self.moved, *self.handed]
        numbered = [(one.number, one) for one in found if one.number is not None and (up_to is None or one.number <= up_to)]
        return [one for _, one in sorted(numbered, key=lambda pair: pair[0])]


def history_of(user_id: int) -> History:
    """Everything of one person, as the surrounding block sees it."""
    events = [Happened(*row) for row in sql.rows(EVENTS, (user_id,))]
    moved = _moved(user_id)
    amounts, days = _net(events, moved)
    return History(
        person=sql.rows(f"SELECT {', '.join(PERSON)} FROM users WHERE id = ?", (user_id,))[0],
        zones=sql.rows("SELECT user_id, until, timezone FROM past_zones WHERE user_id = ?", (user_id,)),
        events=events,
        moved=moved,
        handed=[Handed(*row) for row in sql.rows(HANDED, (user_id,))],
        amounts=amounts,
        days=days,
    )


def _moved(user_id: int) -> list[Moved]:
    gained = sql.rows(MOVED.format(sign="", mine="credit", other="debit"), (user_id,))
    lost = sql.rows(MOVED.format(sign="-", mine="debit", other="credit"), (user_id,))
    rows = sorted((*gained, *lost), key=lambda row: int(row[0]))
    return [Moved(*row)._replace(counterpart=Owner(row[3])) for row in rows]


def _net(events: Sequence[Happened], moved: Sequence[Moved]) -> tuple[dict[Thing, Amounts], dict[Thing, date]]:
    things = {event.id: event.thing for event in events}
    amounts: dict[Thing, Amounts] = {thing: {} for thing in things.values()}
    for one in moved:
        if one.event_id in things:
            net = amounts[things[one.event_id]]
            net[one.asset] = net.get(one.asset, 0) + one.amount
    standing = defaultdict(list)
    for event in events:
        standing[event.state != State.UNDONE].append(event)
    # Where a bonus was taken back and earned again, its day is that of the one that stands.
    return amounts, {things[event.id]: event.day for event in (*standing[False], *standing[True])}
