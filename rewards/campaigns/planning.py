"""Campaigns from their plan to their end. Each change leaves a record; rules are never edited, a new version takes their place."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import func, select

from rewards.activities.registry import registry_in_force
from rewards.campaigns import resolving, snapshots
from rewards.campaigns.compiling import compile_rules, rules_at
from rewards.campaigns.documents import CampaignDocument
from rewards.campaigns.entering import enter_everybody
from rewards.campaigns.models import Campaign, CampaignStatus, CampaignVersion, Waitlist
from rewards.campaigns.queries import active_campaign, campaign_run_by, settings_of, waitlist_run_by
from rewards.campaigns.retrying import close_open_events
from rewards.campaigns.rule_documents import CampaignRules
from rewards.campaigns.settling import ask_no_more, settle_before_end
from rewards.campaigns.waiting import free_key
from rewards.earning.moments import instant_of
from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.kit.working import each_alone
from rewards.ledger.accounts import system_account
from rewards.ledger.models import SCORE_OF, Owner
from rewards.people.auditing import Done, record_deed
from rewards.people.models import User
from rewards.people.zones import zone_named


def plan_campaign(*, waitlist_id: int, document: CampaignDocument, actor: User | None) -> Campaign:
    """A draft, under the first free key that is like its own. Raises NotFound, Invalid."""
    waitlist = waitlist_run_by(actor, waitlist_id)
    key = free_key(Campaign, document.key)
    campaign = Campaign(waitlist_id=waitlist.id, key=key, status=CampaignStatus.DRAFT, made_at=clock.now())
    _describe(campaign, document)
    db.session.add(campaign)
    db.session.flush()
    _keep_rules(campaign, document.rulebook, actor)
    record_deed(Done("campaign_planned", "campaign", campaign.id, after=_told(campaign)), actor_id=_id(actor))
    return campaign


def change_campaign(*, campaign_id: int, document: CampaignDocument, actor: User | None) -> Campaign:
    """Let it say this from now on; what was decided stands. It keeps its key. Raises NotFound, Invalid, Refused (`ended`)."""
    campaign, _ = campaign_run_by(actor, campaign_id)
    if campaign.status == CampaignStatus.ENDED:
        raise Refused("ended", f"{campaign.name} has ended; what it said is what was played for.")
    before, played = _told(campaign), settings_of(campaign)
    _describe(campaign, document)
    _keep_rules(campaign, document.rulebook, actor)
    if before != _told(campaign):
        record_deed(Done("campaign_changed", "campaign", campaign.id, before, _told(campaign)), actor_id=_id(actor))
    settings = settings_of(campaign)
    if played.require_email_verification and not settings.require_email_verification:
        ask_no_more(campaign)
    if played.scoring_mode != settings.scoring_mode and campaign.status != CampaignStatus.DRAFT:
        # Another number decides the place from now on.
        enter_everybody(campaign)
    return campaign


def publish(*, campaign_id: int, actor: User | None) -> Campaign:
    """Play it, with everybody who is on the list. Raises NotFound, Refused (`another_is_active`, `not_a_draft`, `over`)."""
    campaign, waitlist = campaign_run_by(actor, campaign_id)
    if campaign.status != CampaignStatus.DRAFT:
        raise Refused("not_a_draft", f"{campaign.name} is {campaign.status} already.")
    if campaign.ends_at is not None and campaign.ends_at <= clock.now():
        raise Refused("over", f"{campaign.name} would be over at once: choose a later end first.")
    _check_alone(waitlist)
    campaign.published_at, campaign.told_sequence = clock.now(), 0
    _turn(campaign, CampaignStatus.LIVE, "campaign_published", actor)
    enter_everybody(campaign)
    for owner in (Owner.ISSUED, Owner.ADJUSTED):
        # Made by the first two who score, each would wait for the other on PostgreSQL: for the account, and for the board.
        system_account(owner, f"{SCORE_OF}{campaign.id}")
    return campaign


def pause(*, campaign_id: int, actor: User | None) -> Campaign:
    """Score nothing until it is resumed; people still join. Raises NotFound, Refused (`not_live`)."""
    campaign, _ = campaign_run_by(actor, campaign_id)
    if campaign.status not in (CampaignStatus.LIVE, CampaignStatus.PAUSED):
        raise Refused("not_live", f"{campaign.name} is {campaign.status}; only one that is live can be paused.")
    return _turn(campaign, CampaignStatus.PAUSED, "campaign_paused", actor)


def resume(*, campaign_id: int, actor: User | None) -> Campaign:
    """Score again; what happened meanwhile stays unscored. Raises NotFound, Refused (`not_paused`)."""
    campaign, _ = campaign_run_by(actor, campaign_id)
    if campaign.status not in (CampaignStatus.LIVE, CampaignStatus.PAUSED):
        raise Refused("not_paused", f"{campaign.name} is {campaign.status}; only one that is paused can be resumed.")
    return _turn(campaign, CampaignStatus.LIVE, "campaign_resumed", actor)


def end(*, campaign_id: int, actor: User | None) -> Campaign:
    """End it for good: its board is written down, and its rewards are resolved. A second time nothing happens. Raises NotFound, Refused."""
    campaign, _ = campaign_run_by(actor, campaign_id)
    if campaign.status == CampaignStatus.ENDED:
        return campaign
    if campaign.status == CampaignStatus.DRAFT:
        raise Refused("not_published", f"{campaign.name} is a draft: nobody has played it.")
    settle_before_end(campaign)
    close_open_events(campaign)
    campaign.ended_at = clock.now()
    _turn(campaign, CampaignStatus.ENDED, "campaign_ended", actor)
    if settings_of(campaign).snapshot_leaderboard:
        snapshots.snapshot(campaign_id=campaign.id, kind="final", actor=actor)
    resolving.resolve_campaign(campaign_id=campaign.id, actor=actor)
    return campaign


def end_due() -> int:
    """End every campaign whose time is over, each in a write block of its own; how many. Raises JobFailed where one could not be ended."""
    with db.read() as session:
        active = Campaign.status.in_((CampaignStatus.LIVE, CampaignStatus.PAUSED))
        due = list(session.scalars(select(Campaign.id).where(active, Campaign.ends_at <= clock.now())))
    return each_alone(partial(_end, campaign_id) for campaign_id in due)


def _end(campaign_id: int) -> int:
    with db.write():
        end(campaign_id=campaign_id, actor=None)
    return 1


def _check_alone(waitlist: Waitlist) -> None:
    other = active_campaign(waitlist.id)
    if other is not None:
        raise Refused("another_is_active", f"{waitlist.name} plays {other.name} already: end it first.", campaign=other.key)


def _turn(campaign: Campaign, status: CampaignStatus, deed: str, actor: User | None) -> Campaign:
    if campaign.status != status:
        before, campaign.status = campaign.status, status
        db.session.flush()
        record_deed(Done(deed, "campaign", campaign.id, {"status": before}, {"status": status}), actor_id=_id(actor))
    return campaign


def _describe(campaign: Campaign, document: CampaignDocument) -> None:
    campaign.name, campaign.settings = document.name, document.settings.plain()
    campaign.starts_at, campaign.ends_at = _instant(document.starts_at), _instant(document.ends_at)
    if campaign.starts_at and campaign.ends_at and campaign.starts_at >= campaign.ends_at:
        raise Invalid.single("ends_at", "a moment after the beginning is expected", document.ends_at)


def _instant(moment: date | None) -> datetime | None:
    return None if moment is None else instant_of(moment, zone_named(registry_in_force().settings.timezone))


def _keep_rules(campaign: Campaign, rulebook: CampaignRules, actor: User | None) -> None:
    """A new version, where these rules are not those that decide already. Raises Invalid for what cannot be compiled."""
    if campaign.version_id is not None and rules_at(campaign.version_id) == rulebook:
        return
    for rules in (rulebook.rules, *(variant.rules for variant in rulebook.variants)):
        try:
            compile_rules(0, rules)
        except ValueError as error:
            raise Invalid.single("rules", str(error)) from error
    last = db.session.scalar(select(func.max(CampaignVersion.number)).where(CampaignVersion.campaign_id == campaign.id)) or 0
    body = rulebook.plain()
    version = CampaignVersion(campaign_id=campaign.id, number=last + 1, body=body, made_at=clock.now(), made_by=_id(actor))
    db.session.add(version)
    db.session.flush()
    campaign.version_id = version.id
    db.session.flush()


def _told(campaign: Campaign) -> dict[str, object]:
    dates = {name: moment.isoformat() if moment else None for name, moment in _dates(campaign).items()}
    told = {"key": campaign.key, "name": campaign.name, "status": campaign.status, "settings": campaign.settings}
    return told | dates | {"version_id": campaign.version_id}


def _dates(campaign: Campaign) -> dict[str, datetime | None]:
    return {"starts_at": campaign.starts_at, "ends_at": campaign.ends_at}


def _id(actor: User | None) -> int | None:
    return actor.id if actor else None
