"""The way in for every machine's call: who it is, whether it may, what it sent; then one verb, then one answer."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_type_hints

from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import TooManyRequests

from rewards.api import problems, reading
from rewards.api.values import Told
from rewards.integrations.answers import Answer, Request, answer_once
from rewards.integrations.keys import Caller, WrongKey, authenticate, confirm, recognise
from rewards.integrations.permissions import Permission
from rewards.integrations.seeing import sightings
from rewards.kit import documents
from rewards.kit.database import db
from rewards.kit.errors import Forbidden, Refused
from rewards.kit.surroundings import Surroundings, surrounded_by

Verb = Callable[..., Answer]
# The document of each good answer, by status; None where it has no body.
Answers = Mapping[int, type[BaseModel] | None]
PREFIX = "/api/v1/external/<service_id>"
LIMITER = "laurel.api.limiter"


@dataclass(frozen=True)
class Operation:
    """One route, as the server runs it and as the description tells it."""

    prefix: str
    method: str
    rule: str
    tag: str
    # None: any key may.
    permission: Permission | None
    answers: Answers
    # What it understands beside the headers of every route, with what they mean.
    headers: Mapping[str, str]
    verb: Verb
    # By what whoever calls is known, in the description's words.
    security: Sequence[str] = ("key", "service")

    @cached_property
    def body(self) -> type[Told] | None:
        """The document that is sent, as the verb's own signature names it."""
        return get_type_hints(self.verb).get("body")

    @cached_property
    def query(self) -> type[Told] | None:
        """What may stand behind the question mark."""
        return get_type_hints(self.verb).get("query")


@dataclass
class Door:
    """Routes that share the way in."""

    blueprint: Blueprint = field(default_factory=lambda: Blueprint("external", __name__, url_prefix=PREFIX))
    operations: list[Operation] = field(default_factory=list)

    def get(self, rule: str, *, tag: str, permission: Permission | None, answers: Answers) -> Callable[[Verb], Verb]:
        """A route that only reads."""
        return lambda verb: self._add(Operation(PREFIX, "GET", rule, tag, permission, answers, {}, verb))

    def post(
        self, rule: str, *, tag: str, permission: Permission | None, answers: Answers, headers: Mapping[str, str] | None = None
    ) -> Callable[[Verb], Verb]:
        """A route that writes."""
        return lambda verb: self._add(Operation(PREFIX, "POST", rule, tag, permission, answers, headers or {}, verb))

    def _add(self, operation: Operation) -> Verb:
        self.operations.append(operation)
        name, methods = operation.verb.__name__, [operation.method]
        self.blueprint.add_url_rule(operation.rule, name, _view(operation), methods=methods, provide_automatic_options=False)
        return operation.verb


door = Door()


@contextmanager
def writing(caller: Caller) -> Iterator[None]:
    """A write block in which the caller's key is still good."""
    with db.write():
        confirm(caller)
        sightings.store_if_due()
        yield


def write_once(caller: Caller, route: str, about: object, work: Callable[[str | None], Answer]) -> Answer:
    """Do `work` in a write block, once for the request's Idempotency-Key if it has one; `about` is what makes it the same request.

    `work` gets the key too, for movements that keep it for ever.
    """
    key = reading.idempotency_key(request)
    with writing(caller):
        if key is None:
            return work(None)
        return answer_once(Request(caller.source, route, key, _body_hash(about)), lambda: work(key), _refusal)


def _body_hash(about: object) -> str:
    try:
        return documents.digest(about)
    except (ValueError, RecursionError):
        # What has no canonical text, such as a number without bounds in one event of a batch, is compared as it was sent.
        return hashlib.sha256(request.get_data()).hexdigest()


def _refusal(refusal: Refused) -> Answer:
    return Answer(problems.STATUSES[Refused], problems.told(refusal))


def _view(operation: Operation) -> Callable[..., Response]:
    if operation.method == "GET":

        def read(service_id: str, **given: Any) -> Response:
            with db.read():
                return _answer(operation, authenticate(service_id, _key(service_id)), given)

        return read

    def write(service_id: str, **given: Any) -> Response:
        return _answer(operation, recognise(service_id, _key(service_id)), given)

    return write


def _answer(operation: Operation, caller: Caller, given: dict[str, Any]) -> Response:
    sightings.note(caller.key_hash)
    check_rate(caller.key_hash, "This key")
    if operation.permission is not None and operation.permission not in caller.permissions:
        raise Forbidden(f"This key does not have the permission {operation.permission}.")
    with surrounded_by(Surroundings(place=request.remote_addr or "", caller=caller.service_id)):
        return run(operation, caller, given)


def _key(service_id: str) -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise WrongKey("A key is expected: Authorization: Bearer KEY.")
    if request.headers.get("X-Service-ID") != service_id:
        raise WrongKey("X-Service-ID is expected to name the same service as the path.")
    return key


def check_rate(name: str, who: str) -> None:
    """Count one call of `name`; refuse it where there were too many."""
    wait = current_app.extensions[LIMITER].seconds_to_wait(name)
    if wait:
        raise TooManyRequests(f"{who} calls too often; try again in {wait} s.", retry_after=wait)


def run(operation: Operation, caller: object, given: dict[str, Any]) -> Response:
    """Read what was sent, carry out the verb for whoever calls, and answer."""
    if operation.query is not None:
        given["query"] = _read(operation.query, reading.read_query(request))
    if operation.body is not None:
        given["body"] = _read(operation.body, reading.read_body(request, operation.body.body_bytes_max))
    return _respond(operation.verb(caller, **given))


def _read(model: type[BaseModel], members: Mapping[str, Any]) -> BaseModel:
    try:
        return model.model_validate(members)
    except ValidationError as error:
        raise problems.misfits(error) from error


def _respond(answer: Answer) -> Response:
    if answer.body is None:
        response = Response(status=answer.status)
        del response.headers["Content-Type"]
        return response
    media_type = reading.MEDIA_TYPE if answer.status < 400 else problems.MEDIA_TYPE
    return Response(documents.compact(answer.body), status=answer.status, content_type=media_type)
