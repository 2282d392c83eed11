"""One text, looked for wherever somebody may look: people, movements, events, and what the programme defines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rewards.activities.definitions import current_version, definitions_at
from rewards.activities.listing import EventLine, event_seen_by, events_of_key
from rewards.activities.models import Kind
from rewards.insights.people import Standed, Wanted, people_page
from rewards.kit.errors import NotFound
from rewards.kit.values import readable
from rewards.ledger.listing import Line, line_of, lines_of_reference
from rewards.people.models import Role, User
from rewards.people.queries import ID, is_storable

TEXT_LENGTH_MAX = 200
LIMIT = 8
KINDS = (Kind.ACTIVITY, Kind.RULE, Kind.ACHIEVEMENT, Kind.LEVEL, Kind.BOOST, Kind.CATEGORY)


@dataclass(frozen=True, slots=True)
class Defined:
    """Something of the programme."""

    kind: Kind
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a text stands for; each list has the first few."""

    people: Sequence[Standed] = ()
    transfers: Sequence[Line] = ()
    events: Sequence[EventLine] = ()
    defined: Sequence[Defined] = ()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.people or self.transfers or self.events or self.defined)


def search(viewer: User, text: str, today: date, *, limit: int = LIMIT) -> Found:
    """What an admin may find by a name, an address, an id, a reference or a key; others find only the clients they look after."""
    text = text.strip()[:TEXT_LENGTH_MAX]
    if not text or not is_storable(text):
        return Found()
    people = people_page(viewer, Wanted(text=text, roles=tuple(Role)), today).rows[:limit]
    if viewer.role != Role.ADMIN:
        return Found(people=people)
    return Found(people, _transfers(text, limit), _events(viewer, text, limit), _defined(text)[:limit])


def _transfers(text: str, limit: int) -> list[Line]:
    found = lines_of_reference(text, limit=limit)
    try:
        return [line_of(int(text)), *found][:limit] if ID.fullmatch(text) else found
    except NotFound:
        return found


def _events(viewer: User, text: str, limit: int) -> list[EventLine]:
    found = events_of_key(text, limit=limit)
    try:
        return [event_seen_by(viewer, int(text)), *found][:limit] if ID.fullmatch(text) else found
    except NotFound:
        return found


def _defined(text: str) -> list[Defined]:
    wanted = text.casefold()
    found = []
    for row in definitions_at(current_version()):
        name = str(row.body.get("name") or row.body.get("description") or readable(row.key))
        if row.kind in KINDS and (wanted in name.casefold() or wanted in row.key.casefold()):
            found.append(Defined(row.kind, row.key, name))
    return sorted(found, key=lambda one: (KINDS.index(one.kind), one.name))
