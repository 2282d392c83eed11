"""The list of activities: which of them are shown, by category, and each in a few words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from rewards.activities.documents import ActivityDocument, CategoryDocument
from rewards.activities.models import Recorder
from rewards.earning.in_force import programme_in_force
from rewards.insights.overview import by_activity
from rewards.insights.windows import last_days
from rewards.web.words import Words, plural

USED_DAYS = 30
PAGE_ROWS = 25
SHOWS = {"": "All", "on": "On", "off": "Off"}
RECORDERS = [
    (Recorder.CLIENT, "Clients"),
    (Recorder.COACH, "Coaches"),
    (Recorder.SERVICE, "Other systems"),
    (Recorder.SYSTEM, "Laurel itself"),
]


@dataclass(frozen=True, slots=True)
class Group:
    """A category and those of its activities that are shown."""

    category: CategoryDocument
    activities: list[ActivityDocument]


@dataclass(frozen=True, slots=True)
class Edited:
    """A row that is being edited: what stands in it, and what is wrong with that."""

    key: str
    typed: Mapping[str, Any]
    problems: Mapping[str, str]


class Listing:
    """A page of the activities that somebody looks for."""

    def __init__(self, asked: MultiDict[str, str], words: Words) -> None:
        self.words, self.programme = words, programme_in_force()
        self.search, self.show = asked.get("q", "").strip(), asked.get("show", "") if asked.get("show") in SHOWS else ""
        known = [activity.document for activity in self.programme.activities.values()]
        self.counts = {"": len(known), "on": sum(one.active for one in known), "off": sum(not one.active for one in known)}
        found = sorted((one for one in known if self._fits(one)), key=self._order)
        self.count, self.page = len(found), max(asked.get("page", 1, type=int), 1)
        self._shown = found[(self.page - 1) * PAGE_ROWS : self.page * PAGE_ROWS]
        self.has_more = self.count > self.page * PAGE_ROWS
        self.used = by_activity(last_days(USED_DAYS, words.today))

    def groups(self) -> list[Group]:
        """By category, in the order of the programme."""
        keys = dict.fromkeys(one.category for one in self._shown)
        categories = [self.programme.categories.get(key) or CategoryDocument(key=key, name=key) for key in keys]
        return [Group(one, [activity for activity in self._shown if activity.category == one.key]) for one in categories]

    def uses(self, key: str) -> int:
        """How often it was done lately."""
        return self.used[key].events if key in self.used else 0

    def _fits(self, activity: ActivityDocument) -> bool:
        wanted = self.search.casefold()
        return (wanted in activity.name.casefold() or wanted in activity.key) and self.show in ("", "on" if activity.active else "off")

    def _order(self, activity: ActivityDocument) -> tuple[int, str]:
        order = list(self.programme.categories)
        return order.index(activity.category) if activity.category in order else len(order), activity.name.casefold()


def limits(words: Words, activity: ActivityDocument) -> str:
    """How often it counts: 2 a day, 5 a week, 24 hours apart."""
    parts = [f"{words.number(most)} a {span}" for most, span in ((activity.max_per_day, "day"), (activity.max_per_week, "week")) if most]
    if hours := activity.cooldown_hours:
        parts.append(f"{words.number(hours)} {plural(hours, 'hour')} apart")
    if fading := activity.diminishing:
        parts.append(f"less after {words.number(fading.after)} a day")
    return ", ".join(parts)


def worth(words: Words, activity: ActivityDocument, asset: str) -> str:
    """20; 10 a kg; 5 and 10 a kg."""
    unit = getattr(activity.per_unit, asset, 0)
    amounts = [words.number(getattr(activity, asset))] if getattr(activity, asset) or not unit else []
    return " and ".join([*amounts, *([f"{words.number(unit)} a {activity.per_unit.field}"] if unit and activity.per_unit else [])])


def who(activity: ActivityDocument) -> str:
    """Clients, coaches."""
    return ", ".join(word for recorder, word in RECORDERS if recorder in activity.recorded_by).capitalize()
