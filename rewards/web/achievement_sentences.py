"""Says for those who make achievements what one asks for and what it gives, in a sentence."""

from rewards.achievements.documents import COUNTS, AchievementDocument, AchievementType, ConditionType
from rewards.earning.compiled import Programme
from rewards.kit.values import readable
from rewards.web.words import Words, plural


def sentence(achievement: AchievementDocument, programme: Programme, words: Words) -> str:
    """Earned after 7 days in a row with Daily check-in. Gives 50 XP and 20 points."""
    return f"{asks(achievement, programme, words)} {gives(achievement, programme, words)}"


def asks(achievement: AchievementDocument, programme: Programme, words: Words) -> str:
    """Earned after 5 times Workout logged in one week."""
    if achievement.type == AchievementType.MANUAL:
        return "Given by hand."
    kind, value, name = achievement.condition_type, achievement.condition_value or 0, _activity(achievement, programme)
    number = words.number(value)
    if kind in COUNTS:
        window = f" in one {achievement.window}" if achievement.window else ""
        return f"Earned after {number} {plural(value, 'time')} {name}{window}."
    match kind:
        case ConditionType.STREAK_DAYS | ConditionType.STREAK_WEEKS | ConditionType.STREAK_MONTHS:
            return f"Earned after {number} {plural(value, kind.removeprefix('streak_').removesuffix('s'))} in a row with {name}."
        case ConditionType.LEVEL:
            level = next((level.name for level in programme.ladder.levels if level.number == value), f"level {number}")
            return f"Earned by reaching {level}."
        case ConditionType.XP_TOTAL:
            return f"Earned with {number} XP in total."
        case ConditionType.POINTS_EARNED:
            return f"Earned with {number} {programme.settings.points_word} earned in all."
        case _:
            return f"Earned with {number} {plural(value, 'friend')} brought along."


def gives(achievement: AchievementDocument, programme: Programme, words: Words) -> str:
    """Gives 50 XP and 20 points."""
    word = programme.settings.points_word
    amounts = ((achievement.xp_reward, "XP"), (achievement.points_reward, word))
    parts = [f"{words.number(amount)} {unit}" for amount, unit in amounts if amount]
    return f"Gives {' and '.join(parts)}." if parts else f"Gives no XP and no {word}: it is its own reward."


def _activity(achievement: AchievementDocument, programme: Programme) -> str:
    key = achievement.counted_activity or programme.settings.streak_activity
    known = programme.activities.get(key)
    return known.name if known else readable(key)
