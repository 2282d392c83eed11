"""A campaign's rules as a programme that the engine decides with: the same decision, another asset."""

from types import SimpleNamespace
from typing import Any

from rewards.activities.models import Kind
from rewards.campaigns.models import CampaignVersion
from rewards.campaigns.rule_documents import CampaignRule, CampaignRules
from rewards.earning.compiled import Programme
from rewards.earning.compiling import compile_programme
from rewards.kit.database import db

VERSIONS_KEPT = 32
TOPIC, WRITTEN = "campaign", "campaign rules"
# The metadata of a decision: rules that pay once and have paid.
PAID_ONCE = "paid_once"


def rules_at(version_id: int) -> CampaignRules:
    """The rules of a version."""
    known: CampaignRules | None = db.recall_recent(WRITTEN, version_id)
    if known is None:
        known = CampaignRules.model_validate(db.session.get_one(CampaignVersion, version_id).body)
        db.remember_recent(WRITTEN, version_id, known, VERSIONS_KEPT)
    return known


def programme_of(version_id: int, variant: str) -> Programme:
    """The rules of a version for one variant, ready to decide with."""
    known: Programme | None = db.recall_recent(TOPIC, (version_id, variant))
    if known is None:
        known = compile_rules(version_id, rules_at(version_id).of(variant))
        db.remember_recent(TOPIC, (version_id, variant), known, VERSIONS_KEPT)
    return known


def compile_rules(version_id: int, rules: list[CampaignRule]) -> Programme:
    """These rules as a programme. Raises ValueError."""
    return compile_programme(
        version_id, [SimpleNamespace(id=version_id, kind=Kind.RULE.value, key=rule.key, body=_body(rule)) for rule in rules]
    )


def _body(rule: CampaignRule) -> dict[str, Any]:
    conditions: dict[str, Any] = rule.plain()["conditions"]
    if rule.threshold is not None:
        # Once it has paid and still stands, it does not pay again.
        conditions = {"all": [conditions, {"not": {f"metadata.{PAID_ONCE}": {"contains": rule.key}}}]}
    return {
        "key": rule.key,
        "description": rule.description,
        "priority": rule.priority,
        "pattern": {"activity": rule.event.value},
        "conditions": conditions,
        "outcome": {"type": "award_points", "score": rule.points},
        "active_from": rule.active_from,
        "active_until": rule.active_until,
        "stop": rule.stop,
        "active": rule.active,
    }
