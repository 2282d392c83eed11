"""Months as addresses have them: the one that is asked for, and its neighbours in somebody's time here."""

from datetime import date

from rewards.kit.errors import NotFound


def month_asked_for(text: str | None, today: date) -> date:
    """The first day of a month written 2026-03; of this month where nothing is asked. Raises NotFound for what is none."""
    if text is None:
        return today.replace(day=1)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound(f"month {text}") from None
    if not 1970 <= month.year <= 9000:
        raise NotFound(f"month {text}")
    return month


def neighbour_of(first: date, step: int, *, joined_on: date, today: date) -> str:
    """The month before or after, as the address has it; empty where nobody was here, or will have been."""
    number = first.year * 12 + first.month - 1 + step
    month = date(number // 12, number % 12 + 1, 1)
    begins = min(joined_on, first).replace(day=1) if step > 0 else joined_on.replace(day=1)
    return month.isoformat()[:7] if begins <= month <= today else ""
