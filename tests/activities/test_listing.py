"""Lists of events: every filter shows exactly its events, and one that is not somebody's to see is not there."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rewards.activities.listing import Wanted, count_by_state, count_unmatched, event_seen_by, events, every_event
from rewards.activities.models import State
from rewards.activities.recording import record_events
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.people.queries import resolve_user
from tests.programmes import define, did, play, workout

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULE = {
    "key": "sat_long",
    "pattern": {"action": "done", "object_type": "sitting"},
    "conditions": {"metadata.minutes": {"gte": 10}},
    "outcome": {"type": "award_points", "points": 7},
}


@pytest.fixture
def history(cast, clock):
    """Six days: Ada's workouts, of which a second one a day is capped, and sittings of Cy's, of which only the first was long enough."""
    define(activities=[workout(max_per_day=1)], rules=[RULE])
    for day in range(6):
        clock.set_to(START + day * DAY)
        play(did(cast.ada, at=clock.now()), did(cast.ada, at=clock.now() - 3 * DAY))
        play(did(cast.cy, "sitting_done", at=clock.now(), metadata={"minutes": 10 - day}))
    with db.write():
        record_events([did(cast.ada, "walk_taken", at=clock.now())])
        sql.run("UPDATE events SET state = 'dead', error = 'it broke' WHERE id = (SELECT max(id) FROM events)")
    return cast


def plainly(**wanted):
    """The same by brute force, as ids."""
    question = (
        "SELECT e.id, e.user_id, e.state, a.key, e.unmatched, e.happened_on, e.received_at, e.occurred_at"
        " FROM events e JOIN activities a ON a.id = e.activity_id"
    )
    found = []
    for event_id, user_id, state, key, unmatched, happened_on, received_at, occurred_at in sql.rows(question):
        day = date.fromisoformat(happened_on if "user_id" in wanted else received_at[:10])
        fits = (
            wanted.get("user_id", user_id) == user_id
            and wanted.get("state", state) == state
            and wanted.get("text", "").replace(" ", "_").lower() in key
            and (unmatched or not wanted.get("unmatched"))
            and wanted.get("first", date.min) <= day <= wanted.get("last", date.max)
        )
        if fits:
            found.append(((occurred_at, event_id) if "user_id" in wanted else event_id, event_id))
    return [event_id for _, event_id in sorted(found, reverse=True)]


FILTERS: dict[str, dict[str, Any]] = {
    "everything": {},
    "what waits for a person": {"state": State.DEAD},
    "what is done": {"state": State.PROCESSED},
    "an activity": {"text": "workout"},
    "a name with a space": {"text": "Workout Log"},
    "several activities": {"text": "_"},
    "no activity": {"text": "swim%"},
    "no rule matched": {"unmatched": True},
    "no rule matched of an activity": {"unmatched": True, "text": "sitting"},
    "days": {"first": date(2026, 3, 2), "last": date(2026, 3, 3)},
    "from a day on": {"first": date(2026, 3, 5), "text": "sitting"},
    "up to a day": {"last": date(2026, 3, 1)},
    "all days there are": {"first": date.min, "last": date.max},
    "a failed one of an activity": {"state": State.DEAD, "text": "walk"},
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_shows_its_events_page_by_page(history, name):
    for whose, limit in itertools.product((None, "ada", "cy", "bo"), (2, 100)):
        wanted = FILTERS[name] | ({"user_id": getattr(history, whose)} if whose else {})
        seen, before = [], None
        with db.read():
            expected = plainly(**wanted)
            while page := events(Wanted(**wanted), before_id=before, limit=limit):
                seen += [event.id for event in page]
                before = page[-1].id
            assert seen == expected == [event.id for event in every_event(Wanted(**wanted))], (whose, limit)


def test_a_line_tells_how_the_event_came_to_its_award(history):
    with db.read():
        sittings = [event for event in every_event(Wanted(user_id=history.cy)) if event.activity == "sitting_done"]
        first, second = sittings[-1], sittings[-2]
        assert (first.person, first.awards["points"], first.matched_rules, first.unmatched) == ("Cy", 7, ["sat_long"], False)
        assert (second.awards["points"], second.matched_rules, second.unmatched) == (0, [], True)
        assert second.trace["rules"][0]["conditions"]
        broken = events(Wanted(state=State.DEAD))[0]
        assert (broken.error, broken.result, broken.awards, broken.matched_rules) == ("it broke", {}, {}, [])


def test_a_capped_event_is_no_event_without_a_rule(history):
    with db.read():
        capped = [event for event in every_event(Wanted(text="workout")) if event.result["capped"]]
        assert capped
        assert not any(event.unmatched for event in capped)


def test_events_are_counted_by_state(history):
    with db.read():
        assert count_by_state() == dict.fromkeys(State, 0) | {State.PROCESSED: 18, State.DEAD: 1}
        assert count_unmatched() == 5


def test_an_event_is_seen_by_its_person_their_coach_and_admins(history):
    with db.read():
        people = {name: resolve_user(str(getattr(history, name))) for name in ("ada", "bo", "cy", "dee")}
        adas = events(Wanted(user_id=history.ada))[0].id
        cys = events(Wanted(user_id=history.cy))[0].id
        for name, seen in {"ada": {adas}, "bo": {adas}, "cy": {cys}, "dee": {adas, cys}}.items():
            for event_id in (adas, cys):
                if event_id in seen:
                    assert event_seen_by(people[name], event_id).id == event_id
                else:
                    with pytest.raises(NotFound):
                        event_seen_by(people[name], event_id)
        for nothing in (0, -1, 999_999, 2**70):
            with pytest.raises(NotFound):
                event_seen_by(people["dee"], nothing)


def test_a_page_after_an_event_of_another_is_not_there(history):
    with db.read():
        cys = events(Wanted(user_id=history.cy))[0].id
        with pytest.raises(NotFound):
            events(Wanted(user_id=history.ada), before_id=cys)
