"""Takes back what an event in a campaign brought, by reversing its transfers; milestones fall with the count that reached them."""

from sqlalchemy import delete, select

from rewards.campaigns import resolving
from rewards.campaigns.deciding import Stance, stance_of
from rewards.campaigns.facts import ReferralUndone
from rewards.campaigns.holding import keep_campaign
from rewards.campaigns.models import CampaignStatus
from rewards.campaigns.posting import check_range, count_referral, move, reference_of
from rewards.campaigns.scoring_models import CampaignEvent, EventState, Happening, Milestone
from rewards.campaigns.writing_down import keep_place
from rewards.kit import sql
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.ledger import posting
from rewards.ledger.accounts import Holding

# Of an event, without what its milestones paid and without what was taken back.
STANDING = (
    "SELECT t.id, CASE WHEN t.credit_id = ? THEN t.amount ELSE -t.amount END FROM transfers t WHERE t.reference = ?"
    " AND (t.credit_id = ? OR t.debit_id = ?) AND t.reverses_id IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM transfers b WHERE b.reverses_id = t.id)"
    " AND NOT EXISTS (SELECT 1 FROM milestones m WHERE m.campaign_id = ? AND m.subscriber_id = ? AND m.transfer_id = t.id) ORDER BY t.id"
)


def undo_event(event: CampaignEvent, reason: str) -> None:
    """Let it count no more. Its subscriber must be held. What its campaign wrote down at the end stays as it was written."""
    was_processed, event.state = event.state == EventState.PROCESSED, EventState.UNDONE
    event.next_attempt_at = None
    db.session.flush()
    if not was_processed:
        return
    campaign = keep_campaign(event.campaign_id)
    if campaign.status == CampaignStatus.ENDED:
        keep_place(campaign.id, event.subscriber_id)
    stance = stance_of(campaign.id, event.subscriber_id)
    if event.event == Happening.REFERRAL_CONFIRMED:
        count_referral(event, stance, -1)
        _withdraw_milestones(event, stance, reason)
    if stance.holding is not None:
        account_id = stance.holding.account_id
        whose = (account_id, account_id, event.campaign_id, event.subscriber_id)
        for transfer_id, amount in sql.rows(STANDING, (account_id, reference_of(event), *whose)):
            _reverse(transfer_id, amount, stance.holding, reason)
    move(campaign, event.subscriber_id, stance)
    if campaign.status != CampaignStatus.ENDED:
        resolving.withdraw_failing(campaign_id=campaign.id, subscriber_id=event.subscriber_id)
    if event.referral_id is not None:
        announce([ReferralUndone(event.referral_id, event.id, event.subscriber_id)])


def _withdraw_milestones(event: CampaignEvent, stance: Stance, reason: str) -> None:
    """What needs more referrals than there are now is taken back, and can be earned again."""
    mine = Milestone.campaign_id == event.campaign_id, Milestone.subscriber_id == event.subscriber_id
    lost = select(Milestone).where(*mine, Milestone.threshold > stance.referrals).order_by(Milestone.transfer_id)
    for milestone in list(db.session.scalars(lost)):
        if stance.holding is not None:
            _reverse(milestone.transfer_id, _amount(milestone.transfer_id, stance.holding), stance.holding, reason)
        db.session.execute(delete(Milestone).where(*mine, Milestone.rule == milestone.rule))


def _amount(transfer_id: int, holding: Holding) -> int:
    question = "SELECT CASE WHEN credit_id = ? THEN amount ELSE -amount END FROM transfers WHERE id = ?"
    return int(sql.value(question, (holding.account_id, transfer_id)))


def _reverse(transfer_id: int, amount: int, holding: Holding, reason: str) -> None:
    check_range(holding.balance, -amount)
    posting.reverse(transfer_id=transfer_id, actor_id=None, reason=reason, follows=True)
    holding.balance -= amount
