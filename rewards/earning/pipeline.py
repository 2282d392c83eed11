"""One event from its slot to everything that follows, in the order of the rules: slot, day and streak, decision, posting, settling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from rewards.activities.happening import PendingEvent
from rewards.earning.books import Book, open_books
from rewards.earning.compiled import CompiledActivity, Programme
from rewards.earning.deciding import Decision, decide
from rewards.earning.facts import EventProcessed, RewardGranted
from rewards.earning.in_force import programme_at
from rewards.earning.occurring import Occurrence, Standing
from rewards.earning.settling import Automatic, Outcome, Settling, add_amounts, automatic_achievements, pay, take_in, told_amounts
from rewards.earning.slots import MOVE_GUARD, Slot, check_slot
from rewards.earning.writing import Writes
from rewards.kit import sql
from rewards.kit.announcing import is_heard
from rewards.kit.columns import time_text
from rewards.kit.sql import IdSource
from rewards.ledger.models import POINTS, XP
from rewards.streaks.running import span_with


@dataclass(slots=True)
class Batch:
    """Events on their way through, in the order of their ids. Nothing is written before `flush`."""

    events: Sequence[PendingEvent]
    books: dict[int, Book] = field(init=False)
    programmes: dict[int, Programme] = field(default_factory=dict)
    automatic: dict[int, Automatic] = field(default_factory=dict)
    writes: Writes = field(default_factory=Writes)
    ids: IdSource = field(init=False)
    facts: list[EventProcessed | RewardGranted] = field(default_factory=list)
    results: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.books = open_books(self.events, self.programme_at)
        waiting = sum(not event.row for event in self.events)
        self.writes.numbers = iter(sql.take_ids("events", waiting))
        self.ids = IdSource("events", max((event.id for event in self.events if event.row), default=None))

    def programme_at(self, version: int) -> Programme:
        """The programme that an event was stamped with."""
        known = self.programmes.get(version)
        if known is None:
            known = self.programmes[version] = programme_at(version)
        return known

    def automatic_in(self, programme: Programme) -> Automatic:
        """The achievements of that programme that unlock by themselves."""
        known = self.automatic.get(programme.version)
        if known is None:
            known = self.automatic[programme.version] = automatic_achievements(programme)
        return known

    def decide(self, event: PendingEvent) -> "Passage":
        """Decide one event. Raises what the decision raises; nothing has been changed by then."""
        passage = Passage(self, event)
        passage.decide()
        return passage

    def flush(self) -> None:
        """Write what was gathered."""
        self.writes.flush(self.books)


class Passage:
    """One event's way."""

    def __init__(self, batch: Batch, event: PendingEvent) -> None:
        self.batch = batch
        self.event = event
        self.book = batch.books[event.person.id]
        self.programme = batch.programme_at(event.version_id)
        self.activity: CompiledActivity | None = self.programme.activities.get(event.activity)
        self.level_before = self.programme.ladder.level_for(self.book.total_xp).number
        zone = event.person.zone_at(event.occurred_at)
        self.occurrence = Occurrence(
            activity=event.activity,
            action=event.action,
            object_type=event.object_type,
            metadata=event.metadata,
            occurred_at=event.occurred_at,
            local_time=event.occurred_at.astimezone(zone),
            happened_on=event.happened_on,
        )
        is_limited = self.activity is not None and self.activity.is_limited
        self.paid_today = self.book.paid_on(event.happened_on, event.activity_id) if is_limited else 0
        self.slot = self._slot()
        self.span = span_with(self.book.runs.get(event.activity_id), event.happened_on, lambda: self.book.all_days(event.activity_id))
        self.is_counted = self._is_counted()
        # None where the event holds no slot.
        self.decision: Decision | None = None

    def decide(self) -> None:
        """Come to the decision, unless the slot is blocked."""
        if self.slot.blocked:
            return
        counts = self.book.counts
        before = counts.get(self.event.activity, 0)
        # The count includes this event while it is decided, and again for good once it is taken in.
        counts[self.event.activity] = before + self.is_counted
        try:
            self.decision = decide(
                programme=self.programme, occurrence=self.occurrence, standing=self._standing(), paid_before_today=self.paid_today
            )
        finally:
            counts[self.event.activity] = before

    def settle(self) -> None:
        """Take the event in, pay it, and carry out what follows."""
        event, book, writes, decision = self.event, self.book, self.batch.writes, self.decision
        amounts = {asset: amount for asset, amount in decision.amounts.items() if asset != "score"} if decision else {}
        holds_slot = decision is not None and self.activity is not None
        self._take_in(amounts, holds_slot=holds_slot)
        pay(book, writes, amounts, reason="award", event_id=event.id, versions=decision.rule_version_ids if decision else None)
        automatic = self.batch.automatic_in(self.programme)
        settling = Settling(book, self.programme, event, writes, self.batch.ids, automatic, self.level_before)
        settling.promote()
        settling.pay_streak_bonuses(self.span)
        if decision:
            settling.unlock(decision.unlocks)
            self._tell_grants(decision)
        elif self.slot.blocked == "max_per_week":
            # The event is counted though it holds no slot: an achievement that counts must not depend on which one came last.
            settling.unlock()
        else:
            settling.promote()
        self._finish(amounts, settling.outcome, settling.level, holds_slot=holds_slot)

    def _take_in(self, amounts: Mapping[str, int], *, holds_slot: bool) -> None:
        event, book = self.event, self.book
        row = book.add(event.happened_on, event.activity_id)
        row.events += 1
        row.counted += self.is_counted
        row.paid += holds_slot
        add_amounts(book, row, amounts, self.programme.settings.currency)
        take_in(book, event.activity, event.activity_id, self.span, event.happened_on, counted=self.is_counted)
        if holds_slot and self.activity and (self.activity.cooldown_hours or self.activity.max_per_day):
            book.paid_times.setdefault(event.activity_id, []).append(event.occurred_at)

    def _finish(self, amounts: Mapping[str, int], outcome: Outcome, level: int, *, holds_slot: bool) -> None:
        slot, event, decision = self.slot, self.event, self.decision
        result = told_amounts(amounts) | {
            "capped": slot.capped,
            "reason": slot.reason,
            "opens_at": time_text(slot.opens_at) if slot.opens_at else None,
            "bonuses": outcome.bonuses,
            "unlocked": outcome.unlocked,
            "level": {"number": level, "name": self.programme.ladder.level_for(self.book.total_xp).name},
        }
        trace = {
            "version": event.version_id,
            "day": event.happened_on.isoformat(),
            "zone": str(self.occurrence.local_time.tzinfo),
            "slot": {"blocked": slot.blocked, "used": slot.used, "limit": slot.limit},
            "streak_days": self.span.days,
            "level": self.level_before,
        }
        if decision:
            trace |= decision.trace
            trace["transfers"] = [f"event:{event.id}:{asset}" for asset in amounts]
            if self.activity is None and amounts and decision.category:
                self.batch.writes.categories[event.activity_id] = decision.category
        unmatched = decision is not None and not amounts and not any(rule["matched"] for rule in decision.trace["rules"])
        self.batch.writes.finish(event, paid=holds_slot, counted=self.is_counted, unmatched=unmatched, result=result, trace=trace)
        self.batch.results[event.id] = result
        if is_heard(EventProcessed):
            self._tell(amounts, outcome, level)

    def _tell(self, amounts: Mapping[str, int], outcome: Outcome, level: int) -> None:
        net = dict(amounts)
        for bonus in outcome.bonuses:
            for asset in (XP, POINTS):
                net[asset] = net.get(asset, 0) + bonus[asset]
        event = self.event
        fact = EventProcessed(event.id, event.person.id, event.activity, net, tuple(outcome.unlocked), self.level_before, level)
        self.batch.facts.append(fact)

    def _tell_grants(self, decision: Decision) -> None:
        event = self.event
        self.batch.facts.extend(RewardGranted(event.id, event.person.id, reward, None) for reward in decision.grants)

    def _slot(self) -> Slot:
        activity, event = self.activity, self.event
        times: list[datetime] = []
        if activity and activity.cooldown_hours:
            times = self.book.times_paid_near(event.activity_id, event.occurred_at, timedelta(hours=activity.cooldown_hours))
        return check_slot(
            activity=activity,
            occurrence=self.occurrence,
            paid_today=self.paid_today,
            paid_this_week=self.book.paid_in_week(event.happened_on, event.activity_id) if activity and activity.max_per_week else 0,
            paid_times=times,
            paid_across_a_move=self._paid_across_a_move(),
        )

    def _paid_across_a_move(self) -> list[tuple[datetime, date]]:
        """Paid events in another zone that a move has put so close that they count to the same day; each with the day it was there."""
        event, person = self.event, self.event.person
        if person.timezone_since is None or not (self.activity and self.activity.max_per_day):
            return []
        around = (person.id, time_text(event.occurred_at - MOVE_GUARD), time_text(event.occurred_at + MOVE_GUARD))
        moves = [person.timezone_since] if abs(person.timezone_since - event.occurred_at) < MOVE_GUARD else []
        if not moves and not sql.value("SELECT 1 FROM past_zones WHERE user_id = ? AND until > ? AND until < ?", around):
            return []
        zone_now = person.zone_at(event.occurred_at)
        near = self.book.times_paid_near(event.activity_id, event.occurred_at, MOVE_GUARD)
        zones = ((moment, person.zone_at(moment)) for moment in near)
        return [(moment, moment.astimezone(zone).date()) for moment, zone in zones if zone != zone_now]

    def _is_counted(self) -> bool:
        if self.activity is None:
            return True
        limit = self.activity.max_per_day
        return self.activity.active and (limit is None or self.book.counted_on(self.event.happened_on, self.event.activity_id) < limit)

    def _standing(self) -> Standing:
        person, book = self.event.person, self.book
        return Standing(
            user_id=person.id,
            level=self.level_before,
            total_xp=book.total_xp,
            points_balance=book.points_balance,
            joined_on=person.joined_on,
            tags=list(person.tags),
            counts=book.counts,
            streak_days=self.span.days,
            campaign=None,
        )
