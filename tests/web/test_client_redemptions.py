"""C6: what became of what somebody redeemed, and changing one's mind while it is pending."""

import pytest

from tests.web.browser import HTMX, form_of, submit
from tests.web.conftest import on_sqlite
from tests.web.shopping import Counter
from tests.web.test_client_rewards import shown

PLACE = "/client/redemptions"


@pytest.fixture
def counter(database):
    counter = Counter(database)
    counter.give("ada", 1000)
    counter.give("cy", 1000)
    return counter


@on_sqlite
def test_nothing_yet_leads_to_the_shelf(ada):
    assert "Rewards you redeem appear here" in ada.get(PLACE).text


def test_every_state_says_what_happened_to_the_points(ada, counter):
    reward = counter.offer(name="Bottle", points_cost=50)
    pending, fulfilled, rejected, cancelled = (counter.redeem("ada", reward) for _ in range(4))
    counter.settle("fulfil", fulfilled)
    counter.settle("reject", rejected, reason="They are all blue, sorry")
    counter.settle("cancel", cancelled, by="ada")
    page = shown(ada.get(PLACE).text)
    for told in (
        "Pending",
        "Bo will hand it over",
        "Fulfilled",
        "Handed over by Bo",
        "Rejected",
        "50 points returned",
        "all blue, sorry",
        "Cancelled",
    ):
        assert told in page
    assert f"cancel-{pending}" in ada.get(PLACE).text


def test_a_code_is_shown_once_it_was_handed_over_and_can_be_printed(ada, counter):
    reward = counter.offer(name="Cinema", codes=["CANARY-1", "CANARY-2"])
    redemption = counter.redeem("ada", reward)
    assert "CANARY" not in ada.get(PLACE).text + ada.get(f"{PLACE}/{redemption}").text
    counter.settle("fulfil", redemption)
    assert "CANARY-1" in ada.get(PLACE).text
    voucher = ada.get(f"{PLACE}/{redemption}")
    assert "CANARY-1" in voucher.text
    assert "data-print" in voucher.text


def test_what_is_pending_can_be_cancelled_once(ada, counter):
    reward = counter.offer(name="Bottle", points_cost=50, stock=1)
    redemption = counter.redeem("ada", reward)
    form = form_of(ada.get(f"{PLACE}/{redemption}/cancellation"), "cancellation-form")
    first, second = (submit(ada, form) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert "Cancelled. 50 points returned." in shown(ada.get(first.location).text)
    assert counter.points("ada") == 1000
    assert counter.reward(reward).stock == 1


@on_sqlite
def test_in_a_dialog_the_page_follows(ada, counter):
    redemption = counter.redeem("ada", counter.offer())
    form = form_of(ada.get(f"{PLACE}/{redemption}/cancellation", headers=HTMX), "cancellation-form")
    answer = submit(ada, form, HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"{PLACE}?cancelled={redemption}#redemption-{redemption}")


@on_sqlite
def test_what_was_handed_over_meanwhile_stays(ada, counter):
    redemption = counter.redeem("ada", counter.offer())
    form = form_of(ada.get(f"{PLACE}/{redemption}/cancellation"), "cancellation-form")
    counter.settle("fulfil", redemption)
    answer = submit(ada, form)
    assert answer.status_code == 422
    assert "fulfilled already by Bo" in shown(answer.text)
    assert counter.points("ada") == 950


@on_sqlite
@pytest.mark.parametrize("path", ["", "/cancellation"])
def test_anothers_looks_like_none(ada, counter, path):
    foreign = ada.get(f"{PLACE}/{counter.redeem('cy', counter.offer())}{path}")
    missing = ada.get(f"{PLACE}/999999{path}")
    assert (foreign.status_code, foreign.data) == (404, missing.data)


@on_sqlite
def test_older_ones_are_a_page_away(ada, counter):
    reward = counter.offer(points_cost=1)
    ids = [counter.redeem("ada", reward) for _ in range(17)]
    page = ada.get(PLACE)
    assert f'id="redemption-{ids[2]}"' in page.text
    assert f'id="redemption-{ids[1]}"' not in page.text
    assert f'id="redemption-{ids[1]}"' in ada.get(f"{PLACE}?before={ids[2]}").text
