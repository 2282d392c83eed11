"""Secret keys in files of their own: made at the first start, readable by their owner only, refused when they could be guessed."""

import os
import secrets
from pathlib import Path

from rewards.kit.errors import DomainError

BYTES = 32
LENGTH_MIN = 32
# What people type when they are asked for a secret, and what examples in manuals say.
KNOWN = ("secret", "change", "example", "password", "laurel")


class UnsafeKey(DomainError):
    """A key file holds something that does not deserve the name."""


def read_or_make_key(path: Path) -> str:
    """The key in this file, made where there is no file. Raises UnsafeKey."""
    try:
        return _safe(path.read_text(encoding="utf-8").strip(), path)
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    # Of two processes that start together one wins, and both read the winner's key, whole.
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _safe(path.read_text(encoding="utf-8").strip(), path)


def _safe(key: str, path: Path) -> str:
    if len(key) < LENGTH_MIN:
        raise UnsafeKey(f"{path} holds {len(key)} characters, and a key has at least {LENGTH_MIN}; remove the file, and a new one is made")
    # A word repeated until it is long enough is still a word.
    if len(set(key)) < 10 or any(word * 3 in key.lower() for word in KNOWN) or key.lower().startswith(KNOWN):
        raise UnsafeKey(f"{path} holds a key that can be guessed; remove the file, and a new one is made")
    return key
