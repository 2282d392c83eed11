"""L1: value is moved, never made. A machine plays award, adjust, reverse, caps and clock against a model that knows nothing of our code."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from rewards.earning.granting import adjust
from rewards.earning.reversing import reverse_transfer
from rewards.kit import clock as the_clock
from rewards.kit import sql
from rewards.kit.database import Database, db
from rewards.kit.errors import Refused
from rewards.ledger import posting
from rewards.ledger.queries import balances_of
from rewards.ledger.verifying import sums_by_asset, wrong_balances
from rewards.people.models import Role
from rewards.programme.verifying import verify
from tests.cast import user
from tests.programmes import define, did, play

START = datetime(2026, 3, 4, 12, tzinfo=UTC)
# Key, XP and points, limit a day, limit a week: in UTC, so that the model's days are plain.
ACTIVITIES = {
    "workout_logged": (20, None, None),
    "daily_login": (5, 1, None),
    "quiz_completed": (7, 3, None),
    "weekly_challenge_completed": (75, None, 1),
}
EVERY_FIFTH_WORKOUT = 50


class Machine(RuleBasedStateMachine):
    """One person at a time; the model is a counter of what they should have."""

    @initialize()
    def somebody_new(self) -> None:
        the_clock.set_to(START)
        with db.write():
            self.person = user(f"person{sql.value('SELECT count(*) FROM users')}", Role.CLIENT, timezone="UTC")
        self.expected: Counter[str] = Counter()
        self.paid: Counter[tuple[str, str]] = Counter()
        self.workouts = 0
        self.reversed: set[int] = set()

    @rule(activity=st.sampled_from(sorted(ACTIVITIES)), days_ago=st.integers(0, 20), twice=st.booleans())
    def award(self, *, activity: str, days_ago: int, twice: bool) -> None:
        at = the_clock.now() - timedelta(days=days_ago)
        key = f"{self.person}:{sql_count('events')}"
        answers = [play(did(self.person, activity, at, idempotency_key=key))[0] for _ in range(1 + twice)]
        assert all(answer == answers[0] for answer in answers)
        amount, per_day, per_week = ACTIVITIES[activity]
        day, week = at.date().isoformat(), at.strftime("%G-%V")
        blocked = (per_day and self.paid[activity, day] >= per_day) or (per_week and self.paid[activity, week] >= per_week)
        assert answers[0]["capped"] == bool(blocked)
        if blocked:
            return
        self.paid[activity, day] += 1
        self.paid[activity, week] += 1
        self.expected.update(xp=amount, points=amount)
        if activity == "workout_logged":
            self.workouts += 1
            if self.workouts == 5:
                self.expected.update(xp=EVERY_FIFTH_WORKOUT)

    @rule(asset=st.sampled_from(["xp", "points", "USD"]), amount=st.integers(-120, 120).filter(bool))
    def adjust(self, asset: str, amount: int) -> None:
        self.attempt({asset: amount}, lambda: adjust(user_id=self.person, asset=asset, amount=amount, reason="a test", actor_id=None))

    @rule(choice=st.integers(0, 1_000))
    def reverse(self, choice: int) -> None:
        question = (
            "SELECT t.id, t.asset, CASE WHEN c.owner_kind = 'user' THEN -t.amount ELSE t.amount END FROM transfers t"
            " JOIN accounts c ON c.id = t.credit_id JOIN accounts d ON d.id = t.debit_id"
            " WHERE t.reverses_id IS NULL AND ((c.owner_kind = 'user' AND c.owner_id = ?) OR (d.owner_kind = 'user' AND d.owner_id = ?))"
            " ORDER BY t.id"
        )
        with db.read():
            mine = sql.rows(question, (self.person, self.person))
        if not mine:
            return
        transfer, asset, back = mine[choice % len(mine)]
        if transfer in self.reversed:
            before = tables()
            with pytest.raises(Refused, match="reversed already"), db.write():
                reverse_transfer(transfer_id=transfer, actor_id=None, reason="again")
            assert tables() == before
        elif self.attempt({asset: back}, lambda: reverse_transfer(transfer_id=transfer, actor_id=None, reason="a test")):
            self.reversed.add(transfer)

    @rule(hours=st.integers(1, 60))
    def let_time_pass(self, hours: int) -> None:
        the_clock.set_to(the_clock.now() + timedelta(hours=hours))

    def attempt(self, change: dict[str, int], act: Any) -> bool:
        """Done where nothing falls below 0; otherwise refused, and then not one byte has changed."""
        [(asset, amount)] = change.items()
        if self.expected[asset] + amount >= 0:
            with db.write():
                act()
            self.expected[asset] += amount
            return True
        before = tables()
        with pytest.raises(Refused, match="to go"), db.write():
            act()
        assert tables() == before
        return False

    @invariant()
    def the_balances_are_the_models(self) -> None:
        with db.read():
            assert {asset: amount for asset, amount in balances_of(self.person).items() if amount} == {
                a: n for a, n in self.expected.items() if n
            }

    @invariant()
    def everything_sums_to_zero_and_nothing_is_below_it(self) -> None:
        with db.read():
            assert set(sums_by_asset().values()) <= {0}
            assert wrong_balances() == []
            assert sql.value("SELECT count(*) FROM accounts WHERE owner_kind = 'user' AND balance < 0") == 0

    def teardown(self) -> None:
        with db.read():
            assert verify() == []


def sql_count(table: str) -> int:
    with db.read():
        return int(sql.value(f"SELECT count(*) FROM {table}"))


def tables() -> list[object]:
    with db.read():
        return [
            sql.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
            for table in ("accounts", "transfers", "events", "daily_activity", "streaks", "unlocks")
        ]


def play_the_machine(examples: int, steps: int) -> None:
    define(
        activities=[
            {"key": key, "category": "creation", "xp": amount, "points": amount, "max_per_day": day, "max_per_week": week}
            for key, (amount, day, week) in ACTIVITIES.items()
        ],
        achievements=[
            {"key": "five", "type": "automatic", "condition_type": "workout_count", "condition_value": 5, "xp_reward": EVERY_FIFTH_WORKOUT}
        ],
    )  # fmt: skip
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck)
        ),
    )


def test_value_is_moved_and_never_made(database: Database, clock: object, *, proof: bool) -> None:
    examples = (300 if proof else 40) if database.dialect == "sqlite" else 15
    play_the_machine(examples, 40 if proof else 25)


def test_the_machine_finds_a_planted_leak(database: Database, clock: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: an engine that now and then forgets the points of an award is found at once."""
    right = posting.post

    def leak(movements: Any) -> Any:
        return right([movement for movement in movements if (movement.holding.asset, movement.amount) != ("points", 7)])

    monkeypatch.setattr("rewards.earning.writing.post", leak)
    # One way of failing is told by itself, several as a group.
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        play_the_machine(60, 25)
