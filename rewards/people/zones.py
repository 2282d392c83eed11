"""Time zones: which one is in force for somebody at a moment, and how it changes without rewriting their past."""

from datetime import datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound
from rewards.people.auditing import Done, record_deed
from rewards.people.models import User


@cache
def zone_names() -> frozenset[str]:
    """Every zone of the IANA database."""
    # Some machines offer a name for whatever is set on them; somebody's day must not depend on it.
    return frozenset(available_timezones()) - {"localtime"}


def check_zone(name: str) -> str:
    """The name, if it is a zone's; raises Invalid."""
    if name not in zone_names():
        raise Invalid.single("timezone", "Choose a time zone such as Europe/Berlin.", name)
    return name


@lru_cache(maxsize=600)
def zone_named(name: str) -> ZoneInfo:
    """The zone's rules, read from disk once."""
    return ZoneInfo(name)


def zone_in_force(*, user_id: int, timezone: str, since: datetime | None, moment: datetime) -> ZoneInfo:
    """The zone that held at `moment` for somebody who has lived in `timezone` since then (None: always)."""
    if since is None or moment >= since:
        return zone_named(timezone)
    question = "SELECT timezone FROM past_zones WHERE user_id = ? AND until > ? ORDER BY until LIMIT 1"
    return zone_named(sql.value(question, (user_id, time_text(moment))) or timezone)


def zone_at(user: User, moment: datetime) -> ZoneInfo:
    """The zone in force for them at `moment`: what is a day there."""
    return zone_in_force(user_id=user.id, timezone=user.timezone, since=user.timezone_since, moment=moment)


def change_timezone(*, user_id: int, timezone: str, actor_id: int | None = None) -> User:
    """From now on they live there; what has happened keeps the day it had. Raises Invalid, NotFound."""
    check_zone(timezone)
    user = db.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound(f"user {user_id}")
    if timezone != user.timezone:
        now = clock.now()
        # Two changes in one moment: the zone between them held for no time at all.
        sql.run(
            "INSERT INTO past_zones (user_id, until, timezone) VALUES (?, ?, ?) ON CONFLICT (user_id, until) DO NOTHING",
            (user_id, time_text(now), user.timezone),
        )
        before, user.timezone, user.timezone_since = user.timezone, timezone, now
        db.session.flush()
        record_deed(Done("timezone_changed", "user", user.id, {"timezone": before}, {"timezone": timezone}), actor_id=actor_id)
    return user
