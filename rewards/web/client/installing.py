"""Offers clients to put their pages among the apps of their phone: once they know their way around, and until they say no."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rewards.activities.queries import has_days
from rewards.kit.database import db
from rewards.people.models import User
from rewards.people.preferences import change_preferences, preferences_of
from rewards.web.access import me
from rewards.web.answering import leave_for, wants_part

installing = Blueprint("installing", __name__, url_prefix="/install-hint")

# Whoever comes a third time stays.
DAYS_OF_USE = 3
HIDDEN = '<div id="install" hidden></div>'


def is_due(person: User) -> bool:
    """Whether it is offered to them."""
    return preferences_of(person).install_hint and has_days(person.id, DAYS_OF_USE)


@installing.post("/dismissal")
def dismiss() -> ResponseReturnValue:
    """They have it, or want none: it is not offered again."""
    with db.write():
        change_preferences(user_id=me().id, install_hint=False)
    return HIDDEN if wants_part() else leave_for("/client")
