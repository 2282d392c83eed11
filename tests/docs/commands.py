"""The commands that a page tells people to type, held against the ones there are."""

import shlex
from collections.abc import Iterator, Sequence

import click

from rewards.cli.commands import laurel
from tests.docs.pages import codes, fences

ENDS = {"|", ">", "<", "&&", ";", "&"}


def unknown(text: str) -> list[str]:
    """Those that are not there, with an option that is not there, or with more arguments than they take."""
    return [f"laurel {shlex.join(words)}" for words in told(text) if not _exists(words)]


def told(text: str) -> Iterator[list[str]]:
    """The words after `laurel`, in the prose and in blocks of shell."""
    lines = [code for code in codes(text) if code.startswith("laurel ")]
    for fence in fences(text, "sh"):
        lines += fence.text.replace("\\\n", " ").splitlines()
    for line in lines:
        words = shlex.split(line, comments=True) if "laurel" in line else []
        begin = next((place for place, word in enumerate(words) if word == "laurel" or word.endswith("/laurel")), None)
        if begin is not None:
            rest = words[begin + 1 :]
            yield rest[: next((place for place, word in enumerate(rest) if word in ENDS or word.startswith(("<", ">"))), len(rest))]


def _exists(words: Sequence[str]) -> bool:
    command: click.Command = laurel
    context = click.Context(command)
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(context, rest.pop(0))
        if found is None:
            return False
        command = found
    return _takes(command, rest)


def _takes(command: click.Command, words: list[str]) -> bool:
    context = click.Context(command)
    options = {name: one for one in command.get_params(context) if isinstance(one, click.Option) for name in one.opts}
    arguments = sum(isinstance(one, click.Argument) for one in command.params)
    while words:
        word = words.pop(0)
        if not word.startswith("-") or word == "-":
            arguments -= 1
        elif word not in options:
            return False
        elif not options[word].is_flag and words:
            words.pop(0)
    return arguments >= 0
