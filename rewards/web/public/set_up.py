"""The first run: whoever can read what the server printed makes the admin, names the programme and chooses where to start."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.activities.documents import ProgrammeSettings
from rewards.activities.registry import registry_in_force
from rewards.demo.backstage import backstage
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.kit.installation import settings_in_force
from rewards.kit.written import read_part
from rewards.people.models import Role
from rewards.people.passwords import hash_password
from rewards.people.setting_up import is_set_up_token, needs_set_up, set_up_admin
from rewards.people.signing_in import Proof
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.programme.kits import KITS, choose_kits
from rewards.web.access import visitor
from rewards.web.answering import answer
from rewards.web.cities import zone_of
from rewards.web.public.sign_in import enter
from rewards.web.refusing import problems_of
from rewards.web.settings_words import settings_problems
from rewards.web.throttling import slow_down

set_up = Blueprint("set_up", __name__, url_prefix="/setup")

STEPS = ("You", "Programme", "Start")
USED_RATE = "30 per 15 minutes"
BLANK = "blank"
STARTS = (
    ("fitness", "Fitness", "Workouts, meals, check-ins and streaks; Bronze to Platinum."),
    ("community", "Community", "Quizzes, projects, challenges and feedback, in six categories."),
    (BLANK, "Blank", "Nothing is switched on. Everything is there to be switched on later."),
)


@set_up.get("")
def show() -> ResponseReturnValue:
    """Step 1: who administers. It needs the token that the server printed; afterwards it is gone."""
    return _you({}, {})


@set_up.post("")
@slow_down(USED_RATE)
def make_admin() -> ResponseReturnValue:
    """Make the first admin and go on signed in: what follows is theirs alone."""
    typed = {name: request.form.get(name, "").strip() for name in ("name", "email", "timezone")}
    zone = zone_of(typed["timezone"]) if typed["timezone"] else "UTC"
    try:
        hashed = hash_password(request.form.get("password", ""))
        with db.write():
            user = set_up_admin(token=_token(), email=typed["email"], name=typed["name"], password=hashed, timezone=zone)
            proof = Proof(user.id, user.stamp)
    except (Invalid, Refused) as error:
        return _you(typed, problems_of(error), status=422)
    enter(proof)
    return redirect("/setup/programme", 303)


@set_up.get("/programme")
def show_programme() -> ResponseReturnValue:
    """Step 2: what people will read."""
    _only_admins()
    return _programme({}, {})


@set_up.post("/programme")
def name_programme() -> ResponseReturnValue:
    """Save it as any other change of the settings."""
    admin_id = _only_admins()
    typed = {name: request.form.get(name, "").strip() for name in ("name", "points_word", "currency", "timezone", "accent")}
    try:
        wanted = read_part(ProgrammeSettings, {**typed, "timezone": zone_of(typed["timezone"]), "accent": typed["accent"] or None})
        with db.write():
            change_programme(document=ProgrammeDocument(programme=wanted), actor_id=admin_id, note="Set-up")
    except Invalid as error:
        return _programme(typed, settings_problems(error), status=422)
    return redirect("/setup/start", 303)


@set_up.get("/start")
def show_start() -> ResponseReturnValue:
    """Step 3: what is switched on to begin with, and whether there is anybody to look around with."""
    _only_admins()
    return _start("fitness", {})


@set_up.post("/start")
def start() -> ResponseReturnValue:
    """Switch it on, and show the overview with what to do next."""
    admin_id, chosen = _only_admins(), request.form.get("start", "")
    if chosen not in (*KITS, BLANK):
        return _start("", {"start": "Choose where to start."}, status=422)
    with db.write():
        choose_kits(names=[] if chosen == BLANK else [chosen], actor_id=admin_id)
    if "people" not in request.form:
        return redirect("/admin", 303)
    backstage.play(settings_in_force().secret_key)
    return redirect("/setup/people", 303)


@set_up.get("/people")
def show_people() -> ResponseReturnValue:
    """Who lives on this desk to look around with, and how far their story is."""
    _only_admins()
    scene = backstage.scene(settings_in_force().secret_key)
    if scene is None and not backstage.is_playing:
        raise NotFound("demonstration")
    return answer("public/set_up_people.html", "story", scene=scene)


@set_up.post("/people")
def go_on() -> ResponseReturnValue:
    """Play the rest of a story that was cut off."""
    _only_admins()
    if backstage.scene(settings_in_force().secret_key) is None:
        raise NotFound("demonstration")
    backstage.play(settings_in_force().secret_key)
    return redirect("/setup/people", 303)


def _start(chosen: str, problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    context = {"steps": STEPS, "starts": STARTS, "chosen": chosen, "problems": problems, "people": "people" in request.form}
    return answer("public/set_up_start.html", status=status, **context)


def _token() -> str:
    return request.values.get("token", "")


def _only_admins() -> int:
    person = visitor()
    if person is None or person.role != Role.ADMIN:
        raise NotFound("set-up")
    return person.id


def _you(typed: dict[str, str], problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    if not needs_set_up():
        raise NotFound("set-up")
    is_good = is_set_up_token(_token())
    context = {"steps": STEPS, "typed": typed, "problems": problems, "token": _token(), "is_good": is_good}
    return answer("public/set_up.html", status=status if is_good else 403, **context)


def _programme(typed: dict[str, str], problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    person = visitor()
    values = registry_in_force().settings.model_dump() | ({"timezone": person.timezone} if person else {}) | typed
    return answer("public/set_up_programme.html", status=status, steps=STEPS, values=values, problems=problems)
