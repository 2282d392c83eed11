"""Opens what was decided before: a stored event and its person's book, so that what follows from it can be carried out once more."""

from datetime import date

from rewards.activities.happening import PendingEvent
from rewards.activities.identities import activity_keys
from rewards.earning.books import open_books
from rewards.earning.in_force import programme_at
from rewards.earning.settling import Settling, automatic_achievements
from rewards.earning.unmaking import Unmaking
from rewards.earning.writing import Writes
from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text
from rewards.kit.sql import IdSource
from rewards.people.locking import Person

STORED = "SELECT id, activity_id, action, object_type, metadata, occurred_at, happened_on, version_id FROM events WHERE id = ?"


def reopened(event_id: int, person: Person) -> PendingEvent:
    """A stored event, as a decision sees it."""
    _, activity_id, action, object_type, metadata, occurred_at, happened_on, version_id = sql.rows(STORED, (event_id,))[0]
    return PendingEvent(
        id=event_id,
        person=person,
        activity_id=activity_id,
        activity=activity_keys([activity_id])[activity_id],
        action=action,
        object_type=object_type,
        metadata=documents.parse_exactly(metadata),
        occurred_at=time_from_text(occurred_at),
        happened_on=date.fromisoformat(happened_on),
        version_id=version_id,
    )


def settling_of(unmaking: Unmaking, event_id: int) -> Settling:
    """What follows from an event, as its person stands just now and under its own stamp."""
    event = reopened(event_id, unmaking.person)
    book = open_books([event], programme_at)[unmaking.person.id]
    book.holdings = unmaking.holdings
    programme = programme_at(event.version_id)
    level = programme.ladder.level_for(book.total_xp).number
    return Settling(book, programme, event, Writes(), IdSource("events"), automatic_achievements(programme), level)


def carry_out(unmaking: Unmaking, settling: Settling) -> None:
    """Write what a settling came to; its transfers are posted with all the others."""
    gather(unmaking, settling.writes)
    settling.writes.flush({unmaking.person.id: settling.book})


def gather(unmaking: Unmaking, writes: Writes) -> None:
    """Take the transfers out of what is to be written, to be posted with all the others."""
    unmaking.movements += writes.movements
    writes.movements = []
