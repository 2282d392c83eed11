"""How a person comes to have an account."""

import re
import secrets
from collections.abc import Callable, Iterable
from datetime import date

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Problem, Refused
from rewards.kit.values import storable_text
from rewards.people.auditing import Done, record_deed
from rewards.people.models import Role, User
from rewards.people.passwords import HashedPassword
from rewards.people.zones import check_zone, zone_named

# A desk may serve a network of its own, where addresses end in .local or .test.
SPECIAL_USE_DOMAIN_NAMES.clear()

NAME_LENGTH_MAX = 200
# No address that a mail server takes is longer.
EMAIL_LENGTH_MAX = 320
EXTERNAL_ID_LENGTH_MAX = 200
TAG_LENGTH_MAX = 64
TAGS_MAX = 100
LOCALE = re.compile(r"[a-z]{2,3}([_-][A-Za-z0-9]{2,8})*")


def add_user(
    *,
    email: str,
    name: str,
    role: str,
    timezone: str,
    joined_on: date | None = None,
    coach_id: int | None = None,
    external_id: str | None = None,
    locale: str = "en",
    password: HashedPassword | None = None,
    tags: Iterable[str] = (),
    actor_id: int | None = None,
    note: str = "",
) -> User:
    """Add a person, who joined today unless it is told otherwise; `actor_id` says who did, and `note` why.

    Raises Invalid with every wrong field, Refused (`email_taken`, `external_id_taken`).
    """
    problems: list[Problem] = []
    wanted = list(dict.fromkeys(tags))
    user = User(
        email=_kept(problems, check_email, email) or "",
        name=_kept(problems, check_name, name) or "",
        role=role,
        coach_id=coach_id,
        timezone=_kept(problems, check_zone, timezone) or "UTC",
        locale=locale,
        external_id=_kept(problems, _check_external_id, external_id) if external_id is not None else None,
        tags=wanted,
        password_hash=password.text if password else None,
        stamp=new_stamp(),
        created_at=clock.now(),
    )
    user.joined_on = joined_on or clock.now().astimezone(zone_named(user.timezone)).date()
    problems += _misfits(role, coach_id, locale, wanted)
    if problems:
        raise Invalid(problems)
    _refuse_taken(user)
    return _stored(user, actor_id, note)


def described(user: User) -> dict[str, object]:
    """What the record of changes keeps of a person: nothing that one may ask to be forgotten."""
    return {"role": user.role, "status": user.status, "coach_id": user.coach_id, "timezone": user.timezone}


def fold_email(email: str) -> str:
    """The one spelling of an address that people write in many."""
    return email.strip().casefold()


def check_email(email: str) -> str:
    """The address as it is stored; raises Invalid. Nobody's mail server is asked."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        raise Invalid.single("email", "Enter an e-mail address such as ada@example.com.", email) from None


def check_name(name: str) -> str:
    """The name as it is stored; raises Invalid."""
    return _line("name", name, NAME_LENGTH_MAX)


def new_stamp() -> str:
    """A stamp that no session has yet."""
    return secrets.token_hex(16)


def check_place(role: str, coach_id: int | None) -> list[Problem]:
    """What is wrong with having this role and this coach."""
    problems = []
    if role not in list(Role):
        problems.append(Problem("role", f"Choose one of {', '.join(Role)}.", role))
    if coach_id is not None and (complaint := _unfit_coach(role, coach_id)):
        problems.append(Problem("coach", complaint, coach_id))
    return problems


def check_locale(locale: str) -> str:
    """The language as it is stored; raises Invalid."""
    if problems := _check_locale(locale):
        raise Invalid(problems)
    return locale


def _check_locale(locale: str) -> list[Problem]:
    return [] if LOCALE.fullmatch(locale) else [Problem("locale", "Choose a language such as en or de-AT.", locale)]


def _kept(problems: list[Problem], check: Callable[[str], str], value: str) -> str | None:
    try:
        return check(value)
    except Invalid as error:
        problems += error.problems
        return None


def _check_external_id(external_id: str) -> str:
    if "/" in external_id:
        # It names the person in addresses, where a slash begins the next part, also when it is escaped.
        raise Invalid.single("external_id", "Use an id without a slash: it stands in addresses.", external_id)
    return _line("external_id", external_id, EXTERNAL_ID_LENGTH_MAX)


def _line(field: str, value: str, length_max: int) -> str:
    try:
        text = storable_text(value).strip()
    except ValueError:
        text = ""
    if not 0 < len(text) <= length_max or "\n" in text or "\t" in text:
        raise Invalid.single(field, f"Enter 1 to {length_max} characters on one line.", value)
    return text


def _misfits(role: str, coach_id: int | None, locale: str, tags: Iterable[str]) -> list[Problem]:
    problems = check_place(role, coach_id) + _check_locale(locale)
    found = list(tags)
    if len(found) > TAGS_MAX or not all(tag.strip() and len(tag) <= TAG_LENGTH_MAX for tag in found):
        problems.append(Problem("tags", f"Use at most {TAGS_MAX} tags of 1 to {TAG_LENGTH_MAX} characters.", found))
    return problems


def _unfit_coach(role: str, coach_id: int) -> str | None:
    if role != Role.CLIENT:
        return "Only a client has a coach."
    coach = db.session.get(User, coach_id)
    return None if coach is not None and coach.role == Role.COACH and coach.is_active else "Choose somebody who coaches here."


def _refuse_taken(user: User) -> None:
    if db.session.scalar(select(User.id).where(User.email == user.email)):
        raise Refused("email_taken", f"{user.email} has an account already.")
    if user.external_id and db.session.scalar(select(User.id).where(User.external_id == user.external_id)):
        raise Refused("external_id_taken", f"The external id {user.external_id} belongs to somebody already.")


def _stored(user: User, actor_id: int | None, note: str) -> User:
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        # Somebody was quicker between our look and our insert; say which of the two is taken.
        _refuse_taken(user)
        raise
    record_deed(Done("user_added", "user", user.id, after=described(user), note=note), actor_id=actor_id)
    return user
