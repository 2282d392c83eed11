"""What a programme says about a waitlist and its campaign, as people write it."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, StrictInt, model_validator

from rewards.activities.documents import Named
from rewards.campaigns.models import CampaignStatus
from rewards.campaigns.reward_models import Distribution, Prize
from rewards.campaigns.rule_documents import RULES_MAX, VARIANTS_MAX, CampaignRule, CampaignRules, Variant, check_once
from rewards.earning.moments import Moment, is_before
from rewards.kit.values import Story, Text, YesNo
from rewards.kit.written import Misfit, Written
from rewards.shop.documents import Payload

REWARDS_MAX = 200
WINNERS_MAX = 1_000_000
HOLD_DAYS_MAX = 90
ORIGINS_MAX = 20
CAPACITY_MAX = 100_000_000
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,62}[a-z0-9]")
ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?")


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


Slug = Annotated[Text, AfterValidator(_slug)]
Origin = Annotated[Text, AfterValidator(_origin)]


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
        "referralHoldDays": ("referral_hold_days",),
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
    # So long a referral that has all it takes stands by before it counts, for whoever wants to look at it first.
    referral_hold_days: Annotated[StrictInt, Field(ge=0, le=HOLD_DAYS_MAX)] = 0

    def as_told(self) -> dict[str, Any]:
        """The keys in the field's own spelling."""
        ours = {names[0]: theirs for theirs, names in self.spellings.items()}
        return {ours[name]: value for name, value in self.plain().items()}


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
        check_once("rules", [rule.key for rule in self.rules])
        check_once("variants", [variant.key for variant in self.variants])
        check_once("rewards", [reward.key for reward in self.rewards])
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
