"""Finds rules that pay for the same thing, so that nobody pays twice without meaning to. Pure."""

from collections.abc import Iterable

from rewards.earning.documents import Pattern, RuleDocument
from rewards.earning.outcomes import AwardPoints


def may_meet(one: Pattern, other: Pattern) -> bool:
    """Whether some event could fit both patterns."""
    names = ("action", "object_type", "activity")
    if any(None not in (mine := getattr(one, name), theirs := getattr(other, name)) and mine != theirs for name in names):
        return False
    shared = set(one.metadata) & set(other.metadata)
    return all(one.metadata[name] == other.metadata[name] for name in shared)


def pays_the_same(rule: RuleDocument, others: Iterable[RuleDocument]) -> list[RuleDocument]:
    """The other active rules that award for events for which this one awards: the conditions of one are those of the other, or none."""
    return [
        other
        for other in others
        if isinstance(rule.outcome, AwardPoints)
        and isinstance(other.outcome, AwardPoints)
        and other.key != rule.key
        and other.active
        and may_meet(rule.pattern, other.pattern)
        and (rule.conditions == other.conditions or not rule.conditions or not other.conditions)
    ]


def stopped_by(rule: RuleDocument, others: Iterable[RuleDocument]) -> list[RuleDocument]:
    """The active rules before this one that let no other rule follow, for events that may be this one's too."""
    place = (rule.priority, rule.key)
    return [
        other
        for other in others
        if other.stop
        and other.active
        and other.key != rule.key
        and (other.priority, other.key) < place
        and may_meet(rule.pattern, other.pattern)
    ]
