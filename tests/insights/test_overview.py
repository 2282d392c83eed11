"""The figures over everybody are those of the ledger, for as long as anybody earns, spends and takes back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.earning.granting import adjust
from rewards.earning.reversing import reverse_transfer
from rewards.insights.overview import by_activity, by_day, count_people, loyalty_overview
from rewards.insights.windows import Span, last_days
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.models import POINTS
from rewards.ledger.spending import spend_points
from rewards.programme.verifying import verify
from tests.programmes import NOON, define, did, play, workout

TODAY = NOON.date()
DAY = timedelta(days=1)


@pytest.fixture
def played(cast):
    define(activities=[workout(), {"key": "note_taken", "points": 3}])
    play(*(did(cast.ada, at=NOON - ago * DAY) for ago in (0, 0, 29, 30, 59, 60)), did(cast.cy, at=NOON - 40 * DAY))
    play(did(cast.cy, "note_taken"))
    return cast


def overview(today=TODAY):
    with db.read():
        return loyalty_overview(today)


def test_the_overview_tells_all_time_the_last_30_days_and_the_30_before(played):
    found = overview()
    assert (found.in_all.sums.xp, found.recent.sums.xp, found.before.sums.xp) == (140, 60, 60)
    assert (found.in_all.sums.events, found.recent.sums.events, found.before.sums.events) == (8, 4, 3)


def test_people_with_xp_are_those_who_were_given_some_in_that_time(played):
    """Cy wrote a note this month, which is worth points alone."""
    found = overview()
    assert (found.in_all.people_with_xp, found.recent.people_with_xp, found.before.people_with_xp) == (2, 1, 2)
    assert overview(TODAY + 31 * DAY).recent.people_with_xp == 0


def test_points_outstanding_are_what_everybody_could_spend(played):
    with db.write():
        spend_points(user_id=played.ada, points=50, reason="a coffee", reference="till")
    assert overview().points_outstanding == 140 + 3 - 50


def test_a_figure_is_there_as_soon_as_the_ledger_has_it(cast):
    assert replace(overview(), days=[]) == replace(overview(TODAY - 500 * DAY), days=[])
    define(activities=[workout()])
    play(did(cast.ada))
    assert (overview().recent.sums.xp, overview().recent.people_with_xp) == (20, 1)


def test_each_day_has_a_figure_and_they_add_up(played):
    span = last_days(30, TODAY)
    with db.read():
        days = by_day(span)
    assert [figure.day for figure in days] == [span.first + n * DAY for n in range(30)]
    assert [figure.sums.xp for figure in days if figure.sums.xp] == [20, 40]
    assert sum(figure.sums.xp for figure in days) == overview().recent.sums.xp


def test_activities_stand_in_the_order_of_their_use(played):
    with db.read():
        found = by_activity(Span(date.min, date.max))
    assert [(key, sums.events, sums.points) for key, sums in found.items()] == [("workout_logged", 7, 140), ("note_taken", 1, 3)]


def test_people_are_counted_by_role(cast):
    with db.read():
        assert count_people() == {"client": 2, "coach": 1, "admin": 1}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["did", "adjust", "reverse", "spend"]), st.sampled_from(["ada", "cy"]), st.integers(0, 90), st.integers(1, 30)
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_the_figures_equal_the_ledger(cast, steps):
    define(activities=[workout()])
    for what, who, ago, amount in steps:
        _step(cast, what, getattr(cast, who), ago, amount)
    with db.read():
        assert verify() == []
        found = loyalty_overview(TODAY)
        held: dict[str, int] = dict(sql.rows("SELECT asset, sum(balance) FROM accounts WHERE owner_kind = 'user' GROUP BY asset"))
        assert found.in_all.sums.xp == held.get("xp", 0)
        assert found.points_outstanding == held.get("points", 0)


def _step(cast, what, user_id, ago, amount):
    with db.read():
        points = sql.value("SELECT balance FROM accounts WHERE owner_kind = 'user' AND owner_id = ? AND asset = 'points'", (user_id,)) or 0
        free = sql.value(
            "SELECT t.id FROM transfers t JOIN accounts c ON c.id = t.credit_id WHERE t.asset = 'points' AND t.reverses_id IS NULL"
            " AND c.owner_kind = 'user' AND c.owner_id = ? AND t.amount <= ?"
            " AND NOT EXISTS (SELECT 1 FROM transfers r WHERE r.reverses_id = t.id)",
            (user_id, points),
        )
    if what == "did":
        play(did(user_id, at=NOON - ago * DAY))
        return
    with db.write():
        if what == "adjust":
            adjust(user_id=user_id, asset=POINTS, amount=amount, reason="a gift", actor_id=cast.dee)
        elif what == "spend" and points:
            spend_points(user_id=user_id, points=min(amount, points), reason="a coffee", reference="till")
        elif what == "reverse" and free:
            reverse_transfer(transfer_id=free, actor_id=cast.dee, reason="a mistake")
