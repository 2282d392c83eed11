"""What an event must look like to be stored, and who may record it."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rewards.activities.happening import NewEvent
from rewards.activities.models import Recorder
from rewards.activities.registry import Registry
from rewards.kit import documents
from rewards.kit.errors import DomainError, Invalid, NotFound, Problem, Refused
from rewards.people.locking import Person

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
FUTURE_MAX = timedelta(minutes=5)
METADATA_BYTES_MAX = 16_384
METADATA_DEPTH_MAX = 8
KEY_LENGTH_MAX = 255


def shape_of(event: NewEvent) -> tuple[str, list[Problem]]:
    """The event's metadata as canonical text, and everything that is wrong with the shape of the event."""
    problems = [
        Problem(name, "a name of at most 64 letters, digits, `_`, `.` and `-`", value)
        for name, value in (("action", event.action), ("object_type", event.object_type), ("activity", event.activity))
        if not (isinstance(value, str) and NAME.fullmatch(value)) and (name, value) != ("activity", None)
    ]
    if event.occurred_at is not None and event.occurred_at.tzinfo is None:
        problems.append(Problem("occurred_at", "a time with its offset, such as 2027-03-01T18:30:00Z", event.occurred_at.isoformat()))
    if event.idempotency_key is not None and not 0 < len(event.idempotency_key) <= KEY_LENGTH_MAX:
        problems.append(Problem("idempotency_key", f"1 to {KEY_LENGTH_MAX} characters", event.idempotency_key))
    if not event.metadata:
        return "{}", problems
    try:
        return _metadata_text(event.metadata), problems
    except (ValueError, TypeError) as error:
        return "{}", [*problems, Problem("metadata", str(error))]


def _metadata_text(metadata: Mapping[str, Any]) -> str:
    if _is_deeper(metadata, METADATA_DEPTH_MAX):
        raise ValueError(f"at most {METADATA_DEPTH_MAX} levels deep")
    try:
        text = documents.canonical(dict(metadata))
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError("no half characters") from None
    except (ValueError, TypeError):
        raise ValueError("a JSON object with finite numbers") from None
    if size > METADATA_BYTES_MAX:
        raise ValueError(f"at most {METADATA_BYTES_MAX:,} bytes")
    if "\\u0000" in text:
        raise ValueError("no NUL characters")
    return text


def _is_deeper(value: object, levels: int) -> bool:
    """Whether it has more levels; it is not followed further down, so that no depth is too much for this question."""
    if not isinstance(value, Mapping | list | tuple):
        return False
    members = value.values() if isinstance(value, Mapping) else value
    return levels == 0 or any(_is_deeper(member, levels - 1) for member in members)


def refusal(event: NewEvent, person: Person | None, registry: Registry, now: datetime) -> DomainError | None:
    """Why this event may not be stored for this person, now; None where it may."""
    if person is None:
        return NotFound(f"user {event.user_id}")
    if not person.is_active:
        return Refused("disabled", "This person's account is switched off; nothing is recorded for it.")
    return _untimely(event, person, registry.settings.backdating_days, now) or _not_theirs_to_record(event, registry)


def _untimely(event: NewEvent, person: Person, backdating_days: int | None, now: datetime) -> DomainError | None:
    if event.occurred_at is None:
        return None
    if event.occurred_at > now + FUTURE_MAX:
        return Invalid.single("occurred_at", "a time that is not more than 5 minutes ahead", event.occurred_at.isoformat())
    at_a_page = event.recorder in (Recorder.CLIENT, Recorder.COACH)
    if not at_a_page and backdating_days is None:
        return None
    zone = person.zone_at(event.occurred_at)
    age_days = (now.astimezone(zone).date() - event.occurred_at.astimezone(zone).date()).days
    if at_a_page and age_days > 1:
        return Invalid.single("occurred_at", "today or yesterday", event.occurred_at.isoformat())
    if backdating_days is not None and age_days > backdating_days:
        return Invalid.single("occurred_at", f"at most {backdating_days} days ago", event.occurred_at.isoformat())
    return None


def _not_theirs_to_record(event: NewEvent, registry: Registry) -> DomainError | None:
    activity = registry.activities.get(event.activity_key)
    if activity is None or event.recorder in (None, Recorder.SYSTEM) or event.recorder in activity.recorded_by:
        return None
    message = f"{event.activity_key} may not be recorded by a {event.recorder}; allowed: {', '.join(activity.recorded_by)}."
    return Refused("not_allowed_to_record", message, activity=event.activity_key)
