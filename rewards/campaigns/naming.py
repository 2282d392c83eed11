"""How a subscriber is named to others: as they chose, and never by their address."""

from functools import lru_cache

from rewards.campaigns.subscriber_models import Display, Subscriber, SubscriberStatus

# The first of a board are shown again and again, a hundred at a time.
REMEMBERED = 4_096


def shown_name(subscriber: Subscriber) -> str:
    """Their name as they chose to be named; empty where they are hidden, erased, or have told none."""
    return "" if subscriber.status == SubscriberStatus.ERASED else name_shown(subscriber.name, subscriber.display)


def first_name(subscriber: Subscriber) -> str:
    """What they are called by whom they invite; empty where they are hidden, erased, or have told none."""
    is_told = subscriber.status != SubscriberStatus.ERASED and subscriber.display != Display.HIDDEN and "@" not in subscriber.name
    return next(iter(subscriber.name.split()), "") if is_told else ""


@lru_cache(REMEMBERED)
def name_shown(name: str, display: str) -> str:
    """A name as its owner chose to be named: `Ada L.`, `A. L.`, or empty."""
    # Some write their address where a name is asked.
    if display == Display.HIDDEN or "@" in name:
        return ""
    words = name.split()
    if not words:
        return ""
    first = words[0] if display == Display.FIRST_NAME else _initial(words[0])
    return first if len(words) == 1 else f"{first} {_initial(words[-1])}"


def _initial(word: str) -> str:
    # Most words begin with a letter, and a page of the board has hundreds of them.
    letter = word[0] if word[0].isalnum() else next(filter(str.isalnum, word), word[0])
    return f"{letter.upper()}."
