"""An admin's first page: what is left to set up, how the programme does, how the house does, and what was changed last."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, request
from flask.typing import ResponseReturnValue

from rewards.earning.granting import adjust
from rewards.earning.in_force import programme_in_force
from rewards.insights.overview import Overview, count_people, loyalty_overview
from rewards.insights.running import running_at
from rewards.insights.windows import DAY
from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.values import readable
from rewards.ledger.models import XP
from rewards.people.audit import Wanted, entries
from rewards.people.models import Role
from rewards.shop.queries import count_by_status
from rewards.web.access import me
from rewards.web.answering import answer, wants_part
from rewards.web.words import Words, words_for

home = Blueprint("home", __name__)

TEST_XP = 20
ENTRIES = 5
# Whether the list of first steps is wanted is a matter of this browser.
STEPS_COOKIE = "first_steps"
STEPS_GONE = "gone"
YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do before a programme runs."""

    word: str
    text: str
    href: str
    is_done: bool


@home.get("")
def show() -> ResponseReturnValue:
    """The overview."""
    person = me()
    words = words_for(person)
    overview = loyalty_overview(words.today)
    steps = _steps(overview, count_people())
    return answer(
        "admin/home.html",
        words=words,
        overview=overview,
        changes=_changes(overview, words),
        finding=_finding(overview, words),
        steps=steps if request.cookies.get(STEPS_COOKIE) != STEPS_GONE and not all(step.is_done for step in steps) else [],
        is_fresh=not overview.in_all.sums.xp,
        running=running_at(clock.now()),
        entries=entries(Wanted(), limit=ENTRIES),
        readable=readable,
        test_xp=TEST_XP,
        redemptions=count_by_status(),
    )


@home.get("/system")
def show_system() -> ResponseReturnValue:
    """How the house does, by itself: asked for every minute while somebody looks."""
    if not wants_part():
        return redirect("/admin", 303)
    return answer("admin/home.html", "system", words=words_for(me()), running=running_at(clock.now()))


@home.post("/first-steps/dismissal")
def dismiss_steps() -> ResponseReturnValue:
    """Somebody knows what to do."""
    response = make_response(redirect("/admin", 303))
    response.set_cookie(STEPS_COOKIE, STEPS_GONE, max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@home.post("/test-award")
def award_test() -> ResponseReturnValue:
    """The first XP of a fresh programme, to whoever presses the button; once, however often it is pressed."""
    admin_id = me().id
    with db.write():
        adjust(
            user_id=admin_id,
            asset=XP,
            amount=TEST_XP,
            reason="A test of the programme",
            actor_id=admin_id,
            idempotency_key=f"test-award:{admin_id}",
        )
    return redirect("/admin", 303)


def _steps(overview: Overview, people: Mapping[str, int]) -> list[Step]:
    activities = programme_in_force().activities.values()
    return [
        Step("Choose what counts", "Activities, and what each is worth.", "/admin/activities", any(one.active for one in activities)),
        Step("See the first XP arrive", "Log something for a client, or award yourself a test.", "", bool(overview.in_all.sums.xp)),
        Step("Invite a coach", "Coaches look after their own clients.", "/admin/invitations", bool(people[Role.COACH])),
        Step("Invite a client", "They get a mail with a link and choose a password.", "/admin/invitations", bool(people[Role.CLIENT])),
    ]


def _changes(overview: Overview, words: Words) -> dict[str, str]:
    """How each figure of the last 30 days compares to the 30 before."""
    recent, before = overview.recent, overview.before
    return {
        "xp": _change(recent.sums.xp, before.sums.xp, words),
        "people": _change(recent.people_with_xp, before.people_with_xp, words),
        "events": _change(recent.sums.events, before.sums.events, words),
    }


def _change(now: int, before: int, words: Words) -> str:
    if before <= 0:
        return "none in the 30 days before" if now else ""
    percent = round(100 * (now - before) / before)
    if not percent:
        return "as in the 30 days before"
    return f"{'up' if percent > 0 else 'down'} {words.number(abs(percent))}% on the 30 days before"


def _finding(overview: Overview, words: Words) -> str:
    best = max(overview.days, key=lambda one: one.sums.xp)
    if best.sums.xp <= 0:
        return "No XP in the last 30 days."
    day = words.day(best.day)
    # Today and yesterday are words, not names.
    day = day.lower() if best.day >= words.today - DAY else day
    total, most = words.number(overview.recent.sums.xp), words.number(best.sums.xp)
    return f"{total} XP in 30 days. The best day was {day} with {most}."
