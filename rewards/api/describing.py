"""Describes the API from the very routes and documents that run, as OpenAPI 3.1."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from rewards.api import problems, reading
from rewards.api.door import Operation
from rewards.api.values import KEY, USER, USER_LENGTH_MAX, Shown
from rewards.integrations.queries import ID_MAX
from rewards.kit import values

# Of what the programme's document names.
KEY_OF = f"^{values.KEY.pattern}$"
REFERENCE = "#/components/schemas/{model}"

INTRODUCTION = """\
For systems that tell Laurel what people did, and ask what they earned.

* **Who calls**: `Authorization: Bearer KEY` and `X-Service-ID`, the service that the key belongs to. Below `/api/v1/me/` it is a person,
  known by the cookie of the pages.
* **Amounts** are whole numbers; money is told as `{"currency": "USD", "minor": 250, "amount": "2.50"}`.
* **Times** are ISO 8601 in UTC.
* **Trying again**: send every POST with an `Idempotency-Key` of your own. The same key and body get the same answer, and nothing happens
  twice; the same key with another body is refused (422). A refusal for a reason of business (409) is an answer too, and stays.
* **Problems** are `application/problem+json`. Where the business refuses, `reason` names why and `gap` says by how much or until when.
* **Lists** take `limit` and `cursor`; ask again with `next_cursor` until it is `null`.
"""


class Plain(GenerateJsonSchema):
    """Schemas without titles that only repeat a member's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        return False


class ErrorShown(Shown):
    """One wrong value."""

    field: str = Field(description="Where it stands in what was sent.", examples=["points"])
    message: str = Field(description="What is expected.")
    value: Any = Field(description="What was found.")


class ProblemShown(Shown):
    """What went wrong."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["80 points to go: 100 are needed and 20 are there"])
    errors: list[ErrorShown]
    reason: str | None = Field(None, description="With 409: why the business refused.", examples=["insufficient"])
    gap: dict[str, Any] | None = Field(None, description="With 409: by how much, or until when.", examples=[{"points": 80}])


PARAMETERS: Mapping[str, dict[str, Any]] = {
    "service_id": {"description": "The service that calls.", "schema": {"type": "string"}},
    "user": {
        "description": "Laurel's id of a client, or `ext:` and the id that your system knows them by.",
        "schema": {"type": "string", "pattern": USER, "maxLength": USER_LENGTH_MAX},
    },
    "reward": {
        "description": "Laurel's id of a reward, or `ext:` and the id that your system knows it by.",
        "schema": {"type": "string", "pattern": USER, "maxLength": USER_LENGTH_MAX},
        "example": "1",
    },
    "waitlist": {
        "description": "The waitlist's key in the programme.",
        "schema": {"type": "string", "pattern": KEY_OF},
        "example": "spring",
    },
    "campaign": {
        "description": "The campaign's key in the programme.",
        "schema": {"type": "string", "pattern": KEY_OF},
        "example": "spring_referrals",
    },
    "subscriber_id": {
        "description": "The id that the subscriber was answered with.",
        "schema": {"type": "integer", "minimum": 1, "maximum": ID_MAX},
        "example": 1,
    },
    "code": {"description": "What brings others: `k7m2p9xw`.", "schema": {"type": "string", "minLength": 1}, "example": "k7m2p9xw"},
    "event_id": {"description": "The id that the event was answered with.", "schema": {"type": "integer", "minimum": 1, "maximum": ID_MAX}},
}
RETRIED = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Your own name for this request: sent again, it is answered again and does nothing twice.",
    "schema": {"type": "string", "pattern": KEY},
}
SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "The service's API key."},
    "service": {"type": "apiKey", "in": "header", "name": "X-Service-ID", "description": "The service that the key belongs to."},
    "session": {"type": "apiKey", "in": "cookie", "name": "laurel", "description": "Of somebody who has signed in to the pages."},
}
REFUSALS = {
    "GET": (401, 403, 404, 422, 429, 503),
    "POST": (400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
}


def describe(operations: Sequence[Operation], version: str) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    references, schemas = _schemas(operations)
    for operation in operations:
        path = re.sub(r"<(?:int:)?(\w+)>", r"{\1}", operation.prefix + operation.rule)
        paths.setdefault(path, {"parameters": _path_parameters(path)})[operation.method.lower()] = _operation(operation, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Laurel", "version": version, "description": INTRODUCTION},
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for operation in operations)],
        "security": [{"key": [], "service": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": SECURITY},
    }


References = Mapping[type[BaseModel], dict[str, Any]]


def _schemas(operations: Sequence[Operation]) -> tuple[References, dict[str, Any]]:
    shown = {model for operation in operations for model in operation.answers.values() if model} | {ProblemShown}
    told = {operation.body for operation in operations if operation.body}
    wanted: list[tuple[Any, Any]] = [(model, "serialization") for model in shown] + [(model, "validation") for model in told]
    wanted.sort(key=lambda pair: str(pair[0].__name__))
    references, schemas = models_json_schema(wanted, ref_template=REFERENCE, schema_generator=Plain)
    return {model: reference for (model, _), reference in references.items()}, schemas["$defs"]  # type: ignore[misc]


def _operation(operation: Operation, references: References) -> dict[str, Any]:
    summary, _, description = (operation.verb.__doc__ or "").partition(". ")
    anybody = "Needs a signed-in person." if "session" in operation.security else "Any key may."
    needs = f"Needs the permission `{operation.permission}`." if operation.permission else anybody
    told: dict[str, Any] = {
        "tags": [operation.tag],
        "operationId": operation.verb.__name__,
        "summary": summary.removesuffix("."),
        "description": f"{description} {needs}".strip(),
        "security": [{name: [] for name in operation.security}],
        "parameters": _parameters(operation),
        "responses": _answers(operation, references) | _refusals(operation.method, references[ProblemShown]),
    }
    if operation.body:
        told["requestBody"] = {"required": True, "content": {reading.MEDIA_TYPE: {"schema": references[operation.body]}}}
    return told


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, **PARAMETERS[name]} for name in re.findall(r"{(\w+)}", path)]


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    schema = operation.query.model_json_schema(schema_generator=Plain) if operation.query else {"properties": {}}
    asked = [{"name": name, "in": "query", "schema": one} for name, one in schema["properties"].items()]
    headers = [
        {"name": name, "in": "header", "description": meaning, "schema": {"type": "string"}} for name, meaning in operation.headers.items()
    ]
    return asked + ([RETRIED, *headers] if operation.method == "POST" else headers)


def _answers(operation: Operation, references: References) -> dict[str, Any]:
    return {
        str(status): {"description": HTTPStatus(status).phrase}
        | ({"content": {reading.MEDIA_TYPE: {"schema": references[model]}}} if model else {})
        for status, model in operation.answers.items()
    }


def _refusals(method: str, problem: Mapping[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status in REFUSALS[method]:
        answers[str(status)] = {"description": HTTPStatus(status).phrase, "content": {problems.MEDIA_TYPE: {"schema": problem}}}
        if status in (429, 503):
            answers[str(status)]["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return answers
