"""Who works on a waiting event, and who else wants to at the same time."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from rewards.activities.happening import PendingEvent
from rewards.activities.models import Activity
from rewards.activities.recording import Recorded, record_events
from rewards.earning import queueing
from rewards.earning.facts import EventProcessed
from rewards.earning.processing import ATTEMPTS_MAX, process
from rewards.kit import announcing, sql
from rewards.kit.database import db
from rewards.kit.errors import Refused, Undone
from rewards.programme.verifying import verify
from tests.cast import Cast
from tests.programmes import define, did, workout


def test_a_replay_waits_for_the_queue_that_is_at_work_on_the_event(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    define(activities=[workout()])
    with db.write():
        [recorded] = record_events([did(cast.ada)])
    assert isinstance(recorded, Recorded)
    event_id = recorded.event_id
    refused: list[Refused] = []

    def replay() -> None:
        with pytest.raises(Refused, match="is processed") as found, db.write():
            queueing.replay_event(event_id=event_id)
        refused.append(found.value)

    replaying = threading.Thread(target=replay)

    def process_slowly(events: Sequence[PendingEvent]) -> dict[int, dict[str, Any]]:
        # The queue holds the person by now; the replay has time to take what it should not.
        replaying.start()
        replaying.join(0.5)
        return process(events)

    monkeypatch.setattr(queueing, "process", process_slowly)
    assert queueing.run_queue() == 1
    replaying.join(20)
    assert len(refused) == 1
    with db.read():
        assert verify() == []


def test_what_the_database_refuses_of_one_event_is_given_up_with_that_event(cast: Cast, clock: Any) -> None:
    define(activities=[workout()])
    with db.write():
        record_events([did(person) for person in (cast.ada, cast.cy)])

    def stumble(facts: Sequence[EventProcessed]) -> None:
        if any(fact.user_id == cast.cy for fact in facts):
            # As a reaction with a mistake in it would: the session writes what the database refuses.
            db.session.add_all([Activity(key="twice", category="learning") for _ in range(2)])

    announcing.wire({EventProcessed: (stumble,)})
    moment = clock.now()
    for _ in range(2 * ATTEMPTS_MAX):
        with suppress(Undone):
            queueing.run_queue()
        moment += timedelta(hours=3)
        clock.set_to(moment)
    with db.read():
        assert sql.rows("SELECT user_id, state FROM events ORDER BY id") == [(cast.ada, "processed"), (cast.cy, "dead")]
        assert sql.rows("SELECT DISTINCT owner_id FROM accounts WHERE owner_kind = 'user' AND balance > 0") == [(cast.ada,)]
        assert verify() == []
