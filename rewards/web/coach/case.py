"""One client as their coach sees them: read once for a page, and only what the page shows."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from rewards.achievements.identities import achievement_ids
from rewards.achievements.queries import Unlocked, unlocks_of
from rewards.activities.listing import EventLine, Wanted, events
from rewards.earning.compiled import CompiledAchievement
from rewards.earning.in_force import programme_in_force
from rewards.insights.coaching import tracker_of
from rewards.kit.values import readable
from rewards.ledger.models import POINTS, XP
from rewards.ledger.queries import balances_of
from rewards.levels.queries import Climb, climb_of
from rewards.people.models import User
from rewards.people.queries import client_seen
from rewards.shop.queries import Redeemed, redemptions_of
from rewards.streaks.queries import RunningStreak, streak_of
from rewards.web.movements import Movements
from rewards.web.words import Words, plural, words_for

LATEST = 5


class Case:
    """One client of somebody's. Days are the client's own, everything else is told as the viewer is used to."""

    def __init__(self, viewer: User, user_id: int) -> None:
        self.person, self.last_seen = client_seen(viewer, user_id)
        self.viewer, self.words, self.programme = viewer, words_for(viewer), programme_in_force()
        self.place = f"/coach/clients/{self.person.id}"
        self.moves = Movements(self.words, self.programme)

    @cached_property
    def theirs(self) -> Words:
        """The client's own day and clock."""
        return words_for(self.person)

    @cached_property
    def balances(self) -> Mapping[str, int]:
        """What they have, by asset."""
        return balances_of(self.person.id)

    @property
    def points(self) -> int:
        """What they can spend."""
        return self.balances.get(POINTS, 0)

    @property
    def climb(self) -> Climb:
        """Where they stand on the ladder."""
        return climb_of(self.balances.get(XP, 0), self.programme.ladder)

    @cached_property
    def streak(self) -> RunningStreak:
        """The headline streak."""
        return streak_of(self.person.id, self.programme.settings.streak_activity, self.theirs.today)

    @cached_property
    def unlocks(self) -> list[Unlocked]:
        """What they have achieved, newest first."""
        return unlocks_of(self.person.id)

    @cached_property
    def redemptions(self) -> list[Redeemed]:
        """What they redeemed or were given last."""
        return redemptions_of(self.person.id, limit=LATEST)

    @cached_property
    def latest(self) -> list[EventLine]:
        """What they did last."""
        return events(Wanted(user_id=self.person.id), limit=LATEST)

    @property
    def weeks(self) -> list[list[tuple[str, int, bool] | None]]:
        """The twelve weeks of the tracker, each day told in words."""
        today = self.theirs.today
        weeks = tracker_of(self.person.id, today)
        return [
            [None if square.is_ahead else (self._day(square.day, square.events), square.events, square.day == today) for square in week]
            for week in weeks
        ]

    @cached_property
    def awardable(self) -> list[tuple[int, CompiledAchievement, Unlocked | None]]:
        """What can be given them by hand, with its id, and how they came to have it where they do."""
        found = [
            one
            for one in self.programme.achievements
            if one.active and one.type == "manual" and one.coach_id in (None, self.person.coach_id)
        ]
        had = {unlock.achievement: unlock for unlock in self.unlocks}
        ids = achievement_ids(one.key for one in found)
        return sorted(
            ((ids[one.key], one, had.get(one.key)) for one in found), key=lambda three: (bool(three[2]), three[1].name.casefold())
        )

    def achievement_name(self, key: str) -> str:
        """What to call an achievement."""
        return next((one.name for one in self.programme.achievements if one.key == key), readable(key))

    def activity_name(self, key: str) -> str:
        """What to call an activity."""
        return self.moves.activity(key)

    def award(self, line: EventLine) -> str:
        """What an event brought, or where it is."""
        if not line.result:
            return "Not decided yet"
        told: Mapping[str, Any] = line.awards
        return self.words.award(told, self.programme.settings.points_word)

    def _day(self, day: date, count: int) -> str:
        done = f"{count} {plural(count, 'activity', 'activities')}" if count else "nothing"
        return f"{self.words.written(day)}: {done}"
