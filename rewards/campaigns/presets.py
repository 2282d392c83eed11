"""What a campaign can begin as: the three that most people want, each with points for a confirmed referral."""

from collections.abc import Callable, Mapping

from rewards.campaigns.documents import CampaignDocument, CampaignRewardDocument, CampaignSettings, DistributionDocument
from rewards.campaigns.reward_models import Distribution, Prize
from rewards.campaigns.rule_documents import CampaignRule
from rewards.campaigns.scoring_models import Happening

REFERRAL_POINTS = 10
# So many friends, their points, and what the reward is called until somebody says what it is.
MILESTONES = ((1, 10, "A small thank-you"), (5, 50, "A big thank-you"), (10, 100, "Our biggest thank-you"))
WINNERS = 10


def milestone(key: str, name: str) -> CampaignDocument:
    """Bring so many, get something each time a step is reached; no board."""
    steps = [
        CampaignRule(
            key=f"referral_{count}",
            description=f"For {count} confirmed referral{'s' if count > 1 else ''}",
            event=Happening.REFERRAL_CONFIRMED,
            points=points,
            priority=200,
            conditions={"referralCount": {"equals": count}},
        )
        for count, points, _ in MILESTONES
    ]
    rewards = [
        CampaignRewardDocument(
            key=f"step_{count}",
            name=thing,
            type=Prize.CUSTOM,
            distribution=DistributionDocument(type=Distribution.MIN_REFERRALS, value=count),
        )
        for count, _, thing in MILESTONES
    ]
    settings = CampaignSettings(referrals_enabled=True, leaderboard_enabled=False, snapshot_leaderboard=False)
    return CampaignDocument(key=key, name=name, settings=settings, rules=[_referred(), *steps], rewards=rewards)


def leaderboard(key: str, name: str) -> CampaignDocument:
    """Climb a board; the first ten win when it ends."""
    top = CampaignRewardDocument(
        key="top_10",
        name="The winners' prize",
        type=Prize.ACCESS,
        distribution=DistributionDocument(type=Distribution.TOP_N, value=WINNERS),
        max_recipients=WINNERS,
    )
    settings = CampaignSettings(referrals_enabled=True, max_winners=WINNERS)
    return CampaignDocument(key=key, name=name, settings=settings, rules=[_joined(), _verified(), _referred()], rewards=[top])


def waitlist(key: str, name: str) -> CampaignDocument:
    """Wait for something, and move up by bringing others."""
    settings = CampaignSettings(referrals_enabled=True, snapshot_leaderboard=True)
    return CampaignDocument(key=key, name=name, settings=settings, rules=[_referred()])


PRESETS: Mapping[str, Callable[[str, str], CampaignDocument]] = {"milestone": milestone, "leaderboard": leaderboard, "waitlist": waitlist}


def _joined() -> CampaignRule:
    return CampaignRule(key="joined", description="For joining", event=Happening.SIGNUP, points=5)


def _verified() -> CampaignRule:
    return CampaignRule(key="verified", description="For a verified address", event=Happening.EMAIL_VERIFIED, points=5)


def _referred() -> CampaignRule:
    description = "For a confirmed referral"
    return CampaignRule(key="referred", description=description, event=Happening.REFERRAL_CONFIRMED, points=REFERRAL_POINTS)
