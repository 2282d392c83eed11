"""What a programme says about a level, as people write it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, StrictInt

from rewards.kit.values import Amount, Factor, Name
from rewards.kit.written import Written


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class LevelDocument(Written):
    """One rung of the ladder."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {"level_number": ("number",)}

    number: Annotated[StrictInt, Field(ge=1, le=1_000)]
    name: Name
    xp_required: Amount
    icon: Name | None = None
    # For the XP and points of whoever stands on this level.
    multiplier: Factor | None = None
    perks: Annotated[list[Name], Field(max_length=50), BeforeValidator(_listed)] = Field(default_factory=list)
