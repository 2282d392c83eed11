"""What the product refuses, as a form says it: a sentence beside each field."""

from collections.abc import Mapping

from rewards.kit.errors import Invalid, Refused


def problems_of(error: Invalid | Refused, words: Mapping[str, str] | None = None) -> dict[str, str]:
    """Field to sentence; the empty field is the form as a whole. `words` are a form's own sentences for its fields."""
    if isinstance(error, Refused):
        return {"": sentence(error.message)}
    known = words or {}
    return {one.field: known.get(one.field) or sentence(one.message) for one in error.problems}


def sentence(message: str) -> str:
    """What is expected, with a capital and a full stop."""
    text = message.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"
