"""Plays the story: every day of it goes through the engine as that day would have, in its order."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from rewards.achievements.acknowledging import acknowledge_unlocks
from rewards.activities.happening import NewEvent
from rewards.demo.cheering import meet
from rewards.demo.days import deeds_of
from rewards.demo.inviting import wait_in_line
from rewards.demo.missing import miss_points
from rewards.demo.opening import DAYS, client_ids, demo_password, first_day, is_somebody_elses, open_desk
from rewards.demo.people import ADMIN, CLIENTS, COACHES
from rewards.demo.shopping import go_shopping
from rewards.earning.granting import award_achievement
from rewards.earning.importing import Imported, import_events
from rewards.earning.week_streaks import record_weeks_of
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.levels.acknowledging import acknowledge_reaches
from rewards.messages.notices import mark_seen
from rewards.people.passwords import is_password
from rewards.people.queries import user_by_email
from rewards.people.zones import zone_named

SOURCE = "demo"
# What happened in the last days is still news to them.
NEWS_DAYS = 12
# Given by their coaches, on these days of the story.
AWARDS = {52: "farah@laurel.example", 70: "dorothy@laurel.example"}
AWARD = "good_company"
EVERYTHING = 2**62

DayDone = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Played:
    """What the demonstration did, and how to look at it."""

    people_added: int
    events_added: int
    # None: the people of the story have another password by now, or are not here.
    password: str | None
    is_left_alone: bool = False
    # Whether one of them administers; not where somebody did before.
    has_admin: bool = False


def play_story(*, secret: str, day_done: DayDone) -> Played:
    """Add the people, and every day of theirs that is not there yet; `day_done` is told after each. Opens its own write blocks."""
    if is_somebody_elses():
        return Played(0, 0, None, is_left_alone=True)
    password = demo_password(secret)
    added = open_desk(password)
    events = 0
    for number, day in _days_to_play():
        events += _play(number, day)
        day_done(number)
    with db.read():
        admin, coach = user_by_email(ADMIN.email), user_by_email(COACHES[0].email)
        stored = coach.password_hash if coach else None
    return Played(added, events, password if is_password(stored, password) else None, has_admin=admin is not None)


def last_day_played() -> date | None:
    """The last day of which anything is there; None before the first."""
    last = sql.value("SELECT max(happened_on) FROM events WHERE source = ?", (SOURCE,))
    return date.fromisoformat(last) if last else None


def _days_to_play() -> Iterator[tuple[int, date]]:
    """From the last day that was played until today, however long ago the story began."""
    start = first_day()
    with db.read():
        last = last_day_played()
    day = max(start, last - timedelta(days=1)) if last else start
    # Where it is tomorrow already, tomorrow has begun.
    while day <= clock.now().date() + timedelta(days=1):
        yield (day - start).days, day
        day += timedelta(days=1)


def _play(number: int, day: date) -> int:
    with db.read():
        ids = client_ids()
    events = [event for event in _events(number, day, ids) if event.occurred_at and event.occurred_at <= clock.now()]
    if not events:
        return 0
    # What is stored about that day says that it was stored then.
    with clock.imagined_at(max(event.occurred_at for event in events if event.occurred_at) + timedelta(minutes=1)):
        with db.write():
            outcomes = import_events(events)
            _award(number, ids)
            go_shopping(number)
            miss_points(number)
            meet(number)
            wait_in_line(number)
            if number == DAYS - NEWS_DAYS:
                for user_id in ids.values():
                    acknowledge_reaches(user_id=user_id, up_to=EVERYTHING)
                    acknowledge_unlocks(user_id=user_id, up_to_id=EVERYTHING)
                    mark_seen(user_id=user_id)
        if day.weekday() == 0:
            record_weeks_of(ids.values())
    return sum(isinstance(outcome, Imported) and outcome.is_new for outcome in outcomes)


def _events(number: int, day: date, ids: dict[str, int]) -> list[NewEvent]:
    events = []
    for client in CLIENTS:
        if client.email not in ids or not client.is_there(number):
            continue
        zone = zone_named(client.timezone)
        for order, deed in enumerate(deeds_of(client, day)):
            events.append(
                NewEvent(
                    user_id=ids[client.email],
                    action=deed.action,
                    object_type=deed.object_type,
                    source=SOURCE,
                    metadata=deed.metadata,
                    occurred_at=datetime.combine(day, deed.at, zone).astimezone(UTC),
                    idempotency_key=f"{client.email}:{day}:{order}",
                )
            )
    return sorted(events, key=lambda event: (event.occurred_at, event.user_id))


def _award(number: int, ids: dict[str, int]) -> None:
    user_id = ids.get(AWARDS.get(number, ""))
    if user_id is None:
        return
    coach_id = sql.value("SELECT coach_id FROM users WHERE id = ?", (user_id,))
    with suppress(Refused):
        award_achievement(user_id=user_id, achievement=AWARD, awarded_by=coach_id, note="For cheering everybody on.")
