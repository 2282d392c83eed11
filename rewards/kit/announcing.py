"""Facts go up: a package announces what happened, and what follows is decided elsewhere."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rewards.kit.database import db

Reaction = Callable[[Sequence[Any]], None]

_reactions: Mapping[type, Sequence[Reaction]] = {}


def wire(reactions: Mapping[type, Sequence[Reaction]]) -> None:
    """Say who listens to what. The order of the reactions is the order of the list."""
    global _reactions
    _reactions = reactions


def is_heard(kind: type) -> bool:
    """Whether anybody listens to this kind of fact: one that nobody hears need not be put into words."""
    return bool(_reactions.get(kind)) and not db.is_stood_in_for


def announce(facts: Iterable[Any]) -> None:
    """Run every reaction at once, inside the announcer's transaction: all of it happens, or none. Neighbours of one kind go as one list."""
    if db.is_stood_in_for:
        # What is only tried out has not happened.
        return
    for kind, neighbours in groupby(facts, type):
        listeners = _reactions.get(kind, ())
        if listeners:
            together = list(neighbours)
            for react in listeners:
                react(together)
