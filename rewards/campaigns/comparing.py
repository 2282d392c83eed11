"""A campaign's variants side by side: what each brings for one person, how far that is from its own rules, and how sure it is."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from rewards.campaigns.compiling import rules_at
from rewards.campaigns.documents import ScoringMode
from rewards.campaigns.models import Campaign
from rewards.campaigns.ordering import SCORE_TOP
from rewards.campaigns.queries import settings_of
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.ledger.models import SCORE_OF

# The share of such intervals that hold the true difference.
CONFIDENCE = 0.95
OWN = ""
# Whoever has a place counts, whether or not they did anything: only then are the groups as the split made them. The sum keeps the index
# of the board out, whose order nobody needs. A score is told from the top of the board down, as its key has it, and squared in two
# halves: every sum is then a whole number that fits, and a small spread of large numbers does not fall to any rounding.
SAMPLES = (
    "SELECT variant, count(*), sum(referrals), sum(referrals * referrals), sum(below), sum((below >> 16) * (below >> 16)),"
    " sum((below >> 16) * (below & 65535)), sum((below & 65535) * (below & 65535))"
    " FROM (SELECT e.variant AS variant, e.referrals AS referrals, {below} AS below FROM entrants e{ledger}"
    " WHERE e.campaign_id = ? AND e.rank_key + 0 IS NOT NULL) AS seen GROUP BY variant"
)
LEDGER = " LEFT JOIN accounts a ON a.owner_kind = 'subscriber' AND a.owner_id = e.subscriber_id AND a.asset = ?"


class Sample(NamedTuple):
    """What some number was for so many people: its mean, and the sum of the squared distances from it."""

    people: int
    mean: float
    squares: float

    @classmethod
    def of(cls, people: int, total: int, squared: int) -> "Sample":
        """Of so many whole numbers: their sum, and that of their squares."""
        return cls(people, total / people, (people * squared - total * total) / people)

    @property
    def error(self) -> float:
        """The square of the mean's standard error; for two people or more."""
        return self.squares / (self.people - 1) / self.people


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more than under the campaign's own rules, and between what it may truly lie."""

    by: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether chance alone hardly explains it."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Arm:
    """Those for whom one variant of the rules decides; the empty one is the campaign's own."""

    variant: str
    name: str
    people: int
    # Confirmed referrals that count, and points, each for one person.
    referrals_mean: float
    score_mean: float
    # None for the campaign's own rules, and where there are too few people to say anything.
    referrals: Difference | None
    score: Difference | None


def compare_variants(campaign_id: int) -> list[Arm]:
    """The campaign's own rules, then each variant in the order of the rules, then those that are gone. Raises NotFound."""
    campaign = db.session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound(f"campaign {campaign_id}")
    samples = samples_of(campaign)
    named = {one.key: one.name for one in rules_at(campaign.version_id).variants} if campaign.version_id else {}
    return [_arm(variant, named.get(variant, ""), samples) for variant in dict.fromkeys([OWN, *named, *sorted(samples)])]


def difference(own: Sample, other: Sample) -> Difference | None:
    """How far two means are apart, with a 95 % interval; None where either has one person at most, or nobody differs from anybody.

    Welch's interval for groups of unequal spread: B. L. Welch, "The generalization of 'Student's' problem when several different
    population variances are involved", Biometrika 34 (1947), with the degrees of freedom of F. E. Satterthwaite, Biometrics 2 (1946).
    It holds for one variant at a time: of twenty that change nothing, one will look as if it did.
    """
    if min(own.people, other.people) < 2 or not own.squares + other.squares:
        return None
    error = own.error + other.error
    freedom = error**2 / sum(one.error**2 / (one.people - 1) for one in (own, other))
    by, reach = other.mean - own.mean, student_quantile((1 + CONFIDENCE) / 2, freedom) * sqrt(error)
    return Difference(by, by - reach, by + reach)


def student_quantile(share: float, freedom: float) -> float:
    """Below what so large a share of Student's distribution lies; a ninth too small for one degree of freedom, right to 0.1 % from four on.

    Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.7.5: an expansion about the normal distribution.
    """
    z = NormalDist().inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


def samples_of(campaign: Campaign) -> dict[str, tuple[Sample, Sample]]:
    """Referrals and points of everybody who has a place, by variant."""
    by_points = settings_of(campaign).scoring_mode == ScoringMode.POINTS
    # Where points decide, the key says how many there are.
    below, ledger = ("e.rank_key >> 32", "") if by_points else (f"{SCORE_TOP} - coalesce(a.balance, 0)", LEDGER)
    params = (campaign.id,) if by_points else (f"{SCORE_OF}{campaign.id}", campaign.id)
    found = sql.rows(SAMPLES.format(below=below, ledger=ledger), params)
    return {variant: _both(*map(int, sums)) for variant, *sums in found}


def _both(people: int, referrals: int, squared: int, below: int, high: int, mixed: int, low: int) -> tuple[Sample, Sample]:
    points = Sample.of(people, below, (high << 32) + (mixed << 17) + low)
    # Turned over, the spread is the same.
    return Sample.of(people, referrals, squared), points._replace(mean=(people * SCORE_TOP - below) / people)


def _arm(variant: str, name: str, samples: dict[str, tuple[Sample, Sample]]) -> Arm:
    nobody = (Sample(0, 0, 0), Sample(0, 0, 0))
    (own_referrals, own_score), (referrals, score) = samples.get(OWN, nobody), samples.get(variant, nobody)
    differences = (None, None) if variant == OWN else (difference(own_referrals, referrals), difference(own_score, score))
    return Arm(variant, name, referrals.people, referrals.mean, score.mean, *differences)
