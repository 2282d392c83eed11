"""The stampedes catch what they are there for: builds that look before they act, and do not keep others out in between."""

import pytest

from tests.proofs.server import broken, stampede
from tests.proofs.test_stampedes import ALL, PROGRAMME, told

ROUNDS_MAX = 20


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_build_that_locks_nobody_pays_more_than_the_limit(furnished):
    house = furnished(**PROGRAMME)
    for _ in range(2):
        house.serve(threads=8, program=broken("nobody_is_locked"))
    most = 0
    for _ in range(ROUNDS_MAX):
        [person] = house.settle_people(1)
        # The accounts are there already, so that nobody is kept out by their being opened.
        stampede(house.servers, house.shop, [("/events", told(person, "workout_logged"), f"{person}")])
        stampede(house.servers, house.shop, [("/events", told(person, "quiz_completed"), f"{person}-{number}") for number in range(ALL)])
        [(paid,)] = house.rows(
            "SELECT count(*) FROM transfers t JOIN accounts a ON a.id = t.credit_id WHERE a.owner_id = ? AND amount = 3"
            " AND t.asset = 'points'",
            (person,),
        )
        most = max(most, paid)
        if most > 5:
            print(f"{most} were paid")
            return
    pytest.fail(f"in {ROUNDS_MAX} stampedes at most {most} were paid")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_build_that_stores_the_key_later_pays_it_more_than_once(furnished):
    house = furnished(**PROGRAMME)
    server = house.serve(threads=8, program=broken("key_in_a_second_transaction"))
    [person] = house.settle_people(1)
    answers = stampede([server], house.shop, [("/events", told(person, "workout_logged"), "the only one")] * ALL)
    assert len({(answer.status, answer.body) for answer in answers}) > 1
    assert house.balances(person)["points"] > 20
