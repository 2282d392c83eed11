"""Where what happens was asked for: set by the door that was knocked at, read by what keeps a record, handed through by nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a request, in the words of no particular door."""

    # A network address, or the name of a door that has none: `command line`.
    place: str = ""
    # The program that speaks for them, as it describes itself.
    device: str = ""
    request_id: str = ""
    # Another system that asks in its own name.
    caller: str = ""


NOWHERE = Surroundings()
_current: ContextVar[Surroundings] = ContextVar("surroundings", default=NOWHERE)


def surroundings() -> Surroundings:
    """What surrounds us now."""
    return _current.get()


@contextmanager
def surrounded_by(here: Surroundings) -> Iterator[None]:
    """Everything inside the block was asked for there."""
    token = _current.set(here)
    try:
        yield
    finally:
        _current.reset(token)
