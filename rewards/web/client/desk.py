"""What a client's pages show: read once for each page, shaped for it, and nothing that the ledger does not have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from rewards.achievements.queries import Unlocked, latest_unlocks, unseen_unlocks
from rewards.activities.documents import ProgrammeSettings
from rewards.activities.queries import LoggedEvent, event_of, log_of
from rewards.activities.reserved import RESERVED
from rewards.earning.compiled import Programme
from rewards.earning.in_force import programme_in_force
from rewards.earning.queries import Offer, offers_to
from rewards.kit import clock
from rewards.kit.values import readable
from rewards.ledger.models import POINTS, XP
from rewards.ledger.queries import balances_of
from rewards.levels.queries import Climb, Reach, climb_of, unseen_reaches
from rewards.people.models import User
from rewards.people.zones import zone_at
from rewards.streaks.queries import RunningStreak, streak_of
from rewards.web.words import Words

PAGE_ROWS = 25


@dataclass(frozen=True, slots=True)
class Moments:
    """What somebody reached and has not been told yet."""

    reaches: list[Reach]
    unlocks: list[Unlocked]

    @property
    def last_reach_id(self) -> int:
        """How far the levels go that are shown."""
        return max((reach.id for reach in self.reaches), default=0)

    @property
    def last_unlock_id(self) -> int:
        """How far the unlocks go that are shown."""
        return max((unlock.id for unlock in self.unlocks), default=0)

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.reaches or self.unlocks)


class Desk:
    """One client, now."""

    def __init__(self, person: User) -> None:
        now = clock.now()
        self.person = person
        self.words = Words(person, zone_at(person, now), now)
        self.programme: Programme = programme_in_force()
        balances = balances_of(person.id)
        self.points = balances.get(POINTS, 0)
        self.climb: Climb = climb_of(balances.get(XP, 0), self.programme.ladder)
        self.moments = Moments(unseen_reaches(person.id), unseen_unlocks(person.id))
        self.offers: list[Offer] = offers_to(user_id=person.id, programme=self.programme, local_now=self.words.now)

    @property
    def settings(self) -> ProgrammeSettings:
        """What holds for the whole programme."""
        return self.programme.settings

    def streak(self) -> RunningStreak:
        """The headline streak."""
        return streak_of(self.person.id, self.settings.streak_activity, self.words.today)

    def unlocks(self) -> list[Unlocked]:
        """The last achievements."""
        return latest_unlocks(self.person.id)

    def event(self, event_id: int | None) -> LoggedEvent | None:
        """One of their own events, which a page is about. Raises NotFound for another's."""
        return event_of(self.person.id, event_id) if event_id is not None else None

    def log(self, before: LoggedEvent | None) -> "Log":
        """What they did, newest first, by day."""
        entries = log_of(self.person.id, before=before, limit=PAGE_ROWS + 1)
        return Log(entries[:PAGE_ROWS], has_more=len(entries) > PAGE_ROWS)

    def offers_by_category(self) -> Iterator[tuple[str, list[Offer]]]:
        """In the order in which the programme names them."""
        grouped: dict[str, list[Offer]] = {}
        for offer in self.offers:
            grouped.setdefault(offer.category, []).append(offer)
        yield from grouped.items()

    def activity_name(self, key: str) -> str:
        """What to call an activity, registered or not."""
        known = self.programme.activities.get(key) or RESERVED.get(key)
        return known.name if known else readable(key)

    def achievement_name(self, key: str) -> str:
        """What to call an achievement."""
        return next((one.name for one in self.programme.achievements if one.key == key), readable(key))

    def achievement_names(self, unlocks: list[Unlocked]) -> list[str]:
        """What to call several."""
        return [self.achievement_name(unlock.achievement) for unlock in unlocks]

    def bonus_name(self, bonus: Mapping[str, Any]) -> str:
        """What a bonus was for."""
        return self.activity_name(bonus["activity"]) if "activity" in bonus else self.achievement_name(bonus["achievement"])

    def amounts(self, event: LoggedEvent) -> list[str]:
        """How much of what was done: 5 kg."""
        activity = self.programme.activities.get(event.activity)
        unit = activity.document.per_unit.field if activity and activity.document.per_unit else None
        amount = event.metadata.get(unit) if unit else None
        is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
        return [f"{self.words.number(Decimal(str(amount)))} {unit}"] if is_number else []

    def said(self, event: LoggedEvent) -> str:
        """What an event came to, in one sentence that can be read aloud."""
        name = self.activity_name(event.activity)
        if not event.is_decided:
            return f"{name}: saved, and counted shortly."
        reason = f": {event.result['reason']}" if event.result.get("reason") else ""
        return f"{name}: {self.words.award(event.result['awards'], self.settings.points_word)}{reason}."

    def opens_at(self, event: LoggedEvent) -> datetime | None:
        """When another one would count, where the event says so and it is still to come."""
        told = event.result.get("opens_at")
        moment = datetime.fromisoformat(told) if told else None
        return moment if moment and moment > self.words.now else None


@dataclass(frozen=True, slots=True)
class Log:
    """A page of what somebody did."""

    entries: list[LoggedEvent]
    has_more: bool

    def by_day(self) -> Iterator[tuple[date, list[LoggedEvent]]]:
        """Day by day."""
        for day, entries in groupby(self.entries, lambda entry: entry.happened_on):
            yield day, list(entries)
