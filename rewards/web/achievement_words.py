"""Says in words what an achievement asks for, what it brings, and how far somebody is."""

from collections.abc import Callable

from rewards.achievements.documents import COUNTS
from rewards.earning.compiled import CompiledAchievement
from rewards.insights.achieving import Headway
from rewards.levels.ladder import Ladder
from rewards.web.words import Words, plural

UNITS = {"streak_days": "day", "streak_weeks": "week", "streak_months": "month", "referral_count": "friend"}


def asked(achievement: CompiledAchievement, words: Words, activity_name: Callable[[str], str], ladder: Ladder) -> str:
    """Workout logged: 5 times in a week."""
    kind, value = achievement.condition_type, achievement.value or 0
    number, activity = words.number(value), activity_name(achievement.activity or "")
    if kind in COUNTS:
        window = f" in a {achievement.window}" if achievement.window else ""
        return f"{activity}: {number} {plural(value, 'time')}{window}"
    match kind:
        case "streak_days" | "streak_weeks" | "streak_months":
            return f"{activity}: {number} {plural(value, UNITS[kind])} in a row"
        case "xp_total":
            return f"{number} XP in total"
        case "points_earned":
            return f"{number} points earned in all"
        case "level":
            level = next((level.name for level in ladder.levels if level.number == value), f"level {number}")
            return f"Reach {level}"
        case "referral_count":
            return f"{number} {plural(value, 'friend')} brought along"
        case _:
            return "Given by your coach"


def given(achievement: CompiledAchievement, words: Words, points_word: str) -> str:
    """+50 XP, +20 points; empty where it brings neither."""
    awards = {"xp": achievement.xp_reward, "points": achievement.points_reward}
    return words.award(awards, points_word) if any(awards.values()) else ""


def so_far(headway: Headway, words: Words, points_word: str) -> str:
    """6 of 7 days; 400 of 1,000 XP; 3 of 5 this week."""
    one = headway.achievement
    done = f"{words.number(min(headway.have, headway.want))} of {words.number(headway.want)}"
    if one.window:
        return f"{done} {'today' if one.window == 'day' else f'this {one.window}'}"
    unit = {"xp_total": "XP", "points_earned": points_word}.get(one.condition_type or "")
    kind = UNITS.get(one.condition_type or "")
    return f"{done} {unit or (plural(headway.want, kind) if kind else '')}".strip()
