"""The waitlists of a programme's document: made, changed and told again, each with the campaign that it plays for.

They are rows: no version of the programme keeps them, and a campaign keeps versions of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from rewards.activities.registry import registry_in_force
from rewards.campaigns.compiling import compile_rules
from rewards.campaigns.describing import document_of, waitlist_document_of
from rewards.campaigns.documents import CampaignDocument, WaitlistDocument
from rewards.campaigns.models import Campaign, CampaignStatus, Waitlist
from rewards.campaigns.offering_rewards import add_reward, change_reward
from rewards.campaigns.planning import change_campaign, end, pause, plan_campaign, publish, resume
from rewards.campaigns.queries import ACTIVE, active_campaign
from rewards.campaigns.reward_models import CampaignReward
from rewards.campaigns.waiting import change_waitlist, open_waitlist, owner_of
from rewards.earning.moments import instant_of
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Problem, Refused
from rewards.kit.written import joined
from rewards.people.models import User
from rewards.people.queries import user_by_email, user_by_id
from rewards.people.zones import zone_named

SECTION = "waitlists"
DRAFT, LIVE, PAUSED, ENDED = CampaignStatus
# From how far it has come to what may be written of it.
TURNS: Mapping[str, tuple[CampaignStatus, ...]] = {
    DRAFT: (DRAFT, LIVE),
    LIVE: (LIVE, PAUSED, ENDED),
    PAUSED: (LIVE, PAUSED, ENDED),
    ENDED: (ENDED,),
}

Named = tuple[str, str]


@dataclass(slots=True)
class Merged:
    """What the waitlists of a document came to: kind and key of each waitlist and campaign."""

    created: list[Named] = field(default_factory=list)
    changed: list[Named] = field(default_factory=list)
    unchanged: list[Named] = field(default_factory=list)

    def take(self, kind: str, key: str, *, is_new: bool, differs: bool) -> None:
        """Count one."""
        (self.created if is_new else self.changed if differs else self.unchanged).append((kind, key))


def merge_waitlists(waitlists: Sequence[WaitlistDocument], *, actor_id: int | None, dry_run: bool) -> Merged:
    """Make what is new, change what differs and leave the rest. Raises Invalid with every problem; a dry run writes nothing."""
    merged, problems = Merged(), list[Problem]()
    actor = user_by_id(actor_id) if actor_id is not None else None
    for place, document in enumerate(waitlists):
        at = joined(SECTION, place)
        try:
            row = db.session.scalar(select(Waitlist).where(Waitlist.key == document.key))
            _check(document, row)
            waitlist = _merge(document, row, merged, actor, dry_run=dry_run)
            if document.campaign is not None:
                at = joined(at, "campaign")
                _merge_campaign(document.campaign, waitlist, merged, actor, dry_run=dry_run)
        except Invalid as invalid:
            problems += [Problem(joined(at, problem.field), problem.message, problem.value) for problem in invalid.problems]
        except Refused as refused:
            problems.append(Problem(joined(at, "status"), str(refused)))
    if problems:
        raise Invalid(problems)
    return merged


def written_waitlists() -> list[WaitlistDocument]:
    """All of them as people write them, by key: coaches by their e-mail, each with the campaign that is played or planned."""
    rows = db.session.execute(select(Waitlist, User.email).outerjoin(User, User.id == Waitlist.coach_id).order_by(Waitlist.key))
    return [_written(waitlist, email) for waitlist, email in rows]


def _written(waitlist: Waitlist, email: str | None) -> WaitlistDocument:
    campaign = _told_campaign(waitlist.id)
    document = waitlist_document_of(waitlist, document_of(campaign) if campaign else None)
    return document.model_copy(update={"coach": email, "coach_id": None}) if email else document


def _told_campaign(waitlist_id: int) -> Campaign | None:
    """What a document tells of a waitlist: what it plays for, or else the latest draft. What has ended is history."""
    newest_first = select(Campaign).where(Campaign.waitlist_id == waitlist_id).order_by(Campaign.id.desc()).limit(1)
    active = db.session.scalar(newest_first.where(Campaign.status.in_(ACTIVE)))
    return active or db.session.scalar(newest_first.where(Campaign.status == DRAFT))


def _check(document: WaitlistDocument, row: Waitlist | None) -> None:
    """What both a dry run and the change itself find wrong before anything is written."""
    others = db.session.scalar(select(Waitlist.id).where(Waitlist.slug == document.slug, Waitlist.key != document.key))
    if others is not None:
        raise Invalid.single("slug", "another waitlist has this address", document.slug)
    if row is None:
        owner_of(document)
    elif document.coach is not None or document.coach_id is not None:
        _check_owner(document, row)


def _check_owner(document: WaitlistDocument, row: Waitlist) -> None:
    found = user_by_email(document.coach) if document.coach else user_by_id(document.coach_id or 0)
    if found is None or found.id != row.coach_id:
        name, written = ("coach", document.coach) if document.coach else ("coach_id", document.coach_id)
        raise Invalid.single(name, "is not whose waitlist this is; a waitlist stays with its coach", written)


def _merge(document: WaitlistDocument, row: Waitlist | None, merged: Merged, actor: User | None, *, dry_run: bool) -> Waitlist | None:
    if row is None:
        merged.take("waitlist", document.key, is_new=True, differs=True)
        return None if dry_run else open_waitlist(document=document, actor=actor)
    now = waitlist_document_of(row)
    wanted = now.model_copy(update={"name": document.name, "page": document.page, "slug": document.slug or row.slug})
    differs = wanted.plain() != now.plain()
    merged.take("waitlist", document.key, is_new=False, differs=differs)
    if differs and not dry_run:
        return change_waitlist(waitlist_id=row.id, document=wanted, actor=actor)
    return row


def _merge_campaign(document: CampaignDocument, waitlist: Waitlist | None, merged: Merged, actor: User | None, *, dry_run: bool) -> None:
    row = db.session.scalar(select(Campaign).where(Campaign.key == document.key))
    if row is not None and (waitlist is None or row.waitlist_id != waitlist.id):
        raise Invalid.single("key", "a campaign of another waitlist has it", document.key)
    _check_campaign(document, waitlist, row)
    now = document_of(row) if row is not None else None
    wanted = _wanted(document, now)
    merged.take("campaign", document.key, is_new=now is None, differs=now is not None and wanted.plain() != now.plain())
    if dry_run or waitlist is None:
        return
    if row is None or now is None:
        row = plan_campaign(waitlist_id=waitlist.id, document=wanted, actor=actor)
    elif _by_itself(wanted).plain() != _by_itself(now).plain():
        change_campaign(campaign_id=row.id, document=wanted, actor=actor)
    _merge_rewards(row, wanted, now, actor)
    _turn(row, wanted.status, actor)


def _check_campaign(document: CampaignDocument, waitlist: Waitlist | None, row: Campaign | None) -> None:
    """Raise Invalid for rules that cannot be compiled, and for a turn that it cannot take."""
    for at, rules in [("rules", document.rules), *((joined("variants", n, "rules"), one.rules) for n, one in enumerate(document.variants))]:
        try:
            compile_rules(0, rules)
        except ValueError as error:
            raise Invalid.single(at, str(error)) from error
    before = row.status if row is not None else DRAFT
    if "status" not in document.model_fields_set:
        return
    may_be = (DRAFT, LIVE, PAUSED) if row is None else TURNS[before]
    if document.status not in may_be:
        told = f"{before} can be followed by {' or '.join(may_be)}" if row is not None else f"a new one begins as {', '.join(may_be)}"
        raise Invalid.single("status", told, document.status)
    if document.status in (LIVE, PAUSED) and waitlist is not None:
        other = active_campaign(waitlist.id)
        if other is not None and other.key != document.key:
            raise Invalid.single("status", f"{waitlist.name} plays {other.key} already; end it first", document.status)


def _wanted(document: CampaignDocument, now: CampaignDocument | None) -> CampaignDocument:
    """The document with what it leaves as it is: how far the campaign has come, and rewards that it does not name."""
    # Moments as they read when they come back from their columns, so that what is the same is seen to be the same.
    kept = document.model_copy(update={"starts_at": _kept(document.starts_at), "ends_at": _kept(document.ends_at)})
    if now is None:
        return kept
    named = {reward.key: reward for reward in document.rewards}
    there = {reward.key for reward in now.rewards}
    rewards = [named.get(reward.key, reward) for reward in now.rewards] + [one for key, one in named.items() if key not in there]
    status = document.status if "status" in document.model_fields_set else now.status
    return kept.model_copy(update={"rewards": rewards, "status": status})


def _kept(moment: date | None) -> datetime | None:
    if moment is None:
        return None
    return time_from_text(time_text(instant_of(moment, zone_named(registry_in_force().settings.timezone))))


def _by_itself(document: CampaignDocument) -> CampaignDocument:
    return document.model_copy(update={"rewards": [], "status": DRAFT})


def _merge_rewards(campaign: Campaign, wanted: CampaignDocument, now: CampaignDocument | None, actor: User | None) -> None:
    before = {reward.key: reward.plain() for reward in now.rewards} if now else {}
    for place, reward in enumerate(wanted.rewards):
        try:
            if reward.key not in before:
                add_reward(campaign_id=campaign.id, document=reward, actor=actor)
            elif before[reward.key] != reward.plain():
                mine = CampaignReward.campaign_id == campaign.id, CampaignReward.key == reward.key
                reward_id = db.session.scalars(select(CampaignReward.id).where(*mine)).one()
                change_reward(reward_id=reward_id, document=reward, actor=actor)
        except Refused as refused:
            raise Invalid.single(joined("rewards", place), str(refused), reward.key) from refused


def _turn(campaign: Campaign, status: str, actor: User | None) -> None:
    if campaign.status == status:
        return
    if campaign.status == DRAFT:
        publish(campaign_id=campaign.id, actor=actor)
    if status == PAUSED:
        pause(campaign_id=campaign.id, actor=actor)
    elif status == LIVE:
        resume(campaign_id=campaign.id, actor=actor)
    elif status == ENDED:
        end(campaign_id=campaign.id, actor=actor)
