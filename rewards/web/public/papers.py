"""What is done with people's data, and by which rules they take part: plain pages with the words of whoever runs the desk."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rewards.activities.registry import registry_in_force
from rewards.people.models import Role
from rewards.web.access import visitor
from rewards.web.answering import answer

papers = Blueprint("papers", __name__)

PRIVACY = (
    "This desk keeps what you log, what was logged for you, and the XP, points and rewards that came of it."
    " Your coach and those who run this desk see it; nobody else does.\n\n"
    "It keeps your name, your e-mail address, your time zone and what you agreed to,"
    " and for as long as you are signed in, which browser that is.\n\n"
    "Nothing is sold, and no other site is told that you are here. Mail is only sent about your account and about what you asked for.\n\n"
    "You may ask to see what is kept about you, to have it corrected, and to have it deleted."
)
TERMS = (
    "Whoever takes part logs what they really did.\n\n"
    "Points have no value in money, unless a reward says otherwise."
    " What was counted wrongly can be taken back; you are told when and why.\n\n"
    "A reward can be redeemed as long as it is offered. What was not handed over goes back to your balance.\n\n"
    "You may stop at any time."
)


@papers.get("/privacy")
def show_privacy() -> ResponseReturnValue:
    """What is done with people's data."""
    return _paper("Privacy", registry_in_force().settings.privacy, PRIVACY)


@papers.get("/terms")
def show_terms() -> ResponseReturnValue:
    """By which rules they take part."""
    return _paper("Terms", registry_in_force().settings.terms, TERMS)


def _paper(title: str, written: str | None, usual: str) -> ResponseReturnValue:
    settings, person = registry_in_force().settings, visitor()
    return answer(
        "public/paper.html",
        title=title,
        text=written or usual,
        # Only those who can write one are told that nobody has.
        is_unwritten=written is None and person is not None and person.role == Role.ADMIN,
        contact=settings.contact,
        name=settings.name,
    )
