"""How somebody wants to be called and spoken to. It changes nothing that they may do, so they stay signed in."""

from collections.abc import Callable

from rewards.kit.errors import Invalid, Problem
from rewards.people.joining import LOCALE, check_name
from rewards.people.models import User
from rewards.people.zones import change_timezone, check_zone


def change_profile(*, user_id: int, name: str, timezone: str, locale: str) -> User:
    """Another name, home or language. Raises Invalid with every wrong field, NotFound."""
    problems: list[Problem] = []
    name = _kept(problems, check_name, name)
    _kept(problems, check_zone, timezone)
    if not LOCALE.fullmatch(locale):
        problems.append(Problem("locale", "Choose a language such as en or de-AT.", locale))
    if problems:
        raise Invalid(problems)
    user = change_timezone(user_id=user_id, timezone=timezone)
    user.name, user.locale = name, locale
    return user


def _kept(problems: list[Problem], check: Callable[[str], str], value: str) -> str:
    try:
        return check(value)
    except Invalid as error:
        problems += error.problems
        return ""
