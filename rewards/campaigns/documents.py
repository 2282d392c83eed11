"""What a programme says about a waitlist and its campaign, as people write it."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, PlainValidator, StrictInt, model_validator

from rewards.activities.documents import Named
from rewards.campaigns.models import CampaignStatus, Happening
from rewards.campaigns.reward_models import Distribution, Prize
from rewards.earning.condition_documents import Conditions
from rewards.earning.documents import key_from
from rewards.earning.moments import Moment, is_before
from rewards.kit import documents
from rewards.kit.errors import Problem
from rewards.kit.values import Key, Story, Text, YesNo
from rewards.kit.written import Misfit, Written, joined, plain
from rewards.shop.documents import Payload

RULES_MAX = 200
REWARDS_MAX = 200
VARIANTS_MAX = 10
WINNERS_MAX = 1_000_000
# Of a key that is made of an event, with room for what its conditions add.
KEY_LENGTH = 40
SCORE_STEP_MAX = 1_000_000
ORIGINS_MAX = 20
CAPACITY_MAX = 100_000_000
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,62}[a-z0-9]")
ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?")
# What conditions may look at: a subscriber has nothing else.
LOOKED_AT = ("campaign.referralCount", "campaign.firstReferralOnly", "campaign.minScore", "person.days_since_joining")
LOOKED_AT_BELOW = ("metadata.", "time.")
GROUPS = ("all", "any")


class ScoringMode(StrEnum):
    """What decides the place: the score, or the number of confirmed referrals alone."""

    POINTS = "POINTS"
    REFERRALS_ONLY = "REFERRALS_ONLY"


class TieBreaker(StrEnum):
    """Who stands first of two with the same score."""

    EARLIEST_SIGNUP = "EARLIEST_SIGNUP"


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        raise ValueError("3 to 64 small letters, digits and - are expected, such as spring-group")
    return value


def _origin(value: str) -> str:
    if not ORIGIN.fullmatch(value.lower()):
        raise ValueError("an origin such as https://example.org is expected, without a path")
    return value.lower()


def _happening(value: object) -> Happening:
    written = str(value).strip().upper() if isinstance(value, str) else ""
    if written == "MILESTONE":
        raise ValueError(
            "a milestone is a condition, not an event: write event REFERRAL_CONFIRMED with conditions {referralCount: {equals: 5}}"
        )
    if written not in set(Happening):
        raise ValueError(f"one of {', '.join(Happening)} is expected")
    return Happening(written)


Slug = Annotated[Text, AfterValidator(_slug)]
Origin = Annotated[Text, AfterValidator(_origin)]
HappeningWritten = Annotated[Happening, PlainValidator(_happening)]


class PageSettings(Written):
    """What a waitlist's public page says and asks."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {"asksName": ("asks_name",), "allowedOrigins": ("allowed_origins",)}

    headline: Annotated[Text, Field(max_length=120)] = ""
    promise: Annotated[Text, Field(max_length=300)] = ""
    # What somebody agrees to by joining; empty: nothing is asked.
    consent: Annotated[Text, Field(max_length=500)] = ""
    asks_name: YesNo = False
    # None: as many as come.
    capacity: Annotated[StrictInt, Field(ge=1, le=CAPACITY_MAX)] | None = None
    # Other sites that may show the form and the board.
    allowed_origins: Annotated[list[Origin], Field(max_length=ORIGINS_MAX)] = Field(default_factory=list)


class CampaignSettings(Written):
    """How a campaign plays. The names are the field's own; snake case is taken too."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "referralsEnabled": ("referrals_enabled",),
        "leaderboardEnabled": ("leaderboard_enabled",),
        "maxWinners": ("max_winners",),
        "scoringMode": ("scoring_mode",),
        "snapshotLeaderboard": ("snapshot_leaderboard",),
        "allowSelfReferrals": ("allow_self_referrals",),
        "requireEmailVerification": ("require_email_verification",),
        "tieBreaker": ("tie_breaker",),
    }

    referrals_enabled: YesNo = False
    leaderboard_enabled: YesNo = True
    max_winners: Annotated[StrictInt, Field(ge=1, le=WINNERS_MAX)] = 10
    scoring_mode: ScoringMode = ScoringMode.POINTS
    # Whether the board is written down for good when the campaign ends.
    snapshot_leaderboard: YesNo = True
    # Whether one person may refer a second address of theirs; nobody ever refers the same subscriber.
    allow_self_referrals: YesNo = False
    require_email_verification: YesNo = True
    tie_breaker: TieBreaker = TieBreaker.EARLIEST_SIGNUP

    def as_told(self) -> dict[str, Any]:
        """The eight keys in the field's own spelling."""
        ours = {names[0]: theirs for theirs, names in self.spellings.items()}
        return {ours[name]: value for name, value in self.plain().items()}


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
        if self.conditions.get("campaign.firstReferralOnly", {}).get("equals"):
            return 1
        equals = self.conditions.get("campaign.referralCount", {}).get("equals")
        return int(equals) if equals is not None and equals >= 1 else None

    @model_validator(mode="after")
    def _asks_what_there_is(self) -> Self:
        problems = [
            Problem(joined("conditions", name), f"a subscriber has none; known are {', '.join(LOOKED_AT)}, metadata and time", name)
            for name in names_in(self.conditions)
            if not _is_known(name)
        ]
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
        _check_once("rules", [rule.key for rule in self.rules])
        return self


class CampaignRules(Written):
    """The rules that decide, as one version keeps them."""

    rules: Annotated[list[CampaignRule], Field(max_length=RULES_MAX)] = Field(default_factory=list)
    variants: Annotated[list[Variant], Field(max_length=VARIANTS_MAX)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        _check_once("rules", [rule.key for rule in self.rules])
        _check_once("variants", [variant.key for variant in self.variants])
        return self

    def of(self, variant: str) -> list[CampaignRule]:
        """What decides for who has that variant; the campaign's own rules where it is gone."""
        return next((one.rules for one in self.variants if one.key == variant), self.rules)


class DistributionDocument(Written):
    """Who gets a reward."""

    type: Distribution
    value: Annotated[StrictInt, Field(ge=1, le=1_000_000_000)] | None = None

    @model_validator(mode="after")
    def _has_its_number(self) -> Self:
        if self.type == Distribution.MANUAL and self.value is not None:
            raise Misfit.single("value", "nothing is counted for a reward that is given by hand; take it out", self.value)
        if self.type != Distribution.MANUAL and self.value is None:
            raise Misfit.single("value", f"{self.type} needs a whole number from 1")
        return self


class CampaignRewardDocument(Named):
    """Something that a campaign gives away."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {"maxRecipients": ("max_recipients",), "is_active": ("active",)}

    description: Story = ""
    type: Prize = Prize.CUSTOM
    distribution: DistributionDocument
    # None: as many as there are.
    max_recipients: Annotated[StrictInt, Field(ge=1, le=1_000_000_000)] | None = None
    payload: Payload | None = None
    active: YesNo = True


class CampaignDocument(Named):
    """What a waitlist plays for during a while."""

    status: CampaignStatus = CampaignStatus.DRAFT
    settings: CampaignSettings = Field(default_factory=CampaignSettings)
    starts_at: Moment | None = None
    # The first moment at which it is over.
    ends_at: Moment | None = None
    rules: Annotated[list[CampaignRule], Field(max_length=RULES_MAX)] = Field(default_factory=list)
    variants: Annotated[list[Variant], Field(max_length=VARIANTS_MAX)] = Field(default_factory=list)
    rewards: Annotated[list[CampaignRewardDocument], Field(max_length=REWARDS_MAX)] = Field(default_factory=list)

    @property
    def rulebook(self) -> CampaignRules:
        """Its rules and variants, as a version keeps them."""
        return CampaignRules(rules=self.rules, variants=self.variants)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _check_once("rules", [rule.key for rule in self.rules])
        _check_once("variants", [variant.key for variant in self.variants])
        _check_once("rewards", [reward.key for reward in self.rewards])
        if self.starts_at and self.ends_at and not is_before(self.starts_at, self.ends_at):
            raise Misfit.single("ends_at", f"a moment after {self.starts_at.isoformat()} is expected", self.ends_at.isoformat())
        return self


class WaitlistDocument(Named):
    """A list that people join at a public page."""

    # What its address says; usually its key.
    slug: Slug | None = None
    page: PageSettings = Field(default_factory=PageSettings)
    # A coach's own names its coach: by e-mail where people write it, by id where it is stored. Neither: the installation's.
    coach: Text | None = None
    coach_id: StrictInt | None = None
    campaign: CampaignDocument | None = None


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


def _is_known(name: str) -> bool:
    return name in LOOKED_AT or name.startswith(LOOKED_AT_BELOW)


def _check_once(section: str, keys: list[str]) -> None:
    problems = [
        Problem(joined(section, place, "key"), f"stands at {joined(section, keys.index(key))} already", key)
        for place, key in enumerate(keys)
        if keys.index(key) != place
    ]
    if problems:
        raise Misfit(problems)
