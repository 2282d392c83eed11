"""Shows how long work goes on: a bar on a terminal, now and then a plain line elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# Where nobody watches a bar, a line for each tenth of the work tells that it goes on.
PARTS = 10

Advance = Callable[[int], None]


@contextmanager
def progress(what: str, total: int) -> Iterator[Advance]:
    """A function that is told how much is done; `total` is when all of it is."""
    if sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda done: bar.update(task, completed=done)
    else:
        yield _Lines(what, total)


class _Lines:
    """Says on standard error how far it is, ten times at most."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._told = 0

    def __call__(self, done: int) -> None:
        part = done * PARTS // self._total if self._total else PARTS
        if part > self._told and done < self._total:
            self._told = part
            click.echo(f"{self._what}: {done * 100 // self._total} %", err=True)
