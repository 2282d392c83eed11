"""A coach's circles: who is in each, what they mean to reach in a week, and how far they have come."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rewards.circles.gathering import change_circle, end_circle, make_circle, set_members
from rewards.circles.overseeing import OwnCircle, candidates_for, circles_of, members_of, own_circle
from rewards.circles.weeks import week_in
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.people.queries import ID
from rewards.web.access import me
from rewards.web.answering import answer, leave_for
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed
from rewards.web.words import words_for

circles = Blueprint("circles", __name__, url_prefix="/circles")

PLACE = "/coach/circles"
TOLD = {
    "made": "Made. It stands on the pages of its members from now on.",
    "changed": "Saved.",
    "ended": "Ended. What everybody earned stays theirs.",
}
SAID = {"name": "Enter a name of at most 60 characters.", "goal_xp": "Enter a whole number above 0, or nothing for no goal."}
# So many clients can be ticked at once; of more, a search finds the others.
CANDIDATES_MAX = 60


@circles.get("")
def show() -> ResponseReturnValue:
    """All of them; `?told=WHAT` says what was done."""
    coach = me()
    told = TOLD.get(request.args.get("told", ""))
    return answer("coach/circles.html", circles=circles_of(coach), week=week_in(coach.timezone), words=words_for(coach), told=told)


@circles.get("/create")
def ask_for_circle() -> ResponseReturnValue:
    """The form for a new one; `?q=NAME` looks for clients."""
    return _form(None, {"name": "", "goal_xp": "", "member": []}, {})


@circles.post("/create")
def create() -> ResponseReturnValue:
    """A new one."""
    typed, coach = Typed(request.form, many=("member",)), me()
    try:
        goal = _goal(typed)
        with db.write():
            made = make_circle(name=typed.text("name") or "", goal_xp=goal, actor=coach)
            set_members(circle_id=made.id, user_ids=_ticked(typed), actor=coach)
    except (Invalid, Refused) as error:
        return _form(None, typed, problems_of(error, SAID), status=422)
    return leave_for(f"{PLACE}?told=made")


@circles.get("/<int:circle_id>")
def show_one(circle_id: int) -> ResponseReturnValue:
    """How far it has come this week, and the form with what holds now; `?q=NAME` looks for clients."""
    coach = me()
    found = own_circle(coach, circle_id)
    ticked = [str(one.user_id) for one in members_of(coach, circle_id)]
    return _form(found, {"name": found.name, "goal_xp": found.goal_xp or "", "member": ticked}, {})


@circles.post("/<int:circle_id>")
def change(circle_id: int) -> ResponseReturnValue:
    """Another name, another goal, other members."""
    typed, coach = Typed(request.form, many=("member",)), me()
    own_circle(coach, circle_id)
    try:
        goal = _goal(typed)
        with db.write():
            change_circle(circle_id=circle_id, name=typed.text("name") or "", goal_xp=goal, actor=coach)
            set_members(circle_id=circle_id, user_ids=_ticked(typed), actor=coach)
    except (Invalid, Refused) as error:
        return _form(own_circle(coach, circle_id), typed, problems_of(error, SAID), status=422)
    return leave_for(f"{PLACE}?told=changed")


@circles.get("/<int:circle_id>/ending")
def ask_to_end(circle_id: int) -> ResponseReturnValue:
    """What ending it would do."""
    return answer("coach/circle_ending.html", "dialog", circle=own_circle(me(), circle_id))


@circles.post("/<int:circle_id>/ending")
def end(circle_id: int) -> ResponseReturnValue:
    """Nobody is in it any more."""
    coach = me()
    with db.write():
        end_circle(circle_id=circle_id, actor=coach)
    return leave_for(f"{PLACE}?told=ended")


def _goal(typed: Typed) -> int | None:
    goal = typed.whole("goal_xp")
    typed.check()
    return goal


def _ticked(typed: Mapping[str, Any]) -> list[int]:
    # What is no id at all is nobody's.
    return [int(text) if ID.fullmatch(text) else 0 for text in typed["member"]]


def _form(found: OwnCircle | None, typed: Mapping[str, Any], problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    coach, search = me(), request.args.get("q", "")[:100]
    members = members_of(coach, found.id) if found else []
    others = candidates_for(coach, found.id if found else None, text=search, limit=CANDIDATES_MAX + 1)
    return answer(
        "coach/circle.html",
        "candidates" if request.args.get("q") is not None and request.method == "GET" else "form",
        status=status,
        circle=found,
        members=members,
        # Who is in another circle has to leave that one first.
        candidates=[one for one in others[:CANDIDATES_MAX] if one.circle is None],
        elsewhere=[one for one in others[:CANDIDATES_MAX] if one.circle is not None],
        has_more=len(others) > CANDIDATES_MAX,
        search=search,
        ticks=lambda people: [(str(one.user_id), one.name) for one in people],
        typed={"name": "", "goal_xp": "", **typed},
        problems=problems,
        place=f"{PLACE}/{found.id}" if found else f"{PLACE}/create",
        week=week_in(coach.timezone),
        words=words_for(coach),
    )
