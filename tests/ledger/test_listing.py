"""Lists of movements: every filter shows exactly its movements, each with the balance that was really there, and totals are their sums."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.earning.granting import adjust
from rewards.earning.reversing import reverse_transfer
from rewards.kit import clock as the_clock
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.listing import every_line, lines
from rewards.ledger.models import Owner
from rewards.ledger.spending import spend_points
from rewards.ledger.statements import statement_of
from rewards.ledger.totals import totals, unbalanced
from rewards.ledger.wanted import Wanted
from tests.programmes import define, did, play, workout

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
PAID = {"key": "plastic_recycled", "category": "community", "points": 5, "money": {"USD": 250}}


@pytest.fixture
def history(cast, clock):
    """Ten days of Ada's and Cy's: awards, an adjustment, spending, a reversal."""
    define(activities=[workout(), PAID])
    for day in range(10):
        clock.set_to(START + day * DAY)
        play(did(cast.ada, at=clock.now()), *([did(cast.cy, "plastic_recycled", at=clock.now())] if day % 3 == 0 else []))
        with db.write():
            if day == 4:
                adjust(user_id=cast.ada, asset="points", amount=-15, reason="a mistake", actor_id=cast.dee)
            if day == 6:
                spend_points(user_id=cast.ada, points=30, reason="a coffee", reference="till 7")
            if day == 8:
                first = sql.value("SELECT min(id) FROM transfers WHERE asset = 'points'")
                reverse_transfer(transfer_id=first, actor_id=cast.dee, reason="not hers")
    return cast


def plainly(**wanted):
    """The same list by brute force: every transfer, told from the beginning."""
    question = (
        "SELECT t.id, t.asset, d.owner_kind, d.owner_id, c.owner_kind, c.owner_id, t.amount, t.reason, t.posted_at FROM transfers t"
        " JOIN accounts d ON d.id = t.debit_id JOIN accounts c ON c.id = t.credit_id ORDER BY t.id"
    )
    held: dict[tuple[int, str], int] = {}
    found = []
    for transfer_id, asset, debit_kind, debit_owner, credit_kind, credit_owner, amount, reason, posted_at in sql.rows(question):
        to_person = credit_kind == "user"
        user_id, side = (credit_owner, debit_kind) if to_person else (debit_owner, credit_kind)
        signed = amount if to_person else -amount
        held[user_id, asset] = held.get((user_id, asset), 0) + signed
        moment = datetime.fromisoformat(posted_at)
        day = moment.astimezone(wanted.get("zone", UTC) if wanted.get("user_id") else UTC).date()
        row = {"user_id": user_id, "asset": asset, "counterpart": side, "reason": reason}
        fits = all(row[name] == wanted[name] for name in row if wanted.get(name) is not None)
        if fits and wanted.get("first", date.min) <= day <= wanted.get("last", date.max):
            found.append((transfer_id, user_id, asset, side, signed, held[user_id, asset]))
    return found[::-1]


def told(line):
    return line.id, line.user_id, line.asset, line.counterpart, line.amount, line.balance_after


FILTERS: dict[str, dict[str, Any]] = {
    "everything": {},
    "an asset": {"asset": "points"},
    "a rare asset": {"asset": "USD"},
    "an asset nobody has": {"asset": "EUR"},
    "a kind": {"counterpart": Owner.ADJUSTED},
    "a kind of an asset": {"asset": "points", "counterpart": Owner.REDEEMED},
    "days": {"first": date(2026, 3, 4), "last": date(2026, 3, 6)},
    "from a day on": {"first": date(2026, 3, 8)},
    "up to a day": {"last": date(2026, 3, 2), "asset": "xp"},
    "days without anything": {"first": date(2027, 1, 1)},
    "all days there are": {"first": date.min, "last": date.max},
    "a reason": {"reason": "a mistake"},
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_shows_its_movements_with_the_balances_that_were_there(history, name):
    for whose in (None, "ada", "cy", "bo"):
        wanted = FILTERS[name] | ({"user_id": getattr(history, whose), "zone": BERLIN} if whose else {})
        with db.read():
            expected = plainly(**wanted)
            assert [told(line) for line in every_line(Wanted(**wanted))] == expected, whose
            by_side = sorted(expected, key=lambda row: (row[2], row[3]))
            sums = [(*key, [row[4] for row in rows]) for key, rows in groupby(by_side, key=lambda row: (row[2], row[3]))]
            assert [(one.asset, one.counterpart, one.transfers, one.given, one.taken) for one in totals(Wanted(**wanted))] == [
                (asset, side, len(amounts), sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0))
                for asset, side, amounts in sums
            ], whose


def test_pages_miss_nothing_and_repeat_nothing(history):
    ada = {"user_id": history.ada}
    for limit, wanted in product((1, 2, 7), ({}, {"asset": "points"}, ada, ada | {"reason": "award"})):
        asked = Wanted(**wanted)
        seen, before = [], None
        with db.read():
            while page := lines(asked, before_id=before, limit=limit):
                assert len(page) <= limit
                seen += [told(line) for line in page]
                before = page[-1].id
            assert seen == [told(line) for line in every_line(asked)], (limit, wanted)


def test_a_line_says_what_it_was_for(history):
    with db.read():
        found = {line.id: line for line in every_line(Wanted(user_id=history.ada, asset="points"))}
        award = min(found)
        assert (found[award].activity, found[award].person, found[award].source) == ("workout_logged", "Ada", "test")
        assert found[award].happened_on == date(2026, 3, 2)  # half past midnight in Berlin
        reversal = found[found[award].reversed_by_id or 0]
        assert (reversal.reverses_id, reversal.actor, reversal.reason) == (award, "Dee", "not hers")
        assert next(line for line in found.values() if line.reference).reference == "till 7"


def test_a_rule_that_paid_is_named(cast):
    rule = {"key": "sat", "pattern": {"action": "done", "object_type": "sitting"}, "outcome": {"type": "award_points", "points": 7}}
    define(rules=[rule])
    play(did(cast.ada, "sitting_done"))
    with db.read():
        assert [line.rule for line in lines(Wanted())] == ["sat"]


def test_the_books_agree_and_a_lost_amount_is_named(history):
    with db.read():
        assert unbalanced() == {}
    with db.write():
        sql.run("UPDATE daily_flows SET given = given + 7 WHERE asset = 'USD' AND day = '2026-03-01'")
    with db.read():
        assert unbalanced() == {"USD": -7}


def test_a_statement_leads_from_its_opening_to_its_closing_balance(history):
    with db.read():
        march = statement_of(user_id=history.ada, month=date(2026, 3, 15), zone=BERLIN)
        april = statement_of(user_id=history.ada, month=date(2026, 4, 1), zone=BERLIN)
        february = statement_of(user_id=history.ada, month=date(2026, 2, 1), zone=BERLIN)
        now: dict[str, int] = dict(
            sql.rows("SELECT asset, balance FROM accounts WHERE owner_kind = 'user' AND owner_id = ?", (history.ada,))
        )
    assert february.assets == []
    assert (march.first, march.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert {one.asset: (one.opening, one.closing) for one in march.assets} == {asset: (0, balance) for asset, balance in now.items()}
    assert {one.asset: (one.opening, one.closing) for one in april.assets} == {asset: (held, held) for asset, held in now.items()}
    assert list(april.lines) == []
    points = next(one for one in march.assets if one.asset == "points")
    assert (points.received, points.given) == (200, 65)
    with db.read():
        of_month = Wanted(user_id=history.ada, first=march.first, last=march.last, zone=BERLIN)
        expected = [(line.id, line.amount, line.balance_after, line.activity) for line in every_line(of_month)][::-1]
    assert [(line.id, line.amount, line.balance_after, line.activity) for line in march.lines] == expected


def test_a_month_begins_at_midnight_of_the_persons_own(cast, clock):
    """Half past eleven at night in UTC is the next month in Berlin."""
    define(activities=[workout()])
    clock.set_to(datetime(2026, 2, 28, 23, 30, tzinfo=UTC))
    play(did(cast.ada, at=clock.now()))
    with db.read():
        assert [one.closing for one in statement_of(user_id=cast.ada, month=date(2026, 3, 1), zone=BERLIN).assets] == [20, 20]
        assert statement_of(user_id=cast.ada, month=date(2026, 2, 1), zone=BERLIN).assets == []
        assert [one.opening for one in statement_of(user_id=cast.ada, month=date(2026, 3, 1), zone=UTC).assets] == [20, 20]


MOVES = st.lists(
    st.tuples(st.sampled_from(["ada", "cy"]), st.sampled_from(["xp", "points"]), st.integers(-40, 60), st.integers(0, 5)), max_size=15
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES, limit=st.integers(1, 9), whose=st.sampled_from([None, "ada"]), days=st.tuples(st.integers(0, 5), st.integers(0, 5)))
def test_whatever_was_moved_lists_and_totals_are_the_ledgers(cast, moves, limit, whose, days):
    """Days are in no order: a clock may be set back."""
    for who, asset, amount, day in moves:
        with the_clock.frozen_at(START + day * DAY), db.write():
            held = sql.value("SELECT balance FROM accounts WHERE owner_id = ? AND asset = ?", (getattr(cast, who), asset)) or 0
            if amount and held + amount >= 0:
                adjust(user_id=getattr(cast, who), asset=asset, amount=amount, reason="moved", actor_id=cast.dee)
    wanted = {"first": START.date() + days[0] * DAY, "last": START.date() + days[1] * DAY}
    wanted |= {"user_id": cast.ada} if whose else {}
    with db.read():
        expected = plainly(**wanted)
        assert [told(line) for line in lines(Wanted(**wanted), limit=limit)] == expected[:limit]
        assert sum(total.net for total in totals(Wanted(**wanted))) == sum(row[4] for row in expected)
        assert unbalanced() == {}
