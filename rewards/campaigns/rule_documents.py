"""What a programme says about a campaign's rules, as people write them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, PlainValidator, StrictInt, model_validator

from rewards.campaigns.scoring_models import Happening
from rewards.earning.condition_documents import Conditions
from rewards.earning.documents import key_from
from rewards.earning.moments import Moment, is_before
from rewards.kit import documents
from rewards.kit.errors import Problem
from rewards.kit.values import Key, Story, Text, YesNo
from rewards.kit.written import Misfit, Written, joined, plain

RULES_MAX = 200
VARIANTS_MAX = 10
# Of a key that is made of an event, with room for what its conditions add.
KEY_LENGTH = 40
SCORE_STEP_MAX = 1_000_000
# What conditions may look at: a subscriber has nothing else.
REFERRALS, FIRST_ONLY = "campaign.referralCount", "campaign.firstReferralOnly"
LOOKED_AT = (REFERRALS, FIRST_ONLY, "campaign.minScore", "person.days_since_joining")
LOOKED_AT_BELOW = ("metadata.", "time.")
GROUPS = ("all", "any")


def _happening(value: object) -> Happening:
    written = str(value).strip().upper() if isinstance(value, str) else ""
    if written == "MILESTONE":
        raise ValueError(
            "a milestone is a condition, not an event: write event REFERRAL_CONFIRMED with conditions {referralCount: {equals: 5}}"
        )
    if written not in set(Happening):
        raise ValueError(f"one of {', '.join(Happening)} is expected")
    return Happening(written)


HappeningWritten = Annotated[Happening, PlainValidator(_happening)]


class CampaignRule(Written):
    """When an event meets conditions, the subscriber's score changes."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "isActive": ("active",),
        "is_active": ("active",),
        "activeFrom": ("active_from",),
        "activeUntil": ("active_until",),
    }

    key: Key
    description: Story = ""
    event: HappeningWritten
    # Below 0: a penalty.
    points: Annotated[StrictInt, Field(ge=-SCORE_STEP_MAX, le=SCORE_STEP_MAX)]
    # Lower first.
    priority: Annotated[StrictInt, Field(ge=-1_000_000, le=1_000_000)] = 100
    conditions: Conditions = Field(default_factory=dict)
    active_from: Moment | None = None
    # The first moment at which it no longer holds.
    active_until: Moment | None = None
    # No rule after this one is tried.
    stop: YesNo = False
    active: YesNo = True

    @classmethod
    def complete(cls, members: dict[str, Any]) -> dict[str, Any]:
        """A rule without a key is known by its event, and by its conditions where it has some."""
        event, conditions = members.get("event"), members.get("conditions")
        if members.get("key") or not isinstance(event, str) or not event.strip():
            return members
        try:
            told = f"_{documents.digest(plain(conditions))[:12]}" if conditions else ""
        except (ValueError, TypeError, RecursionError):
            # What is wrong with its conditions is told where they are read.
            return members
        return members | {"key": f"{key_from(event)[:KEY_LENGTH]}{told}"}

    @property
    def threshold(self) -> int | None:
        """So many referrals a rule needs that pays once; None for one that pays each time."""
        return max(exact_counts(self.conditions), default=None)

    @model_validator(mode="after")
    def _asks_what_there_is(self) -> Self:
        problems = [
            Problem(joined("conditions", name), f"a subscriber has none; known are {', '.join(LOOKED_AT)}, metadata and time", name)
            for name in names_in(self.conditions)
            if not _is_known(name)
        ]
        if not _asks_for_one_number(self.conditions):
            expected = "an exact number of referrals pays once: ask for one, and not inside any; write a rule for each"
            problems.append(Problem("conditions", expected))
        if self.active_from and self.active_until and not is_before(self.active_from, self.active_until):
            expected = f"a moment after {self.active_from.isoformat()} is expected"
            problems.append(Problem("active_until", expected, self.active_until.isoformat()))
        if problems:
            raise Misfit(problems)
        return self


class Variant(Written):
    """Other rules for a share of those who join, side by side with the campaign's own."""

    key: Key
    name: Annotated[Text, Field(max_length=100)] = ""
    # Its share among the variants and the campaign's own rules, which have 1.
    weight: Annotated[StrictInt, Field(ge=1, le=100)] = 1
    rules: Annotated[list[CampaignRule], Field(max_length=RULES_MAX)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names_rules_once(self) -> Self:
        check_once("rules", [rule.key for rule in self.rules])
        return self


class CampaignRules(Written):
    """The rules that decide, as one version keeps them."""

    rules: Annotated[list[CampaignRule], Field(max_length=RULES_MAX)] = Field(default_factory=list)
    variants: Annotated[list[Variant], Field(max_length=VARIANTS_MAX)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        check_once("rules", [rule.key for rule in self.rules])
        check_once("variants", [variant.key for variant in self.variants])
        return self

    def of(self, variant: str) -> list[CampaignRule]:
        """What decides for who has that variant; the campaign's own rules where it is gone."""
        return next((one.rules for one in self.variants if one.key == variant), self.rules)


def names_in(conditions: Mapping[str, Any]) -> Iterator[str]:
    """Everything that conditions look at, in groups too."""
    for name, asked in conditions.items():
        if name in GROUPS:
            for inner in asked:
                yield from names_in(inner)
        elif name == "not":
            yield from names_in(asked)
        else:
            yield name


def exact_counts(conditions: Mapping[str, Any]) -> Iterator[int]:
    """The numbers of referrals, from 1, at exactly which conditions can hold."""
    for name, asked in conditions.items():
        if name in GROUPS:
            for inner in asked:
                yield from exact_counts(inner)
        elif name == FIRST_ONLY and asked.get("equals"):
            yield 1
        elif name == REFERRALS:
            numbers = asked.get("in", [asked["equals"]] if "equals" in asked else [])
            yield from (int(number) for number in numbers if number >= 1)


def _asks_for_one_number(conditions: Mapping[str, Any]) -> bool:
    # Of a rule that pays once for each of several numbers nobody could say what an undo takes back.
    return len(set(exact_counts(conditions))) < 2 and not any(True for choice in _choices(conditions) for _ in exact_counts(choice))


def _choices(conditions: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Everything that stands inside an `any`."""
    yield from conditions.get("any", ())
    for inner in conditions.get("all", ()):
        yield from _choices(inner)


def _is_known(name: str) -> bool:
    return name in LOOKED_AT or name.startswith(LOOKED_AT_BELOW)


def check_once(section: str, keys: list[str]) -> None:
    """Refuse what stands twice in a section, and say where."""
    problems = [
        Problem(joined(section, place, "key"), f"stands at {joined(section, keys.index(key))} already", key)
        for place, key in enumerate(keys)
        if keys.index(key) != place
    ]
    if problems:
        raise Misfit(problems)
