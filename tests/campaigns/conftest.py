"""A coach's waitlist that plays a campaign, and quick ways to say who joins it."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from rewards.campaigns import adjusting, joining, judging, planning, verifying_addresses, waiting
from rewards.campaigns.documents import CampaignDocument, WaitlistDocument
from rewards.campaigns.histories import ScoreLine, history_of
from rewards.campaigns.joining import Joined
from rewards.campaigns.models import Campaign, Waitlist
from rewards.campaigns.referring import referral_of
from rewards.campaigns.subscriber_models import Referral, Subscriber
from rewards.kit.database import db
from rewards.kit.sql import value
from rewards.people.models import User
from rewards.people.queries import user_by_id
from tests.cast import Cast

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # A Wednesday.
REFERRED = {"key": "referred", "event": "REFERRAL_CONFIRMED", "points": 10}
# What is decided by no question: the one database says as much as both.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# No two of a process are the same, in whichever database they are used.
NUMBERS = count(1)


class Playing:
    """Bo's waitlist and what it plays. Each deed is a write block of its own."""

    def __init__(self, cast: Cast, waitlist: Waitlist) -> None:
        self.cast = cast
        self.waitlist = waitlist
        self.campaign_id = 0

    def person(self, user_id: int) -> User:
        found = user_by_id(user_id)
        assert found is not None
        return found

    def document(self, *rules: dict[str, Any], settings: dict[str, Any] | None = None, **members: Any) -> CampaignDocument:
        told = {"referralsEnabled": True, "requireEmailVerification": False, **(settings or {})}
        return CampaignDocument.model_validate({"key": "spring", "settings": told, "rules": list(rules or [REFERRED]), **members})

    def plan(self, *rules: dict[str, Any], settings: dict[str, Any] | None = None, **members: Any) -> Campaign:
        with db.write():
            document = self.document(*rules, settings=settings, **members)
            campaign = planning.plan_campaign(waitlist_id=self.waitlist.id, document=document, actor=self.person(self.cast.bo))
        self.campaign_id = campaign.id
        return campaign

    def play(self, *rules: dict[str, Any], settings: dict[str, Any] | None = None, **members: Any) -> Campaign:
        """Publish a campaign with these rules: +10 for a referral, unless it is said otherwise."""
        campaign = self.plan(*rules, settings=settings, **members)
        with db.write():
            return planning.publish(campaign_id=campaign.id, actor=self.person(self.cast.bo))

    def turn(self, verb: str) -> Campaign:
        with db.write():
            campaign: Campaign = getattr(planning, verb)(campaign_id=self.campaign_id, actor=self.person(self.cast.bo))
        return campaign

    def join(self, name: str = "", by: Subscriber | None = None, **more: Any) -> Subscriber:
        """Somebody new, whose friend `by` is."""
        joined = self.joined(name, by, **more)
        with db.read() as session:
            return session.get_one(Subscriber, joined.subscriber_id)

    def joined(self, name: str = "", by: Subscriber | None = None, **more: Any) -> Joined:
        called = name or f"friend{next(NUMBERS)}"
        email = more.pop("email", f"{called.lower()}@example.com")
        with db.write():
            return joining.join(waitlist_id=self.waitlist.id, email=email, name=called, code=more.pop("code", by and by.code), **more)

    def bring(self, by: Subscriber, number: int = 1) -> list[Subscriber]:
        return [self.join(by=by) for _ in range(number)]

    def verify(self, subscriber: Subscriber) -> None:
        with db.write():
            verifying_addresses.verify_address(subscriber_id=subscriber.id)

    def judge(self, verb: str, subscriber: Subscriber) -> None:
        with db.write():
            getattr(judging, verb)(subscriber_id=subscriber.id, actor=self.person(self.cast.bo))

    def adjust(self, subscriber: Subscriber, points: int, key: str = "", reason: str = "a test") -> None:
        with db.write():
            adjusting.adjust(
                campaign_id=self.campaign_id,
                subscriber_id=subscriber.id,
                points=points,
                reason=reason,
                actor=self.person(self.cast.bo),
                idempotency_key=key or f"key {next(NUMBERS)}",
            )

    def score(self, subscriber: Subscriber) -> int:
        balance = "SELECT balance FROM accounts WHERE owner_kind = 'subscriber' AND owner_id = ? AND asset = ?"
        with db.read():
            return value(balance, (subscriber.id, f"score:{self.campaign_id}")) or 0

    def referrals(self, subscriber: Subscriber) -> int:
        counted = "SELECT referrals FROM entrants WHERE campaign_id = ? AND subscriber_id = ?"
        with db.read():
            return int(value(counted, (self.campaign_id, subscriber.id)))

    def referral(self, referee: Subscriber) -> Referral:
        with db.read():
            found = referral_of(referee.id)
            assert found is not None
            return found

    def history(self, subscriber: Subscriber) -> list[ScoreLine]:
        with db.read():
            return history_of(campaign_id=self.campaign_id, subscriber_id=subscriber.id)


def open_list(cast: Cast, **members: Any) -> Waitlist:
    """A waitlist of Bo's."""
    with db.write() as session:
        document = WaitlistDocument.model_validate({"key": "spring_group", **members})
        return waiting.open_waitlist(document=document, actor=session.get_one(User, cast.bo))


@pytest.fixture
def waitlist(cast, clock) -> Playing:
    """Bo's waitlist at noon on a Wednesday; nothing is played yet."""
    clock.set_to(NOON)
    return Playing(cast, open_list(cast))


@pytest.fixture
def campaign(waitlist: Playing) -> Playing:
    """The same while it plays a campaign with +10 for a referral, and nobody is asked to verify an address."""
    waitlist.play()
    return waitlist
