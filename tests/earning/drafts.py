"""Programmes made in memory, and events in them: what a decision needs, without a database."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rewards.activities.definitions import DefinitionRow
from rewards.activities.models import Kind
from rewards.earning.compiled import Programme
from rewards.earning.compiling import compile_programme
from rewards.earning.deciding import Decision, decide
from rewards.earning.occurring import Occurrence, Standing

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # A Wednesday.
VERSION = 7

LEVELS = [{"number": 1, "name": "Bronze", "xp_required": 0}, {"number": 2, "name": "Silver", "xp_required": 500, "multiplier": "1.1"}]
PLASTIC = {"key": "plastic_recycled", "category": "community", "per_unit": {"field": "kg", "xp": 10, "points": 10, "money": {"USD": 50}}}

KINDS = {
    "settings": Kind.PROGRAMME,
    "categories": Kind.CATEGORY,
    "activities": Kind.ACTIVITY,
    "rules": Kind.RULE,
    "boosts": Kind.BOOST,
    "levels": Kind.LEVEL,
    "achievements": Kind.ACHIEVEMENT,
}


def rows(**sections: list[dict[str, Any]]) -> list[DefinitionRow]:
    """Definitions with ids from 1, in the order of the sections and of what they hold."""
    ids = itertools.count(1)
    return [
        DefinitionRow(next(ids), KINDS[section], str(body.get("key", body.get("number", "programme"))), body)
        for section, bodies in sections.items()
        for body in bodies
    ]


def programme(**sections: list[dict[str, Any]]) -> Programme:
    """The programme that these bodies make."""
    return compile_programme(VERSION, rows(**sections))


def workout(**members: Any) -> dict[str, Any]:
    """The one activity most tests need."""
    return {"key": "workout_logged", "category": "creation", "xp": 20, "points": 20, **members}


def award(key: str = "award", **members: Any) -> dict[str, Any]:
    """A rule for every event that adds points, unless it says something else."""
    members = {"priority": 10, "pattern": {}, "points": 5} | members
    outcome = {name: members.pop(name) for name in ("points", "xp", "money", "score", "per_unit", "category") if name in members}
    return {"key": key, "outcome": {"type": "award_points", **outcome}, **members}


def multiply(key: str = "multiply", factor: object = 2, **members: Any) -> dict[str, Any]:
    """A rule for every event that multiplies."""
    members = {"priority": 50, "pattern": {}} | members
    outcome = {name: members.pop(name) for name in ("asset", "stacking", "categories", "activities") if name in members}
    return {"key": key, "outcome": {"type": "multiply", "factor": factor, **outcome}, **members}


def did(activity: str = "workout_logged", *, at: datetime = NOON, zone: str = "UTC", **members: Any) -> Occurrence:
    """Somebody did something, on Wednesday at noon unless it is said otherwise; `members` are its metadata."""
    object_type, _, action = activity.rpartition("_")
    local_time = at.astimezone(ZoneInfo(zone))
    return Occurrence(activity, action, object_type, members, at, local_time, local_time.date())


def ada(**members: Any) -> Standing:
    """Ada, before the event."""
    usual: dict[str, Any] = {
        "user_id": 1,
        "level": 1,
        "total_xp": 0,
        "points_balance": 0,
        "joined_on": date(2026, 3, 1),
        "tags": [],
        "counts": {},
        "streak_days": 1,
        "campaign": None,
    }
    return Standing(**(usual | members))


def decided(
    made: Programme, occurrence: Occurrence | None = None, standing: Standing | None = None, *, paid_before_today: int = 0
) -> Decision:
    """The decision about Ada's workout, unless it is about something else."""
    return decide(programme=made, occurrence=occurrence or did(), standing=standing or ada(), paid_before_today=paid_before_today)


def points(rules: Sequence[dict[str, Any]] = (), *, base: int = 10, occurrence: Occurrence | None = None, **sections: Any) -> int:
    """The points of a workout worth `base` of them under these rules."""
    made = programme(activities=[workout(xp=0, points=base)], rules=list(rules), **sections)
    return decided(made, occurrence).amounts.get("points", 0)
