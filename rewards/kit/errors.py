"""The refusals a domain can give; each door translates them in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong value: where it stands, what is expected, and what was found."""

    field: str
    message: str
    value: object = None


class DomainError(Exception):
    """Anything the product refuses for a reason it can tell."""


class Invalid(DomainError):
    """What was sent cannot be understood; every problem names its field (422)."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.message}" for problem in problems))
        self.problems = problems

    @classmethod
    def single(cls, field: str, message: str, value: object = None) -> "Invalid":
        """The common case of one wrong field."""
        return cls([Problem(field, message, value)])


class Refused(DomainError):
    """Understood, and refused by a rule of the business (409); `gap` says by how much or until when."""

    def __init__(self, code: str, message: str, **gap: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.gap = gap


class NotFound(DomainError):
    """It does not exist, or is not yours: nobody can tell which (404)."""


class Forbidden(DomainError):
    """You are known, and this is not for you (403)."""


class Unavailable(DomainError):
    """The database cannot write just now: locked by another, or out of space. Nothing was stored; try again (503)."""


class Undone(Unavailable):
    """The database has undone the whole write block. Nothing of it stands, and whatever is written after that would stand alone."""
