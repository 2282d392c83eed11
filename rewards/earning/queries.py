"""What somebody may log today, and what it is worth to them just now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rewards.activities.documents import ActivityDocument
from rewards.activities.models import Recorder
from rewards.activities.queries import Today, todays_of
from rewards.earning.compiled import CompiledActivity, Programme
from rewards.earning.occurring import Occurrence
from rewards.earning.settling import told_amounts
from rewards.earning.slots import Slot, check_slot
from rewards.kit.errors import NotFound
from rewards.streaks.running import monday_of


@dataclass(frozen=True, slots=True)
class Offer:
    """An activity that somebody may log by themselves: what it pays, and whether it would pay now."""

    document: ActivityDocument
    category: str
    # What each one is worth before rules, boosts and the person's level, in the words of the API's answer.
    awards: Mapping[str, Any]
    today: Today
    slot: Slot

    @property
    def key(self) -> str:
        """Which activity."""
        return self.document.key

    @property
    def is_done(self) -> bool:
        """Whether it is in for today and another one would not pay."""
        return self.today.events > 0 and self.slot.blocked is not None


def offers_to(*, user_id: int, programme: Programme, local_now: datetime) -> list[Offer]:
    """Everything a client may log, in the order of the programme. `local_now` is now, on the person's own clock."""
    offered = [activity for activity in programme.activities.values() if activity.active and Recorder.CLIENT in activity.recorded_by]
    cooling = {activity.key: activity.cooldown_hours for activity in offered if activity.cooldown_hours}
    # As far back as the longest cooldown reaches.
    since = local_now - timedelta(hours=max(cooling.values())) if cooling else None
    todays = todays_of(user_id, local_now.date(), monday_of(local_now.date()), timed=list(cooling), since=since)
    return [_offer(activity, programme, todays.get(activity.key, Today()), local_now) for activity in offered]


def offer_of(offers: list[Offer], key: str) -> Offer:
    """One of them. Raises NotFound for what is not offered, whether it exists or not."""
    for offer in offers:
        if offer.key == key:
            return offer
    raise NotFound(f"activity {key}")


def _offer(activity: CompiledActivity, programme: Programme, today: Today, local_now: datetime) -> Offer:
    now = Occurrence(
        activity=activity.key,
        action="",
        object_type="",
        metadata={},
        occurred_at=local_now,
        local_time=local_now,
        happened_on=local_now.date(),
    )
    slot = check_slot(
        activity=activity, occurrence=now, paid_today=today.paid, paid_this_week=today.paid_this_week, paid_times=today.paid_at
    )
    category = programme.categories.get(activity.category)
    return Offer(activity.document, category.name if category else activity.category, told_amounts(activity.base)["awards"], today, slot)
