"""A reward is paid once and taken once; who cannot have it is told exactly why, and nothing has moved."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.kit import sql
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.queries import history
from rewards.people.zones import change_timezone
from rewards.programme.verifying import verify
from tests.shop.conftest import NOON

DAY = timedelta(days=1)


def refusal(deed) -> Refused:
    with pytest.raises(Refused) as refused:
        deed()
    return refused.value


def test_points_leave_the_person_and_stock_leaves_the_shelf(database, shop):
    bottle = shop.add(stock=3)
    redemption = shop.redeem(shop.ada, bottle)
    assert (redemption.status, redemption.points, redemption.name, redemption.source) == ("pending", 50, "Bottle", "page")
    assert (shop.balance(shop.ada), shop.stock(bottle)) == (150, 2)
    with database.read():
        entry = history(user_id=shop.ada)[0]
        assert (entry.amount, entry.counterpart, entry.reason) == (-50, "redeemed", "Redeemed: Bottle")
        assert entry.reference == f"redemption:{redemption.id}"
        assert verify() == []


def test_name_price_and_worth_stay_those_of_the_moment(database, shop):
    bottle = shop.add(value_minor=900)
    redemption = shop.redeem(shop.ada, bottle)
    with database.write():
        sql.run("UPDATE rewards SET name = 'Jug', points_cost = 70, value_minor = 1000")
    assert (redemption.name, redemption.points, redemption.value_minor, redemption.currency) == ("Bottle", 50, 900, "USD")
    shop.reject(redemption)
    assert shop.balance(shop.ada) == 200


def test_the_same_key_redeems_once_for_ever(database, shop):
    bottle = shop.add(stock=3)
    first = shop.redeem(shop.ada, bottle, "k")
    assert shop.redeem(shop.ada, bottle, "k").id == first.id
    shop.reject(first)
    assert shop.redeem(shop.ada, bottle, "k").status == "rejected"
    assert (shop.balance(shop.ada), shop.stock(bottle)) == (200, 3)
    with pytest.raises(Invalid, match="idempotency_key"):
        shop.redeem(shop.ada, shop.add(key="jug"), "k")


def test_the_page_keys_of_two_people_and_the_keys_of_two_services_are_not_the_same(database, shop):
    bottle = shop.add()
    shop.give(shop.cy, 200)
    redeemed = [shop.redeem(shop.ada, bottle, "k"), shop.redeem(shop.cy, bottle, "k")]
    redeemed += [shop.redeem(shop.ada, bottle, "k", source=f"service:{number}") for number in (1, 2)]
    assert len({redemption.id for redemption in redeemed}) == 4


def test_too_few_points_tell_the_gap(database, shop):
    bottle = shop.add(points_cost=1280)
    refused = refusal(lambda: shop.redeem(shop.ada, bottle))
    assert (refused.code, refused.message, refused.gap) == ("too_few_points", "1,080 points to go.", {"points": 1080})
    assert "1 point to go." in refusal(lambda: shop.redeem(shop.ada, shop.add(key="jug", points_cost=201))).message


def test_the_last_one_is_gone_and_no_points_were_spent(database, shop):
    bottle = shop.add(stock=1)
    shop.redeem(shop.ada, bottle)
    refused = refusal(lambda: shop.redeem(shop.ada, bottle))
    assert (refused.code, refused.message) == ("sold_out", "Someone took the last one. No points were spent.")
    assert (shop.balance(shop.ada), shop.stock(bottle)) == (150, 0)


def test_none_is_none_and_empty_is_as_many_as_anybody_wants(database, shop):
    assert refusal(lambda: shop.redeem(shop.ada, shop.add(stock=0))).code == "sold_out"
    endless = shop.add(key="endless", points_cost=1)
    for _ in range(5):
        shop.redeem(shop.ada, endless)
    assert shop.stock(endless) is None


def test_a_reward_opens_at_its_level(database, shop):
    bottle = shop.add(level_number=3)
    refused = refusal(lambda: shop.redeem(shop.ada, bottle))
    assert (refused.code, refused.message) == ("level_too_low", "Opens at Gold.")
    assert refused.gap == {"level": {"number": 3, "name": "Gold"}}
    shop.give(shop.ada, 2000, "xp")
    assert shop.redeem(shop.ada, bottle).is_pending


def test_a_reward_has_its_time(database, shop, clock):
    bottle = shop.add(available_from="2026-04-03T07:00:00Z", available_until="2026-04-05T07:00:00Z")
    refused = refusal(lambda: shop.redeem(shop.ada, bottle))
    # Ada lives in Berlin.
    assert (refused.code, refused.message) == ("not_open_yet", "Opens on 3 April 2026 at 09:00.")
    assert refused.gap == {"opens_at": "2026-04-03T07:00:00.000000Z"}
    clock.set_to(datetime(2026, 4, 3, 7, tzinfo=UTC))
    assert shop.redeem(shop.ada, bottle).is_pending
    clock.set_to(datetime(2026, 4, 5, 7, tzinfo=UTC))
    refused = refusal(lambda: shop.redeem(shop.ada, bottle))
    assert (refused.code, refused.message) == ("no_longer_open", "Was offered until 5 April 2026 at 09:00.")


def test_what_is_switched_off_is_not_redeemed(database, shop):
    assert refusal(lambda: shop.redeem(shop.ada, shop.add(active=False))).code == "switched_off"


@pytest.mark.parametrize(
    ("period", "opens_at", "sentence"),
    [
        ("day", datetime(2026, 3, 4, 23, tzinfo=UTC), "Once a day. You can have it again from Thursday, 5 March 2026."),
        ("week", datetime(2026, 3, 8, 23, tzinfo=UTC), "Once a week. You can have it again from Monday, 9 March 2026."),
        # Summer time has begun by then.
        ("month", datetime(2026, 3, 31, 22, tzinfo=UTC), "Once a month. You can have it again from Wednesday, 1 April 2026."),
    ],
)
def test_a_limit_holds_until_the_period_ends_where_the_person_lives(database, shop, clock, period, opens_at, sentence):
    bottle = shop.add(limit_count=1, limit_period=period)
    shop.redeem(shop.ada, bottle)
    for moment in (NOON, opens_at - timedelta(seconds=1)):
        clock.set_to(moment)
        refused = refusal(lambda: shop.redeem(shop.ada, bottle))
        assert (refused.code, refused.message) == ("limit_reached", sentence)
        assert refused.gap["limit"] == 1
    clock.set_to(opens_at)
    assert shop.redeem(shop.ada, bottle).is_pending


def test_a_limit_for_ever_never_ends_and_what_went_back_does_not_count(database, shop, clock):
    bottle = shop.add(points_cost=1, limit_count=2, limit_period="ever")
    shop.cancel(shop.redeem(shop.ada, bottle))
    shop.redeem(shop.ada, bottle)
    shop.fulfil(shop.redeem(shop.ada, bottle))
    clock.set_to(NOON + 4000 * DAY)
    refused = refusal(lambda: shop.redeem(shop.ada, bottle))
    assert refused.message == "Twice for each person, and you have had them all."
    shop.give(shop.cy, 5)
    assert shop.redeem(shop.cy, bottle).is_pending


def test_a_limit_is_counted_in_the_zone_the_person_lives_in_now(database, shop, clock):
    bottle = shop.add(limit_count=1, limit_period="day")
    with database.write():
        change_timezone(user_id=shop.ada, timezone="Pacific/Kiritimati")
    shop.redeem(shop.ada, bottle)
    # It is two in the morning there, so the day has 22 hours left.
    clock.set_to(NOON + timedelta(hours=21, minutes=59))
    assert refusal(lambda: shop.redeem(shop.ada, bottle)).code == "limit_reached"
    clock.set_to(NOON + timedelta(hours=22))
    assert shop.redeem(shop.ada, bottle).is_pending


def test_another_coachs_reward_is_not_there(database, shop):
    own = shop.add(by=shop.bo)
    assert shop.redeem(shop.ada, own).is_pending
    shop.give(shop.cy, 100)
    with pytest.raises(NotFound):
        shop.redeem(shop.cy, own)
    for nowhere in (0, -1, 10**19):
        own.id = nowhere
        with pytest.raises(NotFound):
            shop.redeem(shop.ada, own)


def test_who_is_switched_off_redeems_nothing(database, shop):
    with database.write():
        sql.run("UPDATE users SET status = 'disabled' WHERE id = ?", (shop.ada,))
    bottle = shop.add()
    assert refusal(lambda: shop.redeem(shop.ada, bottle)).code == "disabled"


def test_what_costs_nothing_moves_nothing(database, shop):
    gift = shop.add(points_cost=0, stock=1)
    shop.cancel(shop.redeem(shop.cy, gift), by=shop.cy)
    assert shop.stock(gift) == 1
    with database.read():
        assert sql.value("SELECT count(*) FROM transfers WHERE reason LIKE '%Bottle%'") == 0
        assert verify() == []
