"""Who works on a waiting event, and who else wants to at the same time."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from rewards.activities.happening import PendingEvent
from rewards.activities.recording import Recorded, record_events
from rewards.earning import queueing
from rewards.earning.processing import process
from rewards.kit.database import db
from rewards.kit.errors import Refused
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
