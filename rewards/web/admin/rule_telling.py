"""What is told about a rule beside it: its name, what to know before it is saved, and what it said before."""

from collections.abc import Sequence
from typing import Any

from rewards.earning.documents import RuleDocument
from rewards.earning.in_force import programme_in_force
from rewards.earning.outcomes import AwardPoints
from rewards.earning.overlapping import pays_the_same, stopped_by
from rewards.people.audit import Wanted, entries
from rewards.web.rule_sentences import Teller


def name_of(rule: RuleDocument) -> str:
    """What it is for, or its key."""
    return rule.description or rule.key


def hints_about(rule: RuleDocument, known: Sequence[RuleDocument]) -> list[str]:
    """What to know before somebody is paid twice, or not at all."""
    hints = [f"{name_of(other)} pays for this too." for other in pays_the_same(rule, known)[:3]]
    hints += [f"{name_of(other)} comes first and lets no other rule follow." for other in stopped_by(rule, known)[:1]]
    key = rule.pattern.activity or (f"{rule.pattern.object_type}_{rule.pattern.action}" if rule.pattern.action else "")
    activity = programme_in_force().activities.get(key)
    if activity and any(activity.base.values()) and isinstance(rule.outcome, AwardPoints):
        hints.append(f"{activity.name} is worth something by itself; this comes on top.")
    return hints


def said_before(rule: RuleDocument, teller: Teller) -> list[dict[str, Any]]:
    """The last changes of a rule, each with what it said after it."""
    found = entries(Wanted(object_kind="rule", object_id=rule.key), limit=10)
    return [{"entry": entry, "sentence": _told(entry.after, teller)} for entry in found]


def _told(body: Any, teller: Teller) -> str:
    try:
        return str(teller.rule(RuleDocument.model_validate(body)))
    except ValueError:
        # An old version may say what is not understood any more.
        return ""
