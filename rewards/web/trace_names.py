"""What people call the rules and boosts that a decision names, as they were called at the time."""

from collections.abc import Iterator, Mapping
from typing import Any

from rewards.activities.definitions import named_at
from rewards.activities.models import Kind
from rewards.kit.values import readable


class TraceNames:
    """The names of one decision, asked for once."""

    def __init__(self, trace: Mapping[str, Any]) -> None:
        self._names = named_at(trace.get("version", 0), (Kind.RULE, Kind.BOOST), set(_keys(trace)))

    def rule(self, key: str) -> str:
        """What its author says that it is for."""
        return self._name(Kind.RULE, key)

    def boost(self, key: str) -> str:
        """What it is called."""
        return self._name(Kind.BOOST, key)

    def _name(self, kind: Kind, key: str) -> str:
        body = self._names.get((kind, key), {})
        told = body.get("name") or body.get("description") or ""
        return str(told).strip().rstrip(".") or readable(key)


def _keys(trace: Mapping[str, Any]) -> Iterator[str]:
    yield from (rule["rule"] for rule in trace.get("rules", ()))
    for told in trace.get("assets", {}).values():
        for line in told["lines"]:
            for one in (line, *line.get("multipliers", ())):
                yield from (one[kind] for kind in ("rule", "boost") if one.get(kind))
