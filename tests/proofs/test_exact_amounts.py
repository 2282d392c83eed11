"""Amounts are exact from the JSON that comes in to the balance that is left, and all of it is what a plain reckoning says."""

import itertools
import json
import shutil
from collections import Counter
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.models import AMOUNT_MAX
from rewards.ledger.queries import balances_of
from rewards.people.models import Role
from rewards.programme.verifying import verify
from tests.api.conftest import Shop, make_app, open_shop
from tests.cast import user
from tests.earning.test_decision_against_a_reference import programmes, reckoned
from tests.programmes import define, workout

SECOND_LEVEL_XP = 5
weights = st.lists(st.decimals(0, 100, places=3), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Flask:
    """The application, for whichever database is open."""
    folder = tmp_path_factory.mktemp("amounts")
    db.open(f"sqlite:///{folder}/unused.db")
    try:
        return make_app(f"sqlite:///{folder}/unused.db", folder)
    finally:
        db.close()


def tell(shop: Shop, person: int, kg: Decimal, key: str):
    """An event whose weight is written as it is, to the last digit."""
    body = json.dumps({"user": str(person), "action": "logged", "object_type": "workout", "metadata": {"kg": "?"}}).replace(
        '"?"', f"{kg:f}"
    )
    return shop.post("/events", body, key=key)


def in_assets(awards) -> Counter[str]:
    """Awards as they are answered, by asset; zeros left out."""
    found = Counter(xp=awards["xp"], points=awards["points"])
    found.update({money["currency"]: money["minor"] for money in awards["money"]})
    return +found


def moved(event_id: int) -> Counter[str]:
    with db.read():
        return Counter(dict(sql.rows("SELECT asset, sum(amount) FROM transfers WHERE event_id = ? GROUP BY asset", (event_id,))))


def test_answers_transfers_and_balances_are_what_the_plain_reckoning_says(sqlite_template, tmp_path, app, proof):
    numbers = itertools.count()

    @settings(max_examples=400 if proof else 40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(sections=programmes(), weights=weights)
    def agree(sections, weights):
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copy(sqlite_template, path)
        db.open(f"sqlite:///{path}")
        try:
            define(**sections)
            with db.write():
                ada = user("ada", Role.CLIENT)
            shop = open_shop(db, app)
            balance: Counter[str] = Counter()
            for paid_before, kg in enumerate(weights):
                level = 2 if balance["xp"] >= SECOND_LEVEL_XP else 1
                answer = tell(shop, ada, kg, f"{paid_before}")
                told = answer.get_json()
                due = {asset: amount for asset, amount in reckoned(sections, kg, level, paid_before).items() if asset != "score"}
                assert (answer.status_code, in_assets(told["awards"])) == (201, due)
                assert moved(told["event_id"]) == due
                assert told["points_awarded"] == due.get("points", 0)
                balance.update(due)
            with db.read():
                assert +Counter(balances_of(ada)) == balance
                assert verify() == []
        finally:
            db.close()
            path.unlink()

    agree()


@pytest.fixture
def shop(database, cast, app) -> Shop:
    return open_shop(database, app)


def tables():
    with db.read():
        return [sql.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in ("accounts", "transfers", "events", "daily_activity")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "amount",
    ["0.1", '"10"', "true", "1e400", "-1e400", "NaN", "Infinity", "-Infinity", "-1", "0", "-0", "9223372036854775808",
     "9000000000000001", "null", "[10]", "{}", "1" * 5000, "010", "+10", "0x10", "1_000"],
    ids=lambda amount: amount[:24],
)  # fmt: skip
def test_what_is_no_amount_moves_nothing(shop, cast, amount):
    define(activities=[workout()])
    before = tables()
    for verb in ("earn", "spend"):
        answer = shop.post(f"/users/{cast.ada}/points/{verb}", f'{{"points": {amount}, "reason": "a test"}}', key="k")
        assert answer.status_code in (400, 422), answer.data
        assert answer.content_type == "application/problem+json"
    assert tables() == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kg", ["1e400", "-1e400", "NaN", "Infinity", "1" * 5000])
def test_a_number_that_no_amount_can_be_made_of_moves_nothing_and_breaks_nothing(shop, cast, kg):
    per_unit = {"field": "kg", "xp": 1, "points": 1}
    define(activities=[workout(xp=0, points=0, per_unit=per_unit)])
    body = f'{{"user": "{cast.ada}", "action": "logged", "object_type": "workout", "metadata": {{"kg": {kg}}}}}'
    assert shop.post("/events", body, key="k").status_code in (202, 400, 422)
    with db.read():
        assert sql.value("SELECT count(*) FROM transfers") == 0
        assert verify() == []


def test_an_award_that_no_account_can_hold_moves_nothing_of_itself_and_the_event_stands(shop, cast):
    rule = {"key": "much", "pattern": {}, "outcome": {"type": "multiply", "asset": "points", "factor": 1.5}}
    define(activities=[workout(points=AMOUNT_MAX)], rules=[rule])
    answer = tell(shop, cast.ada, Decimal(1), "k")
    assert (answer.status_code, answer.get_json()["state"]) == (202, "retrying")
    with db.read():
        assert sql.value("SELECT count(*) FROM transfers") == 0
        assert sql.value("SELECT error FROM events").startswith("DecisionError: workout_logged: points of")
        assert verify() == []


def test_an_account_is_filled_to_the_last_unit_and_no_further(shop, cast):
    define(activities=[workout(xp=1, points=AMOUNT_MAX - 1)])
    path = f"/users/{cast.ada}/points"
    assert tell(shop, cast.ada, Decimal(1), "first").get_json()["points_awarded"] == AMOUNT_MAX - 1
    assert shop.post(f"{path}/earn", {"points": 1, "reason": "a test"}).get_json()["balance"] == AMOUNT_MAX
    full = shop.post(f"{path}/earn", {"points": 1, "reason": "a test"})
    assert (full.status_code, full.get_json()["reason"], full.get_json()["gap"]) == (409, "account_full", {"points": 1})
    # An event stands, and neither its points nor its XP move.
    assert tell(shop, cast.ada, Decimal(1), "second").get_json()["state"] == "retrying"
    assert shop.post(f"{path}/spend", {"points": 1, "reason": "a test"}).get_json()["balance"] == AMOUNT_MAX - 1
    with db.read():
        assert balances_of(cast.ada) == {"xp": 1, "points": AMOUNT_MAX - 1}
        assert verify() == []
