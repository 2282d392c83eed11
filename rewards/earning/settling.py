"""What follows from an award: levels, streak bonuses and unlocks, again and again until nothing changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rewards.achievements.identities import achievement_ids
from rewards.achievements.measuring import reached
from rewards.activities.happening import PendingEvent
from rewards.activities.identities import activity_ids
from rewards.activities.reserved import ACHIEVEMENT_UNLOCKED, ADJUSTMENT
from rewards.earning.books import Book, Day
from rewards.earning.compiled import CompiledAchievement, Programme
from rewards.earning.facts import StreakReached
from rewards.earning.measured import Measured
from rewards.earning.writing import Bonus, Writes
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.kit.sql import IdSource
from rewards.ledger.accounts import open_holdings
from rewards.ledger.models import BALANCE_MAX, POINTS, XP, Owner
from rewards.ledger.money import money
from rewards.ledger.posting import Movement
from rewards.streaks.running import Run, Span, span_with, step

# As many as of the programmes they belong to.
VERSIONS_KEPT = 8
Automatic = list[tuple[int, CompiledAchievement]]
# How many days in a row earn each bonus, over and over again within one run.
STREAK_BONUSES = (("streak_7_day", 7), ("streak_30_day", 30))


@dataclass(slots=True)
class Outcome:
    """What an event led to besides its own award."""

    bonuses: list[dict[str, Any]] = field(default_factory=list)
    unlocked: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Settling:
    """Carries out what follows for one event of a batch."""

    book: Book
    programme: Programme
    event: PendingEvent
    writes: Writes
    ids: IdSource
    automatic: Automatic
    level: int
    outcome: Outcome = field(default_factory=Outcome)

    def promote(self) -> bool:
        """Record every level that the XP has newly reached."""
        ladder = self.programme.ladder
        now = ladder.level_for(self.book.total_xp).number
        if now == self.level:
            return False
        for reached_level in ladder.levels:
            if self.level < reached_level.number <= now:
                self.writes.reach(self.event.person.id, reached_level.number, reached_level.name, self.event.id or None)
        rose, self.level = now > self.level, now
        return rose

    def pay_streak_bonuses(self, span: Span) -> None:
        """What the run has earned by its length, minus what it has been paid already: runs that merge take nothing back."""
        if self.event.activity != self.programme.settings.streak_activity or not span.grew:
            return
        for key, length in STREAK_BONUSES:
            activity = self.programme.activities.get(key)
            owed = span.days // length
            if span.days == length or (span.joined and owed):
                self.writes.streaks.append(StreakReached(self.event.person.id, length, span.first))
            if activity is None or not activity.active or not owed or (not span.joined and span.days % length):
                continue
            activity_id = activity_ids([key])[key]
            paid = self.book.paid_between(activity_id, span.first, span.last)
            for ordinal in range(paid + 1, owed + 1):
                bonus = Bonus(
                    activity_id,
                    key,
                    f"{key}:{self.event.id}:{ordinal}",
                    activity.base,
                    {"run_began_on": span.first.isoformat(), "days": ordinal * length},
                )
                self.pay_bonus(bonus, "streak", {"activity": key})

    def unlock(self, by_rule: tuple[str, ...] = ()) -> None:
        """Promote and unlock until nothing changes, achievements in the order of their ids."""
        for achievement in self.programme.achievements if by_rule else ():
            if achievement.key in by_rule and achievement.active and achievement.coach_id in (None, self.event.person.coach_id):
                achievement_id = achievement_ids([achievement.key])[achievement.key]
                if achievement_id not in self.book.unlocked:
                    self.award(achievement_id, achievement)
        while self.promote() or self._unlock_what_is_true():
            pass

    def award(
        self, achievement_id: int, achievement: CompiledAchievement, *, awarded_by: int | None = None, note: str | None = None
    ) -> None:
        """Unlock one achievement and pay its bonus."""
        self.book.unlocked.add(achievement_id)
        amounts = {asset: amount for asset, amount in ((XP, achievement.xp_reward), (POINTS, achievement.points_reward)) if amount}
        bonus_id = None
        if amounts:
            key = ACHIEVEMENT_UNLOCKED.key
            metadata = {"achievement": achievement.key, "definition": achievement.id}
            bonus = Bonus(
                activity_ids([key])[key], key, f"achievement:{achievement_id}:{self.event.person.id}", amounts, metadata, awarded_by
            )
            bonus_id = self.pay_bonus(bonus, "achievement", {"achievement": achievement.key})
        self.outcome.unlocked.append(achievement.key)
        self.writes.unlock(
            self.event.person.id, achievement_id, awarded_by=awarded_by, note=note, event_id=self.event.id or None, bonus_id=bonus_id
        )

    def _unlock_what_is_true(self) -> bool:
        measured = Measured(self.book, self.event, self.level)
        coach_id, unlocked = self.event.person.coach_id, self.book.unlocked
        found = False
        for achievement_id, achievement in self.automatic:
            if achievement_id in unlocked or achievement.coach_id not in (None, coach_id):
                continue
            if reached(achievement, measured) >= (achievement.value or 0):
                self.award(achievement_id, achievement)
                found = True
        return found

    def pay_bonus(self, bonus: Bonus, kind: str, names: Mapping[str, str]) -> int:
        """Record and pay one bonus; the id of its event."""
        event_id = self.ids.next()
        amounts = {asset: amount for asset, amount in bonus.amounts.items() if amount}
        self.writes.bonus(event_id, self.event, bonus, told_amounts(amounts))
        pay(self.book, self.writes, amounts, reason=kind, event_id=event_id, actor_id=bonus.actor_id)
        enter(self.book, bonus.activity, bonus.activity_id, self.event.happened_on, amounts, self.programme.settings.currency)
        self.outcome.bonuses.append({"kind": kind, **names, "event_id": event_id, **told_amounts(amounts)["awards"]})
        return event_id


def pay(
    book: Book,
    writes: Writes,
    amounts: Mapping[str, int],
    *,
    reason: str,
    event_id: int,
    counterpart: Owner = Owner.ISSUED,
    versions: Mapping[str, int | None] | None = None,
    actor_id: int | None = None,
) -> None:
    """Book the movements of an event's amounts; negative ones go from the person. Raises Refused (`account_full`)."""
    for asset, amount in amounts.items():
        holding = book.holdings.get(asset)
        if holding is None:
            holding = book.holdings[asset] = open_holdings([(book.person.id, asset)])[0]
        if holding.balance + amount > BALANCE_MAX:
            over = holding.balance + amount - BALANCE_MAX
            raise Refused("account_full", f"{asset}: {over:,} more than an account can hold ({BALANCE_MAX:,})", **{asset: over})
        writes.movements.append(
            Movement(
                holding=holding,
                counterpart=counterpart,
                amount=abs(amount),
                reason=reason,
                idempotency_key=f"event:{event_id}:{asset}",
                to_person=amount > 0,
                follows=True,
                event_id=event_id,
                rule_version_id=versions.get(asset) if versions else None,
                actor_id=actor_id,
            )
        )
        holding.balance += amount


def enter(book: Book, activity: str, activity_id: int, day: date, amounts: Mapping[str, int], currency: str) -> None:
    """Take a system event into the daily totals and the runs: it is counted, and it holds a slot of its own activity."""
    span = span_with(book.runs.get(activity_id), day, lambda: book.all_days(activity_id))
    row = book.add(day, activity_id)
    row.events, row.counted, row.paid = row.events + 1, row.counted + 1, row.paid + 1
    add_amounts(book, row, amounts, currency, earned=activity != ADJUSTMENT.key)
    take_in(book, activity, activity_id, span, day, counted=True)


def take_in(book: Book, activity: str, activity_id: int, span: Span, day: date, *, counted: bool) -> None:
    """One more event in a run."""
    run = book.runs.setdefault(activity_id, Run())
    step(run, span)
    run.counted += counted
    book.counts[activity] = run.counted
    book.changed_runs.add(activity_id)
    if activity_id in book.days_by_activity:
        book.days_by_activity[activity_id].add(day)


def add_amounts(book: Book, row: Day, amounts: Mapping[str, int], currency: str, *, earned: bool = True) -> None:
    """Take amounts into a row of the daily totals."""
    row.xp += amounts.get(XP, 0)
    row.points += amounts.get(POINTS, 0)
    row.money += amounts.get(currency, 0)
    if earned:
        book.points_gained += amounts.get(POINTS, 0)


def told_amounts(amounts: Mapping[str, int]) -> dict[str, Any]:
    """Amounts in the words of the API's answer."""
    currencies = [asset for asset in amounts if asset not in (XP, POINTS, "score")]
    awards = {"xp": amounts.get(XP, 0), "points": amounts.get(POINTS, 0), "money": [money(asset, amounts[asset]) for asset in currencies]}
    return {"awards": awards, "points_awarded": amounts.get(POINTS, 0)}


def automatic_achievements(programme: Programme) -> Automatic:
    """The achievements that unlock by themselves, with their ids, in the order of their ids."""
    known: Automatic | None = db.recall_recent("automatic achievements", programme.version)
    if known is None:
        automatic = [achievement for achievement in programme.achievements if achievement.active and achievement.type == "automatic"]
        ids = achievement_ids([achievement.key for achievement in automatic])
        known = sorted(((ids[achievement.key], achievement) for achievement in automatic), key=lambda pair: pair[0])
        db.remember_recent("automatic achievements", programme.version, known, VERSIONS_KEPT)
    return known
