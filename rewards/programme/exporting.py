"""The programme in force as one document, and the document as text. Importing what was exported changes nothing."""

import json
import re
from typing import Any, TypeVar

import yaml

from rewards.achievements.documents import AchievementDocument
from rewards.activities.definitions import current_version, definitions_at
from rewards.activities.documents import ActivityDocument, CategoryDocument, ProgrammeSettings
from rewards.activities.models import Kind
from rewards.earning.documents import BoostDocument, RuleDocument
from rewards.kit.written import Written
from rewards.levels.documents import LevelDocument
from rewards.programme.campaigning import written_waitlists
from rewards.programme.coaches import with_coach_emails
from rewards.programme.document import SECTIONS, ProgrammeDocument, part_of
from rewards.programme.rewarding import written_rewards
from rewards.programme.written_numbers import FRACTION

Part = TypeVar("Part", bound=Written)


def export_programme() -> ProgrammeDocument:
    """Everything that is defined now, in an order that stays the same when one of them changes."""
    parts = [part_of(row.kind, row.body) for row in sorted(definitions_at(current_version()), key=lambda row: row.key)]
    settings = _of_kind(ProgrammeSettings, parts)
    return ProgrammeDocument(
        programme=settings[0] if settings else ProgrammeSettings(),
        categories=_of_kind(CategoryDocument, parts),
        activities=_of_kind(ActivityDocument, parts),
        rules=sorted(_of_kind(RuleDocument, parts), key=lambda rule: (rule.priority, rule.key)),
        levels=sorted(_of_kind(LevelDocument, parts), key=lambda level: level.number),
        boosts=_of_kind(BoostDocument, parts),
        achievements=with_coach_emails(_of_kind(AchievementDocument, parts)),
        rewards=written_rewards(),
        waitlists=written_waitlists(),
    )


def as_json(document: ProgrammeDocument) -> str:
    """The document as JSON."""
    return json.dumps(_plain(document), ensure_ascii=False, indent=2) + "\n"


def as_yaml(document: ProgrammeDocument) -> str:
    """The document as YAML."""
    return yaml_of(_plain(document))


def yaml_of(part: Any) -> str:
    """A part of a document as YAML that reads back as the same."""
    return str(yaml.dump(part, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120))


def _of_kind(kind: type[Part], parts: list[Written]) -> list[Part]:
    return [part for part in parts if isinstance(part, kind)]


def _plain(document: ProgrammeDocument) -> dict[str, Any]:
    # Only what is not usual is written, so that a person can read it; settings in full, because a document may leave some out to keep them.
    sections: dict[str, Any] = {"programme": document.programme.plain()} if document.programme else {}
    for entry in document.entries():
        if entry.kind != Kind.PROGRAMME:
            sections.setdefault(SECTIONS[entry.kind][0], []).append(entry.part.plain(short=True))
    if document.rewards:
        sections["rewards"] = [reward.plain(short=True) for reward in document.rewards]
    if document.waitlists:
        sections["waitlists"] = [waitlist.plain(short=True) for waitlist in document.waitlists]
    return sections


class _Dumper(yaml.SafeDumper):
    """Writes text in quotes wherever a reader of YAML, of today or of old, could take it for something else."""

    def ignore_aliases(self, data: object) -> bool:
        """Nothing is a reference to something before it."""
        return True


_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(FRACTION.pattern + r"\Z"), list("-+.0123456789"))
