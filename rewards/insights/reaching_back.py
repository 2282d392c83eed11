"""What achievements have done and would do: how many have each, and how many have done enough already for one that is being thought of."""

from collections.abc import Callable
from datetime import date, timedelta

from rewards.achievements.documents import AchievementDocument, ConditionType
from rewards.activities.identities import activity_ids
from rewards.activities.reserved import ADJUSTMENT
from rewards.earning.compiled import Programme
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.models import XP, Owner
from rewards.people.models import Role, Status, User
from rewards.streaks.running import first_of_month, longest_in_periods, monday_of, next_month

STREAK_BEST = "SELECT user_id FROM streaks WHERE activity_id = ? AND best >= ?"
EVER_COUNTED = "SELECT user_id FROM streaks WHERE activity_id = ? AND counted >= ?"
WITH_XP = (
    "SELECT w.id FROM users w LEFT JOIN accounts a ON a.owner_kind = ? AND a.owner_id = w.id AND a.asset = ?"
    " WHERE coalesce(a.balance, 0) >= ?"
)
POINTS_EARNED = "SELECT user_id FROM daily_activity WHERE activity_id <> ? GROUP BY user_id HAVING sum(points) >= ?"
IN_WINDOW = "SELECT user_id FROM daily_activity WHERE activity_id = ? GROUP BY user_id, {start} HAVING sum(counted) >= ?"
STARTS = {
    ("day", "sqlite"): "day",
    ("week", "sqlite"): "date(day, '-6 days', 'weekday 1')",
    ("month", "sqlite"): "substr(day, 1, 7)",
    ("day", "postgresql"): "day",
    ("week", "postgresql"): "date_trunc('week', day::date)",
    ("month", "postgresql"): "substr(day, 1, 7)",
}
PERIODS: dict[str, tuple[Callable[[date], date], Callable[[date], date]]] = {
    ConditionType.STREAK_WEEKS: (monday_of, lambda monday: monday + timedelta(days=7)),
    ConditionType.STREAK_MONTHS: (first_of_month, next_month),
}


def count_earned(viewer: User) -> dict[str, int]:
    """How many of the people that somebody looks after have each achievement, by its key; who has none is not named."""
    whose, params = (" JOIN users c ON c.id = u.user_id AND c.coach_id = ?", (viewer.id,)) if viewer.role == Role.COACH else ("", ())
    question = f"SELECT a.key, count(*) FROM unlocks u JOIN achievements a ON a.id = u.achievement_id{whose} GROUP BY a.key"
    return {key: int(count) for key, count in sql.rows(question, params)}


def count_ready(achievement: AchievementDocument, programme: Programme) -> int:
    """How many have done enough for it already and do not have it: as it is written, whether or not anything like it is in force."""
    if achievement.condition_type in PERIODS:
        return _count_with_periods(achievement, programme)
    done, params = _done_enough(achievement, programme)
    if not done:
        return 0
    which, more = _candidates(achievement)
    return int(sql.value(f"SELECT count(*) FROM users u WHERE {which} AND u.id IN ({done})", (*more, *params)))


def _candidates(achievement: AchievementDocument) -> tuple[str, tuple[object, ...]]:
    conditions = (
        "u.status = ? AND NOT EXISTS (SELECT 1 FROM unlocks x JOIN achievements y ON y.id = x.achievement_id"
        " WHERE x.user_id = u.id AND y.key = ?)"
    )
    params: tuple[object, ...] = (Status.ACTIVE, achievement.key)
    return (f"{conditions} AND u.coach_id = ?", (*params, achievement.coach_id)) if achievement.coach_id else (conditions, params)


def _done_enough(achievement: AchievementDocument, programme: Programme) -> tuple[str, tuple[object, ...]]:
    """Who has, as a question for their ids; an empty one where nobody can have."""
    value = achievement.condition_value or 0
    match achievement.condition_type:
        case ConditionType.XP_TOTAL:
            return WITH_XP, (Owner.USER, XP, value)
        case ConditionType.LEVEL:
            thresholds = [level.xp_required for level in programme.ladder.levels if level.number >= value]
            return (WITH_XP, (Owner.USER, XP, min(thresholds))) if thresholds else ("", ())
        case ConditionType.POINTS_EARNED:
            return POINTS_EARNED, (activity_ids([ADJUSTMENT.key])[ADJUSTMENT.key], value)
        case ConditionType.STREAK_DAYS:
            return _about_activity(STREAK_BEST, achievement, programme)
        case ConditionType.WORKOUT_COUNT | ConditionType.CHECKIN_COUNT | ConditionType.ACTIVITY_COUNT:
            start = STARTS[achievement.window, db.dialect] if achievement.window else ""
            return _about_activity(IN_WINDOW.format(start=start) if start else EVER_COUNTED, achievement, programme)
        case _:
            return "", ()


def _about_activity(question: str, achievement: AchievementDocument, programme: Programme) -> tuple[str, tuple[object, ...]]:
    found = activity_ids([key := _activity(achievement, programme)]).get(key)
    return (question, (found, achievement.condition_value)) if found else ("", ())


def _count_with_periods(achievement: AchievementDocument, programme: Programme) -> int:
    """Weeks and months in a row are told by the days; only of those who were about on enough of them."""
    enough, params = _about_activity("SELECT user_id FROM streaks WHERE activity_id = ?", achievement, programme)
    if not enough:
        return 0
    which, more = _candidates(achievement)
    question = (
        "SELECT d.user_id, d.day FROM users u JOIN daily_activity d ON d.user_id = u.id"
        f" WHERE {which} AND d.activity_id = ? AND d.events > 0 ORDER BY d.user_id"
    )
    days: dict[int, list[date]] = {}
    for user_id, day in sql.rows(question, (*more, params[0])):
        days.setdefault(user_id, []).append(date.fromisoformat(day))
    start_of, next_start = PERIODS[str(achievement.condition_type)]
    wanted = achievement.condition_value or 0
    return sum(len(found) >= wanted and longest_in_periods(found, start_of, next_start) >= wanted for found in days.values())


def _activity(achievement: AchievementDocument, programme: Programme) -> str:
    return achievement.counted_activity or programme.settings.streak_activity
