"""A waitlist of Bo's that plays a campaign, with people on it: what the public pages of campaigns show."""

from typing import Any

from rewards.campaigns import joining, planning, waiting
from rewards.campaigns.displaying import choose_display
from rewards.campaigns.documents import CampaignDocument, CampaignRewardDocument, WaitlistDocument
from rewards.campaigns.joining import Joined
from rewards.campaigns.linking import link_client
from rewards.campaigns.links import token_for
from rewards.campaigns.offering_rewards import add_reward
from rewards.campaigns.subscriber_models import Subscriber
from rewards.campaigns.verifying_addresses import verify_address
from rewards.kit.database import Database
from tests.web.conftest import somebody

SLUG = "spring-group"
ELSEWHERE = "https://club.example"
LIST = {
    "key": "spring_group",
    "slug": SLUG,
    "name": "Spring group",
    "page": {
        "headline": "Twelve weeks to your first 10 km",
        "promise": "A small group, two runs a week, and a coach who knows your name.",
        "asks_name": True,
        "allowed_origins": [ELSEWHERE],
    },
}
RULES = [
    {"key": "joined", "event": "SIGNUP", "points": 5, "description": "For joining"},
    {"key": "referred", "event": "REFERRAL_CONFIRMED", "points": 10, "description": "For a confirmed referral"},
]
REWARDS = [
    {"key": "early", "name": "Early access", "distribution": {"type": "MIN_REFERRALS", "value": 3}},
    {"key": "shirt", "name": "Running shirt", "distribution": {"type": "MIN_SCORE", "value": 100}},
    {"key": "top", "name": "A month of coaching", "distribution": {"type": "TOP_N", "value": 3}},
]
# As long as names are; none at all; an address where a name is asked.
NAMES = ("Lin Okafor", "Max Freiherr von und zu Hohenstein-Wittgenstein", "W" * 60, "", "Noa", "noa@example.com")


class Waiting:
    """Bo's waitlist. Each deed is a write block of its own."""

    def __init__(self, database: Database, page: dict[str, Any] | None = None) -> None:
        self.database, self.campaign_id = database, 0
        document = WaitlistDocument.model_validate({**LIST, "page": {**LIST["page"], **(page or {})}})  # type: ignore[dict-item]
        with database.write():
            self.id = waiting.open_waitlist(document=document, actor=somebody("bo")).id

    def play(self, **members: Any) -> "Waiting":
        """Publish a campaign."""
        settings = {"referralsEnabled": True, **members.pop("settings", {})}
        document = {"key": "spring", "name": "Spring group", "settings": settings, "rules": RULES, **members}
        with self.database.write():
            bo = somebody("bo")
            campaign = planning.plan_campaign(waitlist_id=self.id, document=CampaignDocument.model_validate(document), actor=bo)
            for reward in REWARDS:
                add_reward(campaign_id=campaign.id, document=CampaignRewardDocument.model_validate(reward), actor=bo)
            self.campaign_id = planning.publish(campaign_id=campaign.id, actor=bo).id
        return self

    def turn(self, verb: str) -> None:
        """Pause, resume or end it."""
        with self.database.write():
            getattr(planning, verb)(campaign_id=self.campaign_id, actor=somebody("bo"))

    def join(self, email: str, name: str = "", by: Subscriber | None = None, *, is_verified: bool = True) -> Subscriber:
        """Somebody new."""
        with self.database.write() as session:
            joined: Joined = joining.join(waitlist_id=self.id, email=email, name=name, code=by.code if by else None)
            subscriber = session.get_one(Subscriber, joined.subscriber_id)
            return verify_address(subscriber_id=subscriber.id) if is_verified else subscriber


def open_waitlist(database: Database, things: dict[str, Any]) -> None:
    """A waitlist on which something happens, for who visits every page: its people, and Ada, who brings others to it."""
    listed = Waiting(database).play()
    with database.write():
        link_client(user=somebody("ada"))
    first = listed.join("lin@waits.example", NAMES[0])
    people = [listed.join(f"p{number}@waits.example", name, by=first) for number, name in enumerate(NAMES[1:])]
    late = listed.join("late@waits.example", "Ari", by=first, is_verified=False)
    with database.write() as session:
        ada = session.query(Subscriber).filter_by(user_id=somebody("ada").id).one()
    listed.join("friend@waits.example", "Ilse", by=ada, is_verified=False)
    listed.join("pal@waits.example", "Jo", by=ada)
    with database.write():
        choose_display(subscriber_id=people[0].id, display="first_name")
        choose_display(subscriber_id=people[1].id, display="hidden")
        things |= {"own_place": token_for(first, "me"), "verification": token_for(late, "verify")}
    things |= {"slug": SLUG, "code": first.code, "waitlist": listed.id, "campaign": listed.campaign_id, "subscriber": first.id}
