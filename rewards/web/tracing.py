"""A decision in full, for coaches and admins: what was tried, what was found, and the arithmetic line by line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rewards.earning.amounts import untold
from rewards.kit.values import readable
from rewards.web.movements import Movements
from rewards.web.trace_names import TraceNames
from rewards.web.words import Words, plainly, plural

TIMES = "\N{MULTIPLICATION SIGN}"
OPERATORS = {
    "equals": "is",
    "in": "is one of",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "between": "is between",
    "contains": "contains",
    "exists": "is there",
}
BLOCKED = {
    "inactive": "The activity was off",
    "cooldown": "Too soon after the one before",
    "max_per_day": "The daily limit was reached",
    "max_per_week": "The weekly limit was reached",
}
AFTERWARDS = {"level_factor": "the level", "diminishing": "how often it was done that day"}


@dataclass(frozen=True, slots=True)
class TriedCondition:
    """What a rule wanted, what was found, and whether that fits."""

    wanted: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class TriedRule:
    """A rule that was looked at."""

    key: str
    name: str
    matched: bool
    why: str
    conditions: list[TriedCondition]


@dataclass(frozen=True, slots=True)
class Sum:
    """What one asset came to, step by step."""

    asset: str
    steps: list[tuple[str, str]]
    total: str


class Trace:
    """One decision, ready to be read."""

    def __init__(self, trace: Mapping[str, Any], words: Words, moves: Movements) -> None:
        self.trace, self.words, self.moves, self.names = trace, words, moves, TraceNames(trace)

    def __bool__(self) -> bool:
        """Whether anything was decided."""
        return bool(self.trace)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Under what it was decided."""
        told = self.trace
        slot = told.get("slot") or {}
        pairs = [
            ("Programme", f"version {told['version']}" if "version" in told else ""),
            ("Counted for", f"{told['day']}, {told.get('zone', '')}" if "day" in told else ""),
            ("Level then", str(told.get("level", ""))),
            ("Streak then", f"{days} {plural(days, 'day')}" if (days := told.get("streak_days")) else ""),
            ("Limit", f"{slot.get('used', 0)} of {slot['limit']} used before it" if slot.get("limit") else ""),
            ("Blocked", BLOCKED.get(slot.get("blocked") or "", "")),
        ]
        return [(name, value) for name, value in pairs if value]

    @property
    def rules(self) -> list[TriedRule]:
        """Every rule that was tried."""
        return [
            TriedRule(
                rule["rule"],
                self.names.rule(rule["rule"]),
                bool(rule["matched"]),
                readable(rule.get("why") or ""),
                list(self._conditions(rule.get("conditions", ()))),
            )
            for rule in self.trace.get("rules", ())
        ]

    @property
    def sums(self) -> list[Sum]:
        """The arithmetic, asset by asset."""
        return [
            Sum(self.moves.asset(asset), list(self._steps(asset, told)), self.moves.signed(asset, told["amount"]))
            for asset, told in self.trace.get("assets", {}).items()
            if asset != "score"
        ]

    def _steps(self, asset: str, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for line in told["lines"]:
            yield self._source(line), self._number(line["amount"])
            for multiplier in line.get("multipliers", ()):
                yield f"{TIMES} {self._number(multiplier['factor'])}", f"{self._name(multiplier)} ({multiplier['stacking']})"
            if "makes" in line:
                yield "makes", self._number(line["makes"])
        for member, name in AFTERWARDS.items():
            if member in told:
                yield f"{TIMES} {self._number(told[member])}", name
        if "exactly" in told and untold(told["exactly"]) != told["amount"]:
            yield "rounded from", self._number(told["exactly"])

    def _name(self, told: Mapping[str, Any]) -> str:
        """What people call the activity, rule or boost that a part of the decision comes from."""
        if told.get("activity"):
            return self.moves.activity(told["activity"])
        return self.names.boost(told["boost"]) if told.get("boost") else self.names.rule(told.get("rule") or "")

    def _source(self, line: Mapping[str, Any]) -> str:
        name = self._name(line)
        if why := line.get("why"):
            return f"{name}: {line.get('field')} is {why}"
        if "units" in line:
            return f"{name}: {self._number(line['units'])} {line.get('field')} {TIMES} {self._number(line['each'])}"
        return name

    def _conditions(self, told: Iterable[Mapping[str, Any]], inside: str = "") -> Iterator[TriedCondition]:
        for one in told:
            if "any" in one:
                for alternative in one["any"]:
                    yield from self._conditions(alternative, f"{inside}either ")
            elif "not" in one:
                yield from self._conditions(one["not"], f"{inside}not ")
            else:
                yield self._condition(one, inside)

    def _condition(self, one: Mapping[str, Any], inside: str) -> TriedCondition:
        wanted = "" if one["op"] == "exists" and one["wanted"] is True else f" {plainly(one['wanted'])}"
        why = f" ({one['why']})" if one.get("why") else ""
        text = f"{inside}{one['path']} {OPERATORS.get(one['op'], one['op'])}{wanted}"
        return TriedCondition(text, f"{plainly(one.get('found'))}{why}", bool(one["holds"]))

    def _number(self, value: Any) -> str:
        return self.words.number(untold(value))
