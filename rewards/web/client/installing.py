"""Takes no for an answer: whoever does not want their pages as an app of their phone, or has them, is not asked again."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rewards.kit.database import db
from rewards.people.preferences import change_preferences
from rewards.web.access import me
from rewards.web.answering import leave_for, wants_part

installing = Blueprint("installing", __name__, url_prefix="/install-hint")

HIDDEN = '<div id="install" hidden></div>'


@installing.post("/dismissal")
def dismiss() -> ResponseReturnValue:
    """They have it, or want none: it is not offered again."""
    with db.write():
        change_preferences(user_id=me().id, install_hint=False)
    return HIDDEN if wants_part() else leave_for("/client")
