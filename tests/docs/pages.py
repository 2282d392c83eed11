"""What the documentation says, cut into the parts that tests hold against the product."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.house.tree import ROOT

FENCE = re.compile(r"^ *```(?P<language>\w*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


class Fence(NamedTuple):
    """A block of code and where it begins."""

    language: str
    text: str
    line: int


def pages(root: Path = ROOT) -> list[Path]:
    """Every page there is to read."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def text_of(name: str) -> str:
    """One page."""
    return (ROOT / name).read_text(encoding="utf-8")


def fences(text: str, *languages: str) -> list[Fence]:
    """The blocks of code in these languages."""
    found = [Fence(match["language"], match["text"], text.count("\n", 0, match.start()) + 2) for match in FENCE.finditer(text)]
    return [fence for fence in found if fence.language in languages]


def prose(text: str) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", text)


def codes(text: str) -> Iterator[str]:
    """What stands between backticks in the prose."""
    yield from CODE.findall(prose(text))


def anchors(text: str) -> set[str]:
    """What links into this page can name: its headings in small letters, as those who show Markdown spell them."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(text)))
    return {heading.replace(" ", "-") for heading in headings}


def links(text: str) -> list[str]:
    """Where this page points to."""
    return LINK.findall(prose(text))
