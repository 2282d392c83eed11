"""Moments as people and machines write them: ISO 8601 with an offset, because without one nobody can say when it is."""

import re
from datetime import datetime

# Years in which something can have happened; outside them time zones and calendars have no rules that anybody checked.
MOMENT = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})")
EXPECTED = "a time with its offset, such as 2027-03-01T18:30:00Z, from 1900 on, is expected"


def read_moment(text: str) -> datetime:
    """The aware time of a text; ValueError says what is expected."""
    if not MOMENT.fullmatch(text):
        raise ValueError(EXPECTED)
    try:
        # Letters in capitals: Python reads no others.
        return datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError(EXPECTED) from None
