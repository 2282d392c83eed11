"""Moments: a level, an achievement or a streak is shown until its person has seen it, once."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from jinja2_fragments.flask import render_blocks
from wtforms import IntegerField
from wtforms.validators import NumberRange

from rewards.achievements.acknowledging import acknowledge_unlocks
from rewards.kit.database import db
from rewards.levels.acknowledging import acknowledge_reaches
from rewards.messages.notices import mark_seen
from rewards.messages.noticing import NoticeKind
from rewards.web.access import me
from rewards.web.answering import wants_part
from rewards.web.client.desk import Desk

moments = Blueprint("moments", __name__, url_prefix="/moments")

# What the bell says of the same.
MOMENTS = (NoticeKind.LEVEL_REACHED, NoticeKind.ACHIEVEMENT_UNLOCKED, NoticeKind.STREAK_REACHED)
HIDDEN = '<div id="moments" hidden></div>'


class SeenForm(FlaskForm):
    """How far the moments go that the person was shown."""

    level = IntegerField(default=0, validators=[NumberRange(min=0, max=2**62)])
    unlock_id = IntegerField(default=0, validators=[NumberRange(min=0, max=2**62)])
    notice_id = IntegerField(default=0, validators=[NumberRange(min=0, max=2**62)])


@moments.post("/acknowledgement")
def acknowledge() -> ResponseReturnValue:
    """They have seen it."""
    form, person_id = SeenForm(), me().id
    if form.validate():
        with db.write():
            acknowledge_reaches(user_id=person_id, up_to=form.level.data or 0)
            acknowledge_unlocks(user_id=person_id, up_to_id=form.unlock_id.data or 0)
            mark_seen(user_id=person_id, up_to_id=form.notice_id.data or 0, kinds=MOMENTS)
    if wants_part():
        return HIDDEN + render_blocks("client/frame.html", ["bell"], desk=Desk(me()), is_part=True)
    return redirect("/client", 303)
