"""What a rule asks, as people write it, and the one form in which it is kept.

The form: a mapping whose members must all hold. A member is a path with its operators (`metadata.duration: {gte: 600}`), `all` or `any`
with a list of such mappings, or `not` with one.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainValidator

from rewards.earning.paths import NAMES, RANGED, Path, canonical_name, path_of
from rewards.kit.errors import Problem
from rewards.kit.written import Misfit, joined, shown, unknown

GROUPS = ("all", "any", "not")
DEPTH_MAX = 8
MEMBERS_MAX = 200
CHOICES_MAX = 200

Plain = dict[str, Any]


def read_conditions(value: object) -> Plain:
    """The conditions in their one form; Misfit with every problem."""
    reader = _Reader()
    conditions = reader.mapping(value, "", 1)
    if reader.problems:
        raise Misfit(reader.problems)
    return conditions


Conditions = Annotated[Plain, PlainValidator(read_conditions)]


class _Reader:
    """Reads one document of conditions and collects what is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._members = 0

    def mapping(self, value: object, at: str, depth: int) -> Plain:
        found: Plain = {}
        if not isinstance(value, Mapping):
            self._wrong(at, f"conditions such as {{metadata.duration: {{gte: 600}}}} are expected, not {shown(value)}", value)
            return found
        self._count(1 + len(value), at, depth)
        for written, asked in value.items():
            place = joined(at, str(written))
            if written == "not":
                found["not"] = self.mapping(asked, place, depth + 1)
            elif written in GROUPS:
                found[written] = self._mappings(asked, place, depth + 1)
            else:
                self._member(found, str(written), asked, place)
        return found

    def _mappings(self, value: object, at: str, depth: int) -> list[Plain]:
        if not isinstance(value, list) or not value:
            self._wrong(at, f"a list of conditions is expected, not {shown(value)}", value)
            return []
        return [self.mapping(inner, joined(at, place), depth) for place, inner in enumerate(value)]

    def _member(self, found: Plain, written: str, asked: object, at: str) -> None:
        name = canonical_name(written)
        path = path_of(name)
        if path is None:
            self._wrong(at, unknown(written, [*NAMES, *GROUPS]), asked)
        elif name in found:
            self._wrong(at, "is asked twice; write its operators together", asked)
        elif name == "campaign.firstReferralOnly" and asked is False:
            # As a switch that is off: every referral counts, which is no condition at all.
            return
        else:
            found[name] = self._operators(path, asked, at)

    def _operators(self, path: Path, asked: object, at: str) -> Plain:
        if not isinstance(asked, Mapping):
            return self._read(path, path.usual, asked, at)
        if not asked:
            self._wrong(at, f"an operator is expected: {', '.join(path.operators)}", asked)
        found: Plain = {}
        for operator, value in asked.items():
            if operator in path.operators:
                found |= self._read(path, operator, value, joined(at, operator))
            else:
                self._wrong(joined(at, str(operator)), unknown(str(operator), list(path.operators)), value)
        return found

    def _read(self, path: Path, operator: str, value: object, at: str) -> Plain:
        try:
            return {operator: _operand(path, operator, value)}
        except ValueError as error:
            self._wrong(at, f"{error}, not {shown(value)}", value)
            return {}

    def _count(self, members: int, at: str, depth: int) -> None:
        # A limit ends the reading at once: what is too large is not read to its end only to complain about it.
        self._members += members
        if depth > DEPTH_MAX:
            raise Misfit.single(at, f"at most {DEPTH_MAX} conditions inside each other are expected")
        if self._members > MEMBERS_MAX:
            raise Misfit.single(at, f"at most {MEMBERS_MAX} conditions in one rule are expected")

    def _wrong(self, at: str, message: str, value: object) -> None:
        self.problems.append(Problem(at, message, value))


def _operand(path: Path, operator: str, value: object) -> Any:
    if operator == "exists":
        if not isinstance(value, bool):
            raise ValueError("true or false is expected")
        return value
    if operator == "in":
        if not isinstance(value, list) or not 0 < len(value) <= CHOICES_MAX:
            raise ValueError(f"a list of 1 to {CHOICES_MAX} values is expected")
        return [path.read(choice) for choice in value]
    if operator == "between":
        if not isinstance(value, list) or len(value) != 2:
            raise ValueError("a list of the lowest and the highest value is expected")
        bounds: list[Any] = [path.read_bound(bound) for bound in value]
        if bounds[0] > bounds[1]:
            raise ValueError("the lower value first is expected")
        return bounds
    return path.read_bound(value) if operator in RANGED else path.read(value)
