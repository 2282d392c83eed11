"""A client's settings: everybody's own, what they are mailed, what they agreed to, and what their circle sees."""

from flask import request
from flask.typing import ResponseReturnValue

from rewards.circles.cheering import show_activity
from rewards.kit.database import db
from rewards.people.consenting import consents_of, record_consents
from rewards.people.models import Role
from rewards.people.preferences import change_preferences
from rewards.web.access import me
from rewards.web.own_settings import MAILS, saved, settings_pages

settings = settings_pages(Role.CLIENT)


@settings.post("/mail")
def save_mail() -> ResponseReturnValue:
    """Which mails they want; what is sent for the sake of their account is not theirs to refuse."""
    wanted = request.form.getlist("mail")
    with db.write():
        change_preferences(user_id=me().id, **{name: name in wanted for name, _ in MAILS})
    return saved("mail")


@settings.post("/consents")
def save_consents() -> ResponseReturnValue:
    """What they agree to; what the programme cannot do without stays."""
    user_id = me().id
    with db.write():
        needed = [said.text.key for said in consents_of(user_id) if said.text.is_required and said.is_given]
        record_consents(user_id=user_id, given=[*needed, *request.form.getlist("consent")])
    return saved("consents")


@settings.post("/circle")
def save_circle() -> ResponseReturnValue:
    """Whether the others in their circle see what they do."""
    person = me()
    with db.write():
        show_activity(person=person, shows="shows" in request.form)
    return saved("circle")
