"""A coach's clients as a list: by view, by name, in any order; as a file; and one achievement for several of them at once."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.achievements.identities import achievement_ids
from rewards.earning.compiled import CompiledAchievement
from rewards.earning.granting import award_achievement
from rewards.earning.in_force import programme_in_force
from rewards.insights.people import View
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.people.models import User
from rewards.people.queries import client_of
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.exporting import Cell, csv_answer
from rewards.web.roster import Roster, Row

clients = Blueprint("clients", __name__, url_prefix="/clients")

PLACE = "/coach/clients"
VIEWS = {View.ALL: "All", View.ATTENTION: "Needs attention", View.QUIET: "Quiet", View.ON_TRACK: "On track", View.NEW: "New"}
HEADER = ("id", "name", "email", "status", "level", "xp", "points", "streak", "last_activity", "joined_on")
AT_ONCE_MAX = 100


@clients.get("")
def show() -> ResponseReturnValue:
    """A page of them; `?gave=` and `?had=` say what an award for several came to."""
    return _page()


@clients.get("/export.csv")
def export() -> ResponseReturnValue:
    """Everybody whom the list shows."""
    return csv_answer("clients", HEADER, map(_cells, Roster(me(), request.args).everybody()))


@clients.post("/award")
def award_several() -> ResponseReturnValue:
    """Give one manual achievement to everybody who is ticked; who has it already keeps it."""
    coach = me()
    key = next((one.key for known_id, one in awardable(coach) if str(known_id) == request.form.get("achievement")), None)
    ticked = [client_of(coach, user_id) for user_id in dict.fromkeys(request.form.getlist("client", type=int))]
    if key is None or not 0 < len(ticked) <= AT_ONCE_MAX:
        wrong = "Choose an achievement." if key is None else f"Tick 1 to {AT_ONCE_MAX} clients first."
        return _page(problems={"achievement" if key is None else "": wrong}, status=422)
    gave = sum(_award(client.id, key, coach.id) for client in ticked)
    return redirect(f"{PLACE}?gave={gave}&had={len(ticked) - gave}", 303)


def awardable(coach: User) -> list[tuple[int, CompiledAchievement]]:
    """What a coach can give by hand, with its id, by name."""
    found = [one for one in programme_in_force().achievements if one.active and one.type == "manual" and one.coach_id in (None, coach.id)]
    ids = achievement_ids(one.key for one in found)
    return sorted(((ids[one.key], one) for one in found), key=lambda pair: pair[1].name.casefold())


def _award(user_id: int, key: str, coach_id: int) -> bool:
    try:
        # Each for itself: what is refused for one is not taken from the others.
        with db.write():
            award_achievement(user_id=user_id, achievement=key, awarded_by=coach_id)
    except Refused:
        return False
    return True


def _page(problems: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    roster = Roster(me(), request.args)
    return answer(
        "coach/clients.html",
        "listing",
        status=status,
        roster=roster,
        words=roster.words,
        views=VIEWS,
        problems=problems or {},
        ticked=set(request.form.getlist("client")),
        awardable=[("", "Choose"), *((known_id, one.name) for known_id, one in awardable(me()))],
        gave=request.args.get("gave", type=int),
        had=request.args.get("had", type=int),
    )


def _cells(row: Row) -> tuple[Cell, ...]:
    person = row.person
    about = (person.id, person.name, person.email, person.status, row.level.name)
    return *about, row.xp, row.points, row.streak.current, row.last_day, person.joined_on
