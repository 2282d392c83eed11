"""A rehearsed draft is put in force as it was rehearsed: nothing is paid twice, no balance falls below 0, and all totals agree."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings

from rewards.earning.correcting import Correcting
from rewards.earning.in_force import programme_in_force
from rewards.earning.undoing import undo_event
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.ledger.queries import balances_of
from rewards.ledger.spending import spend_points
from rewards.people.models import Role, User
from rewards.programme import applying
from rewards.programme.applying import Mode, put_in_force, work_on_application, work_on_rehearsals
from rewards.programme.document import ProgrammeDocument
from rewards.programme.rehearsals import Kept, Pace, ask_for_rehearsal, latest, rehearsal, work_on_rehearsal
from rewards.programme.rehearsing import staged
from rewards.programme.verifying import verify
from tests.cast import Cast, user
from tests.programme.test_random_histories import FIRST_DAY, PROGRAMME, STEPS, Step, happen
from tests.programmes import NOON, define, did, play, workout
from tests.racing import race

DAY = timedelta(days=1)
THREE = {"key": "three", "name": "Three", "type": "automatic", "condition_type": "workout_count", "condition_value": 3}
LONG = Pace(3600)


@pytest.fixture(autouse=True)
def later(clock: Any) -> Iterator[None]:
    clock.set_to(NOON + 20 * DAY)
    yield
    clock.set_to(None)


def rehearsed(cast: Cast, **sections: Any) -> int:
    with db.write():
        document = ProgrammeDocument.model_validate(sections)
        rehearsal_id = ask_for_rehearsal(document=document, days=60, subject="A draft", actor_id=cast.dee)
    assert work_on_rehearsal(rehearsal_id, LONG)
    return rehearsal_id


def put(cast: Cast, rehearsal_id: int, mode: Mode) -> Kept:
    with db.write():
        put_in_force(rehearsal_id=rehearsal_id, mode=mode, actor_id=cast.dee)
    assert work_on_application(rehearsal_id, LONG)
    with db.read():
        assert verify() == []
        return rehearsal(rehearsal_id)


def has(user_id: int) -> dict[str, int]:
    with db.read():
        return {asset: balance for asset, balance in balances_of(user_id).items() if balance}


def transfers() -> int:
    with db.read():
        return int(sql.value("SELECT count(*) FROM transfers"))


def three_days(*user_ids: int) -> None:
    for number in range(3):
        play(*(did(user_id, at=NOON + number * DAY) for user_id in user_ids))


def test_forward_only_moves_nothing_and_holds_from_now_on(cast: Cast) -> None:
    define(activities=[workout()])
    three_days(cast.ada)
    before = transfers()
    kept = put(cast, rehearsed(cast, activities=[workout(points=50)]), "forward")
    assert (kept.state, kept.mode, transfers()) == ("applied", "forward", before)
    [answer] = play(did(cast.ada, at=NOON + 10 * DAY))
    assert answer["points_awarded"] == 50


def test_topping_up_gives_what_the_draft_pays_more_and_takes_nothing(cast: Cast) -> None:
    define(activities=[workout(), {"key": "meal_logged", "category": "participation", "points": 5}])
    three_days(cast.ada)
    play(did(cast.cy, "meal_logged"))
    draft = {"activities": [workout(points=50, xp=10), {"key": "meal_logged", "category": "participation", "points": 1}]}
    kept = put(cast, rehearsed(cast, **draft), "top_up")
    assert has(cast.ada) == {"points": 150, "xp": 60}
    assert has(cast.cy) == {"points": 5}
    assert kept.totals == {"given": {"points": 90}, "taken": {}, "short": {}, "corrections": 3, "unlocks": 0}


def test_restating_brings_every_event_to_what_the_draft_pays(cast: Cast) -> None:
    define(activities=[workout()])
    three_days(cast.ada, cast.cy)
    kept = put(cast, rehearsed(cast, activities=[workout(points=50, xp=10)]), "restate")
    assert has(cast.ada) == has(cast.cy) == {"points": 150, "xp": 30}
    assert kept.totals == {"given": {"points": 180}, "taken": {"xp": 60}, "short": {}, "corrections": 12, "unlocks": 0}
    with db.read():
        # They are seen on the days of the events, and say where they come from.
        assert sql.rows("SELECT DISTINCT points FROM daily_activity") == [(50,)]
        assert sql.rows("SELECT DISTINCT reason, reference FROM transfers WHERE reference IS NOT NULL") == [
            ("correction", f"rehearsal:{kept.id}")
        ]


def test_restating_takes_no_balance_below_0_and_tells_what_is_short(cast: Cast) -> None:
    define(activities=[workout()])
    three_days(cast.ada)
    with db.write():
        spend_points(user_id=cast.ada, points=50, reason="a bottle", reference="test")
    kept = put(cast, rehearsed(cast, activities=[workout(points=5)]), "restate")
    assert has(cast.ada) == {"xp": 60}
    assert (kept.totals["taken"], kept.totals["short"]) == ({"points": 10}, {"points": 35})


@pytest.mark.parametrize("mode", ["top_up", "restate"])
def test_a_second_run_posts_nothing(cast: Cast, mode: Literal["top_up", "restate"]) -> None:
    define(activities=[workout()])
    three_days(cast.ada)
    draft = {"activities": [workout(points=50)], "achievements": [{**THREE, "points_reward": 15}]}
    first = rehearsed(cast, **draft)
    put(cast, first, mode)
    before = transfers()
    assert has(cast.ada) == {"points": 165, "xp": 60}
    # Again, as if nobody knew that it was done; and the same draft as a rehearsal of its own.
    with db.write():
        sql.run("UPDATE rehearsals SET state = 'applying', last_user_id = 0 WHERE id = ?", (first,))
    assert work_on_application(first, LONG)
    kept = put(cast, rehearsed(cast, **draft), mode)
    assert not kept.report.difference
    assert not kept.report.difference_since
    assert transfers() == before


def test_an_achievement_that_the_draft_unlocks_is_given_and_one_that_it_would_not_have_stays(cast: Cast) -> None:
    two = {"key": "two", "name": "Two", "type": "automatic", "condition_type": "workout_count", "condition_value": 2, "points_reward": 9}
    define(activities=[workout()], achievements=[two])
    three_days(cast.ada)
    draft = {"achievements": [{**two, "condition_value": 9}, {**THREE, "xp_reward": 40}]}
    put(cast, rehearsed(cast, **draft), "restate")
    assert has(cast.ada) == {"points": 60, "xp": 100}
    with db.read():
        keys = sql.rows("SELECT a.key FROM unlocks u JOIN achievements a ON a.id = u.achievement_id ORDER BY a.key")
    assert keys == [("three",), ("two",)]


def test_a_level_that_the_corrections_reach_is_reached(cast: Cast) -> None:
    ground = {"number": 1, "name": "Bronze", "xp_required": 0}
    define(activities=[workout()], levels=[ground, {"number": 2, "name": "Silver", "xp_required": 100}])
    three_days(cast.ada)
    put(cast, rehearsed(cast, activities=[workout(xp=40)]), "top_up")
    with db.read():
        assert sql.rows("SELECT user_id, name FROM level_reaches WHERE number = 2") == [(cast.ada, "Silver")]


def test_a_bonus_for_a_run_that_the_draft_pays_is_paid_once(cast: Cast) -> None:
    checkin = {"key": "daily_checkin", "category": "participation", "xp": 10, "points": 10}
    define(activities=[checkin])
    play(*(did(cast.ada, "daily_checkin", at=NOON + number * DAY) for number in range(7)))
    week = {"key": "streak_7_day", "category": "consistency", "xp": 50, "points": 50, "recorded_by": ["system"]}
    put(cast, rehearsed(cast, activities=[week]), "restate")
    assert has(cast.ada) == {"points": 120, "xp": 120}
    # The run goes on, and what was paid for it is not paid again.
    play(did(cast.ada, "daily_checkin", at=NOON + 7 * DAY))
    assert has(cast.ada) == {"points": 130, "xp": 130}
    kept = put(cast, rehearsed(cast), "restate")
    assert has(cast.ada) == {"points": 130, "xp": 130}
    assert (kept.report.unlike, kept.totals) == (0, {})


def test_what_is_decided_after_the_cut_off_is_left_alone(cast: Cast) -> None:
    define(activities=[workout()])
    three_days(cast.ada)
    rehearsal_id = rehearsed(cast, activities=[workout(points=50)])
    with db.write():
        put_in_force(rehearsal_id=rehearsal_id, mode="restate", actor_id=cast.dee)
    [answer] = play(did(cast.ada, at=NOON + 5 * DAY))
    assert answer["points_awarded"] == 50
    assert work_on_application(rehearsal_id, LONG)
    assert has(cast.ada) == {"points": 200, "xp": 80}
    with db.read():
        assert verify() == []


def test_what_is_undone_while_it_is_corrected_stays_undone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    define(activities=[workout()])
    [first, *_] = [play(did(cast.ada, at=NOON + number * DAY))[0] for number in range(3)]
    rehearsal_id = rehearsed(cast, activities=[workout(points=50)])
    look = applying._worths

    def and_then_undo(*args: Any) -> Any:
        found = look(*args)
        with db.write() as session:
            undo_event(event_id=first["event_id"], actor=session.get_one(User, cast.dee), reason="a mistake")
        return found

    monkeypatch.setattr(applying, "_worths", and_then_undo)
    put(cast, rehearsal_id, "restate")
    assert has(cast.ada) == {"points": 100, "xp": 40}


def test_killed_in_the_middle_and_resumed_it_pays_nothing_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    define(activities=[workout()])
    with db.write():
        people = [user(f"client{number}", Role.CLIENT) for number in range(5)]
    three_days(*people)
    rehearsal_id = rehearsed(cast, activities=[workout(points=50)])
    with db.write():
        put_in_force(rehearsal_id=rehearsal_id, mode="restate", actor_id=cast.dee)
    monkeypatch.setattr(applying, "CHUNK", 1)
    blocks = count()

    def dies(rehearsal_id: int, correcting: Correcting) -> None:
        # Now in the middle of somebody, now at the end.
        if next(blocks) % 7 in {5, 6}:
            raise RuntimeError("killed")
        tell(rehearsal_id, correcting)

    tell = applying._tell
    monkeypatch.setattr(applying, "_tell", dies)
    for _ in range(40):
        try:
            if work_on_application(rehearsal_id, LONG):
                break
        except RuntimeError:
            continue
    assert [has(user_id) for user_id in people] == [{"points": 150, "xp": 60}] * 5
    with db.read():
        kept = rehearsal(rehearsal_id)
        assert verify() == []
    assert (kept.state, kept.totals["given"], kept.totals["corrections"]) == ("applied", {"points": 450}, 15)


def test_four_who_work_on_it_at_once_correct_everything_once(cast: Cast) -> None:
    define(activities=[workout()])
    with db.write():
        people = [user(f"client{number}", Role.CLIENT) for number in range(6)]
    three_days(*people)
    rehearsal_id = rehearsed(cast, activities=[workout(points=50, xp=5)])
    with db.write():
        put_in_force(rehearsal_id=rehearsal_id, mode="restate", actor_id=cast.dee)
    assert race(*[lambda: work_on_application(rehearsal_id, Pace(3600))] * 4) == [True] * 4
    assert [has(user_id) for user_id in people] == [{"points": 150, "xp": 15}] * 6
    with db.read():
        kept = rehearsal(rehearsal_id)
        assert verify() == []
    assert (kept.state, kept.people_done, kept.totals["corrections"]) == ("applied", 6, 36)
    assert (kept.totals["given"], kept.totals["taken"]) == ({"points": 540}, {"xp": 270})


def test_the_timetable_does_what_is_asked_for_and_what_is_put_in_force(cast: Cast) -> None:
    define(activities=[workout()])
    three_days(cast.ada)
    with db.write():
        document = ProgrammeDocument.model_validate({"activities": [workout(points=50)]})
        rehearsal_id = ask_for_rehearsal(document=document, days=60, subject="A draft", actor_id=cast.dee)
    assert work_on_rehearsals() == 1
    with db.write():
        put_in_force(rehearsal_id=rehearsal_id, mode="top_up", actor_id=cast.dee)
    assert work_on_rehearsals() == 1
    assert work_on_rehearsals() == 0
    assert has(cast.ada) == {"points": 150, "xp": 60}
    with db.read():
        assert [kept.id for kept in latest(5)] == [rehearsal_id]


def test_what_does_not_fit_any_more_is_given_up_and_the_next_one_is_not_kept_waiting(cast: Cast) -> None:
    define(levels=[{"number": 1, "name": "Bronze", "xp_required": 0}, {"number": 2, "name": "Silver", "xp_required": 500}])
    ids = []
    for draft in ({"levels": [{"number": 3, "name": "Gold", "xp_required": 600}]}, {"activities": [workout()]}):
        with db.write():
            document = ProgrammeDocument.model_validate(draft)
            ids.append(ask_for_rehearsal(document=document, days=60, subject="A draft", actor_id=cast.dee))
    define(levels=[{"number": 2, "name": "Silver", "xp_required": 700}])
    assert [work_on_rehearsals() for _ in range(3)] == [1, 1, 0]
    with db.read():
        failed, done = (rehearsal(rehearsal_id) for rehearsal_id in ids)
    assert (failed.state, done.state) == ("failed", "rehearsed")
    assert "Silver" in failed.totals["error"]


def test_a_rehearsal_is_put_in_force_once_and_only_while_it_is_about_what_holds(cast: Cast) -> None:
    define(activities=[workout()])
    three_days(cast.ada)
    with db.write():
        document = ProgrammeDocument.model_validate({"activities": [workout(points=50)]})
        asked = ask_for_rehearsal(document=document, days=60, subject="A draft", actor_id=cast.dee)
    with pytest.raises(Refused, match="still being rehearsed"), db.write():
        put_in_force(rehearsal_id=asked, mode="forward", actor_id=cast.dee)
    work_on_rehearsal(asked, LONG)
    define(activities=[workout(points=21)])
    with pytest.raises(Refused, match="has changed since"), db.write():
        put_in_force(rehearsal_id=asked, mode="forward", actor_id=cast.dee)
    again = rehearsed(cast, activities=[workout(points=50)])
    put(cast, again, "top_up")
    with db.write():
        put_in_force(rehearsal_id=again, mode="top_up", actor_id=cast.dee)
    with pytest.raises(Refused, match="in another way"), db.write():
        put_in_force(rehearsal_id=again, mode="restate", actor_id=cast.dee)


def test_a_draft_that_does_not_fit_is_not_even_kept(cast: Cast) -> None:
    document = ProgrammeDocument.model_validate({"levels": [{"number": 3, "name": "Gold", "xp_required": 5}]})
    with pytest.raises(Invalid), db.write():
        ask_for_rehearsal(document=document, days=30, subject="", actor_id=cast.dee)
    with db.read():
        assert sql.value("SELECT count(*) FROM rehearsals") == 0


def test_whatever_happened_a_restated_history_is_worth_what_the_draft_pays(cast: Cast, *, proof: bool) -> None:
    draft = {
        "activities": [{**PROGRAMME["activities"][0], "points": 31, "xp": 7, "max_per_day": 1}],
        "achievements": [{"key": "row", "name": "Row", "type": "automatic", "condition_type": "streak_days", "condition_value": 2}],
    }
    names = count()

    @settings(max_examples=150 if proof else 12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not proof)
    @given(STEPS)
    def restate(steps: Sequence[Step]) -> None:
        define(**PROGRAMME)
        with db.write():
            somebody = user(f"restated{next(names)}", Role.CLIENT, timezone="UTC")
        happen(steps, somebody, cast.dee)
        kept = put(cast, rehearsed(cast, **draft), "restate")
        with db.read():
            assert programme_in_force().version == kept.version_id
        with staged(ProgrammeDocument(), FIRST_DAY) as stage:
            compared = stage.compare(somebody)
        short = {asset for asset, amount in kept.totals.get("short", {}).items() if amount}
        differs = compared.today.since(FIRST_DAY).items() ^ compared.paid.since(FIRST_DAY).items()
        assert {asset for asset, _ in differs} <= short
        assert compared.unlike == 0
        # What was corrected can be undone as anything can.
        with db.read():
            own = sql.rows("SELECT id FROM events WHERE user_id = ? AND state = 'processed' AND cause_id IS NULL", (somebody,))
        for (event_id,) in own[:2]:
            with db.write() as session, suppress(Refused):
                undo_event(event_id=event_id, actor=session.get_one(User, cast.dee), reason="a mistake")
        with db.read():
            assert verify() == []

    restate()
