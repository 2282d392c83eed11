"""The site with something of everybody's in it, and everybody's browser: what the matrix of access and the tour of all pages visit."""

from typing import Any

from flask import Flask

from rewards.integrations.keys import create_key
from rewards.integrations.permissions import Permission
from rewards.integrations.registering import add_service
from rewards.kit import sql
from rewards.kit.database import Database
from rewards.people.changing import disable_user
from rewards.people.queries import user_by_email
from tests.web.access_file import MATRIX
from tests.web.browser import form_of, log
from tests.web.conftest import SignIn


class Visit:
    """The site with something of everybody's in it, and everybody's browser."""

    def __init__(self, site: Flask, database: Database, sign_in: SignIn) -> None:
        self.site = site
        self.browsers = {name: sign_in(name) for name in ("ada", "cy", "bo", "eve", "dee")}
        for name in ("ada", "cy"):
            assert log(self.browsers[name], "workout_logged").status_code == 303
        with database.read():
            events: dict[str, int] = dict(sql.rows("SELECT u.email, e.id FROM events e JOIN users u ON u.id = e.user_id"))
        self.things = {"ada_event": events["ada@example.com"], "cy_event": events["cy@example.com"], "no_event": 999_999}
        self._switch_somebody_off(database, sign_in)
        with database.write():
            service = add_service(name="Shop", type="shop").service_id
            key = create_key(service_id=service, permissions=list(Permission))
        self.browsers["stranger"], self.browsers["machine"] = site.test_client(), site.test_client()
        self.keys = {"machine": {"Authorization": f"Bearer {key}", "X-Service-ID": service}}

    def ask(self, visitor: str, route: str) -> Any:
        """What the site answers to somebody who sends what the page itself would send."""
        method, _, address = route.partition(" ")
        browser, headers = self.browsers[visitor], self.keys.get(visitor, {})
        fields = {name: str(value).format(visitor=visitor) for name, value in MATRIX["fields"].get(route, {}).items()}
        if method != "GET":
            headers = {**headers, "X-CSRFToken": token_of(browser)}
        return browser.open(address.format(**self.things), method=method, headers=headers, data=fields or None)

    def _switch_somebody_off(self, database: Database, sign_in: SignIn) -> None:
        self.browsers["gone"] = sign_in("ben")
        with database.write():
            ben = user_by_email("ben@example.com")
            assert ben
            disable_user(user_id=ben.id)


def token_of(browser: Any) -> str:
    """What a form of this browser must carry."""
    page = browser.get("/login")
    page = browser.get(page.location) if page.status_code == 303 else page
    return str(form_of(page, "/logout" if "/logout" in page.text else "/login")["csrf_token"])
