"""Campaigns and waitlists as documents that would make them so."""

from datetime import UTC, datetime

from sqlalchemy import select

from rewards.campaigns.compiling import rules_at
from rewards.campaigns.documents import CampaignDocument, CampaignRewardDocument, DistributionDocument, PageSettings, WaitlistDocument
from rewards.campaigns.models import Campaign, CampaignStatus, Waitlist
from rewards.campaigns.queries import settings_of
from rewards.campaigns.reward_models import CampaignReward, Distribution, Prize
from rewards.campaigns.rule_documents import CampaignRules
from rewards.kit.database import db


def document_of(campaign: Campaign) -> CampaignDocument:
    """A campaign with its rules and its rewards."""
    rulebook = rulebook_of(campaign)
    return CampaignDocument(
        key=campaign.key,
        name=campaign.name,
        status=CampaignStatus(campaign.status),
        settings=settings_of(campaign),
        starts_at=_utc(campaign.starts_at),
        ends_at=_utc(campaign.ends_at),
        rules=rulebook.rules,
        variants=rulebook.variants,
        rewards=[reward_document_of(reward) for reward in rewards_of(campaign.id)],
    )


def rulebook_of(campaign: Campaign) -> CampaignRules:
    """The rules and variants that decide now."""
    return rules_at(campaign.version_id) if campaign.version_id is not None else CampaignRules()


def rewards_of(campaign_id: int) -> list[CampaignReward]:
    """What a campaign gives away, in the order in which it was added."""
    return list(db.session.scalars(select(CampaignReward).where(CampaignReward.campaign_id == campaign_id).order_by(CampaignReward.id)))


def reward_document_of(reward: CampaignReward) -> CampaignRewardDocument:
    """One of its rewards."""
    return CampaignRewardDocument(
        key=reward.key,
        name=reward.name,
        description=reward.description,
        type=Prize(reward.type),
        distribution=DistributionDocument(type=Distribution(reward.distribution), value=reward.value),
        max_recipients=reward.max_recipients,
        payload=reward.payload,
        active=reward.active,
    )


def waitlist_document_of(waitlist: Waitlist, campaign: CampaignDocument | None = None) -> WaitlistDocument:
    """A waitlist, and what it plays for where that is told; its coach is told by id."""
    page = PageSettings.model_validate(waitlist.page)
    return WaitlistDocument(
        key=waitlist.key, slug=waitlist.slug, name=waitlist.name, page=page, coach_id=waitlist.coach_id, campaign=campaign
    )


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
