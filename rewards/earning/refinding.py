"""Finds out which achievements stand once an event is gone: the loop that unlocks, run on what remains, without the bonuses since.

What is found again stays untouched. An achievement that somebody gave by hand stands; so does one that the rule of another event asked for.
Each is held against what it asked for under the stamp it was unlocked under, so that a change of the programme takes nothing back.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from rewards.achievements.measuring import reached
from rewards.activities.definitions import current_version
from rewards.activities.identities import activity_ids
from rewards.activities.reserved import ADJUSTMENT
from rewards.earning.compiled import CompiledAchievement, Programme
from rewards.earning.in_force import programme_at
from rewards.earning.measured import window_around
from rewards.earning.unmaking import Made, Unmaking, events_made
from rewards.kit import documents, sql
from rewards.ledger.models import POINTS, XP
from rewards.ledger.queries import moved_by
from rewards.levels.ladder import Ladder
from rewards.streaks.running import first_of_month, longest_in_periods, monday_of, next_month, retell

SINCE = (
    "SELECT u.id, a.key, u.bonus_event_id, coalesce(e.version_id, b.version_id) FROM unlocks u JOIN achievements a"
    " ON a.id = u.achievement_id LEFT JOIN events e ON e.id = u.event_id LEFT JOIN events b ON b.id = u.bonus_event_id"
    " WHERE u.user_id = ? AND u.awarded_by IS NULL AND (u.found_no >= ? OR e.decided_no >= ? OR u.bonus_event_id > ?"
    " OR (u.event_id IS NULL AND u.bonus_event_id IS NULL AND u.unlocked_at >= ?)) ORDER BY u.achievement_id"
)
# The rules that ever unlocked something, each with the versions during which it did.
UNLOCKING = "SELECT key, body, since_version, until_version FROM definitions WHERE kind = 'rule' AND body LIKE '%unlock_achievement%'"


class Unlocking(NamedTuple):
    """An automatic unlock that happened since."""

    id: int
    key: str
    achievement: CompiledAchievement | None
    programme: Programme
    bonus: Made | None
    amounts: dict[str, int]


@dataclass(slots=True)
class Remaining:
    """What can be measured of a person, as it remains."""

    user_id: int
    xp: int
    points: int
    ladder: Ladder = field(default_factory=lambda: Ladder(()))
    referral_count: int = 0
    # By activity: how often counts took it, day by day.
    known: dict[str, dict[date, int]] = field(default_factory=dict)
    events: dict[str, dict[date, int]] = field(default_factory=dict)

    @property
    def total_xp(self) -> int:
        """What the level follows."""
        return self.xp

    @property
    def level(self) -> int:
        """Under the ladder of the moment."""
        return self.ladder.level_for(self.xp).number

    def points_earned(self) -> int:
        """All points ever earned."""
        return self.points

    def count(self, activity: str, window: str | None) -> int:
        """Ever, or in the fullest window of all."""
        days = self._days(activity)
        if window is None:
            return sum(days.values())
        windows: Counter[date] = Counter()
        for day, counted in days.items():
            windows[window_around(window, day)[0]] += counted
        return max(windows.values(), default=0)

    def best_run(self, activity: str, unit: str) -> int:
        """The longest run of days, weeks or months."""
        self._days(activity)
        days = {day for day, events in self.events[activity].items() if events > 0}
        if not days:
            return 0
        if unit == "days":
            return retell(days)[1]
        if unit == "weeks":
            return longest_in_periods(days, monday_of, lambda monday: monday + timedelta(days=7))
        return longest_in_periods(days, first_of_month, next_month)

    def take(self, one: Unlocking, sign: int) -> None:
        """Leave out a bonus (-1), or put it back (+1)."""
        self.xp += sign * one.amounts.get(XP, 0)
        self.points += sign * one.amounts.get(POINTS, 0)
        if one.bonus:
            days, key = self._days(one.bonus.activity), one.bonus.activity
            days[one.bonus.day] = days.get(one.bonus.day, 0) + sign
            self.events[key][one.bonus.day] = self.events[key].get(one.bonus.day, 0) + sign

    def _days(self, activity: str) -> dict[date, int]:
        if activity not in self.known:
            question = "SELECT day, counted, events FROM daily_activity WHERE user_id = ? AND activity_id = ?"
            rows = sql.rows(question, (self.user_id, activity_ids([activity])[activity]))
            self.known[activity] = {date.fromisoformat(day): counted for day, counted, _ in rows}
            self.events[activity] = {date.fromisoformat(day): events for day, _, events in rows}
        return self.known[activity]


def withdraw_lost_unlocks(unmaking: Unmaking, taken: Made, received_at: str) -> None:
    """Reverse every automatic unlock since the event that is not found again on what remains. The totals must be right by now."""
    since = _since(unmaking, taken, received_at)
    lost = _lost(unmaking, since)
    found = [(unmaking.number, one.id) for one in since if one not in lost]
    sql.run_many("UPDATE unlocks SET found_no = ? WHERE id = ?", found)
    for one in lost:
        if one.bonus:
            unmaking.withdraw(one.bonus, frees_its_key=True)
        sql.run("DELETE FROM unlocks WHERE id = ?", (one.id,))
        unmaking.withdrawn.append(one.key)


def _lost(unmaking: Unmaking, since: list[Unlocking]) -> list[Unlocking]:
    remaining = _remaining(unmaking)
    for one in since:
        remaining.take(one, -1)
    left, asked_for = list(since), _AskedFor(unmaking.person.id)
    while found := [one for one in left if _stands(one, remaining, asked_for)]:
        for one in found:
            remaining.take(one, +1)
        left = [one for one in left if one not in found]
    return left


def _stands(one: Unlocking, remaining: Remaining, asked_for: "_AskedFor") -> bool:
    if one.achievement is None:
        # Nothing says any more what it asked for: then nothing can say that it is lost.
        return True
    remaining.ladder = one.programme.ladder
    is_true = one.achievement.type == "automatic" and reached(one.achievement, remaining) >= (one.achievement.value or 0)
    return is_true or asked_for(one.key)


def _since(unmaking: Unmaking, taken: Made, received_at: str) -> list[Unlocking]:
    found = []
    place = taken.decided_no
    for unlock_id, key, bonus_id, version in sql.rows(SINCE, (unmaking.person.id, place, place, place, received_at)):
        programme = programme_at(version or current_version())
        achievement = next((one for one in programme.achievements if one.key == key), None)
        bonus = events_made(unmaking.person.id, "e.id = ?", (bonus_id,))[0] if bonus_id else None
        amounts: dict[str, int] = {}
        for _, asset, amount in moved_by(bonus_id) if bonus_id else ():
            amounts[asset] = amounts.get(asset, 0) + amount
        found.append(Unlocking(unlock_id, key, achievement, programme, bonus, amounts))
    return found


def _remaining(unmaking: Unmaking) -> Remaining:
    question = "SELECT coalesce(sum(points), 0) FROM daily_activity WHERE user_id = ? AND activity_id <> ?"
    points = int(sql.value(question, (unmaking.person.id, activity_ids([ADJUSTMENT.key])[ADJUSTMENT.key])))
    held = unmaking.holdings.get(XP)
    return Remaining(unmaking.person.id, held.balance if held else 0, points)


class _AskedFor:
    """Whether the rule of an event that remains asked for an achievement."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.rules: list[tuple[str, str, int, int | None]] | None = None

    def __call__(self, achievement: str) -> bool:
        if self.rules is None:
            rows = sql.rows(UNLOCKING)
            self.rules = [(key, documents.parse(body)["outcome"].get("achievement"), since, until) for key, body, since, until in rows]
        return any(self._matched(key, since, until) for key, unlocks, since, until in self.rules if unlocks == achievement)

    def _matched(self, rule: str, since: int, until: int | None) -> bool:
        question = (
            "SELECT trace FROM events WHERE user_id = ? AND state = 'processed' AND version_id >= ? AND version_id < ? AND trace LIKE ?"
        )
        told = sql.rows(question, (self.user_id, since, until or 2**62, f'%"rule":"{rule}"%'))
        rules = (note for (trace,) in told for note in documents.parse(trace).get("rules", ()))
        return any(note["rule"] == rule and note["matched"] for note in rules)
