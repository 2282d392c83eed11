"""What a client's pages show: read once for each page, shaped for it, and nothing that the ledger does not have."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from rewards.achievements.queries import Unlocked, unlocks_of
from rewards.activities.documents import ProgrammeSettings
from rewards.activities.queries import LoggedEvent, event_of, log_of
from rewards.activities.reserved import RESERVED
from rewards.circles import queries as circles
from rewards.earning.compiled import CompiledAchievement, Programme
from rewards.earning.in_force import programme_in_force
from rewards.earning.queries import Offer, offers_to
from rewards.earning.undoing import why_not_by
from rewards.insights.achieving import Headway, headway_of
from rewards.kit import clock
from rewards.kit.values import readable
from rewards.ledger.models import POINTS, XP
from rewards.ledger.queries import balances_of
from rewards.levels.queries import Climb, Reach, climb_of, reaches_of
from rewards.messages.notices import NoticeLine, notices_of
from rewards.people.models import User
from rewards.people.preferences import preferences_of
from rewards.people.queries import user_by_id
from rewards.people.zones import zone_at
from rewards.shop import queries as shop
from rewards.streaks.queries import RunningStreak, as_of, runs_and_days_of
from rewards.streaks.running import Run
from rewards.web import achievement_words, redemption_words
from rewards.web.client.logged import Log
from rewards.web.client.untold import Moments, moments_of
from rewards.web.words import Words

# So many lines beside all that can be logged; the rest is a press of a button away.
PAGE_ROWS = 15
# Whoever comes a third time stays.
DAYS_TO_INSTALL = 3
# More than the bell counts.
UNREAD_MAX = 99


class Desk:
    """One client, now. Each thing is asked for once, and only where a page shows it."""

    def __init__(self, person: User) -> None:
        now = clock.now()
        self.person = person
        self.words = Words(person, zone_at(person, now), now)
        self.programme: Programme = programme_in_force()

    @property
    def settings(self) -> ProgrammeSettings:
        """What holds for the whole programme."""
        return self.programme.settings

    @property
    def celebrates(self) -> bool:
        """Whether reaching something is celebrated or merely told."""
        return preferences_of(self.person).celebrations

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
    def offers(self) -> list[Offer]:
        """What they may log."""
        return offers_to(user_id=self.person.id, programme=self.programme, local_now=self.words.now)

    @cached_property
    def rewards(self) -> list[shop.Offer]:
        """What they can have for their points, now or some day."""
        return shop.shelf(self.person, self.balances)

    @cached_property
    def next_reward(self) -> shop.Offer | None:
        """What they save for, or what is nearest."""
        return shop.next_reward(self.person, self.balances)

    @cached_property
    def giver(self) -> str:
        """Who hands rewards over to them."""
        coach = user_by_id(self.person.coach_id) if self.person.coach_id else None
        return coach.name if coach else redemption_words.TEAM

    @property
    def circle(self) -> circles.MyCircle | None:
        """The circle that they are in."""
        return self.circle_standing.circle if self.circle_standing else None

    @cached_property
    def circle_standing(self) -> circles.Standing | None:
        """The same, with who else is in it and how far they have come together this week."""
        return circles.standing_of(self.person)

    @property
    def runs(self) -> Mapping[str, Run]:
        """Everything they ever did, and for how long in a row."""
        return self._runs[0]

    @property
    def may_install(self) -> bool:
        """Whether it is time to tell them that their pages can be an app of their phone."""
        return self._runs[1] >= DAYS_TO_INSTALL and preferences_of(self.person).install_hint

    @cached_property
    def _runs(self) -> tuple[Mapping[str, Run], int]:
        return runs_and_days_of(self.person.id, days_max=DAYS_TO_INSTALL)

    @property
    def streak(self) -> RunningStreak:
        """The headline streak."""
        return as_of(self.runs.get(self.settings.streak_activity), self.words.today)

    @property
    def is_new(self) -> bool:
        """Whether they have logged nothing yet: they are shown where to begin."""
        return bool(self.offers) and not any(offer.key in self.runs for offer in self.offers)

    @cached_property
    def unlocks(self) -> list[Unlocked]:
        """Their achievements, newest first."""
        return unlocks_of(self.person.id)

    @cached_property
    def headway(self) -> list[Headway]:
        """What they can still achieve and may know about, nearest first."""
        return headway_of(
            user_id=self.person.id,
            coach_id=self.person.coach_id,
            programme=self.programme,
            unlocked={unlock.achievement for unlock in self.unlocks},
            total_xp=self.climb.xp,
            runs=self.runs,
            today=self.words.today,
        )

    @cached_property
    def reaches(self) -> list[Reach]:
        """The levels they reached, lowest first."""
        return reaches_of(self.person.id)

    @cached_property
    def moments(self) -> Moments:
        """What they have not been told yet."""
        return moments_of(self.unseen, self.unlocks, self.climb.level.number)

    @cached_property
    def unseen(self) -> list[NoticeLine]:
        """What the bell counts, newest first; of very many, so many that nobody counts on."""
        return notices_of(self.person.id, seen=False, limit=UNREAD_MAX + 1)

    def event(self, event_id: int | None) -> LoggedEvent | None:
        """One of their own events, which a page is about. Raises NotFound for another's."""
        return event_of(self.person.id, event_id) if event_id is not None else None

    def log(self, before: LoggedEvent | None) -> Log:
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

    def achievement(self, key: str) -> CompiledAchievement | None:
        """What the programme says about an achievement; None where it says nothing any more."""
        return next((one for one in self.programme.achievements if one.key == key), None)

    def achievement_name(self, key: str) -> str:
        """What to call an achievement."""
        known = self.achievement(key)
        return known.name if known else readable(key)

    def asked(self, achievement: CompiledAchievement) -> str:
        """What an achievement asks for."""
        return achievement_words.asked(achievement, self.words, self.activity_name, self.programme.ladder)

    def given(self, achievement: CompiledAchievement) -> str:
        """What an achievement brings; empty where it is its own reward."""
        return achievement_words.given(achievement, self.words, self.settings.points_word)

    def so_far(self, headway: Headway) -> str:
        """How much of it there is: 6 of 7 days."""
        return achievement_words.so_far(headway, self.words, self.settings.points_word)

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
        if event.is_undone:
            return f"{name}: undone."
        if not event.is_decided:
            return f"{name}: saved, and counted shortly."
        reason = f": {event.result['reason']}" if event.result.get("reason") else ""
        return f"{name}: {self.words.award(event.result['awards'], self.settings.points_word)}{reason}."

    def may_undo(self, event: LoggedEvent) -> bool:
        """Whether they can still take it back themselves."""
        return not event.is_undone and why_not_by(event, self.person) is None and not self.spent_of(event)

    def too_late_for(self, event: LoggedEvent) -> str:
        """Why what they logged themselves cannot be undone by them any more; empty where it can, or never could."""
        why_not = None if event.is_undone or event.actor_id != self.person.id else why_not_by(event, self.person)
        return why_not.message if why_not else ""

    def spent_of(self, event: LoggedEvent) -> int:
        """How many points are missing to undo what they logged just now."""
        earned = event.result.get("awards", {}).get("points", 0)
        return 0 if event.is_undone or why_not_by(event, self.person) else max(earned - self.points, 0)

    def opens_at(self, event: LoggedEvent) -> datetime | None:
        """When another one would count, where the event says so and it is still to come."""
        told = None if event.is_undone else event.result.get("opens_at")
        moment = datetime.fromisoformat(told) if told else None
        return moment if moment and moment > self.words.now else None
