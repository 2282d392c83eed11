"""Keeps files that people gave, under names that nobody can guess, in a folder or in a bucket: wherever the settings say."""

import re
import secrets
from contextlib import suppress
from typing import Any

from fsspec.core import url_to_fs

from rewards.kit.errors import NotFound
from rewards.kit.installation import settings_in_force

# Never what somebody called their file: a name of ours leads nowhere else and says nothing.
NAME = re.compile(r"[0-9a-f]{32}")


def new_name() -> str:
    """A name that no file has and nobody can guess."""
    return secrets.token_hex(16)


def keep(name: str, variant: str, content: bytes) -> None:
    """Keep a file; one name has several variants."""
    files, folder = _files()
    files.makedirs(folder, exist_ok=True)
    files.pipe_file(_path(folder, name, variant), content)


def read(name: str, variant: str) -> bytes:
    """What was kept. Raises NotFound."""
    files, folder = _files()
    try:
        return bytes(files.cat_file(_path(folder, name, variant)))
    except FileNotFoundError:
        raise NotFound(f"file {name}") from None


def forget(name: str, *variants: str) -> None:
    """Keep these no longer; what is gone already is gone."""
    files, folder = _files()
    for variant in variants:
        with suppress(FileNotFoundError):
            files.rm_file(_path(folder, name, variant))


def _files() -> tuple[Any, str]:
    files, folder = url_to_fs(settings_in_force().media_url)
    return files, str(folder)


def _path(folder: str, name: str, variant: str) -> str:
    if not NAME.fullmatch(name):
        raise NotFound(f"file {name}")
    return f"{folder}/{name}{variant}"
