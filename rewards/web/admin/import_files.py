"""Keeps a file between its rehearsal and its import, and the report of both; what nobody came back for goes after a day."""

import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from flask import current_app

from rewards.kit import clock
from rewards.kit.errors import NotFound

FOLDER = "LAUREL_IMPORTS"
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
KEPT = timedelta(days=1)
# Of refused lines; all of them are counted.
TOLD_MAX = 100


@dataclass(slots=True)
class KeptImport:
    """A file and what became of it."""

    token: str
    name: str
    lines: int
    # Whether it was only rehearsed so far.
    is_rehearsed: bool = True
    counts: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    weeks: int = 0
    # The numbers of refused lines, with why.
    refused: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def make(cls, name: str, content: bytes, lines: int) -> Self:
        """Keep a file."""
        _forget_old()
        made = cls(secrets.token_urlsafe(24), name, lines)
        _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        made.file.write_bytes(content)
        return made

    @classmethod
    def find(cls, token: str) -> Self:
        """The one of that token. Raises NotFound."""
        report = _folder() / f"{token}.json"
        if not TOKEN.fullmatch(token) or not report.is_file():
            raise NotFound(f"import {token}")
        told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return cls(**told | {"refused": [(number, why) for number, why in told["refused"]]})

    @property
    def file(self) -> Path:
        """Where the file lies until it is imported."""
        return _folder() / f"{self.token}.part"

    def keep_report(self) -> None:
        """Write down what is known of it."""
        (_folder() / f"{self.token}.json").write_text(json.dumps(asdict(self)), encoding="utf-8")

    def refuse(self, number: int, why: str) -> None:
        """One line was refused."""
        if len(self.refused) < TOLD_MAX:
            self.refused.append((number, why))


def _folder() -> Path:
    return Path(current_app.config[FOLDER])


def _forget_old() -> None:
    oldest = (clock.now() - KEPT).timestamp()
    for file in _folder().glob("*"):
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
