"""Whatever is paid once is paid once when many ask in the same moment: over sockets, and on PostgreSQL through two processes at once."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rewards.earning.granting import adjust
from tests import postgres
from tests.programmes import define
from tests.proofs.house import House, furnish
from tests.proofs.server import Server, Told, at_once, stampede

MANY, ALL = 32, 64
WEDNESDAY = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SYSTEM = {"category": "consistency", "recorded_by": ["system"]}
PROGRAMME: dict[str, Any] = {
    "activities": [
        {"key": "quiz_completed", "category": "learning", "xp": 3, "points": 3, "max_per_day": 5},
        {"key": "hunt_completed", "category": "challenge", "xp": 7, "points": 7, "max_per_week": 3},
        {"key": "walk_taken", "category": "creation", "xp": 11, "points": 11, "cooldown_hours": 24},
        {"key": "workout_logged", "category": "creation", "xp": 20, "points": 20},
        {"key": "daily_checkin", "category": "participation", "xp": 1, "points": 1},
        {"key": "streak_7_day", "xp": 50, "points": 50, **SYSTEM},
        {"key": "streak_30_day", "xp": 200, "points": 200, **SYSTEM},
    ],
    "levels": [
        {"number": 1, "name": "One", "xp_required": 0},
        {"number": 2, "name": "Two", "xp_required": 100},
        {"number": 3, "name": "Three", "xp_required": 300},
    ],
    "achievements": [
        {"key": "ten", "type": "automatic", "condition_type": "workout_count", "condition_value": 10, "xp_reward": 50, "points_reward": 5}
    ],
}

KINDS = [
    pytest.param("sqlite", marks=pytest.mark.xdist_group("stampedes on SQLite")),
    pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.xdist_group("stampedes on PostgreSQL")]),
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Chance decides who comes first, so the long form lets it decide more often."""
    if metafunc.config.getoption("--proof"):
        metafunc.fixturenames.append("again")
        metafunc.parametrize("again", range(10))


@pytest.fixture(scope="module", params=KINDS)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all stampedes, each of which brings its own people. Two processes serve it where the database allows that."""
    folder = tmp_path_factory.mktemp("stampedes")
    house = furnish(new_database(request, folder), folder, **PROGRAMME)
    try:
        for _ in range(2 if house.dialect == "postgresql" else 1):
            house.serve(threads=8)
        yield house
    finally:
        for server in house.servers:
            server.kill()


def new_database(request: pytest.FixtureRequest, folder: Any) -> str:
    """A migrated, empty database that lives as long as the module's tests."""
    if request.param == "sqlite":
        path = folder / "laurel.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        return f"sqlite:///{path}"
    return postgres.create_database(request.getfixturevalue("postgres_server"), f"laurel_{folder.name}".lower(), template="template")


def told(person: int, activity: str, at: datetime = WEDNESDAY) -> dict[str, Any]:
    """What a shop sends when somebody did something."""
    object_type, _, action = activity.rpartition("_")
    return {"user": str(person), "action": action, "object_type": object_type, "occurred_at": at.isoformat()}


def rush(house: House, bodies: Sequence[dict[str, Any]], servers: Sequence[Server] = ()) -> list[dict[str, Any]]:
    """Send them all in the same moment, each with a key of its own; what each was answered. None may fail."""
    name = f"{random.getrandbits(64):x}"
    requests = [("/events", body, f"{name}-{number}") for number, body in enumerate(bodies)]
    answers = stampede(servers or house.servers, house.shop, requests)
    assert Counter(answer.status for answer in answers) == {201: len(bodies)}, [answer for answer in answers if answer.status != 201]
    return [answer.members for answer in answers]


def paid(answers: Sequence[dict[str, Any]]) -> list[int]:
    """The points of those that were paid."""
    return [answer["points_awarded"] for answer in answers if answer["points_awarded"]]


def test_one_key_sent_by_64_at_once_pays_once_and_all_are_told_the_same(house):
    for servers in (house.servers[:1], house.servers):
        [person] = house.settle_people(1)
        key = f"the only one of {person}"
        answers = stampede(servers, house.shop, [("/events", told(person, "workout_logged"), key)] * ALL)
        assert len({(answer.status, answer.content_type, answer.body) for answer in answers}) == 1
        assert answers[0].status == 201
        assert answers[0].members["points_awarded"] == 20
        assert house.balances(person) == {"xp": 20, "points": 20}
        assert house.rows("SELECT count(*) FROM events WHERE idempotency_key = ?", (key,)) == [(1,)]
    assert house.differences() == []


def test_one_batch_sent_by_32_at_once_pays_each_of_its_events_once(house):
    [person] = house.settle_people(1)
    events = [told(person, "workout_logged") | {"idempotency_key": f"batch of {person}, {number}"} for number in range(20)]
    answers = stampede(house.servers, house.shop, [("/events/batch", {"events": events}, f"batch of {person}")] * MANY)
    assert len({(answer.status, answer.body) for answer in answers}) == 1
    assert answers[0].members["accepted"] == 20
    house.empty_the_queue()
    assert house.balances(person)["points"] == 20 * 20 + 5
    assert house.differences() == []


def test_a_daily_limit_of_5_pays_5_of_64_and_tells_the_others_when_it_opens(house):
    for servers in (house.servers[:1], house.servers):
        [person] = house.settle_people(1, zone="Europe/Berlin")
        answers = rush(house, [told(person, "quiz_completed")] * ALL, servers)
        assert paid(answers) == [3] * 5
        others = [answer for answer in answers if not answer["points_awarded"]]
        assert {(answer["capped"], answer["reason"], answer["opens_at"]) for answer in others} == {
            (True, "daily limit of 5 reached", "2026-03-04T23:00:00.000000Z")
        }
        assert house.balances(person) == {"xp": 15, "points": 15}
    assert house.differences() == []


def test_a_weekly_limit_pays_so_many_wherever_in_the_week_they_fall(house):
    [person] = house.settle_people(1)
    monday = WEDNESDAY - 2 * DAY
    answers = rush(house, [told(person, "hunt_completed", monday + number % 7 * DAY) for number in range(MANY)])
    assert paid(answers) == [7] * 3
    assert {answer["opens_at"] for answer in answers if answer["capped"]} == {"2026-03-09T00:00:00.000000Z"}
    assert house.balances(person)["points"] == 21
    assert house.differences() == []


def test_a_cooldown_pays_one_of_many(house):
    [person] = house.settle_people(1)
    answers = rush(house, [told(person, "walk_taken", WEDNESDAY + number * timedelta(minutes=20)) for number in range(MANY)])
    assert paid(answers) == [11]
    assert {answer["reason"] for answer in answers} == {None, "counts once every 24 hours"}
    assert house.balances(person) == {"xp": 11, "points": 11}
    assert house.differences() == []


def test_the_seventh_day_pays_its_bonus_once_however_many_events_it_has(house):
    [person] = house.settle_people(1)
    rush(house, [told(person, "daily_checkin", WEDNESDAY + number * DAY) for number in range(6)])
    answers = rush(house, [told(person, "daily_checkin", WEDNESDAY + 6 * DAY)] * MANY)
    assert [bonus["activity"] for answer in answers for bonus in answer["bonuses"]] == ["streak_7_day"]
    assert house.balances(person)["points"] == 6 + MANY + 50
    assert house.differences() == []


def test_32_days_that_arrive_at_once_pay_the_bonuses_of_one_run(house):
    [person] = house.settle_people(1)
    days = random.sample(range(MANY), MANY)
    answers = rush(house, [told(person, "daily_checkin", WEDNESDAY + number * DAY) for number in days])
    bonuses = Counter(bonus["activity"] for answer in answers for bonus in answer["bonuses"])
    assert bonuses == {"streak_7_day": 4, "streak_30_day": 1}
    assert house.balances(person)["points"] == MANY + 4 * 50 + 200
    assert house.differences() == []


def test_levels_are_reached_once_also_after_they_were_lost(house):
    [person] = house.settle_people(1)
    question = "SELECT number FROM level_reaches WHERE user_id = ? ORDER BY number"
    answers = rush(house, [told(person, "workout_logged")] * MANY)
    assert {answer["level"]["number"] for answer in answers} == {1, 2, 3}
    first = house.rows(question, (person,))
    with house.inside() as database, database.write():
        adjust(user_id=person, asset="xp", amount=-600, reason="a mistake", actor_id=None)
    again = rush(house, [told(person, "workout_logged")] * MANY)
    assert {answer["level"]["number"] for answer in again} >= {2, 3}
    assert house.rows(question, (person,)) == first == [(2,), (3,)]
    assert house.differences() == []


def test_an_achievement_unlocks_once_and_pays_its_bonus_once(house):
    [person] = house.settle_people(1)
    answers = rush(house, [told(person, "workout_logged")] * MANY)
    assert [answer["unlocked"] for answer in answers if answer["unlocked"]] == [["ten"]]
    assert house.balances(person) == {"xp": MANY * 20 + 50, "points": MANY * 20 + 5}
    assert house.rows("SELECT count(*) FROM unlocks WHERE user_id = ?", (person,)) == [(1,)]
    assert house.differences() == []


def test_many_people_in_many_batches_at_once_wait_for_nobody_in_a_circle(house):
    people = house.settle_people(8)
    batches = []
    for number in range(MANY):
        crowd = random.sample(people, len(people))
        events = [told(person, "quiz_completed") | {"idempotency_key": f"{people[0]}-{number}-{person}"} for person in crowd]
        batches.append(("/events/batch", {"events": events}, f"{people[0]}-{number}"))
    answers = stampede(house.servers, house.shop, batches)
    assert {answer.status for answer in answers} == {202}
    assert sum(answer.members["accepted"] for answer in answers) == MANY * len(people)
    house.empty_the_queue()
    assert {house.balances(person)["points"] for person in people} == {15}
    assert house.differences() == []


def test_events_keep_the_programme_that_was_in_force_when_they_were_recorded(house):
    """The activity's worth is its version, so every event can tell whether it was paid under its own."""
    workers, rounds, edits = 6, 8, 5
    [person] = house.settle_people(1)

    def edit(worth: int) -> None:
        with house.inside():
            define(activities=[{"key": "page_read", "category": "learning", "xp": 0, "points": worth}])

    edit(100)

    def reader(number: int) -> Any:
        def read(gate: Any) -> list[Told]:
            answers = []
            with house.servers[number % len(house.servers)].line(house.shop) as line:
                gate()
                for page in range(rounds):
                    prefer = {"Prefer": "respond-async"} if page % 2 else {}
                    answers.append(line.post("/events", told(person, "page_read"), f"{person}: {number}-{page}", **prefer))
            return answers

        return read

    def editor(gate: Any) -> list[Told]:
        gate()
        for number in range(edits):
            edit(101 + number)
        return []

    answers = [answer for some in at_once([*(reader(number) for number in range(workers)), editor]) for answer in some]
    assert {answer.status for answer in answers} <= {201, 202}
    # Whoever reads last reads under the last edit.
    assert rush(house, [told(person, "page_read")])[0]["points_awarded"] == 100 + edits
    house.empty_the_queue()
    question = (
        "SELECT e.version_id, t.amount FROM events e JOIN transfers t ON t.event_id = e.id AND t.asset = 'points' WHERE e.user_id = ?"
    )
    found = house.rows(question, (person,))
    assert len(found) == workers * rounds + 1
    by_version = sorted({(version, amount) for version, amount in found})
    assert len({version for version, _ in by_version}) == len(by_version) == len({amount for _, amount in by_version})
    assert [amount for _, amount in by_version] == sorted(amount for _, amount in by_version)
    assert house.balances(person)["points"] == sum(amount for _, amount in found)
    assert house.differences() == []
