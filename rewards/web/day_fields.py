"""A first and a last day in a form, for what begins and ends at a moment. A moment that nobody touched stays to the second."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rewards.earning.moments import instant_of
from rewards.web.typed import Typed


def day_text(moment: date | None, zone: ZoneInfo, *, ends: bool = False) -> str:
    """The day that a moment begins, or the last one before it."""
    if moment is None:
        return ""
    instant: datetime = instant_of(moment, zone) - timedelta(microseconds=1 if ends else 0)
    return instant.astimezone(zone).date().isoformat()


def days_typed(typed: Typed, fields: Mapping[str, tuple[str, date | None]], zone: ZoneInfo) -> dict[str, date]:
    """What the fields of days say, by member; each leads to its member and to what that says now. A `last_` day ends at midnight."""
    found: dict[str, date] = {}
    for field, (name, held) in fields.items():
        text, ends = typed.text(field), field.startswith("last_")
        if text is None:
            continue
        if held is not None and text == day_text(held, zone, ends=ends):
            found[name] = held
            continue
        try:
            found[name] = date.fromisoformat(text) + timedelta(days=1 if ends else 0)
        except (ValueError, OverflowError):
            typed.problems[field] = "Enter a day such as 2027-06-01."
    return found
