"""What one client does on one day: chance, and always the same chance for the same person and day."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from rewards.demo.people import Client

SEED = "laurel"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done, at a time of the person's own day."""

    action: str
    object_type: str
    at: time
    metadata: Mapping[str, Any] = field(default_factory=dict)


def deeds_of(client: Client, day: date) -> list[Deed]:
    """Everything they do that day, in its order."""
    chance = random.Random(f"{SEED}:{client.email}:{day}")  # noqa: S311 - the same story every time, not a secret
    return sorted(_deeds(client, day, chance), key=lambda deed: deed.at)


def _deeds(client: Client, day: date, chance: random.Random) -> Iterator[Deed]:
    is_weekend = day.weekday() >= 5
    if chance.random() < client.checkin:
        # A little later each day of the week, so that a day has usually passed since the last one.
        yield Deed("checkin", "daily", time(7, day.weekday() * 3 + chance.randrange(3), chance.randrange(60)))
    if chance.random() < client.workout * (1.6 if is_weekend else 0.8):
        kind = chance.choice(("strength", "run", "yoga", "swim", "ride"))
        yield Deed("logged", "workout", _some_time(chance, 17, 20), {"kind": kind, "minutes": chance.randrange(20, 95, 5)})
    for meal in range(chance.randint(0, client.meals)):
        yield Deed("logged", "meal", _some_time(chance, 8 + meal * 5, 9 + meal * 5))
    if chance.random() < client.quiz:
        evening = [_some_time(chance, 20, 22) for _ in range(chance.choice((1, 2, 3, 12)))]
        yield from (Deed("completed", "quiz", at, {"score": chance.randint(50, 100)}) for at in evening)
    if chance.random() < client.recycling:
        yield Deed("recycled", "plastic", _some_time(chance, 10, 12), {"kg": round(chance.uniform(0.5, 6), 1)})
    if chance.random() < client.meditation:
        yield Deed("completed", "meditation", _some_time(chance, 21, 22), {"duration": chance.randrange(180, 1500, 60)})
    if chance.random() < client.feedback:
        yield Deed("given", "feedback", _some_time(chance, 12, 14))


def _some_time(chance: random.Random, first_hour: int, last_hour: int) -> time:
    return time(chance.randint(first_hour, last_hour), chance.randrange(60), chance.randrange(60))
