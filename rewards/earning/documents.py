"""What a programme says about a rule and a boost, as people write it."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, PlainValidator, StrictInt, model_validator

from rewards.activities.documents import MetadataField, Named
from rewards.earning.condition_documents import Conditions
from rewards.earning.moments import Moment, is_before
from rewards.earning.outcomes import ActivityKey, Outcome, Scope
from rewards.earning.paths import METADATA, WEEKDAYS, Value
from rewards.kit import documents
from rewards.kit.values import Key, Story, Text, YesNo
from rewards.kit.written import Misfit, Written

WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
KEY_LENGTH = 64


def _word(value: str) -> str:
    if not WORD.fullmatch(value):
        raise ValueError("a name of at most 64 letters, digits, `_`, `.` and `-` is expected")
    return value


def _weekday(value: str) -> str:
    if value.lower() not in WEEKDAYS:
        raise ValueError(f"one of {', '.join(WEEKDAYS)} is expected")
    return value.lower()


Word = Annotated[Text, AfterValidator(_word)]
Weekday = Annotated[Text, AfterValidator(_weekday)]
Same = Annotated[Value, PlainValidator(METADATA.read)]


class Pattern(Written):
    """The events a rule looks at; what it does not name may be anything."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {"objectType": ("object_type",)}

    action: Word | None = None
    object_type: Word | None = None
    activity: ActivityKey | None = None
    # Fields that must equal these values.
    metadata: Annotated[dict[MetadataField, Same], Field(max_length=20)] = Field(default_factory=dict)

    @classmethod
    def complete(cls, members: dict[str, Any]) -> dict[str, Any]:
        """Fields may also stand as `metadata.field`, as in conditions."""
        dotted = [name for name in members if name.startswith("metadata.")]
        nested = members.get("metadata", {})
        if not dotted or not isinstance(nested, Mapping):
            return members
        fields = {name.removeprefix("metadata."): members[name] for name in dotted} | dict(nested)
        return {name: value for name, value in members.items() if name not in dotted} | {"metadata": fields}


class RuleDocument(Written):
    """When events of a pattern meet conditions, something follows."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "isActive": ("active",),
        "is_active": ("active",),
        "enabled": ("active",),
        "activeFrom": ("active_from",),
        "activeUntil": ("active_until",),
    }

    key: Key
    description: Story = ""
    # Lower first.
    priority: Annotated[StrictInt, Field(ge=-1_000_000, le=1_000_000)] = 100
    pattern: Pattern
    conditions: Conditions = Field(default_factory=dict)
    outcome: Outcome
    active_from: Moment | None = None
    # The first moment at which it no longer holds.
    active_until: Moment | None = None
    # No rule after this one is tried.
    stop: YesNo = False
    active: YesNo = True

    @classmethod
    def complete(cls, members: dict[str, Any]) -> dict[str, Any]:
        """A rule without a key is known by its description."""
        told = members.get("description")
        return members if members.get("key") or not isinstance(told, str) or not told.strip() else members | {"key": key_from(told)}

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        _check_order(self.active_from, self.active_until, "active_until")
        return self


class Hours(Written):
    """A part of the day, in the person's own time: from one full hour until another."""

    from_: Annotated[StrictInt, Field(alias="from", ge=0, le=23)]
    until: Annotated[StrictInt, Field(ge=1, le=24)]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until <= self.from_:
            raise Misfit.single("until", f"an hour after {self.from_} is expected", self.until)
        return self


class BoostDocument(Scope, Named):
    """A multiplier for a while: from one moment until another, or on certain weekdays and hours, or both."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {"is_active": ("active",), "enabled": ("active",)}

    from_: Moment | None = Field(default=None, alias="from")
    # The first moment at which it no longer holds.
    until: Moment | None = None
    # Both in the person's own time; empty and None: always.
    weekdays: Annotated[list[Weekday], Field(max_length=7)] = Field(default_factory=list)
    hours: Hours | None = None
    active: YesNo = True

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        _check_order(self.from_, self.until, "until")
        return self


def key_from(description: str) -> str:
    """A key that stays the same as long as the description does."""
    plain = unicodedata.normalize("NFKD", description).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:KEY_LENGTH].rstrip("_")
    return key or f"rule_{documents.digest(description)[:12]}"


def _check_order(first: Moment | None, last: Moment | None, field: str) -> None:
    if first is not None and last is not None and not is_before(first, last):
        raise Misfit.single(field, f"a moment after {first.isoformat()} is expected", last.isoformat())
