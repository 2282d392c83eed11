"""K6, A9: what waits is handed over in one press and taken back in another, or refused with a reason that its owner reads."""

import pytest

from tests.web.browser import HTMX, form_of, submit
from tests.web.conftest import on_sqlite
from tests.web.shopping import Counter
from tests.web.test_client_rewards import shown
from tests.web.visiting import token_of

PLACE = "/coach/redemptions"


@pytest.fixture
def counter(database):
    counter = Counter(database)
    counter.give("ada", 1000)
    counter.give("cy", 1000)
    return counter


@pytest.fixture
def bottle(counter):
    return counter.offer(name="Bottle", points_cost=50, stock=20)


@pytest.fixture
def bo(sign_in):
    return sign_in("bo")


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


def press(browser, redemption_id, place=PLACE, headers=None, page=None):
    """The button of a row: fulfil, or undo."""
    return submit(browser, form_of(browser.get(page or place), f"settling-{redemption_id}"), headers)


def patch(browser, redemption_id, place=PLACE, headers=None, **fields):
    return browser.patch(f"{place}/{redemption_id}", data={"csrf_token": token_of(browser), **fields}, headers=headers)


@on_sqlite
def test_nobody_waiting_is_said(bo):
    assert "No one is waiting" in bo.get(PLACE).text


def test_those_who_wait_longest_come_first_and_only_a_coachs_own(bo, dee, counter, bottle):
    first, second = counter.redeem("ada", bottle), counter.redeem("ada", bottle)
    foreign = counter.redeem("cy", bottle)
    page = bo.get(PLACE).text
    assert page.index(f'id="redemption-{first}"') < page.index(f'id="redemption-{second}"')
    assert f'id="redemption-{foreign}"' not in page
    assert "Ada · Bottle" in shown(page)
    assert "Pending 2" in shown(page)
    assert f'id="redemption-{foreign}"' in dee.get("/admin/redemptions").text


def test_one_press_hands_over_and_another_takes_it_back(bo, counter, bottle):
    redemption = counter.redeem("ada", bottle)
    done = press(bo, redemption)
    assert done.status_code == 303
    page = bo.get(done.location)
    assert "Bottle for Ada: fulfilled." in shown(page.text)
    assert counter.redemption(redemption).status == "fulfilled"
    assert "fulfilled by Bo" in shown(bo.get(f"{PLACE}?view=fulfilled").text)
    undone = press(bo, redemption, page=f"{PLACE}?view=fulfilled")
    assert "Bottle for Ada: waits again." in shown(bo.get(undone.location).text)
    assert counter.redemption(redemption).status == "pending"
    assert counter.points("ada") == 950


def test_in_place_the_row_answers_and_keeps_the_way_back(bo, counter, bottle):
    redemption = counter.redeem("ada", bottle)
    row = press(bo, redemption, headers=HTMX)
    assert row.status_code == 200
    assert "<html" not in row.text
    assert "Undo" in row.text
    assert 'id="live"' in row.text
    assert "Fulfil<" in submit(bo, form_of(row, f"settling-{redemption}"), HTMX).text


@on_sqlite
@pytest.mark.parametrize("headers", [None, HTMX])
def test_pressed_twice_it_is_handed_over_once(bo, counter, bottle, headers):
    redemption = counter.redeem("ada", bottle)
    form = form_of(bo.get(PLACE), f"settling-{redemption}")
    first, second = (submit(bo, form, headers) for _ in range(2))
    assert first.status_code == second.status_code == (200 if headers else 303)


def test_a_rejection_needs_a_reason_and_gives_everything_back(bo, ada, counter, bottle):
    redemption = counter.redeem("ada", bottle)
    page = bo.get(f"{PLACE}/{redemption}/rejection")
    assert "50 points go back to Ada" in shown(page.text)
    form = form_of(page, "rejection-form")
    refused = submit(bo, form, reason="  ")
    assert refused.status_code == 422
    assert "Enter a reason" in refused.text
    assert submit(bo, form, reason="x" * 501).status_code == 422
    assert counter.points("ada") == 950
    done = submit(bo, form, reason="They are all blue")
    assert "rejected, and 50 points went back" in shown(bo.get(done.location).text)
    assert (counter.points("ada"), counter.reward(bottle).stock) == (1000, 20)
    assert "They are all blue" in shown(ada.get("/client/redemptions").text)
    assert "They are all blue" in shown(bo.get(f"{PLACE}?view=rejected").text)


@on_sqlite
def test_a_rejection_in_a_dialog_leads_back_to_the_list(bo, counter, bottle):
    redemption = counter.redeem("ada", bottle)
    form = form_of(bo.get(f"{PLACE}/{redemption}/rejection", headers=HTMX), "rejection-form")
    refused = submit(bo, form, HTMX, reason="")
    assert refused.status_code == 422
    assert "data-open" in refused.text
    answer = submit(bo, form, HTMX, reason="Sold out")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"{PLACE}?done={redemption}")


def test_what_another_has_handled_shows_who_and_when(bo, counter, bottle):
    redemption = counter.redeem("ada", bottle)
    form = form_of(bo.get(PLACE), f"settling-{redemption}")
    counter.settle("reject", redemption, by="dee", reason="Sold out")
    row = submit(bo, form, HTMX)
    assert row.status_code == 422
    assert "This was rejected already by Dee on" in shown(row.text)
    page = submit(bo, form)
    assert page.status_code == 409
    assert "This was rejected already by Dee on" in shown(page.text)


@on_sqlite
def test_what_its_owner_cancelled_meanwhile_is_told(bo, counter, bottle):
    redemption = counter.redeem("ada", bottle)
    form = form_of(bo.get(PLACE), f"settling-{redemption}")
    counter.settle("cancel", redemption, by="ada")
    assert "cancelled already by Ada" in shown(submit(bo, form, HTMX).text)


def test_several_are_handed_over_at_once(bo, counter, bottle):
    ids = [counter.redeem("ada", bottle) for _ in range(3)]
    foreign = counter.redeem("cy", bottle)
    form = form_of(bo.get(PLACE), "fulfilment")
    counter.settle("cancel", ids[2], by="ada")
    done = submit(bo, form, redemption=[ids[0], ids[1], ids[2], foreign, 999_999, "x"])
    page = shown(bo.get(done.location).text)
    assert "2 fulfilled. 3 were handled already." in page
    assert [counter.redemption(one).status for one in (*ids, foreign)] == ["fulfilled", "fulfilled", "cancelled", "pending"]
    assert "Choose at least one first" in shown(bo.get(submit(bo, form).location).text)


@on_sqlite
@pytest.mark.parametrize("status", ["fulfilled", "rejected", "pending", "", "cancelled", "expired", "0"])
def test_anothers_client_looks_like_none_whatever_is_asked(bo, counter, bottle, status):
    foreign = patch(bo, counter.redeem("cy", bottle), status=status, reason="x")
    missing = patch(bo, 999_999, status=status, reason="x")
    assert (foreign.status_code, foreign.data) == (404, missing.data)


@on_sqlite
@pytest.mark.parametrize("status", ["", "cancelled", "expired", "FULFILLED"])
def test_no_other_state_can_be_asked_for(bo, counter, bottle, status):
    redemption = counter.redeem("ada", bottle)
    assert patch(bo, redemption, status=status).status_code == 422
    assert counter.redemption(redemption).status == "pending"


@on_sqlite
def test_the_promised_address_takes_a_patch(bo, counter, bottle):
    redemption = counter.redeem("ada", bottle)
    assert patch(bo, redemption, status="fulfilled", note="At the desk").status_code == 303
    assert counter.redemption(redemption).coach_note == "At the desk"
    assert patch(bo, redemption, status="rejected", reason="x").status_code == 409


@on_sqlite
def test_cashback_that_was_spent_is_not_taken_back(bo, counter, database):
    redemption = counter.redeem("ada", counter.offer(type="cashback", value_minor=500))
    press(bo, redemption)
    assert press(bo, redemption, page=f"{PLACE}?view=fulfilled").status_code == 303
    assert counter.redemption(redemption).status == "pending"


@on_sqlite
def test_fields_that_no_form_has_change_nothing(bo, counter, bottle):
    """SEC-7."""
    redemption = counter.redeem("ada", bottle)
    before = counter.redemption(redemption)
    patch(
        bo,
        redemption,
        status="fulfilled",
        points="0",
        user_id="1",
        reward_id="9",
        settled_by="1",
        value_minor="9",
        source="rule",
        actor="1",
    )
    after = counter.redemption(redemption)
    for name in ("points", "user_id", "reward_id", "value_minor", "source"):
        assert getattr(after, name) == getattr(before, name)
    assert counter.points("ada") == 950


def test_it_is_the_first_thing_on_a_coachs_home_and_can_be_done_there(bo, counter, bottle):
    ids = [counter.redeem("ada", bottle) for _ in range(7)]
    home = bo.get("/coach")
    assert "All redemptions that wait" in home.text
    assert f'id="redemption-{ids[5]}"' not in home.text
    row = press(bo, ids[0], page="/coach", headers=HTMX)
    assert "Undo" in row.text
    assert "Ada · Bottle" not in shown(bo.get("/admin").text)


@on_sqlite
def test_what_a_client_has_had_stands_on_their_page(bo, counter, bottle):
    address = f"/coach/clients/{counter.redemption(counter.redeem('ada', bottle)).user_id}"
    page = shown(bo.get(address).text)
    assert "Bottle Pending 50 points" in page


@on_sqlite
def test_a_long_list_is_turned(bo, counter, bottle):
    reward = counter.offer(points_cost=1)
    ids = [counter.redeem("ada", reward) for _ in range(27)]
    first, second = bo.get(PLACE).text, bo.get(f"{PLACE}?page=2").text
    assert f'id="redemption-{ids[24]}"' in first
    assert f'id="redemption-{ids[25]}"' not in first
    assert f'id="redemption-{ids[26]}"' in second


@on_sqlite
@pytest.mark.parametrize("address", [PLACE, f"{PLACE}?view=fulfilled", f"{PLACE}/1/rejection"])
def test_the_desk_asks_a_handful_of_questions(bo, counter, bottle, questions, address):
    for _ in range(12):
        counter.redeem("ada", bottle)
    bo.get(address)
    with questions() as asked:
        assert bo.get(address).status_code == 200
    assert len([one for one in asked if one != "BEGIN"]) <= 10


@on_sqlite
def test_an_admins_overview_counts_them(dee, counter, bottle):
    done, _ = counter.redeem("ada", bottle), counter.redeem("cy", bottle)
    counter.settle("fulfil", done)
    assert "Redemptions 2 in all 1 to hand over" in shown(dee.get("/admin").text)
