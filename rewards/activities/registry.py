"""The registry in force: which activities are known, which categories there are, and what holds for the whole programme."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rewards.activities.definitions import DefinitionRow, current_version, definitions_at
from rewards.activities.documents import STANDARD_CATEGORIES, ActivityDocument, CategoryDocument, ProgrammeSettings
from rewards.activities.models import Kind
from rewards.kit.database import db

__all__ = ["Registry", "current_version", "read_registry", "registry_at", "registry_in_force"]

TOPIC = "registry"
# Late retries ask for old versions; a few are enough.
VERSIONS_KEPT = 8


@dataclass(frozen=True, slots=True)
class Registry:
    """One state of the registry."""

    version: int
    settings: ProgrammeSettings
    categories: Mapping[str, CategoryDocument]
    activities: Mapping[str, ActivityDocument]


def registry_in_force() -> Registry:
    """The registry as it is now."""
    return registry_at(current_version())


def registry_at(version: int) -> Registry:
    """The registry as it was at that version, read once."""
    registry: Registry | None = db.recall_recent(TOPIC, version)
    if registry is None:
        registry = read_registry(version, definitions_at(version))
        db.remember_recent(TOPIC, version, registry, VERSIONS_KEPT)
    return registry


def read_registry(version: int, definitions: Iterable[DefinitionRow]) -> Registry:
    """The registry that these definitions make. The six standard categories are always there."""
    settings = ProgrammeSettings()
    categories = dict(STANDARD_CATEGORIES)
    activities = {}
    for row in definitions:
        if row.kind == Kind.PROGRAMME:
            settings = ProgrammeSettings.model_validate(row.body)
        elif row.kind == Kind.CATEGORY:
            categories[row.key] = CategoryDocument.model_validate(row.body)
        elif row.kind == Kind.ACTIVITY:
            activities[row.key] = ActivityDocument.model_validate(row.body)
    return Registry(version, settings, categories, activities)
