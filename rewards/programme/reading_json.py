"""Reads JSON without what its reader would let pass: members written twice, NaN, numbers without end, endless nesting."""

import json
import re
from typing import Any, NoReturn

from rewards.kit.errors import Invalid
from rewards.programme.written_numbers import ENDLESS_JSON, number_in

DEPTH_MAX = 40
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+', re.DOTALL)


def read_json(text: str) -> Any:
    """The plain data of the text; Invalid names the line."""
    _check(text)
    try:
        return json.loads(text, parse_float=number_in, parse_int=number_in)
    except json.JSONDecodeError as error:
        raise Invalid.single(f"line {error.lineno}", f"this is not JSON: {error.msg}") from None


def _check(text: str) -> None:
    # The library's reader does not say where in the text a member stands, so the text is walked for that before.
    members: list[set[str]] = []
    line, counted, before = 1, 0, ""
    for token in TOKEN.finditer(text):
        line += text.count("\n", counted, token.start())
        counted = token.start()
        word = token[0]
        if word in "[{":
            members.append(set())
            if len(members) > DEPTH_MAX:
                _refuse(line, f"at most {DEPTH_MAX} levels inside each other are expected")
        elif word in "]}":
            del members[-1:]
        elif word == ":" and members:
            name = _name(before)
            if name in members[-1]:
                _refuse(line, f"{name} is written twice", name)
            members[-1].add(name)
        elif word[0] == '"':
            _check_text(line, word)
        elif word[0] not in ",:":
            _check_number(line, word)
        before = word


def _name(word: str) -> str:
    # The same name can be spelled in two ways.
    try:
        return str(json.loads(word))
    except json.JSONDecodeError:
        return word


def _check_text(line: int, word: str) -> None:
    try:
        _name(word).encode()
    except UnicodeEncodeError:
        _refuse(line, "half a character is no text", word[:100])


def _check_number(line: int, word: str) -> None:
    if ENDLESS_JSON.fullmatch(word):
        _refuse(line, f"{word} is no number", word)
    try:
        number_in(word)
    except ValueError as error:
        _refuse(line, str(error), word[:100])


def _refuse(line: int, message: str, value: object = None) -> NoReturn:
    raise Invalid.single(f"line {line}", message, value)
