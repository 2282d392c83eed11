"""EARN-12 as a whole: whatever is recorded, spent and undone, in whatever order, the books balance, and what is left is right."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from rewards.earning import undoing
from rewards.earning.granting import adjust, award_achievement
from rewards.earning.undoing import take_back
from rewards.kit import clock as the_clock
from rewards.kit import sql
from rewards.kit.database import Database, db
from rewards.kit.errors import Refused
from rewards.ledger.queries import balances_of
from rewards.ledger.spending import spend_points
from rewards.ledger.verifying import sums_by_asset
from rewards.people.models import Role
from rewards.programme.verifying import verify
from tests.cast import user
from tests.programmes import define, did, play

START = datetime(2026, 3, 2, 12, tzinfo=UTC)  # A Monday.
HOUR = timedelta(hours=1)


def unlocking(key: str, measured: str, value: int, **members: Any) -> dict[str, Any]:
    """An achievement that unlocks by itself."""
    return {"key": key, "type": "automatic", "condition_type": measured, "condition_value": value, **members}


PROGRAMME: dict[str, Any] = {
    "activities": [
        {"key": "workout_logged", "category": "creation", "xp": 20, "points": 20, "max_per_day": 2, "max_per_week": 5},
        {"key": "daily_checkin", "category": "participation", "xp": 10, "points": 10, "max_per_day": 1},
        {"key": "quiz_completed", "category": "learning", "xp": 7, "points": 7, "money": {"USD": 5}},
        {"key": "streak_7_day", "category": "consistency", "xp": 50, "points": 50, "recorded_by": ["system"]},
        {"key": "streak_30_day", "category": "consistency", "xp": 200, "points": 200, "recorded_by": ["system"]},
    ],
    "levels": [{"number": 1, "name": "Bronze", "xp_required": 0}, {"number": 2, "name": "Silver", "xp_required": 150}],
    "achievements": [
        unlocking("three", "workout_count", 3, xp_reward=11, points_reward=3),
        unlocking("row", "streak_days", 3, activity="daily_checkin", points_reward=4),
        unlocking("busy", "activity_count", 2, activity="quiz_completed", window="day", xp_reward=30),
        unlocking("hundred", "xp_total", 100, xp_reward=40),
        unlocking("silver", "level", 2, points_reward=6),
        {"key": "spirit", "type": "manual", "points_reward": 25},
    ],
}
ACTIVITIES = ("workout_logged", "daily_checkin", "quiz_completed")
COOLING = {
    **PROGRAMME,
    "activities": [
        {**one, "cooldown_hours": 20, "max_per_day": None} if one["key"] == "daily_checkin" else one for one in PROGRAMME["activities"]
    ],
}


def somebody(letter: str = "a") -> int:
    with db.write():
        return user(f"person{sql.value('SELECT count(*) FROM users')}{letter}", Role.CLIENT, timezone="UTC")


def undo(event_id: int) -> undoing.Undone:
    with db.write():
        return take_back(event_id=event_id, actor_id=None, by_staff=True, reason="a test")


def has(user_id: int) -> dict[str, int]:
    with db.read():
        return {asset: balance for asset, balance in balances_of(user_id).items() if balance}


def standing(user_id: int) -> object:
    """Balances, days without which event holds which slot, runs and unlocks."""
    with db.read():
        days: Counter[tuple[str, str]] = Counter()
        weeks: Counter[tuple[str, int]] = Counter()
        question = "SELECT a.key, d.day, d.events, d.counted, d.paid FROM daily_activity d JOIN activities a ON a.id = d.activity_id"
        for key, day, events, counted, paid in sql.rows(f"{question} WHERE d.user_id = ? AND d.paid + d.events > 0", (user_id,)):
            if key in ACTIVITIES:
                days[key, day] += 1000 * events + counted
                weeks[key, datetime.fromisoformat(day).isocalendar().week] += paid
        runs = sql.rows(
            "SELECT a.key, s.counted, s.current, s.best, s.last_day FROM streaks s JOIN activities a ON a.id = s.activity_id"
            f" WHERE s.user_id = ? AND a.key IN ({sql.marks(ACTIVITIES)}) ORDER BY a.key",
            (user_id, *ACTIVITIES),
        )
        unlocks = sql.rows("SELECT achievement_id FROM unlocks WHERE user_id = ? ORDER BY achievement_id", (user_id,))
    return has(user_id), days, weeks, runs, unlocks


def in_order() -> None:
    with db.read():
        assert verify() == []


Happened = st.tuples(st.sampled_from(ACTIVITIES), st.integers(0, 16 * 24), st.booleans())


def compare(happened: Sequence[tuple[str, int, bool]], seed: int) -> None:
    """Two people undo the same in another order, and a third one never did it."""
    ada, bea, without = somebody("a"), somebody("b"), somebody("w")
    define(**PROGRAMME)
    for person, shuffling in ((ada, seed), (bea, seed + 1)):
        answers = play(*(did(person, activity, START + hours * HOUR) for activity, hours, _ in happened))
        gone = [answer["event_id"] for answer, (_, _, goes) in zip(answers, happened, strict=True) if goes]
        random.Random(shuffling).shuffle(gone)
        for event_id in gone:
            undo(event_id)
    play(*(did(without, activity, START + hours * HOUR) for activity, hours, goes in happened if not goes))
    assert standing(ada) == standing(bea) == standing(without)
    in_order()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=st.lists(Happened, max_size=40), seed=st.integers())
def test_what_is_left_is_what_there_would_be_had_it_never_been(
    database: Database, happened: list[tuple[str, int, bool]], seed: int
) -> None:
    compare(happened, seed)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=st.lists(Happened, min_size=1, max_size=30), choice=st.integers(0))
def test_what_is_undone_and_recorded_again_pays_the_same(database: Database, happened: list[tuple[str, int, bool]], choice: int) -> None:
    person = somebody()
    define(**PROGRAMME)
    answers = play(*(did(person, activity, START + hours * HOUR) for activity, hours, _ in happened))
    before = standing(person)
    place = choice % len(happened)
    activity, hours, _ = happened[place]
    undo(answers[place]["event_id"])
    play(did(person, activity, START + hours * HOUR))
    assert standing(person) == before
    in_order()


class Machine(RuleBasedStateMachine):
    """One person, with everything that moves their points. It counts what came by hand, what was spent and what was made up for."""

    @initialize()
    def somebody_new(self) -> None:
        the_clock.set_to(START)
        self.person = somebody()
        self.events: list[int] = []
        self.points_by_hand = 0

    @rule(activity=st.sampled_from(ACTIVITIES), hours_ago=st.integers(0, 10 * 24))
    def record(self, *, activity: str, hours_ago: int) -> None:
        self.events.append(play(did(self.person, activity, the_clock.now() - hours_ago * HOUR))[0]["event_id"])

    @rule(activity=st.sampled_from(ACTIVITIES), days=st.integers(2, 9))
    def record_a_row(self, *, activity: str, days: int) -> None:
        first = the_clock.now() - days * 24 * HOUR
        answers = play(*(did(self.person, activity, first + day * 24 * HOUR) for day in range(days)))
        self.events += [answer["event_id"] for answer in answers]

    @rule(choice=st.integers(0, 1_000))
    def undo_one(self, choice: int) -> None:
        if self.events:
            undone = undo(self.events[choice % len(self.events)])
            if undone.event_id not in self.seen:
                self.points_by_hand += undone.made_up.get("points", 0)
                self.seen.add(undone.event_id)

    @rule(points=st.integers(1, 60))
    def spend(self, points: int) -> None:
        if has(self.person).get("points", 0) >= points:
            with db.write():
                spend_points(user_id=self.person, points=points, reason="a coffee", reference="till")
            self.points_by_hand -= points
        else:
            with pytest.raises(Refused, match="to go"), db.write():
                spend_points(user_id=self.person, points=points, reason="a coffee", reference="till")

    @rule(points=st.integers(-30, 30).filter(bool))
    def adjust(self, points: int) -> None:
        if has(self.person).get("points", 0) + points >= 0:
            with db.write():
                adjust(user_id=self.person, asset="points", amount=points, reason="a test", actor_id=None)
            self.points_by_hand += points

    @rule()
    def award(self) -> None:
        with db.read():
            question = "SELECT 1 FROM unlocks u JOIN achievements a ON a.id = u.achievement_id WHERE u.user_id = ? AND a.key = 'spirit'"
            known = sql.value(question, (self.person,))
        if not known:
            with db.write():
                award_achievement(user_id=self.person, achievement="spirit", awarded_by=self.person)
            self.points_by_hand += 25

    @rule(hours=st.integers(1, 60))
    def let_time_pass(self, hours: int) -> None:
        the_clock.set_to(the_clock.now() + hours * HOUR)

    @property
    def seen(self) -> set[int]:
        if not hasattr(self, "_seen"):
            self._seen: set[int] = set()
        return self._seen

    @invariant()
    def everything_sums_to_zero_and_nothing_is_below_it(self) -> None:
        with db.read():
            assert set(sums_by_asset().values()) <= {0}
            assert sql.value("SELECT count(*) FROM accounts WHERE owner_kind = 'user' AND balance < 0") == 0

    def teardown(self) -> None:
        if not hasattr(self, "events"):
            return
        in_order()
        order = list(self.events)
        random.Random(len(order)).shuffle(order)
        for event_id in order:
            undone = undo(event_id)
            self.points_by_hand += 0 if event_id in self.seen else undone.made_up.get("points", 0)
            self.seen.add(event_id)
        assert has(self.person) == ({"points": self.points_by_hand} if self.points_by_hand else {})
        with db.read():
            automatic = "SELECT count(*) FROM unlocks WHERE user_id = ? AND awarded_by IS NULL"
            assert sql.value(automatic, (self.person,)) == 0
        in_order()


def play_the_machine(programme: dict[str, Any], examples: int, steps: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    define(**programme)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=phases,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("programme", [PROGRAMME, COOLING], ids=["caps", "cooldown"])
def test_undoing_everything_leaves_what_came_by_hand(database: Database, clock: object, programme: dict[str, Any], *, proof: bool) -> None:
    examples = (150 if proof else 10) if database.dialect == "sqlite" else 4
    play_the_machine(programme, examples, 30 if proof else 20)


@pytest.mark.parametrize("forgotten", ["withdraw_lost_unlocks", "withdraw_streak_bonuses", "readmit"])
def test_the_proof_finds_what_an_undo_forgets(database: Database, clock: object, monkeypatch: pytest.MonkeyPatch, forgotten: str) -> None:
    """The control: an undo without one of its parts is found out."""
    monkeypatch.setattr(undoing, forgotten, lambda *_: [])
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        find_out(forgotten)


def find_out(forgotten: str) -> None:
    if forgotten == "readmit":
        compare([("daily_checkin", 0, True), ("daily_checkin", 1, False)], 0)
    else:
        play_the_machine(PROGRAMME, 60, 25, [Phase.generate])
