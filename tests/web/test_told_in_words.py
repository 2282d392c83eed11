"""Every decision can be told in words: to who it is about in plain ones, and in full to who looks after them."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rewards.earning.amounts import told, untold
from rewards.kit import clock, sql
from rewards.kit.database import Database
from tests.programmes import define, did, play
from tests.web import test_forms_as_they_stand as written
from tests.web.conftest import SignIn, on_sqlite, somebody

keys = st.sampled_from(["workout_logged", "meal_logged", "daily_checkin", "nobody_registered_this"])
fields = st.dictionaries(
    st.sampled_from(["kg", "kind", "note", "km"]), st.integers(-5, 10**6) | st.text(max_size=5) | st.booleans() | st.none(), max_size=3
)
happenings = st.lists(st.tuples(keys, fields, st.integers(0, 72)), min_size=1, max_size=4)
limits = st.fixed_dictionaries(
    {"xp": st.integers(0, 100), "points": st.integers(0, 100)},
    optional={
        "max_per_day": st.integers(1, 2),
        "max_per_week": st.integers(1, 2),
        "cooldown_hours": st.integers(1, 30),
        "active": st.booleans(),
        "diminishing": st.just({"after": 1, "factor": "0.5"}),
        "per_unit": st.just({"field": "kg", "points": "1.5"}),
        "money": st.just({"USD": 250}),
    },
)
# What nobody says: a member that nobody filled in, and a word of ours instead of theirs.
UNSAID = re.compile(r"\{\w*\}|\bNone\b|\bUndefined\b|unknown step|&lt;\w+ object")


@pytest.fixture
def readers(sign_in: SignIn) -> dict[str, FlaskClient]:
    return {"ada": sign_in("ada"), "bo": sign_in("bo"), "dee": sign_in("dee")}


def text_of(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@on_sqlite
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60, phases=[Phase.explicit, Phase.generate]
)
@given(
    rules=st.lists(written.rules, max_size=3),
    boosts=st.lists(written.boosts, max_size=2),
    activity=limits,
    multiplier=st.sampled_from([1, "1.25"]),
    happened=happenings,
)
def test_every_page_about_a_decision(
    readers: dict[str, FlaskClient],
    database: Database,
    rules: list[dict[str, Any]],
    boosts: list[dict[str, Any]],
    activity: dict[str, Any],
    multiplier: object,
    happened: list[tuple[str, dict[str, Any], int]],
) -> None:
    define(
        activities=[{"key": "workout_logged", **activity}, {"key": "meal_logged", "points": 3}],
        rules=[rule | {"key": f"rule_{number}"} for number, rule in enumerate(rules)],
        boosts=[boost | {"key": f"boost_{number}"} for number, boost in enumerate(boosts)],
        levels=[{"number": 1, "name": "Bronze", "xp_required": 0, "multiplier": multiplier}],
        achievements=[{"key": "hero", "name": "Hero", "type": "manual", "points_reward": 5}],
    )
    with database.read():
        ada = somebody("ada").id
        before = sql.value("SELECT coalesce(max(id), 0) FROM events")
    # The note that somebody typed is theirs to word.
    play(*[did(ada, key, clock.now() - timedelta(hours=hours), metadata=metadata) for key, metadata, hours in happened])
    with database.read():
        found = [number for (number,) in sql.rows("SELECT id FROM events WHERE user_id = ? AND id > ?", (ada, before))]
    assert len(found) >= len(happened)
    for number in found:
        for reader, address in (
            ("ada", f"/client/log/{number}"),
            ("bo", f"/coach/clients/{ada}/log/{number}"),
            ("dee", f"/admin/events/{number}"),
        ):
            answer = readers[reader].get(address)
            assert answer.status_code == 200, address
            said = text_of(answer.text)
            wrong = UNSAID.search(said)
            assert wrong is None, (said[max(wrong.start() - 80, 0) : wrong.end() + 40], address)


@pytest.mark.parametrize("number", [7, Decimal("0.125"), Decimal(1) / 3, Decimal("1e-300"), 10**400], ids=str)
def test_every_number_that_a_trace_tells_can_be_read_again(number: int | Decimal) -> None:
    assert untold(told(number)) == pytest.approx(Decimal(number), rel=Decimal("1e-6"))
