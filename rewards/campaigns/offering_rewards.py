"""What a campaign gives away: added, changed and taken away by who runs it. Each change leaves a record."""

from sqlalchemy import select

from rewards.campaigns.describing import reward_document_of
from rewards.campaigns.documents import CampaignRewardDocument
from rewards.campaigns.models import CampaignStatus
from rewards.campaigns.queries import ID_MAX, campaign_run_by
from rewards.campaigns.reward_models import CampaignReward
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.people.auditing import Done, record_deed
from rewards.people.models import User


def add_reward(*, campaign_id: int, document: CampaignRewardDocument, actor: User | None) -> CampaignReward:
    """A new one. Raises NotFound, Invalid where another of the campaign's has its key, Refused (`ended`)."""
    _running(campaign_id, actor)
    known = select(CampaignReward.id).where(CampaignReward.campaign_id == campaign_id, CampaignReward.key == document.key)
    if db.session.scalar(known) is not None:
        raise Invalid.single("key", "another reward of this campaign has it", document.key)
    reward = CampaignReward(campaign_id=campaign_id, granted=0, **_columns(document))
    db.session.add(reward)
    db.session.flush()
    record_deed(Done("campaign_reward_added", "campaign_reward", reward.id, after=document.plain()), actor_id=_id(actor))
    return reward


def change_reward(*, reward_id: int, document: CampaignRewardDocument, actor: User | None) -> CampaignReward:
    """Let it say this; whoever has it keeps it. Raises NotFound, Refused (`ended`, `too_many_have_it`)."""
    reward = _held(reward_id, actor)
    if document.max_recipients is not None and document.max_recipients < reward.granted:
        raise Refused("too_many_have_it", f"{reward.granted} have {reward.name} already.")
    for name, value in _columns(document).items():
        setattr(reward, name, value)
    db.session.flush()
    record_deed(Done("campaign_reward_changed", "campaign_reward", reward.id, after=document.plain()), actor_id=_id(actor))
    return reward


def remove_reward(*, reward_id: int, actor: User | None) -> None:
    """Take away one that nobody has. Raises NotFound, Refused (`ended`, `somebody_has_it`)."""
    reward = _held(reward_id, actor)
    if reward.granted:
        raise Refused("somebody_has_it", f"{reward.granted} have {reward.name} already: switch it off instead.", granted=reward.granted)
    before = reward_document_of(reward).plain()
    db.session.delete(reward)
    db.session.flush()
    record_deed(Done("campaign_reward_removed", "campaign_reward", reward_id, before=before), actor_id=_id(actor))


def _held(reward_id: int, actor: User | None) -> CampaignReward:
    known = db.session.get(CampaignReward, reward_id) if 0 < reward_id < ID_MAX else None
    if known is None:
        raise NotFound(f"reward {reward_id}")
    _running(known.campaign_id, actor)
    return db.session.get_one(CampaignReward, reward_id, with_for_update=True, populate_existing=True)


def _running(campaign_id: int, actor: User | None) -> None:
    campaign, _ = campaign_run_by(actor, campaign_id)
    if campaign.status == CampaignStatus.ENDED:
        raise Refused("ended", f"{campaign.name} has ended; what it gave is given.")


def _columns(document: CampaignRewardDocument) -> dict[str, object]:
    alike = {name: getattr(document, name) for name in ("key", "name", "description", "type", "max_recipients", "payload", "active")}
    return alike | {"distribution": document.distribution.type, "value": document.distribution.value}


def _id(actor: User | None) -> int | None:
    return actor.id if actor else None
