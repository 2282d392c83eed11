"""Turns the lines of a file into events. The same line of the same person is the same event, however often it is imported."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from rewards.activities.happening import NewEvent
from rewards.activities.reading_events import REQUIRED, Line
from rewards.kit import documents, sql
from rewards.kit.columns import time_text
from rewards.kit.errors import Problem
from rewards.kit.moments import read_moment
from rewards.people.joining import fold_email
from rewards.people.queries import EXTERNAL, ID

SOURCE = "import"
TEXTS = ("action", "object_type", "activity", "idempotency_key")
WHO = "an id such as 17, ext:EXTERNAL_ID or the e-mail address of somebody who is known here"


@dataclass(slots=True)
class Importing:
    """One file on its way in. It remembers what it has seen: two equal lines are two events, and the file again is the same two."""

    _seen: Counter[bytes] = field(default_factory=Counter)
    _ids: dict[str, int] = field(default_factory=dict)

    def events(self, lines: Sequence[Line]) -> list[NewEvent | None]:
        """The event of each line, in their order; None where something is wrong, and the line then says what. Inside a block."""
        self._meet({str(line.members["user"]) for line in lines if _is_reference(line.members.get("user"))})
        return [self._event(line) for line in lines]

    def _meet(self, references: Iterable[str]) -> None:
        wanted = [reference for reference in references if reference not in self._ids and reference.isprintable()]
        ids = {reference: int(reference) for reference in wanted if ID.fullmatch(reference)}
        external = {reference: reference.removeprefix(EXTERNAL) for reference in wanted if reference.startswith(EXTERNAL)}
        emails = {reference: fold_email(reference) for reference in wanted if "@" in reference and not reference.startswith(EXTERNAL)}
        for column, named in (("id", ids), ("external_id", external), ("email", emails)):
            if named:
                values = list(named.values())
                rows = sql.rows(f"SELECT {column}, id FROM users WHERE {column} IN ({sql.marks(values)})", values)
                found: dict[object, int] = dict(rows)
                self._ids |= {reference: found[value] for reference, value in named.items() if value in found}

    def _event(self, line: Line) -> NewEvent | None:
        members = line.members
        user_id = self._ids.get(str(members.get("user")))
        line.problems += _misfits(members)
        if user_id is None and "user" in members:
            line.problems.append(Problem("user", f"{WHO} is expected", members["user"]))
        moment = _moment(line)
        if line.problems or user_id is None:
            return None
        event = NewEvent(
            user_id=user_id,
            action=members["action"],
            object_type=members["object_type"],
            source=SOURCE,
            activity=members.get("activity"),
            metadata=members.get("metadata", {}),
            occurred_at=moment,
            idempotency_key=members.get("idempotency_key"),
        )
        return event if event.idempotency_key else self._keyed(line, event)

    def _keyed(self, line: Line, event: NewEvent) -> NewEvent | None:
        """A line without a key has one made of what it says, and of how often the file has said that before."""
        moment = time_text(event.occurred_at) if event.occurred_at else None
        try:
            said = documents.canonical([event.user_id, event.activity_key, moment, dict(event.metadata)]).encode()
        except (ValueError, TypeError, RecursionError):
            line.problems.append(Problem("metadata", "an object with finite numbers and whole characters is expected"))
            return None
        digest = hashlib.sha256(said).digest()[:16]
        self._seen[digest] += 1
        return replace(event, idempotency_key=f"line:{digest.hex()}:{self._seen[digest]}")


def _misfits(members: Mapping[str, Any]) -> list[Problem]:
    problems = [Problem(member, "is missing") for member in REQUIRED if member not in members]
    for member in TEXTS:
        value = members.get(member, "")
        # What cannot be printed cannot be stored everywhere either: half characters, NUL.
        if not isinstance(value, str) or not value.isprintable():
            problems.append(Problem(member, "text on one line is expected", value))
    if not isinstance(members.get("metadata", {}), dict):
        problems.append(Problem("metadata", "a JSON object is expected", members["metadata"]))
    return problems


def _moment(line: Line) -> datetime | None:
    value = line.members.get("occurred_at")
    if value is None:
        return None
    try:
        return read_moment(str(value))
    except ValueError as error:
        line.problems.append(Problem("occurred_at", str(error), value))
        return None


def _is_reference(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
