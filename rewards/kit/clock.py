"""The one place that asks what time it is, so that a test can decide it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_stopped_at: datetime | None = None
# For one thread alone.
_imagined_at: ContextVar[datetime | None] = ContextVar("imagined_at", default=None)


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _imagined_at.get() or _stopped_at or datetime.now(UTC)


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


@contextmanager
def imagined_at(moment: datetime) -> Iterator[None]:
    """It is `moment` inside the block, and for this thread alone: whoever else is at work has the time that it is."""
    token = _imagined_at.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _imagined_at.reset(token)
