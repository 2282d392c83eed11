"""How a client brings others to what their coach plays for: their link, how far those came who used it, and why some do not count."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rewards.campaigns.bringing import bringing_of
from rewards.campaigns.linking import link_client
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.people.models import User
from rewards.web.access import me
from rewards.web.answering import answer, leave_for
from rewards.web.client.desk import Desk
from rewards.web.public.standing import Standing
from rewards.web.public.waitlisted import Waitlisted

refer = Blueprint("refer", __name__, url_prefix="/refer")


@refer.get("")
def show() -> ResponseReturnValue:
    """The page. Whoever is not on the list yet finds one button. Raises NotFound where nothing is played."""
    person, desk = me(), Desk(me())
    found = bringing_of(person)
    if found is None:
        raise NotFound("a campaign")
    about = Waitlisted(found.waitlist, found.campaign)
    about.words = desk.words
    if found.subscriber is None:
        return answer("client/refer.html", desk=desk, standing=None, about=about)
    standing = Standing(about, found.subscriber)
    return answer("client/refer.html", "standing", desk=desk, standing=standing, about=about, words=desk.words)


@refer.post("")
def begin() -> ResponseReturnValue:
    """Put them on the list, so that they have a link."""
    user_id = me().id
    with db.write() as session:
        link_client(user=session.get_one(User, user_id))
    return leave_for("/client/refer")
