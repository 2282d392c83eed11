"""The last one goes to one of many who reach for it in the same moment, by page and by API; and one balance is spent once, whatever on."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from rewards.earning.granting import adjust
from rewards.kit.database import db
from rewards.ledger.accounts import holding_of
from rewards.ledger.models import Owner
from rewards.ledger.posting import Movement, post
from rewards.people.locking import lock_people
from rewards.people.models import Role
from rewards.shop.documents import RewardDocument
from rewards.shop.offering import store_new
from rewards.shop.redeeming import redeem
from tests.cast import user
from tests.proofs.house import House, furnish
from tests.proofs.server import Server, Told, at_once, broken, stampede
from tests.proofs.test_stampedes import KINDS, new_database
from tests.proofs.visitors import Visitor, visitors

MANY = 64
PRICE = 10
TAKEN = "Someone took the last one. No points were spent."
Work = Callable[[Callable[[], object]], Told]


@pytest.fixture(scope="module", params=KINDS)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that is served by two processes where the database allows that."""
    folder = tmp_path_factory.mktemp("last one")
    house = furnish(new_database(request, folder), folder)
    try:
        for _ in range(2 if house.dialect == "postgresql" else 1):
            house.serve(threads=8)
        yield house
    finally:
        for server in house.servers:
            server.kill()


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How often chance decides."""
    return 50 if request.getfixturevalue("proof") else 4


def offer(house: House, **members: Any) -> int:
    """The id of a new reward."""
    with house.inside(), db.write():
        document = RewardDocument.model_validate({"key": f"reward_{secrets.token_hex(4)}", "points_cost": PRICE, **members})
        return store_new(document, None, None).id


def give(house: House, people: Sequence[int], points: int) -> None:
    with house.inside(), db.write():
        lock_people(people)
        post(
            [
                Movement(holding_of(person, "points"), Owner.ISSUED, points, "a test", f"given:{person}:{secrets.token_hex(4)}")
                for person in people
            ]
        )


def by_page(visitor: Visitor, path: str, **fields: str) -> Work:
    def work(gate: Callable[[], object]) -> Told:
        with visitor:
            gate()
            return visitor.post(path, **fields)

    return work


def by_api(house: House, server: Server, path: str, body: object, key: str) -> Work:
    def work(gate: Callable[[], object]) -> Told:
        with server.line(house.shop) as line:
            gate()
            return line.post(path, body, key)

    return work


def reach_for(house: House, reward: int, readers: dict[int, Visitor], callers: Sequence[int]) -> tuple[list[Told], list[Told]]:
    """Everybody redeems it at once; the answers of pages and of the API."""
    works = [by_page(visitor, f"/client/rewards/{reward}/redeem", idempotency_key=secrets.token_hex(8)) for visitor in readers.values()]
    for place, person in enumerate(callers):
        server = house.servers[place % len(house.servers)]
        works.append(by_api(house, server, f"/rewards/{reward}/redeem", {"user": str(person)}, f"{reward}-{person}"))
    answers = at_once(works)
    return answers[: len(readers)], answers[len(readers) :]


def test_of_64_who_reach_for_the_last_one_by_page_and_by_api_one_gets_it(house, rounds):
    people = house.settle_people(MANY)
    give(house, people, PRICE * rounds)
    readers: dict[int, Visitor] = {}
    for place, server in enumerate(house.servers):
        readers |= visitors(house, server, people[place : MANY // 2 : len(house.servers)])
    assert len(readers) == MANY // 2
    winners_by_page = 0
    for _ in range(rounds):
        reward = offer(house, stock=1)
        pages, calls = reach_for(house, reward, readers, people[MANY // 2 :])
        won = [answer for answer in pages if answer.status == 303], [answer for answer in calls if answer.status == 201]
        assert sum(map(len, won)) == 1
        winners_by_page += len(won[0])
        lost = [answer for answer in pages if answer.status == 422], [answer for answer in calls if answer.status == 409]
        assert sum(map(len, lost)) == MANY - 1
        assert all(TAKEN in answer.body.decode() for answer in lost[0])
        assert {(answer.members["reason"], answer.members["detail"]) for answer in lost[1]} <= {("sold_out", TAKEN)}
        assert house.rows("SELECT stock FROM rewards WHERE id = ?", (reward,)) == [(0,)]
        [(points,)] = house.rows("SELECT points FROM redemptions WHERE reward_id = ?", (reward,))
        assert points == PRICE
        debits = "SELECT count(*) FROM transfers t JOIN redemptions r ON t.reference = 'redemption:' || r.id WHERE r.reward_id = ?"
        assert house.rows(debits, (reward,)) == [(1,)]
    print(f"{winners_by_page} of {rounds} went to a page")
    assert house.differences() == []


def test_one_balance_is_spent_once_by_whatever_reaches_for_it_first(house, rounds):
    reward, other = offer(house, points_cost=100, stock=1000), offer(house, points_cost=100)
    for _ in range(rounds):
        [person] = house.settle_people(1)
        give(house, [person], 100)
        server = house.servers[-1]
        [visitor] = visitors(house, house.servers[0], [person]).values()
        twin = Visitor(visitor.port, visitor.cookie, visitor.token)
        key, body = secrets.token_hex(8), {"user": str(person)}
        spend = {"points": 100, "reason": "A coat"}

        def take_away(gate: Callable[[], object], person: int = person) -> Told:
            gate()
            try:
                with db.write():
                    adjust(user_id=person, asset="points", amount=-100, reason="A correction", actor_id=None)
            except Exception as error:  # noqa: BLE001 - what it is, the test looks at
                return Told(409, None, str(error).encode())
            return Told(201, None, b"")

        with house.inside():
            answers = at_once(
                [
                    # A double click.
                    by_page(visitor, f"/client/rewards/{reward}/redeem", idempotency_key=key),
                    by_page(twin, f"/client/rewards/{reward}/redeem", idempotency_key=key),
                    by_page(
                        Visitor(visitor.port, visitor.cookie, visitor.token), f"/client/rewards/{other}/redeem", idempotency_key=key[::-1]
                    ),
                    *(by_api(house, server, f"/rewards/{one}/redeem", body, f"{person}-{one}") for one in (reward, other)),
                    by_api(house, server, f"/rewards/{reward}/redeem", body, f"{person}-{reward}"),
                    by_api(house, server, f"/users/{person}/points/spend", spend, f"{person}-spend"),
                    by_api(house, house.servers[0], f"/users/{person}/points/spend", spend, f"{person}-again"),
                    take_away,
                ]
            )
        assert {answer.status for answer in answers} <= {201, 303, 409, 422}
        taken = house.rows(
            "SELECT t.amount FROM transfers t JOIN accounts a ON a.id = t.debit_id WHERE a.owner_kind = 'user' AND a.owner_id = ?",
            (person,),
        )
        assert taken == [(100,)]
        assert house.balances(person) == {"points": 0}
        # Whoever clicked twice may be told twice that it worked; nobody else is.
        assert len([answer for answer in answers if answer.status in (201, 303)]) <= 2
    assert house.differences() == []


def test_of_a_client_who_cancels_and_a_coach_who_hands_it_out_one_wins_at_their_pages(house, rounds):
    reward = offer(house, stock=rounds)
    with house.inside(), db.write():
        coach = user(f"coach{secrets.token_hex(3)}", Role.COACH)
        client = user(f"client{secrets.token_hex(3)}", Role.CLIENT, coach_id=coach)
    give(house, [client], rounds * PRICE)
    readers = visitors(house, house.servers[0], [client]) | visitors(house, house.servers[-1], [coach])
    states = []
    for number in range(rounds):
        with house.inside(), db.write():
            redemption = redeem(user_id=client, reward_id=reward, idempotency_key=f"{client}-{number}").id
        answers = at_once(
            [
                by_page(readers[client], f"/client/redemptions/{redemption}/cancellation"),
                by_page(readers[coach], f"/coach/redemptions/{redemption}", _method="PATCH", status="fulfilled"),
            ]
        )
        won = [answer.status == 303 for answer in answers]
        assert sorted(won) == [False, True]
        assert {answer.status for answer in answers} <= {303, 409, 422}
        [(state,)] = house.rows("SELECT status FROM redemptions WHERE id = ?", (redemption,))
        assert state == ("cancelled" if won[0] else "fulfilled")
        states.append(state)
    assert house.balances(client) == {"points": states.count("cancelled") * PRICE}
    assert house.rows("SELECT stock FROM rewards WHERE id = ?", (reward,)) == [(states.count("cancelled"),)]
    assert house.differences() == []


def test_one_key_that_is_sent_by_many_at_once_redeems_once_and_is_answered_alike(house):
    reward = offer(house, stock=5)
    [person] = house.settle_people(1)
    give(house, [person], 10 * PRICE)
    for verb, key in (("redeem", "one"), ("issue", "two")):
        answers = stampede(house.servers, house.shop, [(f"/rewards/{reward}/{verb}", {"user": str(person)}, f"{person}-{key}")] * 20)
        assert len({(answer.status, answer.body) for answer in answers}) == 1
        assert answers[0].status == 201
    assert house.rows("SELECT points FROM redemptions WHERE user_id = ? ORDER BY id", (person,)) == [(PRICE,), (0,)]
    assert house.balances(person) == {"points": 9 * PRICE}
    assert house.rows("SELECT stock FROM rewards WHERE id = ?", (reward,)) == [(3,)]


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_build_that_looks_at_the_stock_before_its_block_sells_the_last_one_more_than_once(furnished):
    house = furnished()
    server = house.serve(threads=8, program=broken("stock_is_read_before_the_block"))
    people = house.settle_people(16)
    give(house, people, PRICE)
    reward = offer(house, stock=1)
    answers = stampede([server], house.shop, [(f"/rewards/{reward}/redeem", {"user": str(one)}, f"{one}") for one in people])
    assert len([answer for answer in answers if answer.status == 201]) > 1


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_build_that_takes_points_unasked_is_stopped_by_the_database_alone_and_that_is_seen(furnished):
    house = furnished()
    server = house.serve(threads=8, program=broken("points_are_taken_unasked"))
    statuses = set()
    for _ in range(20):
        [person] = house.settle_people(1)
        give(house, [person], 100)
        spend = {"points": 100, "reason": "A coat"}
        answers = stampede([server], house.shop, [(f"/users/{person}/points/spend", spend, f"{person}-{number}") for number in range(16)])
        statuses |= {answer.status for answer in answers}
        assert house.balances(person) == {"points": 0}
        if 500 in statuses:
            return
    pytest.fail(f"nothing but {statuses} was answered")
