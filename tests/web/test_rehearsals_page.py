"""An admin tries a draft on what really happened before it is saved, reads whom it moves, and decides what becomes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.earning.outcomes import AwardPoints
from rewards.kit import sql
from rewards.ledger.queries import balances_of
from rewards.programme import rehearsals
from rewards.programme.applying import work_on_rehearsals
from rewards.programme.rulebook import rule_named
from rewards.programme.verifying import verify
from tests.programmes import define, did, play
from tests.web.browser import HTMX, form_of, submit
from tests.web.conftest import somebody

NOW = datetime(2026, 3, 4, 18, tzinfo=UTC)
DAY = timedelta(days=1)
EXTRA = {
    "key": "extra",
    "description": "Extra",
    "pattern": {"activity": "workout_logged"},
    "outcome": {"type": "award_points", "points": 10, "xp": 10},
}


@pytest.fixture(autouse=True)
def evening(clock):
    clock.set_to(NOW)


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """However slow the machine is just now, a page waits until it is done."""
    for page in ("rehearsing", "rehearsals"):
        monkeypatch.setattr(f"rewards.web.admin.{page}.PATIENCE_SECONDS", 600.0)


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


@pytest.fixture
def ada(site, database):
    """She worked out on three days, and Cy on one."""
    define(rules=[EXTRA])
    with database.read():
        ada, cy = somebody("ada").id, somebody("cy").id
    play(*(did(ada, at=NOW - number * DAY) for number in range(3)), did(cy, at=NOW - DAY))
    return ada


def dry_run(dee, path, form_id, headers=None, **typed):
    answer = submit(dee, form_of(dee.get(path), form_id), headers, rehearse="1", **typed)
    place = answer.headers.get("HX-Redirect") or answer.location
    assert place, answer.text
    return place


def rule_run(dee, headers=None, **typed):
    return dry_run(dee, "/admin/rules/extra/edit", "rule", headers, **typed)


def extra_points():
    outcome = rule_named("extra").outcome
    assert isinstance(outcome, AwardPoints)
    return outcome.points


def points(database, user_id):
    with database.read():
        return balances_of(user_id)["points"]


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_a_dry_run_of_a_rule_says_what_it_would_have_paid_and_saves_nothing(dee, ada, database, headers):
    before = points(database, ada)
    page = dee.get(rule_run(dee, headers, points="30")).text
    assert "Dry run: Rule Extra" in page
    assert "200 points in 30 days instead of 120: +80." in page
    assert "Ada" in page
    assert "+60 points" in page
    assert "Nothing has changed yet" in page
    assert points(database, ada) == before
    with database.read():
        assert extra_points() == 10


def test_what_is_wrong_is_said_beside_its_field_and_everything_typed_stays(dee, ada, database):
    form = form_of(dee.get("/admin/rules/extra/edit"), "rule")
    answer = submit(dee, form, rehearse="1", points="many", description="Twice as much")
    assert answer.status_code == 422
    assert "Enter a whole number" in answer.text
    assert form_of(answer, "rule")["description"] == "Twice as much"
    with database.read():
        assert sql.value("SELECT count(*) FROM rehearsals") == 0


def test_the_draft_comes_back_into_the_form(dee, ada):
    place = rule_run(dee, points="30", description="Much more")
    page = dee.get(place).text
    back = f"/admin/rules/extra/edit?draft={place.rpartition('/')[2]}"
    assert back in page
    form = form_of(dee.get(back), "rule")
    assert (form["points"], form["description"]) == ("30", "Much more")


@pytest.mark.parametrize(
    ("path", "form_id", "typed", "said"),
    [
        ("/admin/rules/create", "rule", {"description": "More", "activity": "workout_logged", "points": "5"}, "+20."),
        ("/admin/activities/workout_logged/edit", "activity", {"points": "25"}, "+20."),
        (
            "/admin/activities/create",
            "activity",
            {"name": "Sauna", "key": "sauna_taken", "points": "5"},
            "It changes nothing on these days",
        ),
        ("/admin/levels/2/edit", "level", {"xp_required": "60"}, "Ada"),
        (
            "/admin/achievements/create",
            "achievement",
            {"name": "Three", "type": "automatic", "condition_type": "workout_count", "condition_value": "3", "points_reward": "7"},
            "1 more would have it",
        ),
    ],
)
def test_every_form_of_the_programme_can_be_tried(dee, ada, path, form_id, typed, said):
    place = dry_run(dee, path, form_id, **typed)
    page = dee.get(place).text
    assert said in page
    assert "Change the draft" in page
    assert f"?draft={place.rpartition('/')[2]}" in page


def test_saved_from_now_on_it_moves_nothing(dee, ada, database):
    place = rule_run(dee, points="30")
    before = points(database, ada)
    answer = dee.post(f"{place}/application", data={"mode": "forward", **token(dee, place)})
    assert answer.location == place
    assert points(database, ada) == before
    with database.read():
        assert extra_points() == 30
    assert "It holds for what is recorded from now on." in dee.get(place).text
    assert "from now on" in dee.get("/admin/rules").text


def token(browser, place):
    return {"csrf_token": form_of(browser.get(place), "repeat")["csrf_token"]}


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_restating_asks_first_with_its_numbers_and_then_corrects(dee, ada, database, headers):
    place = rule_run(dee, points="1")
    asked = dee.get(f"{place}/application?mode=restate", headers=headers)
    assert "About 36 points are taken back, but never more than somebody has." in asked.text
    answer = submit(dee, form_of(asked, "application-form"), headers)
    assert (answer.headers.get("HX-Redirect") or answer.location) == place
    assert points(database, ada) == 3 * 21
    page = dee.get(place).text
    assert "4 corrections" in page
    assert "36 points" in page
    with database.read():
        assert verify() == []


def test_topping_up_gives_and_pressing_it_again_changes_nothing(dee, ada, database):
    place = rule_run(dee, points="30")
    form = form_of(dee.get(f"{place}/application?mode=top_up"), "application-form")
    assert submit(dee, form).location == place
    assert submit(dee, form).location == place
    assert points(database, ada) == 3 * 50


def test_a_draft_is_not_put_in_force_over_what_has_changed_since(dee, ada):
    place = rule_run(dee, points="30")
    define(rules=[{**EXTRA, "outcome": {"type": "award_points", "points": 11}}])
    answer = dee.post(f"{place}/application", data={"mode": "forward", **token(dee, place)})
    assert answer.status_code == 409
    assert "The programme has changed since this was rehearsed. Rehearse it again first." in answer.text
    again = submit(dee, form_of(answer, "repeat"))
    assert again.status_code == 303
    assert dee.post(f"{again.location}/application", data={"mode": "forward", **token(dee, place)}).status_code == 303


@pytest.mark.parametrize("days", ["0", "none", "9999", ""])
def test_days_that_are_none_are_refused_with_words(dee, ada, days):
    answer = submit(dee, form_of(dee.get(rule_run(dee)), "repeat"), days=days)
    assert answer.status_code == 422
    assert 'id="days-problem"' in answer.text
    assert form_of(answer, "repeat")["days"] == days


def test_other_days_are_another_dry_run(dee, ada):
    answer = submit(dee, form_of(dee.get(rule_run(dee, points="30")), "repeat"), days="1")
    assert "50 points in 1 day instead of 30: +20." in dee.get(answer.location).text


def test_what_takes_longer_than_a_page_waits_goes_on_behind_it(dee, ada, monkeypatch):
    monkeypatch.setattr("rewards.web.admin.rehearsing.PATIENCE_SECONDS", -1.0)
    place = rule_run(dee, points="30")
    page = dee.get(place).text
    assert "1 of 2 people" in page
    assert "you can leave this page" in page
    part = dee.get(place, headers=HTMX)
    assert 'hx-trigger="load delay:2s"' in part.text
    assert "<html" not in part.text
    assert work_on_rehearsals() == 1
    assert dee.get(place, headers=HTMX).headers["HX-Refresh"] == "true"
    assert "+80." in dee.get(place).text


def test_what_could_not_be_rehearsed_says_why_and_can_be_asked_for_again(dee, ada, database, monkeypatch):
    monkeypatch.setattr("rewards.web.admin.rehearsing.PATIENCE_SECONDS", -1.0)
    place = rule_run(dee)
    rehearsals.give_up(int(place.rpartition("/")[2]), "The levels do not rise.")
    page = dee.get(place).text
    assert "It could not be rehearsed: The levels do not rise." in page
    assert "Rehearse again" in page


@pytest.mark.parametrize("path", ["/admin/rehearsals/{}", "/admin/rules/create?draft={}", "/admin/levels/2/edit?draft={}"])
@pytest.mark.parametrize("number", [7, 2**70])
def test_a_dry_run_that_is_not_there_is_not_found(dee, path, number):
    assert dee.get(path.format(number)).status_code == 404


def test_what_was_only_tried_is_forgotten(dee, ada, clock, database):
    place = rule_run(dee)
    clock.set_to(NOW + rehearsals.KEPT + DAY)
    dee.get("/admin/rules")
    rule_run(dee)
    assert dee.get(place).status_code == 404
