"""Opens somebody's book outside a batch: for what is granted by hand, and for what is unlocked afterwards."""

from collections.abc import Mapping
from datetime import datetime

from rewards.activities.happening import PendingEvent
from rewards.activities.identities import activity_ids
from rewards.activities.reserved import ADJUSTMENT, Reserved
from rewards.earning.books import open_books
from rewards.earning.in_force import programme_at, programme_in_force
from rewards.earning.settling import Settling, automatic_achievements
from rewards.earning.writing import Writes
from rewards.kit import clock
from rewards.kit.errors import NotFound, Refused
from rewards.kit.sql import IdSource
from rewards.people.locking import Person, lock_people


def open_settling(user_id: int, activity: Reserved) -> Settling:
    """One person, locked, as they stand now under the programme in force. Raises NotFound, Refused (`disabled`)."""
    people = lock_people([user_id])
    if not people:
        raise NotFound(f"user {user_id}")
    if not people[user_id].is_active and activity is not ADJUSTMENT:
        # A correction must still be possible; nothing else is earned.
        raise Refused("disabled", "This person's account is switched off; nothing is recorded for it.")
    return open_settlings(people, activity, IdSource("events"))[0]


def open_settlings(
    people: Mapping[int, Person], activity: Reserved, ids: IdSource, *, moment: datetime | None = None, version: int | None = None
) -> list[Settling]:
    """Several of them, in the order of their ids. What they are about to be given belongs to `activity`, on their own day.

    `moment`, `version`: when, and under which programme; now and the one in force, unless it is done again.
    """
    now = moment or clock.now()
    programme = programme_in_force() if version is None else programme_at(version)
    activity_id = activity_ids([activity.key])[activity.key]
    events = [
        PendingEvent(
            id=0,
            person=person,
            activity_id=activity_id,
            activity=activity.key,
            action="",
            object_type="",
            metadata={},
            occurred_at=now,
            happened_on=now.astimezone(person.zone_at(now)).date(),
            version_id=programme.version,
        )
        for person in people.values()
    ]
    books = open_books(events, programme_at)
    automatic = automatic_achievements(programme)
    return [
        Settling(book, programme, event, Writes(), ids, automatic, programme.ladder.level_for(book.total_xp).number)
        for event, book in ((event, books[event.person.id]) for event in events)
    ]
