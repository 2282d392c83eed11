"""Conditions of rules, compiled once into plain questions about an event and the person. Pure."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rewards.earning.amounts import told
from rewards.earning.occurring import Occurrence, Standing
from rewards.earning.paths import WEEKDAYS
from rewards.kit.written import shown

Note = dict[str, Any]
# A question answers whether it holds, and notes what it wanted and what it found.
Check = Callable[[Occurrence, Standing, list[Note]], bool]
Reader = Callable[[Occurrence, Standing], Any]
Test = Callable[[Any], bool]

TEXT_MAX = 80
NUMBER = (int, Decimal)
# What to say about a value of another type. Types are compared and not asked for instances: true is a number to Python, and to nobody else.
NOT_OF: Mapping[tuple[type, ...], str] = {NUMBER: "not a number", (str,): "not text", (bool,): "not true or false"}


def compile_conditions(*conditions: Mapping[str, Any]) -> Check | None:
    """One question for mappings whose members must all hold; None where there are none. Asking stops at the first that does not hold."""
    checks = [check for mapping in conditions for name, asked in mapping.items() for check in _member(name, asked)]
    return _every(checks) if checks else None


def _member(name: str, asked: Any) -> list[Check]:
    if name == "all":
        return [_group(inner) for inner in asked]
    if name == "any":
        return [_some([_group(inner) for inner in asked])]
    if name == "not":
        return [_not(_group(asked))]
    return [_question(name, operator, wanted) for operator, wanted in asked.items()]


def _group(conditions: Mapping[str, Any]) -> Check:
    return compile_conditions(conditions) or _every([])


def _every(checks: Sequence[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def every(occurrence: Occurrence, standing: Standing, notes: list[Note]) -> bool:
        # Plain loops: a generator would cost more than the questions it asks.
        for check in checks:  # noqa: SIM110
            if not check(occurrence, standing, notes):
                return False
        return True

    return every


def _some(checks: Sequence[Check]) -> Check:
    def some(occurrence: Occurrence, standing: Standing, notes: list[Note]) -> bool:
        alternatives: list[list[Note]] = []
        holds = False
        for check in checks:
            alternatives.append([])
            if check(occurrence, standing, alternatives[-1]):
                holds = True
                break
        notes.append({"any": alternatives, "holds": holds})
        return holds

    return some


def _not(check: Check) -> Check:
    def negated(occurrence: Occurrence, standing: Standing, notes: list[Note]) -> bool:
        inner: list[Note] = []
        holds = not check(occurrence, standing, inner)
        notes.append({"not": inner, "holds": holds})
        return holds

    return negated


def _question(path: str, operator: str, wanted: Any) -> Check:
    read = _reader(path)
    if operator == "exists":
        return _existence(path, read, is_wanted=wanted)
    types, test = _test(operator, wanted)
    misfit = NOT_OF.get(types, "of another kind")
    told_wanted = [_told(one) for one in wanted] if isinstance(wanted, list) else _told(wanted)

    def question(occurrence: Occurrence, standing: Standing, notes: list[Note]) -> bool:
        found = read(occurrence, standing)
        note = {"path": path, "op": operator, "wanted": told_wanted, "found": _told(found)}
        if type(found) in types:
            holds = test(found)
        else:
            holds = False
            note["why"] = "missing" if found is None else misfit
        note["holds"] = holds
        notes.append(note)
        return holds

    return question


def _existence(path: str, read: Reader, *, is_wanted: bool) -> Check:
    def existence(occurrence: Occurrence, standing: Standing, notes: list[Note]) -> bool:
        found = read(occurrence, standing)
        holds = (found is not None) is is_wanted
        notes.append({"path": path, "op": "exists", "wanted": is_wanted, "found": _told(found), "holds": holds})
        return holds

    return existence


def _test(operator: str, wanted: Any) -> tuple[tuple[type, ...], Test]:
    """The types of which a value must be, and what is asked of it then."""
    match operator:
        case "equals":
            return _types_of(wanted), lambda found: bool(found == wanted)
        case "in":
            return _one_of(wanted)
        case "contains":
            return _container_of(wanted)
        case "gt":
            return _types_of(wanted), lambda found: bool(found > wanted)
        case "gte":
            return _types_of(wanted), lambda found: bool(found >= wanted)
        case "lt":
            return _types_of(wanted), lambda found: bool(found < wanted)
        case "lte":
            return _types_of(wanted), lambda found: bool(found <= wanted)
        case "between":
            lowest, highest = wanted
            return _types_of(lowest), lambda found: bool(lowest <= found <= highest)
    raise ValueError(f"the operator {operator} is unknown")


def _types_of(wanted: object) -> tuple[type, ...]:
    return NUMBER if type(wanted) in NUMBER else (type(wanted),)


def _one_of(wanted: Sequence[Any]) -> tuple[tuple[type, ...], Test]:
    choices: dict[type, list[Any]] = {}
    for choice in wanted:
        for kind in _types_of(choice):
            choices.setdefault(kind, []).append(choice)
    return tuple(choices), lambda found: found in choices[type(found)]


def _container_of(wanted: Any) -> tuple[tuple[type, ...], Test]:
    types = _types_of(wanted)

    def contains(found: Any) -> bool:
        return wanted in found if type(found) is str else any(type(one) in types and one == wanted for one in found)

    # Only text has parts that are text.
    return ((list, tuple, str) if types == (str,) else (list, tuple)), contains


def _told(value: Any) -> Any:
    """A value short enough for a trace, and a copy of its own."""
    if type(value) in NUMBER:
        return told(value)
    if type(value) is str:
        return value if len(value) <= TEXT_MAX else value[: TEXT_MAX - 1] + "…"
    return value if value is None or type(value) is bool else shown(value)


def _reader(path: str) -> Reader:
    """What stands at a path; the function answers None where an event or a person has nothing there."""
    if path.startswith("metadata."):
        field = path.removeprefix("metadata.")
        return lambda occurrence, standing: occurrence.metadata.get(field)
    if path.startswith("person.count."):
        activity = path.removeprefix("person.count.")
        return lambda occurrence, standing: standing.counts.get(activity, 0)
    return READERS[path]


def _campaign(member: str) -> Reader:
    return lambda occurrence, standing: standing.campaign.get(member) if standing.campaign else None


def _is_first_referral(occurrence: Occurrence, standing: Standing) -> bool | None:
    count = standing.campaign.get("referralCount") if standing.campaign else None
    return None if count is None else count == 1


READERS: Mapping[str, Reader] = {
    "person.level": lambda occurrence, standing: standing.level,
    "person.total_xp": lambda occurrence, standing: standing.total_xp,
    "person.points_balance": lambda occurrence, standing: standing.points_balance,
    "person.streak_days": lambda occurrence, standing: standing.streak_days,
    "person.days_since_joining": lambda occurrence, standing: (occurrence.happened_on - standing.joined_on).days,
    "person.tags": lambda occurrence, standing: standing.tags,
    "campaign.referralCount": _campaign("referralCount"),
    "campaign.firstReferralOnly": _is_first_referral,
    # The score that must have been reached.
    "campaign.minScore": _campaign("score"),
    "time.weekday": lambda occurrence, standing: WEEKDAYS[occurrence.local_time.weekday()],
    "time.hour": lambda occurrence, standing: occurrence.local_time.hour,
    "time.date": lambda occurrence, standing: occurrence.local_time.date().isoformat(),
}
