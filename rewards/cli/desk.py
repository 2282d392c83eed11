"""What every command shares: the desk it works at, and how a refusal is said."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, ProgrammingError

from rewards.kit import migrating
from rewards.kit.announcing import wire
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid, NotFound, Problem
from rewards.kit.installation import install
from rewards.kit.logging import configure_logging
from rewards.kit.settings import Settings, load_settings
from rewards.kit.surroundings import Surroundings, surrounded_by
from rewards.programme.kits import load_starting_kits
from rewards.reactions import REACTIONS


class Refusal(click.ClickException):
    """Exit code 1: understood, and refused."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        """Say it, one line for each thing that is wrong, and nothing else."""
        for line in self.message.splitlines():
            click.echo(f"laurel: {line}", err=True, file=file)


class Desk(click.Group):
    """A group of commands in which whatever is refused ends as a line and an exit code."""

    def invoke(self, context: click.Context) -> Any:
        """Translate the domain's refusals, in this one place."""
        try:
            with surrounded_by(Surroundings(place="command line")):
                return super().invoke(context)
        except Invalid as error:
            raise Refusal("\n".join(told(problem) for problem in error.problems)) from error
        except NotFound as error:
            raise Refusal(one_line(f"there is no {error}")) from error
        except DomainError as error:
            raise Refusal(one_line(str(error))) from error
        except DatabaseError as error:
            # Broken promises inside the database are our own mistakes, and show where they happened.
            if isinstance(error, IntegrityError | ProgrammingError | DataError):
                raise
            raise Refusal(f"the database does not answer: {one_line(str(error.orig))}") from error
        except OSError as error:
            # Python says a broken pipe this way too, and click knows what to do with that one.
            if isinstance(error, BrokenPipeError):
                raise
            raise Refusal(one_line(str(error))) from error


def told(problem: Problem) -> str:
    """A wrong value in one line: where, what is expected, what was found."""
    found = "" if problem.value is None or str(problem.value) in problem.message else f" (found {problem.value!r})"
    return one_line(f"{problem.field}: {problem.message}{found}")


def one_line(text: str) -> str:
    """The first sentence of whatever a library says over several lines."""
    return " ".join(text.split("\n", maxsplit=1)[0].split()) if text else "it says nothing"


@contextmanager
def open_desk() -> Iterator[Settings]:
    """The settings, with the database open and up to date. One that is entirely empty is made ready at once."""
    settings = open_database()
    try:
        if migrating.is_empty():
            prepare()
        elif not migrating.is_current():
            raise Refusal("the database is of another release; run `laurel migrate` first")
        yield settings
    finally:
        db.close()


def open_database() -> Settings:
    """The settings, with the database open as it is."""
    configure_logging()
    settings = load_settings()
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    install(settings)
    db.open(settings.database_url)
    wire(REACTIONS)
    return settings


def prepare() -> bool:
    """Bring the open database up to date; whether the starting kits were loaded because it was empty."""
    migrating.migrate()
    with db.write():
        return load_starting_kits() is not None
