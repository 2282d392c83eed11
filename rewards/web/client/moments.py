"""Moments: a level reached or an achievement unlocked is shown until its person has seen it, once."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from jinja2_fragments.flask import render_blocks
from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange

from rewards.achievements.acknowledging import acknowledge_unlocks
from rewards.kit.database import db
from rewards.levels.acknowledging import acknowledge_reaches
from rewards.web.access import me
from rewards.web.answering import wants_part
from rewards.web.client.desk import Desk

moments = Blueprint("moments", __name__, url_prefix="/moments")

HIDDEN = '<div id="moments" hidden></div>'


class SeenForm(FlaskForm):
    """How far the moments go that the person was shown."""

    reach_id = IntegerField(default=0, validators=[NumberRange(min=0, max=2**62)])
    unlock_id = IntegerField(default=0, validators=[NumberRange(min=0, max=2**62)])
    page = StringField()


@moments.post("/acknowledgement")
def acknowledge() -> ResponseReturnValue:
    """They have seen it."""
    form, person_id = SeenForm(), me().id
    if form.validate():
        with db.write():
            acknowledge_reaches(user_id=person_id, up_to_id=form.reach_id.data or 0)
            acknowledge_unlocks(user_id=person_id, up_to_id=form.unlock_id.data or 0)
    if wants_part():
        return HIDDEN + render_blocks("client/frame.html", ["bell"], desk=Desk(me()), is_part=True)
    return redirect("/client/notifications" if form.page.data == "notifications" else "/client", 303)
