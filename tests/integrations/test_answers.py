"""The same key has the same answer, whatever has happened since."""

from datetime import timedelta

import pytest

from rewards.integrations.answers import DAYS_KEPT, Answer, Request, answer_once, forget_old_answers
from rewards.kit import sql
from rewards.kit.errors import Invalid, Refused

ASKED = Request("service:1", "points/earn", "key", "body")


def never() -> Answer:
    raise AssertionError("the work is done twice")


def refusal(error: Refused) -> Answer:
    return Answer(409, {"reason": error.code})


def once(database, request: Request = ASKED, work=lambda: Answer(201, {"b": 1, "a": [2]})) -> Answer:
    with database.write():
        return answer_once(request, work, refusal)


def test_the_work_is_done_once_and_its_answer_given_again(database):
    first = once(database)
    again = once(database, work=never)
    assert (first, list(again.body)) == (again, ["b", "a"])


def test_another_body_is_refused_and_the_first_answer_stands(database):
    first = once(database)
    with pytest.raises(Invalid, match="idempotency_key"):
        once(database, Request("service:1", "points/earn", "key", "another body"), never)
    assert once(database, work=never) == first


@pytest.mark.parametrize(
    "other",
    [Request("service:2", "points/earn", "key", "body"), Request("service:1", "users", "key", "body")],
)
def test_others_and_other_routes_have_their_own_keys(database, other):
    once(database)
    assert once(database, other, lambda: Answer(201, "another")).body == "another"


def test_a_refusal_stays_and_leaves_nothing_behind(database):
    def work() -> Answer:
        sql.run("INSERT INTO activities (key, category) VALUES ('left', 'learning')")
        raise Refused("insufficient", "80 points to go", points=80)

    assert once(database, work=work) == Answer(409, {"reason": "insufficient"})
    assert once(database, work=never) == Answer(409, {"reason": "insufficient"})
    with database.read():
        assert sql.value("SELECT count(*) FROM activities") == 0


@pytest.mark.parametrize("error", [Invalid.single("points", "a whole number"), ZeroDivisionError()])
def test_what_was_not_understood_or_failed_is_not_kept(database, error):
    def fail() -> Answer:
        raise error

    with pytest.raises(type(error)):
        once(database, work=fail)
    assert once(database, work=lambda: Answer(201, "done")).body == "done"


def test_old_answers_are_forgotten_and_young_ones_are_not(database, clock):
    clock.set_to(clock.now())
    once(database)
    clock.set_to(clock.now() + timedelta(days=DAYS_KEPT) - timedelta(seconds=1))
    once(database, Request("service:1", "users", "key", "body"))
    with database.write():
        assert forget_old_answers() == 0
    clock.set_to(clock.now() + timedelta(seconds=2))
    with database.write():
        assert forget_old_answers() == 1
    assert once(database, Request("service:1", "users", "key", "body"), never).status == 201
