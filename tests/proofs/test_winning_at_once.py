"""Many resolve a campaign's rewards while many join and score, through two processes where the database allows that."""

import pytest

from rewards.campaigns.documents import CampaignDocument, WaitlistDocument
from rewards.campaigns.joining import join
from rewards.campaigns.offering_rewards import add_reward
from rewards.campaigns.planning import plan_campaign, publish
from rewards.campaigns.waiting import open_waitlist
from rewards.kit.database import db
from rewards.kit.installation import install
from rewards.kit.settings import load_settings
from tests.campaigns.rewarding import reward_document
from tests.proofs.house import House
from tests.proofs.server import stampede

EARLY, LATE, RESOLVED, FEW = 12, 24, 8, 5
EVERYBODY = EARLY + LATE
SETTINGS = {"referralsEnabled": True, "requireEmailVerification": False}
RULES = [{"key": event.lower(), "event": event, "points": 10} for event in ("SIGNUP", "REFERRAL_CONFIRMED")]
REWARDS = (
    reward_document("MIN_SCORE", 10, "all"),
    reward_document("MIN_SCORE", 10, "few", max_recipients=FEW),
    reward_document("MIN_REFERRALS", 5, "five"),
)
FIRST = "SELECT s.id, s.code FROM subscribers s JOIN waitlists w ON w.id = s.waitlist_id WHERE w.key = ? AND s.sequence = 1"
WON = (
    "SELECT r.key, r.granted, count(*), count(DISTINCT w.subscriber_id), min(w.subscriber_id) FROM subscriber_rewards w"
    " JOIN campaign_rewards r ON r.id = w.reward_id JOIN campaigns c ON c.id = r.campaign_id WHERE c.key = ? GROUP BY r.key, r.granted"
    " ORDER BY r.key"
)


@pytest.fixture
def house(furnished, tmp_path):
    """Served by two processes where that can be; here, too, links are signed."""
    house: House = furnished()
    install(load_settings({"LAUREL_DATA": str(tmp_path), "DATABASE_URL": house.url}))
    yield house
    install(None)


def play(key: str) -> None:
    """A campaign whose people have scored before its rewards are offered."""
    with db.write():
        waitlist = open_waitlist(document=WaitlistDocument.model_validate({"key": key}), actor=None)
        document = CampaignDocument.model_validate({"key": key, "settings": SETTINGS, "rules": RULES})
        campaign = plan_campaign(waitlist_id=waitlist.id, document=document, actor=None)
        publish(campaign_id=campaign.id, actor=None)
        for person in range(EARLY):
            join(waitlist_id=waitlist.id, email=f"early{person}@example.com")
        for reward in REWARDS:
            add_reward(campaign_id=campaign.id, document=reward, actor=None)


def test_rewards_that_are_resolved_eight_times_at_once_are_given_once_and_no_more_than_there_are(house, proof):
    keys = [f"round_{number}" for number in range(20 if proof else 1)]
    with house.inside():
        for key in keys:
            play(key)
    for _ in range(2 if house.dialect == "postgresql" else 1):
        house.serve(threads=8)
    for key in keys:
        [(first, code)] = house.rows(FIRST, (key,))
        comers = [{"email": f"late{person}@example.com", "referral_code": code} for person in range(LATE)]
        joins: list[tuple[str, object, str]] = [(f"/waitlists/{key}/subscribers", comer, f"{key}:{comer['email']}") for comer in comers]
        resolve: list[tuple[str, object, str]] = [(f"/campaigns/{key}/resolution", {}, f"{key}:{time}") for time in range(RESOLVED)]
        answers = stampede(house.servers, house.shop, [*joins[: LATE // 2], *resolve, *joins[LATE // 2 :]])
        assert {answer.status for answer in answers} <= {200, 201}
        everybody, few, five = house.rows(WON, (key,))
        assert everybody[:4] == ("all", EVERYBODY, EVERYBODY, EVERYBODY)
        assert few[:4] == ("few", FEW, FEW, FEW)
        assert five == ("five", 1, 1, 1, first)
    assert house.differences() == []
