"""EARN-15: who misses points asks, and is answered once: paid, logged or told why."""

from datetime import timedelta

import pytest

from rewards.earning.answering import explain, log_missing, pay_missing
from rewards.earning.asking import answered_questions, ask_about_event, ask_about_missing, open_questions, question_seen_by, questions_of
from rewards.kit import clock as the_clock
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.queries import balances_of
from rewards.people.models import User
from rewards.programme.verifying import verify
from tests.cast import Cast
from tests.programmes import NOON, define, did, play, workout
from tests.racing import race

DAY = timedelta(days=1)
KG = {"key": "plastic_recycled", "category": "community", "per_unit": {"field": "kg", "points": 10, "xp": 10}, "max_per_day": 1}


@pytest.fixture(autouse=True)
def wednesday(clock: object) -> None:
    the_clock.set_to(NOON)


def who(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def ask(user_id: int, event_id: int, note: str = "I did more than that") -> int:
    with db.write():
        return ask_about_event(user_id=user_id, event_id=event_id, note=note)


def ask_missing(user_id: int, note: str = "A run before work", **members: object) -> int:
    asked = {"activity": "workout_logged", "day": NOON.date() - DAY} | members
    with db.write():
        return ask_about_missing(user_id=user_id, note=note, **asked)  # type: ignore[arg-type]


def pay(question_id: int, actor_id: int, points: int = 20, xp: int = 20, reason: str = "It did count") -> None:
    with db.write():
        pay_missing(question_id=question_id, actor=who(actor_id), amounts={"points": points, "xp": xp}, reason=reason)


def log(question_id: int, actor_id: int) -> int:
    with db.write():
        return log_missing(question_id=question_id, actor=who(actor_id))


def tell(question_id: int, actor_id: int, answer: str = "Once a day counts") -> None:
    with db.write():
        explain(question_id=question_id, actor=who(actor_id), answer=answer)


def has(user_id: int) -> dict[str, int]:
    with db.read():
        return {asset: balance for asset, balance in balances_of(user_id).items() if balance}


def capped(cast: Cast) -> int:
    """The second workout of a day of which one counts."""
    define(activities=[workout(max_per_day=1, recorded_by=["client", "coach"]), KG])
    return int(play(did(cast.ada), did(cast.ada))[1]["event_id"])


def test_one_question_about_one_event_at_a_time(cast: Cast) -> None:
    event_id = capped(cast)
    first = ask(cast.ada, event_id)
    assert ask(cast.ada, event_id, "still") == first
    assert race(*[lambda: ask(cast.ada, event_id)] * 4) == [first] * 4
    tell(first, cast.bo)
    assert ask(cast.ada, event_id, "still not") != first
    with db.read():
        assert [one.note for one in questions_of(cast.ada, event_id=event_id)] == ["still not", "I did more than that"]


def test_what_is_not_yours_is_not_there(cast: Cast) -> None:
    event_id = capped(cast)
    with pytest.raises(NotFound):
        ask(cast.cy, event_id)
    question_id = ask(cast.ada, event_id)
    with db.read():
        assert question_seen_by(who(cast.dee), question_id).note == "I did more than that"
        for stranger in (cast.cy, cast.ada):
            with pytest.raises(NotFound):
                question_seen_by(who(stranger), question_id)
    foreign = ask_missing(cast.cy)
    for answer in (pay, log, tell):
        with pytest.raises(NotFound):
            answer(foreign, cast.bo)


def test_coaches_have_their_clients_questions_and_admins_those_of_nobodys(cast: Cast) -> None:
    capped(cast)
    of_ada, of_cy = ask_missing(cast.ada), ask_missing(cast.cy)
    with db.read():
        assert [one.id for one in open_questions(who(cast.bo))] == [of_ada]
        assert [one.id for one in open_questions(who(cast.dee))] == [of_cy]
    tell(of_ada, cast.bo)
    with db.read():
        assert open_questions(who(cast.bo)) == []
        assert [one.answer for one in answered_questions(who(cast.bo))] == ["Once a day counts"]


def test_what_is_missing_is_what_the_engine_would_pay_without_the_limit(cast: Cast) -> None:
    capped(cast)
    _, second = play(*(did(cast.ada, "plastic_recycled", metadata={"kg": kg}) for kg in (1, 4)))
    before = tables()
    question_id = ask(cast.ada, second["event_id"])
    assert tables() == before
    with db.read():
        assert question_seen_by(who(cast.bo), question_id).missing == {"points": 40, "xp": 40}
    about_paid = ask(cast.ada, play(did(cast.ada, at=NOON - DAY))[0]["event_id"])
    with db.read():
        assert question_seen_by(who(cast.bo), about_paid).missing == {}


def tables() -> list[object]:
    with db.read():
        return [sql.rows(f"SELECT * FROM {table}") for table in ("events", "transfers", "accounts", "daily_activity", "taken_ids")]


def test_what_is_missing_is_paid_once_with_a_reason_and_a_notice(cast: Cast) -> None:
    question_id = ask(cast.ada, capped(cast))
    for _ in range(2):
        pay(question_id, cast.bo)
    assert has(cast.ada) == {"points": 40, "xp": 40}
    with db.read():
        [asked] = questions_of(cast.ada)
        assert (asked.outcome, asked.answer, asked.answered_by) == ("paid", "It did count", "Bo")
        assert verify() == []
        assert sql.value("SELECT count(*) FROM audit_entries WHERE action = 'question_answered'") == 1


def test_two_who_answer_at_once_answer_once(cast: Cast) -> None:
    question_id = ask(cast.ada, capped(cast))
    outcomes = race(lambda: pay(question_id, cast.bo), lambda: tell(question_id, cast.dee), lambda: pay(question_id, cast.dee))
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) in (1, 2)
    with db.read():
        [asked] = questions_of(cast.ada)
    assert has(cast.ada).get("points") == (40 if asked.outcome == "paid" else 20)


def test_what_is_not_there_is_logged_on_its_day_once(cast: Cast) -> None:
    capped(cast)
    question_id = ask_missing(cast.ada)
    event_id = log(question_id, cast.bo)
    assert log(question_id, cast.bo) == event_id
    assert has(cast.ada) == {"points": 40, "xp": 40}
    with db.read():
        assert sql.rows("SELECT happened_on, actor_id FROM events WHERE id = ?", (event_id,)) == [("2026-03-03", cast.bo)]
        assert verify() == []


def test_what_is_there_is_paid_and_not_logged_again(cast: Cast) -> None:
    question_id = ask(cast.ada, capped(cast))
    with pytest.raises(Refused, match="pay what is missing instead"):
        log(question_id, cast.bo)


def test_what_a_coach_may_not_log_says_so_and_can_be_paid(cast: Cast) -> None:
    define(activities=[workout(recorded_by=["service"])])
    question_id = ask_missing(cast.ada)
    with pytest.raises(Refused):
        log(question_id, cast.bo)
    with db.read():
        assert question_seen_by(who(cast.bo), question_id).missing == {"points": 20, "xp": 20}
    pay(question_id, cast.bo)
    assert has(cast.ada) == {"points": 20, "xp": 20}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"activity": "stone_skipped"}, "activity"),
        ({"activity": "adjustment"}, "activity"),
        ({"day": NOON.date() + DAY}, "day"),
        ({"day": NOON.date() - 61 * DAY}, "day"),
        ({"note": " "}, "note"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_a_question_that_nobody_could_answer_is_refused(cast: Cast, wrong: dict[str, object], field: str) -> None:
    capped(cast)
    with pytest.raises(Invalid) as refused:
        ask_missing(cast.ada, **wrong)  # type: ignore[arg-type]
    assert [problem.field for problem in refused.value.problems] == [field]


def test_nobody_asks_without_end(cast: Cast) -> None:
    event_id = capped(cast)
    for days in range(20):
        ask_missing(cast.ada, day=NOON.date() - days * DAY)
    with pytest.raises(Refused, match="20 questions of yours wait"):
        ask(cast.ada, event_id)


@pytest.mark.parametrize(("points", "xp"), [(0, 0), (-5, 0), (20, -1)])
def test_nothing_is_taken_away_by_an_answer(cast: Cast, points: int, xp: int) -> None:
    question_id = ask(cast.ada, capped(cast))
    with pytest.raises(Invalid):
        pay(question_id, cast.bo, points, xp)
    assert has(cast.ada) == {"points": 20, "xp": 20}
