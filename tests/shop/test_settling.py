"""A redemption is settled once, by whoever may, and whatever goes back goes back once and whole."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.earning.granting import adjust
from rewards.earning.reversing import reverse_transfer
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.queries import history
from rewards.ledger.spending import spend_points
from rewards.people.models import Role
from rewards.programme.verifying import verify
from rewards.shop.expiring import expire_due
from rewards.shop.queries import redemption_of
from rewards.shop.settling import fulfil_many
from tests.cast import user
from tests.shop.conftest import NOON


def refusal(deed) -> Refused:
    with pytest.raises(Refused) as refused:
        deed()
    return refused.value


def code_of(user_id, redemption):
    with db.read():
        return redemption_of(user_id, redemption.id).code


@pytest.mark.parametrize("verb", ["reject", "cancel"])
def test_what_comes_to_nothing_gives_points_and_stock_back_once(database, shop, verb):
    bottle = shop.add(stock=1)
    redemption = shop.redeem(shop.ada, bottle)
    for _ in range(2):
        settled = getattr(shop, verb)(redemption)
        assert settled.status == f"{verb}led".replace("rejectled", "rejected")
        assert (shop.balance(shop.ada), shop.stock(bottle)) == (200, 1)
    with database.read():
        newest = history(user_id=shop.ada)[0]
        assert (newest.amount, newest.reason, newest.counterpart) == (50, "Points back: Bottle", "redeemed")
        assert sql.value("SELECT count(*) FROM transfers WHERE reason = 'Points back: Bottle'") == 1
        assert verify() == []


def test_what_was_handed_out_stays_paid(database, shop):
    bottle = shop.add(stock=1)
    redemption = shop.redeem(shop.ada, bottle)
    first = shop.fulfil(redemption, note=" At the front desk ")
    assert (first.status, first.coach_note, first.settled_by, first.settled_at) == ("fulfilled", "At the front desk", shop.bo, NOON)
    assert shop.fulfil(redemption, by=shop.dee).settled_by == shop.bo
    assert (shop.balance(shop.ada), shop.stock(bottle)) == (150, 0)


def test_who_comes_second_is_told_who_was_first_and_when(database, shop, clock):
    redemption = shop.redeem(shop.ada, shop.add())
    shop.fulfil(redemption)
    for late, by, who in ((shop.reject, shop.dee, "Bo"), (shop.reject, shop.bo, "you"), (shop.cancel, shop.ada, "Bo")):
        refused = refusal(lambda late=late, by=by: late(redemption, by=by))
        assert refused.code == "already_fulfilled"
        assert refused.message == f"This was fulfilled already by {who} on 4 March 2026 at 13:00."
        assert refused.gap == {"by": "Bo", "at": "2026-03-04T12:00:00.000000Z"}
    assert shop.balance(shop.ada) == 150


def test_every_state_knows_which_deeds_it_takes(database, shop):
    """All states against all deeds: what is the same again has no effect, what is another is refused, and nothing else moves."""
    deeds = {"fulfil": "fulfilled", "reject": "rejected", "cancel": "cancelled"}
    for first, state in deeds.items():
        for second, other in deeds.items():
            redemption = shop.redeem(shop.ada, shop.add(points_cost=1))
            getattr(shop, first)(redemption)
            before = shop.balance(shop.ada)
            if state == other:
                assert getattr(shop, second)(redemption).status == state
            else:
                again = getattr(shop, second)
                assert refusal(lambda again=again, redemption=redemption: again(redemption)).code == f"already_{state}"
            assert shop.balance(shop.ada) == before
        redemption = shop.redeem(shop.ada, shop.add(points_cost=1))
        getattr(shop, first)(redemption)
        if state == "fulfilled":
            assert shop.reopen(redemption).status == "pending"
            assert shop.reopen(redemption).status == "pending"
        else:
            assert refusal(lambda redemption=redemption: shop.reopen(redemption)).code == f"already_{state}"
    with database.read():
        assert verify() == []


def test_another_coach_and_a_stranger_find_nothing(database, shop):
    with database.write():
        other_coach = user("eve", Role.COACH)
    redemption = shop.redeem(shop.ada, shop.add())
    for deed, by in (
        *((deed, other_coach) for deed in (shop.fulfil, shop.reject, shop.reopen, shop.cancel)),
        *((deed, shop.ada) for deed in (shop.fulfil, shop.reject, shop.reopen)),
        *((shop.cancel, by) for by in (shop.bo, shop.cy, shop.dee)),
    ):
        with pytest.raises(NotFound):
            deed(redemption, by=by)
    for nowhere in (0, -1, 10**30):
        redemption.id = nowhere
        with pytest.raises(NotFound):
            shop.fulfil(redemption)


def test_an_admin_settles_what_has_no_coach(database, shop):
    shop.give(shop.cy, 100)
    redemption = shop.redeem(shop.cy, shop.add())
    with pytest.raises(NotFound):
        shop.fulfil(redemption, by=shop.bo)
    assert shop.fulfil(redemption, by=shop.dee).settled_by == shop.dee


def test_a_rejection_has_a_reason(database, shop):
    redemption = shop.redeem(shop.ada, shop.add())
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Invalid):
            shop.reject(redemption, reason=reason)
    assert shop.reject(redemption, reason=" None here ").coach_note == "None here"


def test_a_code_is_shown_when_it_was_handed_out_and_goes_back_when_it_was_not(database, shop):
    ticket = shop.add(key="ticket", pooled=True, codes=["A-1", "A-2"])
    assert shop.stock(ticket) == 2
    first, second = shop.redeem(shop.ada, ticket), shop.redeem(shop.ada, ticket)
    assert shop.stock(ticket) == 0
    assert refusal(lambda: shop.redeem(shop.ada, ticket)).code == "sold_out"
    assert code_of(shop.ada, first) is None
    shop.fulfil(first)
    assert code_of(shop.ada, first) == "A-1"
    shop.reject(second)
    assert shop.stock(ticket) == 1
    shop.fulfil(third := shop.redeem(shop.ada, ticket))
    assert code_of(shop.ada, third) == "A-2"
    with database.read():
        assert verify() == []


def test_a_code_that_somebody_has_seen_is_nobody_elses_any_more(database, shop):
    ticket = shop.add(key="ticket", pooled=True, codes=["A-1", "A-2"])
    redemption = shop.redeem(shop.ada, ticket)
    shop.fulfil(redemption)
    shop.reopen(redemption)
    assert code_of(shop.ada, redemption) is None
    shop.reject(redemption)
    assert shop.stock(ticket) == 1
    shop.fulfil(again := shop.redeem(shop.ada, ticket))
    assert code_of(shop.ada, again) == "A-2"
    with database.read():
        assert verify() == []


def test_cashback_is_money_when_it_is_handed_out_and_goes_when_that_is_undone(database, shop):
    cashback = shop.add(key="cash", type="cashback", value_minor=500)
    redemption = shop.redeem(shop.ada, cashback)
    assert shop.balance(shop.ada, "USD") == 0
    for _ in range(2):
        shop.fulfil(redemption)
        assert shop.balance(shop.ada, "USD") == 500
        shop.reopen(redemption)
        assert shop.balance(shop.ada, "USD") == 0
    shop.fulfil(redemption)
    with database.read():
        assert history(user_id=shop.ada, asset="USD")[0].reason == "Cashback: Cash"
        assert verify() == []


def test_cashback_that_is_spent_cannot_be_taken_back(database, shop):
    cashback = shop.add(key="cash", type="cashback", value_minor=500)
    redemption = shop.redeem(shop.ada, cashback)
    shop.fulfil(redemption)
    with database.write():
        adjust(user_id=shop.ada, asset="USD", amount=-120, reason="Spent", actor_id=shop.dee)
    refused = refusal(lambda: shop.reopen(redemption))
    assert (refused.code, refused.message) == ("cashback_spent", "Its cashback has been spent: 1.20 USD is missing.")
    with database.read():
        assert redemption_of(shop.ada, redemption.id).redemption.status == "fulfilled"
        assert verify() == []


def test_what_nobody_hands_out_in_time_goes_back_at_the_end_of_the_persons_day(database, shop, clock):
    bottle = shop.add(stock=5, valid_days=2)
    redemption = shop.redeem(shop.ada, bottle)
    end = datetime(2026, 3, 6, 23, tzinfo=UTC)
    assert redemption.expires_at == end
    shop.fulfil(shop.redeem(shop.ada, bottle))
    clock.set_to(end - timedelta(seconds=1))
    assert expire_due() == 0
    clock.set_to(end)
    assert expire_due() == 1
    assert expire_due() == 0
    assert (shop.balance(shop.ada), shop.stock(bottle)) == (150, 4)
    with database.read():
        told = redemption_of(shop.ada, redemption.id).redemption
        assert (told.status, told.settled_at, told.settled_by) == ("expired", end, None)
        assert verify() == []
    assert refusal(lambda: shop.fulfil(redemption)).message == "This was expired already on 7 March 2026 at 00:00."


def test_many_that_are_due_expire_in_several_blocks(database, shop, clock):
    bottle = shop.add(points_cost=1, valid_days=1)
    for _ in range(45):
        shop.redeem(shop.ada, bottle)
    clock.set_to(NOON + timedelta(days=3))
    assert expire_due() == 45
    assert shop.balance(shop.ada) == 200


def test_handing_out_many_refuses_each_by_itself(database, shop):
    shop.give(shop.cy, 100)
    bottle = shop.add()
    good, gone, others = shop.redeem(shop.ada, bottle), shop.redeem(shop.ada, bottle), shop.redeem(shop.cy, bottle)
    shop.cancel(gone)
    last = shop.redeem(shop.ada, bottle)
    with database.write():
        outcomes = fulfil_many(redemption_ids=[last.id, gone.id, others.id, good.id, 10**30, good.id], actor=shop.person(shop.bo))
    assert [outcome.redemption_id for outcome in outcomes] == [last.id, gone.id, others.id, good.id, 10**30]
    assert [outcome.redemption.status if outcome.redemption else type(outcome.refusal) for outcome in outcomes] == [
        *("fulfilled", Refused, NotFound, "fulfilled", NotFound)
    ]


def test_points_that_came_back_are_spent_as_any_others(database, shop):
    shop.cancel(shop.redeem(shop.ada, shop.add(points_cost=200)))
    with database.write():
        assert spend_points(user_id=shop.ada, points=200, reason="A coffee", reference="service:1").balance == 0


def test_who_settled_what_is_on_record(database, shop):
    shop.reject(shop.redeem(shop.ada, shop.add()), reason="None here")
    with database.read():
        question = "SELECT actor_id, object_kind, note FROM audit_entries WHERE action = 'redemption_rejected'"
        assert sql.rows(question) == [(shop.bo, "redemption", "None here")]


def test_a_movement_of_a_redemption_is_not_taken_back_by_itself(database, shop):
    shop.fulfil(shop.redeem(shop.ada, shop.add(type="cashback", value_minor=5)))
    with database.read():
        moved = [entry.id for entry in history(user_id=shop.ada) if entry.reference == "redemption:1"]
    assert len(moved) == 2
    for transfer_id in moved:
        with pytest.raises(Refused) as refused, database.write():
            reverse_transfer(transfer_id=transfer_id, actor_id=shop.dee, reason="Mistaken")
        assert refused.value.code == "of_a_redemption"
