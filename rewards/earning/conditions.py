"""Conditions of rules, compiled once into plain questions about an event and the person. Pure."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rewards.earning.occurring import Occurrence, Standing

# A question answers whether it holds, and writes what it found into the trace.
Check = Callable[[Occurrence, Standing, list[dict[str, Any]]], bool]
Reader = Callable[[Occurrence, Standing], Any]


class Missing:
    """There is nothing at this path."""


MISSING = Missing()


def compile_conditions(conditions: Mapping[str, Any]) -> Check | None:
    """One question for a mapping whose members must all hold; None where it has none."""
    checks = [_member(name, asked) for name, asked in conditions.items()]
    return _all(checks) if checks else None


def _member(name: str, asked: Any) -> Check:
    if name == "all":
        return _all([_all_of(inner) for inner in asked])
    if name == "any":
        return _any([_all_of(inner) for inner in asked])
    if name == "not":
        return _not(_all_of(asked))
    return _all([_operation(name, operator, wanted) for operator, wanted in asked.items()])


def _all_of(conditions: Mapping[str, Any]) -> Check:
    return compile_conditions(conditions) or (lambda occurrence, standing, trace: True)


def _all(checks: Sequence[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]
    return lambda occurrence, standing, trace: all(check(occurrence, standing, trace) for check in checks)


def _any(checks: Sequence[Check]) -> Check:
    return lambda occurrence, standing, trace: any(check(occurrence, standing, trace) for check in checks)


def _not(check: Check) -> Check:
    def negated(occurrence: Occurrence, standing: Standing, trace: list[dict[str, Any]]) -> bool:
        inner: list[dict[str, Any]] = []
        holds = not check(occurrence, standing, inner)
        trace.append({"not": inner, "holds": holds})
        return holds

    return negated


def _operation(path: str, operator: str, wanted: Any) -> Check:
    read, compare = _reader(path), _comparison(path, operator, wanted)

    def check(occurrence: Occurrence, standing: Standing, trace: list[dict[str, Any]]) -> bool:
        found = read(occurrence, standing)
        holds, remark = compare(found)
        trace.append({"path": path, "op": operator, "wanted": wanted, "found": remark or found, "holds": holds})
        return holds

    return check


def _comparison(path: str, operator: str, wanted: Any) -> Callable[[Any], tuple[bool, str | None]]:
    if operator == "exists":
        return lambda found: ((found is not MISSING) == wanted, "missing" if found is MISSING else None)
    test = _TESTS[operator]
    needs_order = operator in ("gt", "gte", "lt", "lte", "between") and path != "time.date"

    def compare(found: Any) -> tuple[bool, str | None]:
        if found is MISSING:
            return False, "missing"
        if needs_order and not is_number(found):
            return False, "not a number"
        return test(found, wanted), None

    return compare


def is_number(value: object) -> bool:
    """Whole or exact fraction; a truth value is none."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def same(found: Any, wanted: Any) -> bool:
    """Equal and of one kind: 1 is not true, and "5" is not 5."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if is_number(found) and is_number(wanted):
        return bool(found == wanted)
    return isinstance(found, str) and isinstance(wanted, str) and found == wanted


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, str):
        return isinstance(wanted, str) and wanted in found
    return isinstance(found, list | tuple) and any(same(one, wanted) for one in found)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": same,
    "in": lambda found, wanted: any(same(found, one) for one in wanted),
    "contains": _contains,
    "gt": lambda found, wanted: bool(found > wanted),
    "gte": lambda found, wanted: bool(found >= wanted),
    "lt": lambda found, wanted: bool(found < wanted),
    "lte": lambda found, wanted: bool(found <= wanted),
    "between": lambda found, wanted: bool(wanted[0] <= found <= wanted[1]),
}

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _campaign(member: str) -> Reader:
    return lambda occurrence, standing: MISSING if standing.campaign is None else standing.campaign.get(member, MISSING)


def _first_referral(occurrence: Occurrence, standing: Standing) -> Any:
    count = _campaign("referralCount")(occurrence, standing)
    return count if count is MISSING else count == 1


_READERS: dict[str, Reader] = {
    "person.level": lambda occurrence, standing: standing.level,
    "person.total_xp": lambda occurrence, standing: standing.total_xp,
    "person.points_balance": lambda occurrence, standing: standing.points_balance,
    "person.streak_days": lambda occurrence, standing: standing.streak_days,
    "person.days_since_joining": lambda occurrence, standing: (occurrence.happened_on - standing.joined_on).days,
    "person.tags": lambda occurrence, standing: standing.tags,
    "campaign.referralCount": _campaign("referralCount"),
    "campaign.firstReferralOnly": _first_referral,
    # The score that the condition asks to be reached.
    "campaign.minScore": _campaign("score"),
    "time.weekday": lambda occurrence, standing: WEEKDAYS[occurrence.local_time.weekday()],
    "time.hour": lambda occurrence, standing: occurrence.local_time.hour,
    "time.date": lambda occurrence, standing: occurrence.local_time.date().isoformat(),
}


def _reader(path: str) -> Reader:
    kind, _, name = path.partition(".")
    if kind == "metadata":
        return lambda occurrence, standing: occurrence.metadata.get(name, MISSING)
    if path.startswith("person.count."):
        activity = path.removeprefix("person.count.")
        return lambda occurrence, standing: standing.counts.get(activity, 0)
    return _READERS[path]
