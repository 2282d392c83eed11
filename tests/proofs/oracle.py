"""The oracle of a load: the clients' own logs, against what the house has stored and paid."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.proofs.house import House
from tests.proofs.load import read_logs

# What an event is worth, in XP and in points alike, and how many a day are paid.
WORTH = {"workout_logged": 20, "quiz_completed": 3}
DAILY_MAX = {"quiz_completed": 5}
UNLOCKED_AT, UNLOCKED_XP = 15, 500

PROGRAMME: dict[str, Any] = {
    "activities": [
        {"key": key, "category": "creation", "xp": worth, "points": worth, "max_per_day": DAILY_MAX.get(key)}
        for key, worth in WORTH.items()
    ],
    "achievements": [
        {"key": "busy", "type": "automatic", "condition_type": "workout_count", "condition_value": UNLOCKED_AT, "xp_reward": UNLOCKED_XP}
    ],
}

EVENTS = (
    "SELECT e.idempotency_key, e.id, e.user_id, a.key, e.metadata, e.state, e.paid FROM events e JOIN activities a ON a.id = e.activity_id"
    " WHERE e.source LIKE 'service:%'"
)
TRANSFERS = (
    "SELECT t.event_id, t.asset, t.amount, c.owner_kind, c.owner_id, t.reverses_id FROM transfers t JOIN accounts c ON c.id = t.credit_id"
    " JOIN events e ON e.id = t.event_id WHERE e.source LIKE 'service:%' ORDER BY t.id"
)


def complaints(house: House, logs: Path) -> list[str]:
    """Everything in which the house is not what its clients were promised. The queue must be empty."""
    return [*_lost_and_invented(house, logs), *_wrongly_paid(house), *_wrong_totals(house), *house.differences(), *_broken_file(house)]


def _lost_and_invented(house: House, logs: Path) -> Iterator[str]:
    logged = read_logs(logs)
    stored = house.rows(EVENTS)
    times = Counter(key for key, *_ in stored)
    # What an event says of itself counts, and not only its key: one that has lost its key has not lost its note.
    notes = Counter(metadata for _, _, _, _, metadata, *_ in stored)
    yield from (f"{key} was acknowledged and is not stored" for key in sorted(logged.told) if not times[key])
    yield from (f"{key} is stored {count} times" for key, count in times.items() if count > 1)
    yield from (f"{note} happened once and is stored {count} times" for note, count in notes.items() if count > 1)
    for key, event_id, user_id, activity, metadata, *_ in stored:
        said = logged.sent.get(key)
        if said is None:
            yield f"event {event_id} has the key {key}, which nobody sent"
        elif (str(user_id), activity, metadata) != (said["user"], f"{said['object_type']}_{said['action']}", f'{{"note":"{key}"}}'):
            yield f"event {event_id} is not what was sent as {key}"


def _wrongly_paid(house: House) -> Iterator[str]:
    moved: dict[int, list[tuple[Any, ...]]] = {}
    for event_id, *transfer in house.rows(TRANSFERS):
        moved.setdefault(event_id, []).append(tuple(transfer))
    for key, event_id, user_id, activity, _, state, paid in house.rows(EVENTS):
        if state != "processed":
            yield f"{key} is {state}"
        due = sorted((asset, WORTH[activity], "user", user_id, None) for asset in ("xp", "points")) if paid else []
        if sorted(moved.get(event_id, [])) != due:
            yield f"{key} was paid {moved.get(event_id, [])} and is due {due}"


def _wrong_totals(house: House) -> Iterator[str]:
    did = Counter((user_id, activity) for _, _, user_id, activity, *_ in house.rows(EVENTS))
    for person in {user_id for user_id, _ in did}:
        paid = {activity: min(did[person, activity], DAILY_MAX.get(activity, did[person, activity])) for activity in WORTH}
        points = sum(WORTH[activity] * count for activity, count in paid.items())
        xp = points + UNLOCKED_XP * (did[person, "workout_logged"] >= UNLOCKED_AT)
        found = house.balances(person)
        if found != {"xp": xp, "points": points}:
            yield f"user {person} has {found}, and what they did is worth {xp} xp and {points} points"


def _broken_file(house: House) -> Iterator[str]:
    if house.dialect == "sqlite":
        yield from (f"integrity: {row}" for row in house.rows("PRAGMA integrity_check") if row != ("ok",))
        yield from (f"foreign key: {row}" for row in house.rows("PRAGMA foreign_key_check"))
