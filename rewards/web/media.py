"""Pictures that people gave, for those who may see what they belong to."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from rewards.kit import media as kept
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.kit.pictures import read_picture
from rewards.people.models import Role, User
from rewards.shop.models import Redemption, Reward
from rewards.web import access

media = Blueprint("media", __name__, url_prefix="/media")

CARD, THUMBNAIL = ".webp", ".small.webp"
VARIANTS = {"card": CARD, "small": THUMBNAIL}
MEDIA_TYPE = "image/webp"
AGE_MAX_SECONDS = 365 * 24 * 3600
HEADERS = {
    # Nothing in it is a program, whatever somebody made of it.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    # Another picture has another name. It is for who is signed in, so no machine on the way may keep it.
    "Cache-Control": f"private, max-age={AGE_MAX_SECONDS}, immutable",
}


@media.get("/<name>/<variant>.webp")
def show(name: str, variant: str) -> ResponseReturnValue:
    """The picture of that name, as large as a card or small."""
    person = access.visitor()
    if person is None:
        return access.ask_to_sign_in()
    if variant not in VARIANTS or not _may_see(person, name):
        raise NotFound(f"picture {name}")
    response = Response(kept.read(name, VARIANTS[variant]), mimetype=MEDIA_TYPE, headers=HEADERS)
    response.headers["Content-Disposition"] = f'inline; filename="{variant}.webp"'
    return response


def keep_picture(content: bytes) -> str:
    """Keep what somebody sent, as a picture; its new name. Raises Invalid. It takes its time: not for write blocks."""
    picture, name = read_picture(content), kept.new_name()
    kept.keep(name, CARD, picture.card)
    kept.keep(name, THUMBNAIL, picture.thumbnail)
    return name


def forget_picture(name: str | None) -> None:
    """Keep it no longer."""
    if name:
        kept.forget(name, CARD, THUMBNAIL)


def _may_see(person: User, name: str) -> bool:
    """Whether it belongs to something that they are shown: everybody's, their coach's, their own, or what they have redeemed."""
    question = select(Reward.id).where(Reward.picture == name)
    if person.role != Role.ADMIN:
        coach_id = person.coach_id if person.role == Role.CLIENT else person.id
        redeemed = select(Redemption.id).where(Redemption.reward_id == Reward.id, Redemption.user_id == person.id).exists()
        question = question.where(or_(Reward.coach_id.is_(None), Reward.coach_id == coach_id, redeemed))
    return db.session.scalar(question.limit(1)) is not None
