"""A client's circle: the goal of the week, who is in it, what they did, cheers, and whether the others see what one does."""

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from rewards.circles.cheering import cheer, show_activity, stop_cheering
from rewards.circles.members import Member
from rewards.circles.models import ItemKind
from rewards.circles.queries import PAGE_ROWS, Item, count_new, feed_of, item_seen_by
from rewards.kit.database import db
from rewards.web.access import me
from rewards.web.answering import answer, wants_part
from rewards.web.client.desk import Desk

circle = Blueprint("circle", __name__, url_prefix="/circle")

PLACE = "/client/circle"
TOLD = {
    "shown": "Shown. The others see your XP this week, and what you earned since you joined.",
    "hidden": "Hidden. The others see nothing of what you do.",
}


@circle.get("")
def show() -> ResponseReturnValue:
    """The circle; `?sort=xp` puts whoever earned most first, `?before=ID` goes on in the feed, `?told=WHAT` says what was done."""
    desk = Desk(me())
    standing = desk.circle_standing
    if desk.circle is None or standing is None or not standing.has_begun:
        return answer("client/no_circle.html", desk=desk)
    before = request.args.get("before", type=int)
    items = feed_of(desk.circle, desk.person, before_id=before, limit=PAGE_ROWS + 1)
    sort = "xp" if request.args.get("sort") == "xp" else ""
    return answer(
        "client/circle.html",
        "more",
        desk=desk,
        members=sorted(standing.members, key=_by_xp) if sort else standing.members,
        sort=sort,
        items=items[:PAGE_ROWS],
        has_more=len(items) > PAGE_ROWS,
        before=before,
        about=lambda item: about(item, desk),
        told=TOLD.get(request.args.get("told", "")),
    )


@circle.get("/news")
def show_news() -> ResponseReturnValue:
    """How much others have told since `?after=ID`: asked now and then by a page that stays open."""
    desk = Desk(me())
    count = count_new(desk.circle, desk.person, after_id=request.args.get("after", 0, type=int)) if desk.circle else 0
    return make_response(render_template("client/_circle_news.html", count=count, words=desk.words))


@circle.post("/visibility")
def choose_visibility() -> ResponseReturnValue:
    """Show the others what one does, with `shows`, or hide it, without."""
    shows, person = "shows" in request.form, me()
    with db.write():
        show_activity(person=person, shows=shows)
    return redirect(f"{PLACE}?told={'shown' if shows else 'hidden'}", 303)


@circle.post("/feed/<int:item_id>/cheer")
def give_cheer(item_id: int) -> ResponseReturnValue:
    """Cheer for what somebody did."""
    person = me()
    with db.write():
        cheer(item_id=item_id, person=person)
    return _cheered(item_id)


@circle.post("/feed/<int:item_id>/cheer/removal")
def take_cheer_back(item_id: int) -> ResponseReturnValue:
    """Take it back."""
    person = me()
    with db.write():
        stop_cheering(item_id=item_id, person=person)
    return _cheered(item_id)


def about(item: Item, desk: Desk) -> str:
    """What a line tells, after the name."""
    verb_has = "have" if item.is_mine else "has"
    match item.kind:
        case ItemKind.LEVEL:
            return f"{verb_has} reached {item.level}"
        case ItemKind.ACHIEVEMENT:
            return f"{verb_has} unlocked {_achievement(item, desk)}"
        case _:
            return desk.activity_name(item.activity or "")


def _achievement(item: Item, desk: Desk) -> str:
    key = item.achievement or ""
    known = desk.achievement(key)
    is_mine = any(unlock.achievement == key for unlock in desk.unlocks)
    # Whoever has not found it yet still has something to find.
    return "a secret achievement" if known and known.document.secret and not is_mine else desk.achievement_name(key)


def _by_xp(member: Member) -> tuple[bool, int]:
    # Who shows nothing is last, in the order of the names.
    return member.xp is None, -(member.xp or 0)


def _cheered(item_id: int) -> ResponseReturnValue:
    before = request.form.get("before", type=int)
    if not wants_part():
        return redirect(f"{PLACE}{f'?before={before}' if before else ''}#item-{item_id}", 303)
    # Read anew: the write block has closed what was read before it.
    desk = Desk(me())
    item = item_seen_by(desk.person, item_id)
    return make_response(render_template("client/_feed_item.html", item=item, text=about(item, desk), words=desk.words, before=before))
