"""A list of clients with how each of them is doing, for whoever looks after them; one question for each column, however many rows."""

from dataclasses import dataclass
from datetime import date

from rewards.activities.queries import last_days_of
from rewards.earning.in_force import programme_in_force
from rewards.kit import clock
from rewards.ledger.accounts import holdings_of
from rewards.ledger.models import POINTS, XP
from rewards.levels.documents import LevelDocument
from rewards.people.models import User
from rewards.people.queries import PAGE_ROWS, clients_of, count_clients_of
from rewards.people.zones import zone_at
from rewards.streaks.queries import RunningStreak, streaks_of
from rewards.web.words import Words


@dataclass(frozen=True, slots=True)
class Row:
    """One client."""

    person: User
    level: LevelDocument
    xp: int
    points: int
    streak: RunningStreak
    last_day: date | None


class Roster:
    """One page of the clients that a person may see."""

    def __init__(self, viewer: User, after: int | None) -> None:
        now = clock.now()
        self.words = Words(viewer, zone_at(viewer, now), now)
        self.programme = programme_in_force()
        people = clients_of(viewer, after=after, limit=PAGE_ROWS + 1)
        self.count = count_clients_of(viewer)
        self.is_first = after is None
        self.next_after = people[PAGE_ROWS - 1].id if len(people) > PAGE_ROWS else None
        self.rows = self._rows(people[:PAGE_ROWS])

    def _rows(self, people: list[User]) -> list[Row]:
        ids, now = [person.id for person in people], clock.now()
        held = {(holding.user_id, holding.asset): holding.balance for holding in holdings_of(ids)}
        todays = {person.id: now.astimezone(zone_at(person, now)).date() for person in people}
        streaks = streaks_of(todays, self.programme.settings.streak_activity)
        last_days, ladder = last_days_of(ids), self.programme.ladder
        return [
            Row(
                person=person,
                level=ladder.level_for(held.get((person.id, XP), 0)),
                xp=held.get((person.id, XP), 0),
                points=held.get((person.id, POINTS), 0),
                streak=streaks[person.id],
                last_day=last_days.get(person.id),
            )
            for person in people
        ]
