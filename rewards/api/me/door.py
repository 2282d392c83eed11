"""The way in for a person's own questions: the cookie of the pages says who it is. Reading only, so that no other site gains by asking."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Flask, Request, Response, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from rewards.api.door import Answers, Operation, Verb, check_rate, run
from rewards.api.problems import NotSignedIn
from rewards.kit.database import db
from rewards.people.models import User
from rewards.people.signing_in import session_for_token
from rewards.web.access import TOKEN

PREFIX = "/api/v1/me"
# What the pages' application knows of its cookie, and this one must know too.
COOKIE_SETTINGS = ("SECRET_KEY", "SESSION_COOKIE_NAME", "PERMANENT_SESSION_LIFETIME")


class PersonsSessions(SecureCookieSessionInterface):
    """The cookie of the pages, read where a person asks and nowhere else: a machine proves itself with its key. None is ever set."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session of whoever asks about themselves; nothing for a machine."""
        return super().open_session(app, request) if request.path.startswith(f"{PREFIX}/") else self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing: signing in and out belong to the pages."""


@dataclass
class PersonsDoor:
    """Routes for whoever is signed in."""

    blueprint: Blueprint = field(default_factory=lambda: Blueprint("me", __name__, url_prefix=PREFIX))
    operations: list[Operation] = field(default_factory=list)

    def get(self, rule: str, *, tag: str, answers: Answers) -> Callable[[Verb], Verb]:
        """A route that only reads."""
        return lambda verb: self._add(Operation(PREFIX, "GET", rule, tag, None, answers, {}, verb, security=("session",)))

    def _add(self, operation: Operation) -> Verb:
        self.operations.append(operation)

        def read(**given: Any) -> Response:
            with db.read():
                person = _me()
                check_rate(f"person {person.id}", "This person")
                response = run(operation, person, given)
                response.vary.add("Cookie")
                return response

        self.blueprint.add_url_rule(operation.rule, operation.verb.__name__, read, methods=["GET"], provide_automatic_options=False)
        return operation.verb


door = PersonsDoor()


def _me() -> User:
    token = session.get(TOKEN)
    found = session_for_token(token) if isinstance(token, str) else None
    if found is None:
        raise NotSignedIn("Sign in first: this address tells people about themselves.")
    return found.user
