"""Joining a waitlist: somebody is on it, with a place and what the campaign pays for it, whoever brought them and whatever fails."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from rewards.campaigns.asking import Asked, read_asked
from rewards.campaigns.codes import new_code
from rewards.campaigns.documents import PageSettings
from rewards.campaigns.entering import enter_one
from rewards.campaigns.facts import JoinedAgain, SubscriberJoined
from rewards.campaigns.holding import hold_subscribers, keep_active_campaign
from rewards.campaigns.links import token_for
from rewards.campaigns.models import Campaign, Waitlist
from rewards.campaigns.queries import is_playing, settings_of, waitlist_run_by
from rewards.campaigns.referring import CodeCheck, check_code
from rewards.campaigns.scoring import record
from rewards.campaigns.scoring_models import Happening
from rewards.campaigns.settling import settle
from rewards.campaigns.stepping import count_in
from rewards.campaigns.subscriber_models import Display, ReferralState, Subscriber, SubscriberStatus
from rewards.campaigns.suspecting import Newcomer, Suspicions, raise_flags, suspicions_about
from rewards.kit import clock
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.kit.tokens import new_seed

NO_CODE = "none"
ALREADY_IN = "already_in"


@dataclass(frozen=True, slots=True)
class Joined:
    """Who joined, or was in already. `referral`: counted, waiting, held, none, or why the code brings nobody anything."""

    subscriber_id: int
    is_new: bool
    referral: str
    # Of their own page; empty for who was in already, for anybody may have typed the address.
    token: str


def join(
    *,
    waitlist_id: int,
    email: str,
    name: str = "",
    code: str | None = None,
    source: str = "",
    network: str = "",
    device: str = "",
    consent: str = "",
    joined_at: datetime | None = None,
    trusted: bool = False,
) -> Joined:
    """Put an address on the list; a second time nothing happens but a mail with their link.

    `network` and `device` are what the door saw; only marks of them are kept. `consent` is the text that they agreed to, where they were
    asked: it is kept with the moment. `trusted`: whoever asks vouches for the address, so it
    counts as verified, nothing about it is suspected, and no mail goes out. Raises Invalid, NotFound, Refused (`full`).
    """
    told = {"name": name, "source": source, "network": network, "device": device, "consent": consent}
    asked = read_asked(email, joined_at=joined_at, trusted=trusted, **told)
    waitlist = waitlist_run_by(None, waitlist_id)
    _check_room(waitlist)
    known = db.session.scalar(select(Subscriber).where(Subscriber.waitlist_id == waitlist.id, Subscriber.address == asked.address))
    if known is not None:
        if not trusted:
            announce([JoinedAgain(known.id)])
        return Joined(known.id, is_new=False, referral=ALREADY_IN, token="")
    subscriber, outcome = _add(waitlist, asked, code)
    if not trusted:
        announce([SubscriberJoined(subscriber.id)])
    return Joined(subscriber.id, is_new=True, referral=outcome, token=token_for(subscriber, "me"))


def _add(waitlist: Waitlist, asked: Asked, code: str | None) -> tuple[Subscriber, str]:
    campaign = keep_active_campaign(waitlist.id)
    check = check_code(waitlist_id=waitlist.id, code=code) if code else CodeCheck(valid=False, reason=NO_CODE)
    suspicions = Suspicions() if asked.trusted else _suspicions(waitlist, asked, campaign, check)
    held = hold_subscribers([*suspicions.others, *([check.referrer_id] if check.referrer_id else [])])
    subscriber = _store(waitlist, asked)
    raise_flags(subscriber.id, suspicions)
    if campaign is None:
        return subscriber, check.reason
    enter_one(campaign, subscriber.id)
    outcome = check.reason
    if check.valid and check.referrer_id is not None:
        state = settle(campaign, held[check.referrer_id], subscriber)
        outcome = "counted" if state == ReferralState.CONFIRMED else state
    if is_playing(campaign, clock.now()):
        key = f"signup:{campaign.id}:{subscriber.id}"
        record(campaign=campaign, subscriber=subscriber, event=Happening.SIGNUP, key=key, occurred_at=asked.joined_at)
    return subscriber, outcome


def _store(waitlist: Waitlist, asked: Asked) -> Subscriber:
    # The waitlist is held, so this number is nobody else's.
    waitlist.last_sequence += 1
    subscriber = Subscriber(
        waitlist_id=waitlist.id,
        sequence=waitlist.last_sequence,
        email=asked.email,
        address=asked.address,
        mailbox=asked.mailbox,
        name=asked.name,
        code=new_code(),
        seed=new_seed(),
        status=SubscriberStatus.ACTIVE,
        display=Display.INITIALS,
        joined_at=asked.joined_at,
        verified_at=clock.now() if asked.trusted else None,
        source=asked.source,
        network=asked.network,
        device=asked.device,
        consent=asked.consent or None,
        consented_at=clock.now() if asked.consent else None,
    )
    db.session.add(subscriber)
    db.session.flush()
    count_in(subscriber.id)
    return subscriber


def _suspicions(waitlist: Waitlist, asked: Asked, campaign: Campaign | None, check: CodeCheck) -> Suspicions:
    return suspicions_about(
        Newcomer(
            waitlist_id=waitlist.id,
            address=asked.address,
            mailbox=asked.mailbox,
            network=asked.network,
            device=asked.device,
            referrer=db.session.get(Subscriber, check.referrer_id) if check.referrer_id else None,
            may_be_same=campaign is not None and settings_of(campaign).allow_self_referrals,
        )
    )


def _check_room(waitlist: Waitlist) -> None:
    capacity = PageSettings.model_validate(waitlist.page).capacity
    # Asked before the address is looked up: whoever is in and whoever is not are told the same.
    if capacity is not None and waitlist.last_sequence >= capacity:
        raise Refused("full", f"{waitlist.name} is full: {capacity:,} people are on it.")
