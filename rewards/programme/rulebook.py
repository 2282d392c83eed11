"""The rules and boosts in force as people wrote them, switched off or not; and how often each rule has applied lately."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rewards.activities.models import Kind
from rewards.earning.documents import BoostDocument, RuleDocument
from rewards.kit import documents, sql
from rewards.kit.columns import time_text
from rewards.kit.errors import NotFound

IN_FORCE = "SELECT body FROM definitions WHERE kind = ? AND until_version IS NULL ORDER BY id"
# Every decision tells which rules applied. So many of them are read at once; beyond that, older ones are left out.
DECISIONS_MAX = 2_000
DECISIONS = (
    "SELECT trace FROM (SELECT trace, received_at FROM events ORDER BY id DESC LIMIT ?) latest WHERE received_at >= ? AND trace IS NOT NULL"
)
# Between two rules that are numbered anew there is room for others.
STEP = 10
APPLIED = '"matched":true'


@dataclass(frozen=True, slots=True)
class Hits:
    """How often each rule applied in the decisions that were read."""

    by_rule: Mapping[str, int]
    decisions: int

    @property
    def is_cut(self) -> bool:
        """Whether there were more decisions than are read."""
        return self.decisions == DECISIONS_MAX


def all_rules() -> list[RuleDocument]:
    """In the order in which they are tried."""
    found = [RuleDocument.model_validate(documents.parse_exactly(body)) for (body,) in sql.rows(IN_FORCE, (Kind.RULE,))]
    return sorted(found, key=lambda rule: (rule.priority, rule.key))


def rule_named(key: str) -> RuleDocument:
    """One of them. Raises NotFound."""
    found = next((rule for rule in all_rules() if rule.key == key), None)
    if found is None:
        raise NotFound(f"rule {key}")
    return found


def renumbered(ordered: Sequence[RuleDocument], at: int, to: int) -> list[RuleDocument]:
    """The rules whose priority changes when one moves: two, where they differ; all, where several share one."""
    one, other = ordered[at], ordered[to]
    if one.priority != other.priority:
        return [one.model_copy(update={"priority": other.priority}), other.model_copy(update={"priority": one.priority})]
    wanted = list(ordered)
    wanted[at], wanted[to] = other, one
    return [rule.model_copy(update={"priority": STEP * place}) for place, rule in enumerate(wanted, 1) if rule.priority != STEP * place]


def all_boosts() -> list[BoostDocument]:
    """By name."""
    found = [BoostDocument.model_validate(documents.parse_exactly(body)) for (body,) in sql.rows(IN_FORCE, (Kind.BOOST,))]
    return sorted(found, key=lambda boost: (boost.name.casefold(), boost.key))


def boost_named(key: str) -> BoostDocument:
    """One of them. Raises NotFound."""
    found = next((boost for boost in all_boosts() if boost.key == key), None)
    if found is None:
        raise NotFound(f"boost {key}")
    return found


def hits_since(moment: datetime) -> Hits:
    """How often each rule applied to what was received since then."""
    told = [trace for (trace,) in sql.rows(DECISIONS, (DECISIONS_MAX, time_text(moment)))]
    applied = (documents.parse(trace).get("rules", ()) for trace in told if APPLIED in trace)
    return Hits(Counter(rule["rule"] for rules in applied for rule in rules if rule.get("matched")), len(told))
