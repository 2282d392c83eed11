"""The description tells what the server does, and its page asks nobody else."""

import re
import shutil

import pytest

from rewards.integrations.permissions import Permission
from tests.api.test_entrance import ROUTES


@pytest.fixture
def database_url(sqlite_template, tmp_path):
    """One kind is enough: a description asks no database."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'laurel.db')}"


@pytest.fixture
def document(app):
    answered = app.test_client().get("/api/v1/openapi.json")
    assert (answered.status_code, answered.content_type) == (200, "application/json")
    return answered.get_json()


SERVICES = "/api/v1/external/{service_id}"


def operations(document, prefix=SERVICES):
    for path, item in document["paths"].items():
        for method in {"get", "post"} & set(item):
            if path.startswith(prefix):
                yield method.upper(), path.removeprefix(prefix), item[method]


def references(part):
    if isinstance(part, dict):
        yield from [part["$ref"]] if "$ref" in part else []
        for member in part.values():
            yield from references(member)
    elif isinstance(part, list):
        for member in part:
            yield from references(member)


def test_every_route_is_described_with_its_permission_and_every_way_to_fail(document):
    told = {(method, path): operation for method, path, operation in operations(document)}
    assert set(told) == {(method, path.replace("{ada}", "{user}").replace("/1", "/{event_id}")) for method, path in ROUTES}
    for (method, path), needed in ROUTES.items():
        operation = told[method, path.replace("{ada}", "{user}").replace("/1", "/{event_id}")]
        assert f"`{needed}`" in operation["description"] or (needed is None and "Any key may" in operation["description"])
        assert operation["summary"]
        failures = {status for status in operation["responses"] if status >= "400"}
        assert failures >= {"401", "403", "404", "429", "503"}
        assert all("application/problem+json" in operation["responses"][status]["content"] for status in failures)
        assert method == "GET" or "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}


def test_what_people_ask_about_themselves_is_described_with_how_they_are_known(document):
    own = {(method, path): operation for method, path, operation in operations(document, "/api/v1/me")}
    assert set(own) == {("GET", "/points/by-category/")}
    for operation in own.values():
        assert operation["security"] == [{"session": []}]
        assert "signed-in person" in operation["description"]
        assert {"401", "422", "429", "503"} <= set(operation["responses"])
    asked = {parameter["name"]: parameter["schema"] for parameter in own["GET", "/points/by-category/"]["parameters"]}
    assert asked["window"]["enum"] == ["last_7_days", "last_30_days", "all_time"]
    assert asked["bucket"]["enum"] == ["day", "week"]


def test_the_description_stands_on_its_own(document):
    assert document["openapi"] == "3.1.0"
    assert document["security"] == [{"key": [], "service": []}]
    defined = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= defined
    names = [operation["operationId"] for _, _, operation in operations(document, "/api/")]
    assert len(set(names)) == len(names)


def test_what_is_told_may_have_no_other_members_and_shows_an_example(document):
    schemas = document["components"]["schemas"]
    batched = schemas["Batch"]["properties"]["events"]["items"]["anyOf"][0]
    for told in (schemas["UserTold"], schemas["EventTold"], schemas["PointsTold"], batched):
        assert told["additionalProperties"] is False
        assert set(told["examples"][0]) <= set(told["properties"])
    assert "idempotency_key" in batched["required"]


def test_the_page_asks_nobody_else(app):
    client = app.test_client()
    page = client.get("/api/docs")
    policy = page.headers["Content-Security-Policy"]
    assert page.status_code == 200
    assert "default-src 'none'" in policy
    assert not re.search(r"https?:|\*|unsafe", policy)
    asked = re.findall(r'(?:src|href|data-document)="([^"]+)"', page.text)
    own = [address for address in asked if address != "data:,"]
    assert len(own) >= 4
    for address in own:
        assert address.startswith("/")
        with client.get(address) as found:
            assert found.status_code == 200, address
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=", page.text)


def test_the_permissions_that_are_asked_for_can_be_given():
    assert {needed for needed in ROUTES.values() if needed} <= set(Permission)
