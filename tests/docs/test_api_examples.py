"""The page about the API tells true answers: every example is asked, in its order, and answered as it stands there."""

from collections.abc import Mapping
from typing import Any

import pytest

from rewards.campaigns import joining
from rewards.integrations.keys import create_key
from rewards.integrations.permissions import Permission
from rewards.integrations.registering import add_service
from rewards.people.joining import add_user
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.shop.documents import RewardDocument
from rewards.shop.offering import store_new
from tests.docs.exchanges import Exchange, exchanges
from tests.docs.pages import text_of

PAGE = "docs/api.md"
# What the page calls its keys, and what they may do.
READER = "laurel_reads_users_only"
COFFEE = {"key": "coffee", "name": "A coffee", "points_cost": 25}
MAT: dict[str, Any] = {"key": "yoga_mat", "type": "product", "points_cost": 120, "stock": 7, "value_minor": 1900, "payload": {"shelf": 4}}
REWARDS = (COFFEE, MAT | {"external_id": "YM-1", "limit_count": 1, "limit_period": "month", "valid_days": 30})

POSTCARD = {"key": "postcard", "name": "A postcard", "distribution": {"type": "MIN_REFERRALS", "value": 1}}
RULES = [{"key": "joined", "event": "SIGNUP", "points": 5}, {"key": "referred", "event": "REFERRAL_CONFIRMED", "points": 10}]
CAMPAIGN = {"key": "spring_referrals", "status": "live", "settings": {"referralsEnabled": True}, "rules": RULES, "rewards": [POSTCARD]}
SPRING = {"key": "spring", "name": "Spring group", "campaign": CAMPAIGN}
# The codes that subscribers get on the page, in their order; by themselves they are random.
CODES = ["k7m2p9xw", "3hd8tq5r"]


class Service:
    """Whoever the page speaks for."""

    def __init__(self, app: Any, service_id: str, keys: Mapping[str, str]) -> None:
        self._client = app.test_client()
        self._service_id = service_id
        self._keys = keys

    def ask(self, one: Exchange) -> Any:
        """Make the request of an example; the headers that the page leaves out are added."""
        called = one.headers.get("Authorization", "Bearer ").removeprefix("Bearer ")
        headers = {**one.headers, "X-Service-ID": self._service_id, "Authorization": f"Bearer {self._keys.get(called, called)}"}
        path = f"/api/v1/external/{self._service_id}{one.path}"
        return self._client.open(path, method=one.method, headers=headers, json=one.body)


def untitled(answer: Any) -> Any:
    """An answer without the title of a problem: those are HTTP's own words, and newer Pythons know newer ones."""
    return {name: member for name, member in answer.items() if name != "title"} if isinstance(answer, dict) else answer


@pytest.fixture
def service(desk, app, monkeypatch) -> Service:
    codes = iter(CODES)
    monkeypatch.setattr(joining, "new_code", lambda: next(codes))
    with desk.write():
        add_user(email="bo@example.com", name="Bo", role="coach", timezone="Europe/Berlin")
        for reward in REWARDS:
            store_new(RewardDocument.model_validate(reward), None, None)
        change_programme(document=ProgrammeDocument.model_validate({"waitlists": [SPRING]}), actor_id=None)
        service_id = add_service(name="Yoga app", type="app").service_id
        keys = {
            "": create_key(service_id=service_id, permissions=list(Permission)),
            READER: create_key(service_id=service_id, permissions=[Permission.USERS_READ]),
        }
    return Service(app, service_id, keys)


def test_every_example_is_answered_as_the_page_tells_it(service):
    told = list(exchanges(text_of(PAGE)))
    answers = [(one, service.ask(one)) for one in told]
    assert [(one.line, one.status, untitled(one.answer)) for one in told] == [
        (one.line, answer.status_code, untitled(answer.get_json(silent=True))) for one, answer in answers
    ]
    assert len(told) > 20


def test_an_example_that_is_not_true_is_noticed(service):
    page = '```http\nGET /users/1/points\n```\n\n```http\n200 OK\n\n{"points": 5}\n```\n'
    [wrong] = exchanges(page)
    answer = service.ask(wrong)
    assert (answer.status_code, answer.get_json()) != (wrong.status, wrong.answer)
