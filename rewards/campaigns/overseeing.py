"""What coaches and admins see of campaigns: all that they run, and everybody on the list of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from rewards.campaigns.board_models import Board
from rewards.campaigns.finding import PLACE, start_of
from rewards.campaigns.models import Campaign, CampaignStatus, Waitlist
from rewards.campaigns.queries import ACTIVE, ID_MAX, run_by
from rewards.campaigns.subscriber_models import Referral, ReferralState, Subscriber
from rewards.kit import sql
from rewards.kit.columns import time_from_text
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.ledger.models import SCORE_OF
from rewards.people.models import User

THERE = "s.status <> 'erased'"
# What the list of people can be narrowed down to.
VIEWS = {
    "": "s.status = 'active'",
    # Those who wait to be decided about are few, and are asked for once.
    "flagged": "s.status = 'active' AND s.id IN (SELECT f.subscriber_id FROM fraud_flags f WHERE f.decided_at IS NULL)",
    "unverified": "s.status = 'active' AND s.verified_at IS NULL",
    "disqualified": "s.status = 'disqualified'",
}
COUNTED = (
    "SELECT steps.joined, steps.verified, outside.people, outside.verified, outside.disqualified,"
    # Those who wait to be decided about are few: SQLite looks at them first where it is told to.
    " (SELECT count(DISTINCT s.id) FROM fraud_flags f CROSS JOIN subscribers s"
    " WHERE s.id = f.subscriber_id AND f.decided_at IS NULL AND s.waitlist_id = ? AND s.status = 'active')"
    " FROM (SELECT coalesce(sum(joined), 0) AS joined, coalesce(sum(verified), 0) AS verified FROM daily_steps"
    " WHERE waitlist_id = ? AND campaign_id = 0) AS steps, (SELECT count(*) AS people, count(verified_at) AS verified,"
    " count(CASE WHEN status = 'disqualified' THEN 1 END) AS disqualified FROM subscribers"
    " WHERE waitlist_id = ? AND status <> 'active') AS outside"
)
PERSON = (
    "SELECT s.id, s.name, s.email, s.status, s.joined_at, s.verified_at, s.user_id, s.source, s.consent, s.consented_at,"
    " coalesce(e.referrals, 0), e.variant,"
    " coalesce((SELECT a.balance FROM accounts a WHERE a.owner_kind = 'subscriber' AND a.owner_id = s.id AND a.asset = ?), 0),"
    " {place}"
)
# The columns of a person, as they are asked for.
TOLD = ("id", "name", "email", "status", "joined_at", "verified_at", "user_id", "source", "consent", "consented_at")
NAMES = (*TOLD, "referrals", "variant", "score", "place")
# Whoever has a place, in the order of the board; what is looked for, in the order of joining.
BOARD = (
    f"{PERSON.format(place='CAST(NULL AS bigint)')} FROM entrants e JOIN subscribers s ON s.id = e.subscriber_id"
    " WHERE e.campaign_id = ? AND e.rank_key >= ? ORDER BY e.rank_key LIMIT ? OFFSET ?"
)
LIST = (
    f"{PERSON.format(place=f'({PLACE})')} FROM subscribers s"
    " LEFT JOIN entrants e ON e.subscriber_id = s.id AND e.campaign_id = ? WHERE s.waitlist_id = ?"
)
JOINED_AFTER = "s.sequence > coalesce((SELECT l.sequence FROM subscribers l WHERE l.id = ?), 0)"
# So many lines of a file at a time.
AT_A_TIME = 1_000
SUSPECTED = "SELECT subscriber_id, suspicion FROM fraud_flags WHERE decided_at IS NULL AND subscriber_id IN ({marks}) ORDER BY id"


@dataclass(frozen=True, slots=True)
class Overseen:
    """A campaign in the list, or a waitlist that has none."""

    waitlist: Waitlist
    campaign: Campaign | None
    coach: str | None
    people: int
    referrals: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list of a campaign."""

    id: int
    name: str
    email: str
    status: str
    joined_at: datetime
    verified_at: datetime | None
    user_id: int | None
    source: str
    # What they agreed to by joining, and when.
    consent: str | None
    consented_at: datetime | None
    referrals: int
    variant: str
    score: int
    place: int | None
    # Why they wait for a decision.
    suspicions: Sequence[str]


def campaigns_of(viewer: User, *, status: str = "", search: str = "", first: int = 0, limit: int = 25) -> list[Overseen]:
    """The campaigns that somebody runs and the waitlists without one, what is live first, then the latest."""
    confirmed = select(func.count()).where(Referral.campaign_id == Campaign.id, Referral.state == ReferralState.CONFIRMED)
    referrals = confirmed.correlate(Campaign).scalar_subquery()
    people = func.coalesce(Board.placed, Waitlist.last_sequence)
    question = _listed(select(Waitlist, Campaign, User.name, people, referrals), viewer, search)
    if status:
        question = question.where(_fits(status))
    rank = case((Campaign.status.in_(ACTIVE), 0), else_=1)
    ordered = question.outerjoin(Board, Board.campaign_id == Campaign.id)
    ordered = ordered.order_by(rank, func.coalesce(Campaign.id, 0).desc(), Waitlist.id.desc()).offset(first).limit(limit)
    return [Overseen(*row) for row in db.session.execute(ordered)]


def counts_of(viewer: User, search: str = "") -> dict[str, int]:
    """How many campaigns somebody runs, by status; the empty one stands for waitlists without a campaign."""
    status = func.coalesce(Campaign.status, "")
    question = _listed(select(status, func.count()), viewer, search).group_by(status)
    return {row[0]: row[1] for row in db.session.execute(question)}


def waitlists_of(viewer: User, limit: int = 100) -> list[Waitlist]:
    """The waitlists that somebody runs, by name."""
    mine = select(Waitlist).where(run_by(viewer)).order_by(func.lower(Waitlist.name), Waitlist.id)
    return list(db.session.scalars(mine.limit(limit)))


def people_of(campaign: Campaign, *, view: str = "", search: str = "", first: int = 0, limit: int = 25) -> list[Person]:
    """Who is on the list: in the order of the board, or what is looked for in the order of joining."""
    if not view and not search and campaign.status != CampaignStatus.DRAFT:
        start = start_of(campaign.id, first + 1)
        found = _people(BOARD, (f"{SCORE_OF}{campaign.id}", campaign.id, start[0], limit, start[1])) if start else []
        return [replace(one, place=place) for place, one in enumerate(found, first + 1)]
    return _joined(campaign, view, search, first=first, limit=limit)


def person_of(campaign: Campaign, subscriber_id: int) -> Person:
    """One of them; what speaks against them is for `flags_of`. Raises NotFound for who is on another list, and for who is gone."""
    params = (f"{SCORE_OF}{campaign.id}", campaign.id, campaign.waitlist_id, subscriber_id)
    found = sql.rows(f"{LIST} AND s.id = ? AND {THERE}", params) if 0 < subscriber_id < ID_MAX else []
    if not found:
        raise NotFound(f"subscriber {subscriber_id}")
    return _person(found[0], ())


def brought_by(subscriber_id: int) -> Subscriber | None:
    """Who brought them."""
    mine = select(Subscriber).join(Referral, Referral.referrer_id == Subscriber.id).where(Referral.referee_id == subscriber_id)
    return db.session.scalar(mine)


def everybody_of(campaign: Campaign, *, view: str = "", search: str = "") -> Iterator[Person]:
    """All of them, page by page."""
    by_place, number, last_id = not view and not search and campaign.status != CampaignStatus.DRAFT, 0, 0
    while page := people_of(campaign, first=number, limit=AT_A_TIME) if by_place else _joined(campaign, view, search, after_id=last_id):
        yield from page
        number, last_id = number + len(page), page[-1].id


def views_of(campaign: Campaign) -> dict[str, int]:
    """How many each view would show: everybody is counted already, and whoever takes no part is counted off."""
    [row] = sql.rows(COUNTED, (campaign.waitlist_id,) * 3)
    joined, verified, out, out_verified, disqualified, flagged = map(int, row)
    active, active_verified = joined - out, verified - out_verified
    return dict(zip(VIEWS, (active, flagged, active - active_verified, disqualified), strict=True))


def _joined(campaign: Campaign, view: str, search: str, *, after_id: int = 0, first: int = 0, limit: int = AT_A_TIME) -> list[Person]:
    which, values = _which(view, search)
    params = (f"{SCORE_OF}{campaign.id}", campaign.id, campaign.waitlist_id, *values, after_id, limit, first)
    return _people(f"{LIST} AND {which} AND {JOINED_AFTER} ORDER BY s.sequence LIMIT ? OFFSET ?", params)


def _people(text: str, params: Sequence[object]) -> list[Person]:
    rows = sql.rows(text, params)
    why: dict[int, list[str]] = {row[0]: [] for row in rows}
    for subscriber_id, suspicion in sql.rows(SUSPECTED.format(marks=sql.marks(rows)), [row[0] for row in rows]) if rows else ():
        why[subscriber_id].append(suspicion)
    return [_person(row, why[row[0]]) for row in rows]


def _person(row: sql.Row, suspicions: Sequence[str]) -> Person:
    found = dict(zip(NAMES, row, strict=True))
    found |= {name: time_from_text(found[name]) for name in ("joined_at", "verified_at", "consented_at") if found[name]}
    place = None if found["place"] is None else int(found["place"])
    found |= {"variant": found["variant"] or "", "score": int(found["score"]), "place": place}
    return Person(**found, suspicions=suspicions)


def _which(view: str, search: str) -> tuple[str, list[str]]:
    part = search.strip().lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    if not part:
        return VIEWS[view], []
    found = "(lower(s.name) LIKE ? ESCAPE '!' OR s.address LIKE ? ESCAPE '!' OR lower(s.code) = ?)"
    # Whoever is looked for is found, whatever became of them.
    return f"{VIEWS[view] if view else THERE} AND {found}", [f"%{part}%", f"%{part}%", search.strip().lower()]


def _listed(question: Select[*tuple[Any, ...]], viewer: User, search: str) -> Select[*tuple[Any, ...]]:
    found = question.select_from(Waitlist).outerjoin(Campaign, Campaign.waitlist_id == Waitlist.id)
    found = found.outerjoin(User, User.id == Waitlist.coach_id).where(run_by(viewer))
    if search:
        found = found.where(Campaign.name.icontains(search, autoescape=True) | Waitlist.name.icontains(search, autoescape=True))
    return found


def _fits(status: str) -> ColumnElement[bool]:
    return Campaign.status == status if status != "none" else Campaign.id.is_(None)
