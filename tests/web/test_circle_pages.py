"""Circles on pages: what members see, cheer for and show; what a coach makes of them. Each works without a script too."""

import re

import pytest

from rewards.circles.cheering import show_activity
from rewards.circles.gathering import make_circle, set_members
from rewards.earning.granting import award_achievement
from rewards.kit import clock, sql
from rewards.people.joining import add_user
from tests.programmes import define, did, play
from tests.web.browser import HTMX, form_of, forms_of, submit
from tests.web.conftest import on_sqlite, somebody


class Circles:
    """Bo's circle. Each deed is a write block of its own."""

    def __init__(self, database):
        self.database = database

    def make(self, *names, goal_xp=100, name="Early birds", coach="bo"):
        with self.database.write():
            circle = make_circle(name=name, goal_xp=goal_xp, actor=somebody(coach))
            set_members(circle_id=circle.id, user_ids=[somebody(one).id for one in names], actor=somebody(coach))
        return circle.id

    def join(self, *names, coach="bo"):
        """New clients of a coach's."""
        with self.database.write():
            for name in names:
                coach_id = somebody(coach).id
                add_user(email=f"{name}@example.com", name=f"{name.title()} Stone", role="client", timezone="UTC", coach_id=coach_id)

    def show(self, *names):
        with self.database.write():
            for name in names:
                show_activity(person=somebody(name), shows=True)

    def act(self, name, times=1, activity="workout_logged"):
        with self.database.read():
            user_id = somebody(name).id
        play(*[did(user_id, activity, clock.now()) for _ in range(times)])

    def value(self, question, *params):
        with self.database.read():
            return sql.value(question, params)


@pytest.fixture
def circles(site, database):
    return Circles(database)


@pytest.fixture
def bo(sign_in):
    return sign_in("bo")


@pytest.fixture
def ben(sign_in):
    return sign_in("ben")


def lines(page):
    """What stands in the feed."""
    found = re.findall(r'<li id="item-\d+".*?</li>', page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def cheers(page):
    """The forms to cheer with."""
    return [form for form in forms_of(page) if "/cheer" in form.action]


def test_who_is_in_no_circle_has_no_place_for_it(ada, circles):
    home = ada.get("/client")
    assert 'href="/client/circle"' not in home.text
    page = ada.get("/client/circle")
    assert page.status_code == 200
    assert "Your circle starts when two people join" in page.text


def test_a_circle_starts_when_two_people_join(ada, circles):
    circles.make("ada")
    page = ada.get("/client/circle")
    assert 'href="/client/circle"' in page.text
    assert "Your circle starts when two people join" in page.text
    assert "Your circle this week" not in ada.get("/client").text


def test_the_goal_the_members_and_what_they_show_stand_on_one_page(ada, circles):
    circles.make("ada", "ben", goal_xp=100)
    circles.act("ada")
    circles.act("ben", times=2)
    page = ada.get("/client/circle")
    assert "60 of 100 XP together, 40 XP to go" in page.text
    assert "Not shown" in page.text
    assert [line.split(" · ")[0] for line in lines(page)] == ["You : Workout logged +20 XP"]
    circles.show("ben")
    page = ada.get("/client/circle")
    assert "Not shown" not in page.text
    assert len(lines(page)) == 3
    assert "60 of 100 XP together" in ada.get("/client").text


def test_members_stand_by_name_unless_one_asks_who_earned_most(ada, circles):
    circles.make("ada", "ben")
    circles.show("ada", "ben")
    circles.act("ben")
    by_name, by_xp = ada.get("/client/circle"), ada.get("/client/circle?sort=xp")
    assert by_name.text.index("Ada (you)") < by_name.text.index(">Ben<")
    assert by_xp.text.index(">Ben<") < by_xp.text.index("Ada (you)")


def test_one_tap_shows_and_hides_what_somebody_does(ada, ben, circles):
    circles.make("ada", "ben")
    circles.act("ada")
    page = submit(ada, form_of(ada.get("/client/circle"), "visibility"))
    assert page.location == "/client/circle?told=shown"
    assert "Shown." in ada.get(page.location).text
    assert len(lines(ben.get("/client/circle"))) == 1
    submit(ada, form_of(ada.get("/client/circle"), "visibility"))
    assert lines(ben.get("/client/circle")) == []


def test_the_settings_say_the_same(ada, ben, circles):
    assert "Your circle" not in ada.get("/client/settings").text
    circles.make("ada", "ben")
    circles.act("ada")
    done = submit(ada, form_of(ada.get("/client/settings"), "circle"), shows="y")
    assert "what the others in your circle see" in ada.get(done.location).text
    assert len(lines(ben.get("/client/circle"))) == 1
    form = form_of(ada.get("/client/settings"), "circle")
    assert form.pop("shows") == "y"
    submit(ada, form)
    assert lines(ben.get("/client/circle")) == []


def test_a_cheer_is_given_and_taken_back_without_a_script(ada, circles):
    circles.make("ada", "ben")
    circles.show("ben")
    circles.act("ben")
    [form] = cheers(ada.get("/client/circle"))
    answer = submit(ada, form)
    assert (answer.status_code, answer.location.startswith("/client/circle#item-")) == (303, True)
    page = ada.get("/client/circle")
    assert 'aria-pressed="true"' in page.text
    [form] = cheers(page)
    assert form.action.endswith("/cheer/removal")
    submit(ada, form)
    assert circles.value("SELECT count(*) FROM cheers") == 0


def test_a_cheer_answers_with_its_line_alone_and_counts_once(ada, ben, circles):
    circles.make("ada", "ben")
    circles.show("ben")
    circles.act("ben")
    [form] = cheers(ada.get("/client/circle"))
    for _ in range(2):
        part = submit(ada, form, HTMX)
        assert part.text.lstrip().startswith("<li")
        assert 'aria-pressed="true"' in part.text
    assert circles.value("SELECT count(*) FROM cheers") == 1
    assert "1 cheer" in " ".join(lines(ben.get("/client/circle")))


def test_a_feed_goes_on_where_it_ended(ada, circles, questions):
    circles.make("ada", "ben")
    circles.show("ben")
    circles.act("ben", times=20)
    page = ada.get("/client/circle")
    assert len(lines(page)) == 15
    more = re.search(r'href="(/client/circle\?before=\d+)', page.text)
    assert more
    rest = ada.get(more[1])
    assert len(lines(rest)) >= 5
    assert 'aria-pressed="false"' in rest.text
    with questions() as asked:
        part = ada.get(more[1], headers=HTMX)
    assert "<html" not in part.text
    assert lines(part) == lines(rest)
    assert "data-focus" in part.text
    assert len([one for one in asked if one != "BEGIN"]) <= 4


def test_a_cheer_further_down_leads_back_to_where_it_was(ada, circles):
    circles.make("ada", "ben")
    circles.show("ben")
    circles.act("ben", times=20)
    more = re.search(r'href="(/client/circle\?before=\d+)', ada.get("/client/circle").text)
    assert more
    form = cheers(ada.get(more[1]))[-1]
    assert submit(ada, form).location.startswith(f"{more[1]}#item-")


def test_what_is_new_is_told_and_moves_nothing(ada, circles, questions):
    circles.make("ada", "ben")
    circles.show("ben")
    circles.act("ben")
    news = re.search(r'id="news"[^>]* hx-get="([^"]+)"', ada.get("/client/circle").text)
    assert news
    assert ada.get(news[1], headers=HTMX).text.strip() == ""
    circles.act("ada")
    circles.act("ben", times=3, activity="meal_logged")
    with questions() as asked:
        told = ada.get(news[1], headers=HTMX).text
    assert "3 new" in told
    assert len([one for one in asked if one != "BEGIN"]) <= 4


def test_a_secret_achievement_stays_one_for_who_has_not_found_it(ada, ben, circles, database):
    define(achievements=[{"key": "hush", "name": "Night owl", "type": "manual", "secret": True}])
    circles.make("ada", "ben")
    circles.show("ben")
    with database.write():
        award_achievement(user_id=somebody("ben").id, achievement="hush", awarded_by=somebody("bo").id)
    assert "has unlocked a secret achievement" in lines(ada.get("/client/circle"))[0]
    assert "have unlocked Night owl" in lines(ben.get("/client/circle"))[0]
    with database.write():
        award_achievement(user_id=somebody("ada").id, achievement="hush", awarded_by=somebody("bo").id)
    assert any("has unlocked Night owl" in line for line in lines(ada.get("/client/circle")))


def test_names_are_shown_as_text(ada, circles, database):
    circles.join("eva")
    circles.make("ada", "eva", name="<b>Owls</b>")
    with database.write():
        somebody("eva").name = "<i>Eva"
    circles.show("eva")
    circles.act("eva")
    text = ada.get("/client/circle").text
    assert "<b>Owls" not in text
    assert "<i>Eva" not in text


@on_sqlite
def test_a_full_circle_costs_no_more_questions(ada, circles, questions):
    names = [f"p{number:02}" for number in range(29)]
    circles.join(*names)
    circles.make("ada", *names)
    ada.get("/client/circle")
    with questions() as few:
        ada.get("/client/circle")
    circles.show(*names)
    for name in names[:5]:
        circles.act(name, times=3)
    with questions() as many:
        page = ada.get("/client/circle")
    assert len(many) == len(few)
    assert page.text.count("Stone") >= 29


def test_a_coach_makes_a_circle(bo, ada, circles):
    assert "Start your first circle" in bo.get("/coach/circles").text
    form = form_of(bo.get("/coach/circles/create"), "circle")
    with circles.database.read():
        ids = [somebody(name).id for name in ("ada", "ben")]
    done = submit(bo, form, name="Early birds", goal_xp="1,000", member=ids)
    assert done.location == "/coach/circles?told=made"
    page = bo.get(done.location)
    assert "2 members" in page.text
    assert "0 of 1,000 XP this week" in page.text
    assert "0 of 1,000 XP together" in ada.get("/client/circle").text


def test_what_is_wrong_is_said_and_what_was_typed_stays(bo, circles):
    form = form_of(bo.get("/coach/circles/create"), "circle")
    with circles.database.read():
        ada_id = somebody("ada").id
    page = submit(bo, form, name=" ", goal_xp="many", member=[ada_id])
    assert page.status_code == 422
    assert "<title>Error: New circle" in page.text
    assert "Enter a whole number above 0, or nothing for no goal." in page.text
    assert form_of(page, "circle")["goal_xp"] == "many"
    page = submit(bo, form, name=" ", goal_xp="0", member=[ada_id])
    assert "Enter a name of at most 60 characters." in page.text
    assert "Enter a whole number above 0, or nothing for no goal." in page.text
    assert form_of(page, "circle")["member"] == str(ada_id)
    assert circles.value("SELECT count(*) FROM circles") == 0
    part = submit(bo, form, HTMX, name="")
    assert part.status_code == 422
    assert part.text.lstrip().startswith("<form")


@pytest.mark.parametrize("member", ["999999", "x", "-1", "9" * 5_000])
def test_a_client_of_nobody_is_not_found_and_nothing_is_made(bo, circles, member):
    form = form_of(bo.get("/coach/circles/create"), "circle")
    assert submit(bo, form, name="Owls", member=[member]).status_code == 404
    assert circles.value("SELECT count(*) FROM circles") == 0


def test_a_coach_changes_name_goal_and_members_at_once(bo, circles):
    circle_id = circles.make("ada", "ben", goal_xp=100)
    circles.join("eva")
    page = bo.get(f"/coach/circles/{circle_id}")
    form = form_of(page, "circle")
    with circles.database.read():
        ada_id, eva_id = somebody("ada").id, somebody("eva").id
    done = submit(bo, form, name="Larks", goal_xp="", member=[ada_id, eva_id])
    assert done.status_code == 303
    page = bo.get(f"/coach/circles/{circle_id}")
    assert "Larks" in page.text
    assert form_of(page, "circle")["member"] == [str(ada_id), str(eva_id)]
    assert "0 XP together." in page.text


def test_who_is_in_another_circle_is_not_offered_and_is_refused(bo, circles):
    circles.make("ada", name="Early birds")
    page = bo.get("/coach/circles/create")
    assert "In another circle of yours already: Ada." in page.text
    with circles.database.read():
        ada_id = somebody("ada").id
    assert f'value="{ada_id}"' not in page.text
    page = submit(bo, form_of(page, "circle"), name="Owls", member=[ada_id])
    assert page.status_code == 422
    assert "Ada is in Early birds already. Take them out there first." in page.text


def test_of_many_clients_the_others_are_found_by_name(bo, circles):
    assert 'role="search"' not in bo.get("/coach/circles/create").text
    circles.join(*[f"q{number:02}" for number in range(70)], "zoe")
    page = bo.get("/coach/circles/create")
    assert "Zoe Stone" not in page.text
    assert 'role="search"' in page.text
    assert "Zoe Stone" in bo.get("/coach/circles/create?q=zoe").text
    part = bo.get("/coach/circles/create?q=zoe", headers=HTMX)
    assert part.text.lstrip().startswith('<div id="candidates"')
    assert "No client fits" in bo.get("/coach/circles/create?q=%25").text


def test_ending_a_circle_is_asked_first_and_done_once(bo, ada, circles):
    circle_id = circles.make("ada", "ben")
    ask = bo.get(f"/coach/circles/{circle_id}/ending", headers=HTMX)
    assert "<dialog" in ask.text
    assert "Its 2 members leave it" in ask.text
    done = submit(bo, form_of(bo.get(f"/coach/circles/{circle_id}/ending"), "ending-form"))
    assert done.location == "/coach/circles?told=ended"
    assert "Start your first circle" in bo.get("/coach/circles").text
    assert bo.get(f"/coach/circles/{circle_id}").status_code == 404
    assert 'href="/client/circle"' not in ada.get("/client").text


def test_what_a_coach_did_stands_in_the_record(bo, circles, sign_in):
    circles.make("ada")
    page = sign_in("dee").get("/admin/audit")
    assert "ircle made" in page.text


def test_what_was_hidden_meanwhile_cannot_be_cheered_for(ada, circles):
    circles.make("ada", "ben")
    circles.show("ben")
    circles.act("ben")
    [form] = cheers(ada.get("/client/circle"))
    with circles.database.write():
        show_activity(person=somebody("ben"), shows=False)
    assert submit(ada, form, HTMX).status_code == 404
