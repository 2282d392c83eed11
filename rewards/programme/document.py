"""The programme as one document: what is known, what it is worth, what may be unlocked."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, model_validator

from rewards.achievements.documents import AchievementDocument
from rewards.activities.documents import ActivityDocument, CategoryDocument, ProgrammeSettings
from rewards.activities.models import Kind
from rewards.campaigns.documents import WaitlistDocument
from rewards.earning.documents import BoostDocument, RuleDocument
from rewards.kit.errors import Problem
from rewards.kit.written import Misfit, Written, joined
from rewards.levels.documents import LevelDocument
from rewards.shop.documents import RewardDocument

ENTRIES_MAX = 2_000

# The settings are one definition; its key says so.
SETTINGS_KEY = "programme"
SECTIONS: Mapping[Kind, tuple[str, type[Written]]] = {
    Kind.PROGRAMME: ("programme", ProgrammeSettings),
    Kind.CATEGORY: ("categories", CategoryDocument),
    Kind.ACTIVITY: ("activities", ActivityDocument),
    Kind.RULE: ("rules", RuleDocument),
    Kind.BOOST: ("boosts", BoostDocument),
    Kind.LEVEL: ("levels", LevelDocument),
    Kind.ACHIEVEMENT: ("achievements", AchievementDocument),
}


class Entry(NamedTuple):
    """One definition, and where it stands in the document."""

    kind: Kind
    key: str
    part: Written
    place: str

    @property
    def name(self) -> tuple[Kind, str]:
        """What no two definitions in force share."""
        return self.kind, self.key


class ProgrammeDocument(Written):
    """Everything a programme defines, or a part of it."""

    programme: ProgrammeSettings | None = None
    categories: Annotated[list[CategoryDocument], Field(max_length=ENTRIES_MAX)] = Field(default_factory=list)
    activities: Annotated[list[ActivityDocument], Field(max_length=ENTRIES_MAX)] = Field(default_factory=list)
    rules: Annotated[list[RuleDocument], Field(max_length=ENTRIES_MAX)] = Field(default_factory=list)
    levels: Annotated[list[LevelDocument], Field(max_length=ENTRIES_MAX)] = Field(default_factory=list)
    boosts: Annotated[list[BoostDocument], Field(max_length=ENTRIES_MAX)] = Field(default_factory=list)
    achievements: Annotated[list[AchievementDocument], Field(max_length=ENTRIES_MAX)] = Field(default_factory=list)
    # No definitions: what is offered changes with every redemption, and no event is decided by it.
    rewards: Annotated[list[RewardDocument], Field(max_length=ENTRIES_MAX)] = Field(default_factory=list)
    # Nor are these: a campaign keeps versions of its own.
    waitlists: Annotated[list[WaitlistDocument], Field(max_length=ENTRIES_MAX)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _defines_nothing_twice(self) -> Self:
        first: dict[tuple[str, str], str] = {}
        problems = []
        entries = [(entry.kind.value, entry.key, entry.place) for entry in self.entries()]
        entries += [("reward", reward.key, joined("rewards", place)) for place, reward in enumerate(self.rewards)]
        for number, waitlist in enumerate(self.waitlists):
            at = joined("waitlists", number)
            entries += [("waitlist", waitlist.key, at)]
            entries += [("campaign", waitlist.campaign.key, joined(at, "campaign"))] if waitlist.campaign else []
        for kind, key, here in entries:
            place = first.setdefault((kind, key), here)
            if place != here:
                problems.append(Problem(joined(here, "number" if kind == Kind.LEVEL else "key"), f"stands at {place} already", key))
        if problems:
            raise Misfit(problems)
        return self

    def entries(self) -> Iterator[Entry]:
        """Every definition, in the order of the sections."""
        for kind, (section, _) in SECTIONS.items():
            written = getattr(self, section)
            if isinstance(written, Written):
                yield Entry(kind, SETTINGS_KEY, written, section)
            elif written:
                for place, part in enumerate(written):
                    yield Entry(kind, key_of(part), part, joined(section, place))


def key_of(part: Written) -> str:
    """What a definition is known by among its kind: its key, or the number of a level."""
    return str(part.number) if isinstance(part, LevelDocument) else str(getattr(part, "key", SETTINGS_KEY))


def part_of(kind: Kind, body: Mapping[str, Any]) -> Written:
    """A stored definition as the part it was made from."""
    return SECTIONS[kind][1].model_validate(body)
