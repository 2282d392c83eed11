"""The one place that asks what time it is, so that a test can decide it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_stopped_at: datetime | None = None


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _stopped_at or datetime.now(UTC)


def set_to(moment: datetime | None) -> None:
    """Stop the clock at an aware `moment`; None lets it run again."""
    global _stopped_at
    _stopped_at = moment.astimezone(UTC) if moment else None


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """The clock stands at `moment` inside the block."""
    before = _stopped_at
    set_to(moment)
    try:
        yield
    finally:
        set_to(before)
