"""A shop that calls the API with a key, and what it may ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from rewards.integrations.keys import create_key
from rewards.integrations.permissions import Permission
from rewards.integrations.registering import add_service
from rewards.kit.settings import load_settings
from rewards.programme.kits import load_starting_kits


@dataclass
class Shop:
    """Another system, with its key in its hand."""

    client: FlaskClient
    service_id: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "X-Service-ID": self.service_id}

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(f"/api/v1/external/{self.service_id}{path}", headers=self.headers, **more)

    def post(self, path: str, body: object = None, key: str | None = None, **headers: str) -> TestResponse:
        """`body` as JSON, or as it is where it is text already."""
        sent = {"data": body} if isinstance(body, str | bytes) else {"json": body}
        told = self.headers | {"Content-Type": "application/json"} | headers | ({"Idempotency-Key": key} if key else {})
        return self.client.post(f"/api/v1/external/{self.service_id}{path}", headers=told, **sent)


@pytest.fixture
def app(database, database_url, tmp_path) -> Flask:
    """The application on that database, with the starting programme."""
    with database.write():
        load_starting_kits()
    return make_app(database_url, tmp_path)


def make_app(database_url: str, tmp_path, **environment: str) -> Flask:
    return create_app(load_settings({"LAUREL_DATA": str(tmp_path), "DATABASE_URL": database_url, **environment}))


def open_shop(database, app: Flask, permissions: Sequence[str] = tuple(Permission)) -> Shop:
    """A service of its own with a key of its own."""
    with database.write():
        service_id = add_service(name="Shop", type="shop").service_id
        key = create_key(service_id=service_id, permissions=permissions)
    return Shop(app.test_client(), service_id, key)


@pytest.fixture
def shop(database, app, cast) -> Shop:
    """A shop that may do everything, in a house where Ada, Bo, Cy and Dee live."""
    return open_shop(database, app)
