"""People at their pages, over real sockets: each signed in, with the token that their forms carry."""

import html
import re
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Self
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from rewards.kit.database import db
from rewards.kit.keys import read_or_make_key
from rewards.people.queries import user_by_id
from rewards.people.signing_in import Proof, open_session
from tests.proofs.house import House
from tests.proofs.server import PATIENCE_SECONDS, Server, Told

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Visitor:
    """Somebody whose browser keeps a cookie and a token."""

    port: int
    cookie: str
    token: str = ""
    home: str = "/client"
    connection: HTTPConnection | None = None

    def __enter__(self) -> Self:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        self.connection.connect()
        return self

    def __exit__(self, *_: object) -> None:
        if self.connection:
            self.connection.close()

    def get(self, path: str) -> Told:
        """Look at a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Told:
        """Send a form."""
        return self._ask("POST", path, urlencode({"csrf_token": self.token, **fields}))

    def _ask(self, method: str, path: str, body: str | None) -> Told:
        assert self.connection, "no connection is open"
        headers = {"Cookie": f"laurel={self.cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers if body is not None else {"Cookie": headers["Cookie"]})
        response = self.connection.getresponse()
        if changed := response.getheader("Set-Cookie"):
            self.cookie = changed.partition(";")[0].partition("=")[2]
        return Told(response.status, response.getheader("Content-Type"), response.read())


def visitors(house: House, server: Server, user_ids: list[int]) -> dict[int, Visitor]:
    """These people, signed in at that server; each has looked at a page once."""
    app = Flask("cookies")
    app.secret_key = read_or_make_key(server.folder / "secret_key")
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer
    found = {}
    with house.inside(), db.write():
        for user_id in user_ids:
            user = user_by_id(user_id)
            assert user
            token = open_session(Proof(user.id, user.stamp))
            found[user_id] = Visitor(server.port, str(serializer.dumps({"token": token})), home=f"/{user.role}")
    for visitor in found.values():
        with visitor:
            page = visitor.get(f"{visitor.home}/settings").body.decode()
            token_found = TOKEN.search(page)
            assert token_found, page
            visitor.token = html.unescape(token_found[1])
    return found
