"""One box for everything: people, movements, events, the programme, and the pages themselves."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rewards.activities.models import Kind
from rewards.earning.in_force import programme_in_force
from rewards.insights.search import TEXT_LENGTH_MAX, Defined, search
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.movements import Movements
from rewards.web.navigation import Place, rail_of
from rewards.web.words import words_for

searching = Blueprint("search", __name__, url_prefix="/search")

# Where each kind of definition is edited.
PLACES = {
    Kind.ACTIVITY: "/admin/activities/{key}/edit",
    Kind.RULE: "/admin/rules/{key}/edit",
    Kind.BOOST: "/admin/boosts/{key}/edit",
    Kind.LEVEL: "/admin/levels",
    Kind.ACHIEVEMENT: "/admin/achievements",
    Kind.CATEGORY: "/admin/categories",
}


@searching.get("")
def show() -> ResponseReturnValue:
    """What a text stands for."""
    text, words = request.args.get("q", "").strip()[:TEXT_LENGTH_MAX], words_for(me())
    found = search(me(), text, words.today)
    return answer(
        "admin/search.html",
        "listing",
        text=text,
        found=found,
        pages=_pages(text),
        place_of=_place_of,
        words=words,
        moves=Movements(words, programme_in_force()),
    )


def _pages(text: str) -> list[Place]:
    wanted = text.casefold()
    return [place for group in rail_of(me()) for place in group.places if wanted and wanted in place.word.casefold()]


def _place_of(defined: Defined) -> str:
    return PLACES[defined.kind].format(key=defined.key)
