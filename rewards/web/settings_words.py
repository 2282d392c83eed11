"""What is wrong with the programme's settings, as every form for them says it."""

from rewards.kit.errors import Invalid
from rewards.web.refusing import problems_of

PREFIX = "programme."
WORDS = {
    "name": "Enter a name of at most 100 characters.",
    "points_word": "Enter the word for points, such as points or stars.",
    "timezone": "Choose a time zone such as Europe/Berlin.",
    "streak_activity": "Choose an activity.",
    "backdating_days": "Enter a whole number of days, or leave it empty.",
}
EMPTY = {"currency": "Enter a currency of three letters, such as USD."}


def settings_problems(error: Invalid) -> dict[str, str]:
    """Field to sentence; what a rule of the programme refuses says so in its own words."""
    missing = {problem.field.removeprefix(PREFIX) for problem in error.problems if problem.value in ("", None)}
    told = {name.removeprefix(PREFIX): message for name, message in problems_of(error).items()}
    return {name: WORDS.get(name) or (EMPTY.get(name, message) if name in missing else message) for name, message in told.items()}
