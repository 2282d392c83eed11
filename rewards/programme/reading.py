"""Reads the text of a document, YAML or JSON, into plain data; every number stays exactly as it was written."""

import re
from pathlib import PurePath
from typing import Any

from rewards.kit.errors import Invalid
from rewards.kit.written import read_part
from rewards.programme.document import ProgrammeDocument
from rewards.programme.reading_json import read_json
from rewards.programme.reading_yaml import read_yaml

TEXT_MAX = 2_000_000
LOOKS_LIKE_JSON = re.compile(r"\s*[\[{]\s*[\[{\]}\"]")


def read_programme(content: bytes, *, name: str = "") -> ProgrammeDocument:
    """The programme document in a file's content; Invalid names the line of what cannot be read, and the path of what cannot be meant."""
    return read_part(ProgrammeDocument, read_bytes(content, name=name))


def read_text(text: str, *, name: str = "") -> Any:
    """The plain data of a document; Invalid names the line. `name` is the file's: its suffix says which language it is in."""
    if len(text) > TEXT_MAX:
        raise Invalid.single("document", f"a document of at most {TEXT_MAX:,} characters is expected", len(text))
    suffix = PurePath(name).suffix.lower()
    text = text.removeprefix("\ufeff")
    is_json = suffix == ".json" or (suffix not in (".yaml", ".yml") and LOOKS_LIKE_JSON.match(text) is not None)
    return read_json(text) if is_json else read_yaml(text)


def read_bytes(content: bytes, *, name: str = "") -> Any:
    """The same for a file as it lies on a disk."""
    try:
        return read_text(content.decode(), name=name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Invalid.single(f"line {line}", "text in UTF-8 is expected") from None
