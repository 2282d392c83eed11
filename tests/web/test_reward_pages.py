"""K4, A5: rewards made, changed and taken away at the addresses that were promised, by coaches and admins alike."""

import pytest

from rewards.kit import sql
from rewards.shop.catalogue import reward_of
from tests.web.browser import HTMX, form_of, log, submit
from tests.web.conftest import on_sqlite, somebody
from tests.web.shopping import Counter
from tests.web.test_client_rewards import shown

PLACE = "/coach/rewards"
BOTTLE = {"name": "Water bottle", "points_cost": "500"}
EVERYTHING = {
    **BOTTLE,
    "description": "Steel.",
    "type": "cashback",
    "stock": "7",
    "value": "5.50",
    "first_day": "2026-03-01",
    "last_day": "2026-12-31",
    "limit_count": "2",
    "limit_period": "month",
    "level_number": "2",
    "valid_days": "14",
    "external_url": "https://example.com/bottle",
    "external_id": "sku-7",
    "payload": '{"size": "L"}',
    "picture_alt": "A bottle",
}


@pytest.fixture
def counter(database):
    return Counter(database)


@pytest.fixture
def bo(sign_in):
    return sign_in("bo")


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


def make(browser, place=PLACE, headers=None, **fields):
    return submit(browser, form_of(browser.get(f"{place}/create"), "reward"), headers, **{**BOTTLE, **fields})


def edit(browser, reward_id, place=PLACE, **fields):
    return submit(browser, form_of(browser.get(f"{place}/{reward_id}/edit"), "reward"), **fields)


def send(browser, method, address, **fields):
    token = form_of(browser.get(browser.get("/").location), "/logout")["csrf_token"]
    return browser.open(address, method=method, data={"csrf_token": token, **fields})


def count_rewards(database):
    with database.read():
        return sql.value("SELECT count(*) FROM rewards")


def test_two_fields_make_a_reward_that_clients_see_at_once(bo, ada, counter, database):
    made = make(bo)
    assert made.status_code == 303
    assert "It is on the shelf" in bo.get(made.location).text
    reward = counter.reward(1)
    with database.read():
        assert reward.coach_id == somebody("bo").id
    assert (reward.points_cost, reward.stock, reward.active) == (500, None, True)
    assert "Water bottle" in ada.get("/client/rewards").text


def test_everything_that_a_reward_can_say_comes_to_stand_in_it(bo, counter):
    make(bo, **EVERYTHING)
    one = counter.reward(1)
    assert (one.description, one.type, one.stock, one.value_minor, one.currency) == ("Steel.", "cashback", 7, 550, "USD")
    assert (one.limit_count, one.limit_period, one.level_number, one.valid_days) == (2, "month", 2, 14)
    assert (one.external_url, one.external_id, one.payload) == ("https://example.com/bottle", "sku-7", {"size": "L"})
    # The last day is one on which it can still be had.
    assert [moment.isoformat()[:10] for moment in (one.available_from, one.available_until)] == ["2026-03-01", "2027-01-01"]


def test_saving_what_was_not_touched_changes_nothing(bo, database):
    make(bo, **EVERYTHING)
    before = contents_of(database)
    assert edit(bo, 1).status_code == 303
    assert contents_of(database) == before


def contents_of(database):
    with database.read():
        return sql.rows("SELECT * FROM rewards")


def test_what_is_sold_while_the_form_is_open_stays_sold(bo, counter):
    make(bo, stock="10", points_cost="1")
    form = form_of(bo.get(f"{PLACE}/1/edit"), "reward")
    counter.give("ada", 10)
    counter.redeem("ada", 1)
    submit(bo, form, name="Bottle")
    assert counter.reward(1).stock == 9
    submit(bo, form, stock="5")
    assert counter.reward(1).stock == 5
    submit(bo, form, stock="")
    assert counter.reward(1).stock is None


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "x" * 201}, "Use at most 200 characters"),
        ({"points_cost": ""}, "Enter what it costs"),
        ({"points_cost": "many"}, "Enter a whole number"),
        ({"points_cost": "-1"}, "A number of at least 0"),
        ({"stock": "-1"}, "A number of at least 0"),
        ({"stock": "1.5"}, "Enter a whole number"),
        ({"type": "cashback"}, "Cashback needs it"),
        ({"type": "luck"}, "One of"),
        ({"value": "0"}, "A number of at least 1"),
        ({"first_day": "soon"}, "Enter a day such as"),
        ({"last_day": "9999-12-31"}, "Enter a day such as"),
        ({"first_day": "2026-03-02", "last_day": "2026-03-01"}, "not before the first one"),
        ({"limit_count": "1"}, "Choose in what time"),
        ({"limit_period": "day"}, "Enter how often"),
        ({"level_number": "99"}, "The number of a level is expected"),
        ({"valid_days": "0"}, "A number of at least 1"),
        ({"external_url": "javascript:alert(1)"}, "begins with https://"),
        ({"payload": "[1]"}, "Enter JSON with members"),
        ({"payload": '{"a": '}, "Enter JSON with members"),
        ({"codes": "a" * 201}, "1 to 200 characters"),
    ],
)
def test_a_refused_reward_keeps_what_was_typed_and_makes_nothing(bo, database, fields, told):
    page = make(bo, description="kept as it was", **fields)
    assert page.status_code == 422
    assert told in shown(page.text).replace("&#34;", '"')
    assert "kept as it was" in page.text
    assert "<title>Error: " in page.text
    assert count_rewards(database) == 0


@on_sqlite
def test_an_id_of_another_system_stands_for_one_reward(bo):
    make(bo, external_id="sku-7")
    page = make(bo, external_id="sku-7")
    assert page.status_code == 422
    assert "Water bottle has this one" in shown(page.text)


def test_codes_make_a_pool_that_counts_itself(bo, counter):
    make(bo, codes="A-1\r\nA-2\n\n A-3 \nA-1", stock="99")
    one = counter.reward(1)
    assert (one.pooled, one.stock) == (True, 3)
    page = bo.get(f"{PLACE}/1/edit")
    assert "3 free codes" in page.text
    assert "A-1" not in page.text
    edit(bo, 1, codes="A-4")
    assert counter.reward(1).stock == 4
    edit(bo, 1, codes="B-1", no_codes="y")
    assert counter.reward(1).stock == 1


@on_sqlite
def test_what_is_counted_becomes_a_pool_when_it_gets_codes(bo, counter):
    make(bo, stock="99")
    edit(bo, 1, codes="A-1\nA-2")
    assert counter.reward(1).stock == 2


@on_sqlite
def test_it_says_how_much_somebody_has_to_do_for_it(bo, ada):
    log(ada, "workout_logged")
    assert "About 25 times Workout logged." in bo.get(f"{PLACE}/effort?points_cost=500", headers=HTMX).text
    make(bo)
    assert "About 25 times Workout logged." in bo.get(f"{PLACE}/1/edit").text
    for nothing in ("", "0", "-5", "many"):
        assert "About" not in bo.get(f"{PLACE}/effort?points_cost={nothing}", headers=HTMX).text


@on_sqlite
def test_a_coach_sees_own_and_system_ones_and_no_others(bo, counter):
    counter.offer(name="Bottle")
    counter.offer("bo", name="Massage", stock=3)
    counter.offer("eve", name="Mug")
    page = shown(bo.get(PLACE).text)
    for told in ("Bottle", "System", "Massage", "3 left", "Unlimited"):
        assert told in page
    assert "Mug" not in page
    assert "Bottle" not in bo.get(f"{PLACE}?view=own").text
    assert "Massage" not in bo.get(f"{PLACE}?view=system").text
    assert "No reward fits" in bo.get(f"{PLACE}?q=zzz").text


@on_sqlite
def test_the_first_one_is_asked_for(bo):
    assert "Put the first reward on the shelf" in bo.get(PLACE).text


@on_sqlite
@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("GET", "/edit", {}),
        ("POST", "/edit", BOTTLE),
        ("GET", "/deletion", {}),
        ("DELETE", "", {}),
        ("POST", "", {"_method": "DELETE"}),
        ("POST", "/deactivation", {}),
    ],
)
def test_anothers_looks_like_what_does_not_exist(bo, counter, method, path, fields):
    foreign = send(bo, method, f"{PLACE}/{counter.offer('eve')}{path}", **fields)
    missing = send(bo, method, f"{PLACE}/999999{path}", **fields)
    assert (foreign.status_code, foreign.data) == (404, missing.data)
    assert counter.reward(1).active


@on_sqlite
@pytest.mark.parametrize(("method", "path"), [("POST", "/edit"), ("DELETE", ""), ("POST", "/deactivation"), ("GET", "/deletion")])
def test_a_system_one_is_read_only_for_a_coach(bo, counter, method, path):
    address = f"{PLACE}/{counter.offer(name='Bottle', level_number=3, limit_count=1, limit_period='day')}"
    page = shown(bo.get(f"{address}/edit").text)
    assert "From Gold on" in page
    assert "Once a day" in page
    assert 'id="reward"' not in bo.get(f"{address}/edit").text
    assert send(bo, method, f"{address}{path}", **BOTTLE).status_code == 404


@pytest.mark.parametrize(("method", "fields"), [("POST", {"_method": "DELETE"}), ("DELETE", {})])
def test_what_nobody_has_redeemed_is_deleted(bo, counter, method, fields):
    reward = counter.offer("bo", codes=["A-1"])
    assert "Nobody has redeemed it" in bo.get(f"{PLACE}/{reward}/deletion").text
    assert send(bo, method, f"{PLACE}/{reward}", **fields).status_code == 303
    assert counter.reward(reward) is None


def test_what_somebody_has_redeemed_is_switched_off_instead(bo, counter):
    reward = counter.offer("bo")
    counter.give("ada", 100)
    counter.redeem("ada", reward)
    assert "It was redeemed 1 time, so it cannot be deleted" in shown(bo.get(f"{PLACE}/{reward}/deletion").text)
    assert send(bo, "DELETE", f"{PLACE}/{reward}").status_code == 409
    assert submit(bo, form_of(bo.get(f"{PLACE}/{reward}/deletion"), "deletion-form")).status_code == 303
    assert counter.reward(reward).active is False
    assert "Off" in shown(bo.get(f"{PLACE}?view=off").text)


@on_sqlite
def test_a_form_that_asks_for_something_else_is_refused(bo, counter):
    assert send(bo, "POST", f"{PLACE}/{counter.offer('bo')}", _method="PUT").status_code == 405


def test_an_admin_makes_everybodys_and_changes_a_coachs(dee, ada, counter, database):
    make(dee, "/admin/rewards")
    assert counter.reward(1).coach_id is None
    assert "Water bottle" in ada.get("/client/rewards").text
    own = counter.offer("eve", name="Mug")
    assert "For the clients of Eve." in dee.get(f"/admin/rewards/{own}/edit").text
    edit(dee, own, "/admin/rewards", name="Cup")
    with database.read():
        changed = reward_of(somebody("eve"), own).reward
        assert (changed.name, changed.coach_id) == ("Cup", somebody("eve").id)


@on_sqlite
def test_fields_that_no_form_has_change_nothing(bo, counter, database):
    """SEC-7."""
    counter.offer("eve", name="Mug")
    extra = {
        "coach_id": "1",
        "coach": "eve@example.com",
        "id": "1",
        "key": "mine",
        "picture": "a" * 32,
        "redeemed": "9",
        "currency": "JPY",
        "pooled": "1",
    }
    assert make(bo, **extra).status_code == 303
    one = counter.reward(2)
    with database.read():
        assert one.coach_id == somebody("bo").id
    assert (one.key, one.picture, one.currency, one.pooled) == ("water_bottle", None, None, False)
    edit(bo, 2, **extra)
    assert (counter.reward(2).key, counter.reward(2).picture, counter.reward(2).pooled) == ("water_bottle", None, False)


@on_sqlite
@pytest.mark.parametrize("address", [PLACE, f"{PLACE}/create", f"{PLACE}/1/edit", "/coach"])
def test_looking_after_rewards_asks_a_handful_of_questions(bo, counter, questions, address):
    counter.give("ada", 1000)
    counter.offer("bo")
    for _ in range(8):
        counter.redeem("ada", 1)
    bo.get(address)
    with questions() as asked:
        assert bo.get(address).status_code == 200
    assert len([one for one in asked if one != "BEGIN"]) <= 10
