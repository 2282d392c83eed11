"""C4, C5: what there is to have, what is missing for it, and having it once however often a button is pressed."""

import re
from datetime import timedelta

import pytest

from rewards.kit import clock, sql
from tests.web.browser import HTMX, form_of, submit
from tests.web.conftest import on_sqlite
from tests.web.shopping import Counter

SHELF = "/client/rewards"


@pytest.fixture
def counter(database):
    return Counter(database)


def redeem(browser, reward_id, page="shelf", headers=None, **fields):
    form = form_of(browser.get(f"{SHELF}/{reward_id}/redeem?page={page}", headers=headers), "redeem-form")
    return submit(browser, form, headers, **fields)


def shown(text):
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def count_redemptions(database):
    with database.read():
        return sql.value("SELECT count(*) FROM redemptions")


@on_sqlite
def test_an_empty_shop_says_that_points_keep(ada):
    assert "No rewards yet" in ada.get(SHELF).text


def test_each_card_says_what_it_costs_whose_it_is_and_what_is_missing(ada, counter):
    counter.give("ada", 120)
    counter.offer(name="Bottle", points_cost=100, stock=3)
    counter.offer("bo", name="Massage", points_cost=200)
    counter.offer(name="Gym pass", points_cost=10, level_number=3)
    counter.offer(name="Cap", points_cost=10, stock=0)
    counter.offer("eve", name="Eve's mug", points_cost=1)
    page = shown(ada.get(SHELF).text)
    assert "120 points to spend. Your level is Bronze." in page
    for told in ("3 left", "Redeem Bottle", "80 points to go", "Opens at Gold", "Out of stock", "System", "Bo"):
        assert told in page
    assert "Eve's mug" not in page
    assert page.index("Massage") < page.index("Cap"), "what nobody can have stands last, whatever it costs"


@on_sqlite
def test_the_shelf_can_be_narrowed_down(ada, counter):
    counter.give("ada", 120)
    counter.offer(name="Bottle", points_cost=100)
    counter.offer("bo", name="Massage", points_cost=200)
    now, own = ada.get(f"{SHELF}?view=now").text, ada.get(f"{SHELF}?view=coach").text
    assert "Bottle" in now
    assert "Massage" not in now
    assert "Massage" in own
    assert "Bottle" not in own
    assert "Nothing you can have right now" in shown(ada.get(f"{SHELF}?view=now&page=9").text)


def test_before_redeeming_it_says_what_it_costs_and_how_one_gets_it(ada, counter):
    counter.give("ada", 120)
    reward = counter.offer(name="Bottle", points_cost=100, valid_days=14)
    page = shown(ada.get(f"{SHELF}/{reward}/redeem").text)
    for told in ("Points now 120", "Points after 20", "Bo hands it over", "14 days", "you can cancel", "Redeem for 100 points"):
        assert told in page


def test_redeeming_takes_the_points_and_says_so(ada, counter, database):
    counter.give("ada", 120)
    reward = counter.offer(name="Bottle", points_cost=100)
    answer = redeem(ada, reward)
    assert answer.status_code == 303
    page = shown(ada.get(answer.location).text)
    assert "Requested. Bo will hand it over." in page
    assert counter.points("ada") == 20
    assert "Pending" in page


@on_sqlite
@pytest.mark.parametrize(("page", "part"), [("home", "next-reward"), ("shelf", "shelf"), ("reward", "reward"), ("elsewhere", "live")])
def test_in_place_it_says_so_and_brings_the_page_up_to_date(ada, counter, page, part):
    counter.give("ada", 120)
    reward = counter.offer(name="Bottle", points_cost=100)
    answer = redeem(ada, reward, page, HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "Bo will hand it over" in shown(answer.text)
    assert re.search(rf'id="{part}"[^>]*hx-swap-oob', answer.text)
    assert re.search(r'id="chips"[^>]*hx-swap-oob="true"', answer.text)
    # With what is left, another one is out of reach.
    assert page == "elsewhere" or "80 points to go" in answer.text


def test_a_double_click_redeems_once(ada, counter, database):
    counter.give("ada", 500)
    reward = counter.offer(name="Bottle", points_cost=100)
    form = form_of(ada.get(f"{SHELF}/{reward}/redeem"), "redeem-form")
    first, second = (submit(ada, form) for _ in range(2))
    assert first.location == second.location
    assert counter.points("ada") == 400
    assert count_redemptions(database) == 1


def test_who_comes_too_late_for_the_last_one_keeps_their_points(ada, counter):
    counter.give("ada", 120)
    counter.give("ben", 120)
    reward = counter.offer(name="Bottle", points_cost=100, stock=1)
    form = form_of(ada.get(f"{SHELF}/{reward}/redeem"), "redeem-form")
    counter.redeem("ben", reward)
    answer = submit(ada, form)
    assert answer.status_code == 422
    assert "Someone took the last one. No points were spent." in shown(answer.text)
    assert "<title>Error: " in answer.text
    assert counter.points("ada") == 120


@on_sqlite
@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"points_cost": 200}, "80 points to go."),
        ({"level_number": 3}, "Opens at Gold."),
        ({"stock": 0}, "None are left."),
        ({"active": False}, "This is not offered at the moment."),
        ({"available_from": clock.now() + timedelta(days=3)}, "Opens on"),
        ({"available_until": clock.now() - timedelta(days=3)}, "Was offered until"),
    ],
)
def test_what_cannot_be_had_says_why_and_cannot_be_had_by_sending_it_anyway(ada, counter, database, members, told):
    counter.give("ada", 120)
    reward = counter.offer(name="Bottle", **members)
    page = ada.get(f"{SHELF}/{reward}/redeem")
    assert told in shown(page.text)
    assert "redeem-save" not in page.text
    assert submit(ada, form_of(page, "redeem-form")).status_code == 422
    assert (counter.points("ada"), count_redemptions(database)) == (120, 0)


@on_sqlite
def test_a_limit_for_each_person_is_told(ada, counter):
    counter.give("ada", 120)
    reward = counter.offer(name="Bottle", points_cost=10, limit_count=1, limit_period="month")
    assert "Once a month" in shown(ada.get(f"{SHELF}/{reward}").text)
    redeem(ada, reward)
    assert "You can have it again from" in shown(ada.get(f"{SHELF}/{reward}").text)


@on_sqlite
@pytest.mark.parametrize("key", ["", "short", "x" * 200, "../../etc", "with space"])
def test_a_form_without_a_key_of_the_pages_own_redeems_nothing(ada, counter, database, key):
    counter.give("ada", 120)
    reward = counter.offer(name="Bottle", points_cost=100)
    assert redeem(ada, reward, idempotency_key=key).status_code == 422
    assert count_redemptions(database) == 0


@on_sqlite
def test_a_key_that_was_used_for_another_reward_is_told_as_such(ada, counter):
    counter.give("ada", 120)
    one, other = counter.offer(points_cost=10), counter.offer(points_cost=10)
    form = form_of(ada.get(f"{SHELF}/{one}/redeem"), "redeem-form")
    submit(ada, form)
    form.action = f"{SHELF}/{other}/redeem"
    assert "sent already, for another reward" in shown(submit(ada, form).text)
    assert counter.points("ada") == 110


@on_sqlite
def test_fields_that_no_form_has_change_nothing(ada, counter):
    counter.give("ada", 120)
    reward = counter.offer(name="Bottle", points_cost=100)
    extra = {
        "points": "1",
        "points_cost": "1",
        "cost": "1",
        "user_id": "1",
        "status": "fulfilled",
        "source": "rule",
        "given": "1",
        "coach_id": "1",
    }
    redeem(ada, reward, **extra)
    ada.post(f"{SHELF}/{reward}/redeem?points=1", data=extra)
    assert counter.points("ada") == 20
    assert counter.redemption(1).status == "pending"


@on_sqlite
@pytest.mark.parametrize("path", ["", "/redeem"])
def test_another_coachs_reward_looks_like_none(ada, counter, path):
    foreign = ada.get(f"{SHELF}/{counter.offer('eve')}{path}")
    missing = ada.get(f"{SHELF}/999999{path}")
    assert (foreign.status_code, foreign.data) == (404, missing.data)


def test_what_somebody_saves_for_stands_on_their_home_page(ada, counter):
    counter.give("ada", 120)
    counter.offer(name="Bottle", points_cost=100)
    reward = counter.offer(name="Bicycle", points_cost=1000)
    home = shown(ada.get("/client").text)
    assert "Next reward" in home
    assert "Redeem Bottle" in home
    form = form_of(ada.get(SHELF), f"{SHELF}/{reward}/aim")
    answer = submit(ada, form)
    assert "You are saving for it" in ada.get(answer.location).text
    home = shown(ada.get("/client").text)
    assert "You save for" in home
    assert "880 points to go" in home
    answer = submit(ada, form_of(ada.get(f"{SHELF}/{reward}"), f"{SHELF}/{reward}/aim/removal"))
    assert answer.location.startswith(f"{SHELF}/{reward}?")
    assert "Next reward" in ada.get("/client").text


@on_sqlite
def test_stopping_to_save_for_one_keeps_what_is_saved_for_another(ada, counter):
    one, other = counter.offer(points_cost=1000), counter.offer(points_cost=2000, name="Bicycle")
    for reward in (one, other):
        stale = form_of(ada.get(SHELF), f"{SHELF}/{reward}/aim")
        submit(ada, stale)
    stale.action = f"{SHELF}/{one}/aim/removal"
    submit(ada, stale)
    assert "You save for" in ada.get("/client").text


@on_sqlite
def test_a_page_of_many_rewards_is_turned(ada, counter):
    for number in range(20):
        counter.offer(name=f"Reward {number:02}", points_cost=10 + number)
    first, second = ada.get(SHELF).text, ada.get(f"{SHELF}?page=2").text
    assert "Reward 17" in first
    assert "Reward 18" not in first
    assert "Reward 19" in second


@on_sqlite
@pytest.mark.parametrize("address", [SHELF, "/client", f"{SHELF}/1", f"{SHELF}/1/redeem"])
def test_the_shop_asks_a_handful_of_questions(ada, counter, questions, address):
    counter.give("ada", 120)
    for number in range(10):
        counter.offer(points_cost=100 + number, limit_count=1, limit_period="day")
    ada.get(address)
    with questions() as asked:
        assert ada.get(address).status_code == 200
    assert len([one for one in asked if one != "BEGIN"]) <= 10
