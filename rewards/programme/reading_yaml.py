"""Reads YAML's plain part: text, numbers, true, false, null, lists and members, as JSON has them. No dates, no references, no tags.

What a document says does not depend on YAML's older habits: `yes`, `12:30` and `010` are not turned into something else.
"""

from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from rewards.kit.errors import Invalid
from rewards.programme.written_numbers import number_in

DEPTH_MAX = 40
TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")
WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# The fast parser where the library has it; both tell the same events.
PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """The plain data of one document; Invalid names the line."""
    try:
        return _document(yaml.parse(text, Loader=PARSER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Invalid.single(f"line {mark.line + 1 if mark else 1}", f"this is not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise Invalid.single("document", f"this is not YAML: {str(error).splitlines()[0]}") from None


def _document(events: Iterator[yaml.Event]) -> Any:
    found = None
    count = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            count += 1
            if count > 1:
                _refuse(event, "one document is expected, and here begins a second one")
            found = _node(next(events), events, 1)
    return found


def _node(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Any:
    if depth > DEPTH_MAX:
        _refuse(event, f"at most {DEPTH_MAX} levels inside each other are expected")
    if isinstance(event, yaml.AliasEvent):
        # References to references could make a small text endless.
        _refuse(event, f"*{event.anchor} is not followed here; write out what it stands for")
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if isinstance(event, yaml.CollectionStartEvent) and event.tag not in (None, "!"):
        _refuse(event, f"the tag {event.tag} is not known here")
    return _list(events, depth) if isinstance(event, yaml.SequenceStartEvent) else _members(events, depth)


def _list(events: Iterator[yaml.Event], depth: int) -> list[Any]:
    found = []
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        found.append(_node(event, events, depth + 1))
    return found


def _members(events: Iterator[yaml.Event], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        name = _node(event, events, depth + 1)
        if not isinstance(name, str):
            _refuse(event, "a name is expected here; put it in quotes if it looks like a number", name)
        if name in found:
            _refuse(event, f"{name} is written twice", name)
        found[name] = _node(next(events), events, depth + 1)
    return found


def _scalar(event: yaml.ScalarEvent) -> Any:
    if event.tag not in TEXT_TAGS:
        _refuse(event, f"the tag {event.tag} is not known here", event.value)
    if event.tag is not None or not event.implicit[0]:
        return event.value
    if event.value in WORDS:
        return WORDS[event.value]
    try:
        number = number_in(event.value)
    except ValueError as error:
        _refuse(event, str(error), event.value)
    return event.value if number is None else number


def _refuse(event: yaml.Event, message: str, value: object = None) -> NoReturn:
    raise Invalid.single(f"line {event.start_mark.line + 1 if event.start_mark else 1}", message, value)
