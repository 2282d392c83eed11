"""Two coaches with their clients, and quick ways to say what they do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rewards.circles import cheering, gathering, queries
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.people.models import Role, User
from rewards.people.queries import user_by_email
from tests.cast import gather, user
from tests.programmes import NOON, define, workout

LEVELS = [{"number": 1, "name": "Bronze", "xp_required": 0}, {"number": 2, "name": "Silver", "xp_required": 60}]
ACHIEVEMENTS = [
    {"key": "kindness", "name": "Kindness", "type": "manual"},
    {"key": "two", "name": "Two", "type": "automatic", "condition_type": "workout_count", "condition_value": 2},
]


class Company:
    """Ada, Ben and Ida are Bo's; Cy is Eve's. Each deed is a write block of its own."""

    def person(self, name: str) -> User:
        found = user_by_email(f"{name}@example.com")
        assert found
        return found

    def id(self, name: str) -> int:
        with db.read():
            return self.person(name).id

    def make(self, *names: str, coach: str = "bo", name: str = "Early birds", goal_xp: int | None = 100) -> int:
        with db.write():
            circle_id = gathering.make_circle(name=name, goal_xp=goal_xp, actor=self.person(coach)).id
        self.fill(circle_id, *names, coach=coach)
        return circle_id

    def fill(self, circle_id: int, *names: str, coach: str = "bo") -> None:
        with db.write():
            ids = [self.person(name).id for name in names]
            gathering.set_members(circle_id=circle_id, user_ids=ids, actor=self.person(coach))

    def end(self, circle_id: int, coach: str = "bo") -> None:
        with db.write():
            gathering.end_circle(circle_id=circle_id, actor=self.person(coach))

    def show(self, *names: str, shows: bool = True) -> None:
        for name in names:
            with db.write():
                cheering.show_activity(person=self.person(name), shows=shows)

    def cheer(self, name: str, item_id: int) -> None:
        with db.write():
            cheering.cheer(item_id=item_id, person=self.person(name))

    def stop(self, name: str, item_id: int) -> None:
        with db.write():
            cheering.stop_cheering(item_id=item_id, person=self.person(name))

    def circle(self, name: str) -> queries.MyCircle | None:
        with db.read():
            return queries.circle_of(self.person(name))

    def feed(self, name: str, **more: Any) -> list[queries.Item]:
        with db.read():
            person = self.person(name)
            circle = queries.circle_of(person)
            assert circle
            return queries.feed_of(circle, person, **more)

    def standing(self, name: str) -> queries.Standing:
        with db.read():
            found = queries.standing_of(self.person(name))
            assert found
            return found


def told(items: list[queries.Item]) -> list[tuple[str, object]]:
    """Who did what, the latest first."""
    return [(item.person, item.activity or item.achievement or item.level) for item in items]


@pytest.fixture
def company(database: object, wired: None) -> Iterator[Company]:
    """On a Wednesday at noon, with everything listening."""
    clock.set_to(NOON)
    with db.write():
        cast = gather()
        user("ben", Role.CLIENT, coach_id=cast.bo)
        user("ida", Role.CLIENT, coach_id=cast.bo)
        eve = user("eve", Role.COACH)
        user("cyd", Role.CLIENT, coach_id=eve)
    define(activities=[workout()], levels=LEVELS, achievements=ACHIEVEMENTS)
    yield Company()
    clock.set_to(None)


@pytest.fixture
def questions_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[str]]:
    """What the database is asked while something is done, in plain SQL."""

    def of(deed: Callable[[], object]) -> list[str]:
        asked: list[str] = []
        spelled = sql._spelled

        def spell(text: str) -> str:
            asked.append(text)
            return spelled(text)

        monkeypatch.setattr(sql, "_spelled", spell)
        deed()
        monkeypatch.setattr(sql, "_spelled", spelled)
        return asked

    return of
