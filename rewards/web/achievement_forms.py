"""The form of an achievement, for coaches and admins alike: a definition as text to type into, and what was typed as a definition."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from rewards.achievements.documents import COUNTED_ACTIVITY, COUNTS, STREAKS, AchievementDocument, AchievementType, ConditionType
from rewards.earning.compiled import Programme
from rewards.earning.documents import key_from
from rewards.earning.in_force import programme_in_force
from rewards.insights.reaching_back import count_ready
from rewards.kit.errors import Invalid
from rewards.kit.values import readable
from rewards.kit.written import read_part
from rewards.people.models import Role, User
from rewards.web.achievement_sentences import sentence
from rewards.web.typed import Typed, beside, number_text, with_held
from rewards.web.words import Words, words_for

TYPES = [
    (AchievementType.AUTOMATIC, "Automatic", "Unlocks by itself as soon as somebody has done enough."),
    (AchievementType.MANUAL, "Manual", "You give it by hand."),
]
# In the order of how often they are wanted. A count names its activity by itself; the other two spellings of it are for what is imported.
CONDITIONS = {
    ConditionType.ACTIVITY_COUNT: "An activity done so many times",
    ConditionType.STREAK_DAYS: "Days in a row",
    ConditionType.STREAK_WEEKS: "Weeks in a row",
    ConditionType.STREAK_MONTHS: "Months in a row",
    ConditionType.XP_TOTAL: "XP in total",
    ConditionType.POINTS_EARNED: "Points earned in all",
    ConditionType.LEVEL: "A level reached",
    ConditionType.REFERRAL_COUNT: "Friends brought along",
}
WINDOWS = [("", "Ever"), ("day", "In one day"), ("week", "In one week"), ("month", "In one month")]
# Symbols that one may have, with what they show.
ICONS = {
    "award": "Award",
    "medal": "Medal",
    "trophy": "Trophy",
    "star": "Star",
    "flame": "Flame",
    "bolt": "Lightning",
    "heart": "Heart",
    "leaf": "Leaf",
    "book": "Book",
    "target": "Target",
    "users": "People",
    "sparkles": "Sparkles",
}
LENGTHS = {"name": 200, "description": 5000}
TEXTS = ("name", "description", "icon", "type")
WITH_ACTIVITY = {ConditionType.ACTIVITY_COUNT, *STREAKS}
SAID = {
    "name": "Enter a name, for example First 5 km.",
    "condition_value": "Enter how many, for example 7.",
    "activity": "Choose which activity is counted.",
    "condition_type": "Choose what it looks at.",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What is typed, as one sentence, and how many have done enough for it already; None where nothing can be said of that."""

    sentence: str = ""
    ready: int | None = None


def form_of(achievement: AchievementDocument) -> dict[str, Any]:
    """The form as it stands for an achievement."""
    kind = achievement.condition_type
    return {
        **{name: str(getattr(achievement, name) or "") for name in TEXTS},
        "condition_type": str(ConditionType.ACTIVITY_COUNT if kind in COUNTS else kind or ""),
        "condition_value": number_text(achievement.condition_value),
        "activity": achievement.counted_activity or "",
        "window": str(achievement.window or ""),
        "xp_reward": number_text(achievement.xp_reward or None),
        "points_reward": number_text(achievement.points_reward or None),
        "secret": achievement.secret,
        "active": achievement.active,
    }


def empty_form() -> dict[str, Any]:
    """The form for a new one."""
    return {"type": "automatic", "condition_type": ConditionType.STREAK_DAYS.value, "condition_value": "7", "icon": "award", "active": True}


def read_achievement(typed: Typed, before: AchievementDocument | None = None, *, coach_id: int | None = None) -> AchievementDocument:
    """The achievement that was typed, under the key that it has or would have. Raises Invalid beside the fields.

    What does not belong to its type is left out: a form shows everything where no script hides what does not apply.
    """
    members: dict[str, Any] = {name: typed.text(name) for name in TEXTS}
    members["name"] = typed.line("name", before.name if before else None)
    members |= {name: typed.whole(name) or 0 for name in ("xp_reward", "points_reward")}
    members |= {"secret": bool(typed.get("secret")), "active": bool(typed.get("active"))}
    members |= {
        "key": before.key if before else key_from(members["name"] or "achievement")[:60],
        "coach_id": before.coach_id if before else coach_id,
    }
    if members["type"] == AchievementType.AUTOMATIC:
        members |= _condition(typed, before)
    if members["icon"] not in ICONS and members["icon"] != (before.icon if before else None):
        members["icon"] = None
    if not members["name"]:
        typed.problems["name"] = SAID["name"]
    for name, most in LENGTHS.items():
        if len(members[name] or "") > most:
            typed.problems[name] = f"Use at most {most} characters."
    typed.check()
    try:
        return read_part(AchievementDocument, {name: value for name, value in members.items() if value is not None})
    except Invalid as error:
        raise beside(error, {}) from error


def preview(
    typed: Mapping[str, Any], programme: Programme, words: Words, before: AchievementDocument | None = None, *, coach_id: int | None = None
) -> Preview:
    """What would come of what is typed; nothing as long as something in it is wrong."""
    # A name changes neither, and is often typed last.
    copied = Typed(MultiDict({**typed, "name": typed.get("name") or "It"}))
    try:
        achievement = read_achievement(copied, before, coach_id=coach_id)
    except Invalid:
        return Preview()
    ready = count_ready(achievement, programme) if achievement.type == AchievementType.AUTOMATIC else None
    return Preview(sentence(achievement, programme, words), ready)


def preview_part(context: Mapping[str, Any]) -> str | None:
    """What htmx asks for while the form is being filled in: the sentence, or the fields of another condition with it; None: a page."""
    match request.headers.get("HX-Target"):
        case "preview":
            return render_template("parts/achievement_preview.html", **context)
        case "condition":
            condition = render_template("parts/achievement_condition.html", **context)
            return condition + render_template("parts/achievement_preview.html", beside=True, **context)
        case _:
            return None


def _with_a_level(typed: Mapping[str, Any], numbers: list[str]) -> Mapping[str, Any]:
    """Seven days in a row are no level: where a level is asked for and none is chosen yet, it is the one above the lowest."""
    if typed.get("condition_type") != ConditionType.LEVEL or str(typed.get("condition_value")) in numbers:
        return typed
    return {**typed, "condition_value": numbers[min(1, len(numbers) - 1)]}


def _activities(programme: Programme, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What can be counted; what is chosen already stays, whatever has become of it."""
    chosen, usual = str(typed.get("activity") or ""), programme.settings.streak_activity
    known = {one.key: one.name for one in programme.activities.values()}
    gone = [(chosen, readable(chosen))] if chosen and chosen not in known else []
    first = "Choose" if typed.get("condition_type") == ConditionType.ACTIVITY_COUNT else f"As usual: {known.get(usual) or readable(usual)}"
    return [("", first), *sorted(known.items(), key=lambda pair: pair[1].casefold()), *gone]


def _condition(typed: Typed, before: AchievementDocument | None) -> dict[str, Any]:
    kind = typed.text("condition_type")
    members: dict[str, Any] = {"condition_type": kind, "condition_value": typed.whole("condition_value")}
    if kind in WITH_ACTIVITY:
        members["activity"] = typed.text("activity")
    if kind == ConditionType.ACTIVITY_COUNT:
        members["window"] = typed.text("window")
    for name, is_missing in (
        ("condition_type", kind is None),
        ("condition_value", members["condition_value"] is None),
        ("activity", kind == ConditionType.ACTIVITY_COUNT and members["activity"] is None),
    ):
        if is_missing:
            typed.problems.setdefault(name, SAID[name])
    # What has a word of its own was opened as the count that it is.
    if (
        kind == ConditionType.ACTIVITY_COUNT
        and before
        and before.condition_type
        and COUNTED_ACTIVITY.get(before.condition_type) == members["activity"]
    ):
        members |= {"condition_type": before.condition_type, "activity": before.activity}
    return members


def context_of(
    typed: Mapping[str, Any],
    problems: Mapping[str, str],
    before: AchievementDocument | None,
    *,
    viewer: User,
    place: str,
    back: str,
) -> dict[str, Any]:
    """What the templates of the form need (parts/achievement_form.html): `place` is where it is sent to, `back` the list it belongs to."""
    programme, words = programme_in_force(), words_for(viewer)
    coach_id = viewer.id if viewer.role == Role.COACH else None
    levels = [(str(level.number), level.name) for level in programme.ladder.levels]
    held = before.condition_value if before and before.condition_type == ConditionType.LEVEL else None
    levels = with_held(levels, [str(held)] if held else [])
    typed = _with_a_level(typed, [number for number, _ in levels])
    return {
        "typed": typed,
        "problems": problems,
        "achievement": before,
        "place": place,
        "back": back,
        "words": words,
        "preview": preview(typed, programme, words, before, coach_id=coach_id),
        "types": TYPES,
        "conditions": list(CONDITIONS.items()),
        "windows": WINDOWS,
        "icons": with_held(ICONS.items(), [before.icon] if before else []),
        "levels": levels,
        "activities": _activities(programme, typed),
    }
