"""Builds of the server that are broken on purpose. A proof that does not catch them proves nothing."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from queue import SimpleQueue
from types import ModuleType
from typing import Any

from rewards.activities import recording
from rewards.activities.happening import NewEvent
from rewards.api.door import write_once, writing
from rewards.api.external import events, rewards
from rewards.cli.commands import main
from rewards.integrations.keys import Caller
from rewards.integrations.receiving import receive_event
from rewards.kit import engines, sql
from rewards.kit.database import db
from rewards.ledger import posting
from rewards.shop import redeeming
from rewards.shop.obstacles import sold_out

# Long enough that some request is always just there when the process dies.
GAP_SECONDS = 0.02


def replace_in(module: ModuleType, **names: object) -> None:
    """Let these names of a module mean something else."""
    for name, meaning in names.items():
        setattr(module, name, meaning)


def key_in_a_second_transaction() -> None:
    """The event is committed first, and its key after it."""
    without_key = threading.local()

    def receive(event: NewEvent, *, at_once: bool) -> Any:
        known = sql.rows("SELECT id FROM events WHERE source = ? AND idempotency_key = ?", (event.source, event.idempotency_key))
        if known:
            return receive_event(event, at_once=at_once)
        answer = receive_event(replace(event, idempotency_key=None), at_once=at_once)
        assert isinstance(answer, dict)
        without_key.event = (event.idempotency_key, recording._Incoming(event).body_hash(), answer["event_id"])
        return answer

    @contextmanager
    def write(caller: Caller) -> Iterator[None]:
        without_key.event = None
        with writing(caller):
            yield
        if without_key.event:
            time.sleep(GAP_SECONDS)
            with db.write():
                sql.run("UPDATE events SET idempotency_key = ?, body_hash = ? WHERE id = ?", without_key.event)

    replace_in(events, writing=write, receive_event=receive)


def answer_before_the_commit() -> None:
    """What may be paid later is acknowledged at once and kept in memory until somebody has time to store it."""
    waiting: SimpleQueue[NewEvent] = SimpleQueue()
    ids = count(1_000_000)
    storing: list[threading.Thread] = []

    def store() -> None:
        while True:
            event = waiting.get()
            time.sleep(GAP_SECONDS)
            with db.write():
                receive_event(event, at_once=False)

    def receive(event: NewEvent, *, at_once: bool) -> Any:
        if at_once:
            return receive_event(event, at_once=True)
        if not storing:
            storing.append(threading.Thread(target=store, daemon=True))
            storing[0].start()
        waiting.put(event)
        return {"event_id": next(ids), "state": "queued"}

    replace_in(events, receive_event=receive)


def nobody_is_locked() -> None:
    """What is read of a person may be old by the time it is acted on."""
    replace_in(sql, lock_clause=lambda: "")


def commits_do_not_wait_for_the_disk() -> None:
    """SQLite's own default with this journal: safe when the process dies, and not when the power does."""
    replace_in(engines, PRAGMAS=tuple(pragma.replace("synchronous=FULL", "synchronous=NORMAL") for pragma in engines.PRAGMAS))


def stock_is_read_before_the_block() -> None:
    """How many are left is asked first, and what was answered then is what is acted on."""
    seen = threading.local()

    def look_and_write(*given: Any) -> Any:
        with db.read():
            seen.stock = dict(sql.rows("SELECT id, stock FROM rewards"))
        time.sleep(GAP_SECONDS)
        return write_once(*given)

    def take(reward: Any) -> None:
        if not seen.stock[reward.id]:
            raise sold_out().refuse()
        sql.run("UPDATE rewards SET stock = ? WHERE id = ?", (seen.stock[reward.id] - 1, reward.id))

    replace_in(rewards, write_once=look_and_write)
    replace_in(redeeming, take_from_stock=take, obstacle_to=lambda *given: None)


def points_are_taken_unasked() -> None:
    """Nobody is locked, and what is spent is taken without a look at what is there; only the database still objects."""
    nobody_is_locked()
    replace_in(posting, TAKE=posting.TAKE.replace("(spendable = 0 OR balance + ? >= 0)", "? < 0"))


BUILDS: dict[str, Callable[[], None]] = {
    build.__name__: build
    for build in (
        key_in_a_second_transaction,
        answer_before_the_commit,
        nobody_is_locked,
        commits_do_not_wait_for_the_disk,
        stock_is_read_before_the_block,
        points_are_taken_unasked,
    )
}

# Where processes are not forked, the one that serves reads this file again under another name.
if __name__ in ("__main__", "__mp_main__"):
    BUILDS[sys.argv[1]]()

if __name__ == "__main__":
    sys.argv = [sys.argv[0], *sys.argv[2:]]
    main()
