"""Campaigns for the pages to show: Bo's is played by a few people, one of whom is flagged, and has a variant, rewards and a snapshot."""

from rewards.campaigns.documents import CampaignRewardDocument, DistributionDocument, PageSettings, WaitlistDocument
from rewards.campaigns.joining import join
from rewards.campaigns.models import Campaign
from rewards.campaigns.offering_rewards import add_reward
from rewards.campaigns.planning import plan_campaign, publish
from rewards.campaigns.presets import PRESETS
from rewards.campaigns.reward_models import CampaignReward, Distribution, Prize
from rewards.campaigns.rule_documents import Variant
from rewards.campaigns.snapshots import snapshot
from rewards.campaigns.subscriber_models import Subscriber
from rewards.campaigns.verifying_addresses import verify_address
from rewards.campaigns.waiting import open_waitlist
from rewards.kit.database import Database
from tests.web.conftest import somebody

# Who joins Bo's list, in this order; the first brings the others.
COMERS = (
    ("lena@example.org", "Lena Brandt"),
    ("otto@example.org", "Otto Falk"),
    ("w@example.org", "Maximilian-Alexander Freiherr von und zu Hohenstein-Wittgenstein"),
    ("quiet@example.org", ""),
    ("odd@mailinator.com", "Odd Address"),
)

REWARDS = (
    CampaignRewardDocument(
        key="first_friend",
        name="First friend",
        type=Prize.DIGITAL,
        distribution=DistributionDocument(type=Distribution.MIN_REFERRALS, value=1),
    ),
    CampaignRewardDocument(
        key="thanks", name="A word of thanks", type=Prize.CUSTOM, distribution=DistributionDocument(type=Distribution.MANUAL)
    ),
)


def plan(database: Database, coach: str, preset: str = "leaderboard", *, name: str = "Summer group", live: bool = True) -> int:
    """A campaign of a coach's on a list of its own, with what its preset has and two rewards more; its id."""
    with database.write():
        actor = somebody(coach)
        page = PageSettings(headline="Ten weeks outdoors", promise="Whoever brings friends is asked first.", asks_name=True)
        waitlist = open_waitlist(document=WaitlistDocument(key=name.lower().replace(" ", "_"), name=name, page=page), actor=actor)
        draft = PRESETS[preset](waitlist.key, name)
        draft = draft.model_copy(update={"variants": [Variant(key="double", name="Double", rules=draft.rules)]})
        campaign = plan_campaign(waitlist_id=waitlist.id, document=draft, actor=actor)
        for reward in (*draft.rewards, *REWARDS):
            add_reward(campaign_id=campaign.id, document=reward, actor=actor)
        if live:
            publish(campaign_id=campaign.id, actor=actor)
        return int(campaign.id)


def gather(database: Database, campaign_id: int) -> list[int]:
    """People on its list, all but the last confirmed, and a snapshot of how they stand; their ids."""
    ids: list[int] = []
    for address, name in COMERS:
        with database.write() as session:
            waitlist_id = waitlist_of(database, campaign_id)
            code = session.get_one(Subscriber, ids[0]).code if ids else None
            ids.append(join(waitlist_id=waitlist_id, email=address, name=name, code=code, source="newsletter").subscriber_id)
        if address != COMERS[3][0]:
            with database.write():
                verify_address(subscriber_id=ids[-1])
    with database.write():
        snapshot(campaign_id=campaign_id, kind="interim", actor=None)
    return ids


def waitlist_of(database: Database, campaign_id: int) -> int:
    """The list that plays for it."""
    return int(database.session.get_one(Campaign, campaign_id).waitlist_id)


def reward_called(database: Database, campaign_id: int, key: str) -> int:
    """One of its rewards."""
    with database.read() as session:
        found = session.query(CampaignReward).filter_by(campaign_id=campaign_id, key=key).one()
        return int(found.id)
