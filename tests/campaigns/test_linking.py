"""A subscriber and a client can be the same person; what one does for the other counts, and mail reaches them."""

from datetime import timedelta

import pytest

from rewards.campaigns import erasing, linking, verifying_addresses
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import clock, documents
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.kit.sql import rows, value
from rewards.ledger.queries import balances_of
from rewards.messages.wording import worded
from rewards.people.inviting import accept_invitation, token_of
from rewards.people.passwords import HashedPassword
from rewards.people.preferences import change_preferences
from rewards.programme.verifying import verify
from tests.campaigns.rewarding import have, offer
from tests.programmes import define

CONVERTED = {"key": "referral_converted", "category": "community", "xp": 50, "points": 50, "recorded_by": ["system"]}


pytestmark = pytest.mark.usefixtures("wired")


def mails():
    """What was written: kind, and the words."""
    with db.write():
        found = rows("SELECT kind, recipient, about FROM mails ORDER BY id")
        return [(kind, worded(kind, to, documents.parse(about))) for kind, to, about in found]


def test_a_client_brings_others_and_earns_for_it_until_it_counts_no_more(campaign, cast):
    define(categories=[{"key": "community"}], activities=[CONVERTED])
    typed = campaign.join("Ada", email="Ada@example.com")
    assert typed.verified_at is None
    with db.write():
        ada = campaign.person(cast.ada)
        mine = linking.link_client(user=ada)
        assert (mine.id, mine.verified_at is None) == (typed.id, False)
        assert linking.link_client(user=ada).id == mine.id
        with pytest.raises(NotFound):
            linking.link_client(user=campaign.person(cast.cy))
    assert (mine.user_id, mine.address) == (cast.ada, "ada@example.com")
    [bea] = campaign.bring(mine)
    seen = []
    for verb in ("", "disqualify", "include_again"):
        if verb:
            campaign.judge(verb, bea)
        with db.read():
            seen.append(balances_of(cast.ada).get("points", 0))
    assert (seen, campaign.score(mine)) == ([50, 0, 50], 10)
    with db.read():
        assert verify() == []


def test_a_subscriber_becomes_a_client_and_keeps_what_they_have(waitlist, cast):
    waitlist.play(settings={"requireEmailVerification": True})
    zoe = waitlist.join("Zoe")
    ann = waitlist.join("Ann", by=zoe)
    waitlist.verify(*waitlist.bring(ann))
    with db.write():
        invitation = linking.become_client(subscriber_id=ann.id, actor=waitlist.person(cast.bo))
        assert (invitation.email, invitation.coach_id) == ("ann@example.com", cast.bo)
    assert waitlist.score(zoe) == 0
    with db.write() as session:
        token = token_of(session.merge(invitation))
        user = accept_invitation(token=token, name="Ann", timezone="UTC", consents=["records"], password=HashedPassword("x"))
    with db.read() as session:
        assert session.get_one(Subscriber, ann.id).user_id == user.id
    assert waitlist.score(ann) == 10
    assert waitlist.score(zoe) == 10, "who was invited by mail has shown that the address is theirs"


def test_a_client_is_mailed_what_they_win_unless_they_want_no_such_mails(campaign, cast):
    with db.write():
        mine = linking.link_client(user=campaign.person(cast.ada))
    won = [offer(campaign.campaign_id, "MIN_SCORE", number) for number in (20, 40)]
    campaign.adjust(mine, 25)
    with db.write():
        change_preferences(user_id=cast.ada, campaign_mail=False)
    campaign.adjust(mine, 25)
    assert [have(reward) for reward in won] == [[mine.id], [mine.id]]
    [told] = [text for kind, text in mails() if kind == "campaign_reward"]
    assert "/client/settings" in told.text


def test_mail_asks_a_new_address_and_sends_a_known_one_its_link_once_in_a_while(campaign):
    ann = campaign.join("Ann")
    for _ in range(3):
        campaign.joined("Ann")
    with db.write():
        verifying_addresses.resend(subscriber_id=ann.id)
    [(first, asked), (second, again)] = mails()
    assert (first, second) == ("subscribed", "subscriber_link")
    assert "/c/spring-group/verify/" in asked.text
    assert "Ann" not in asked.text, "whoever typed the name may not be who reads it"
    assert again.subject == asked.subject, "who has not verified yet is asked once more"
    # Whoever keeps asking for somebody else fills nobody's mailbox.
    for number in range(1, 20):
        with clock.frozen_at(clock.now() + timedelta(minutes=6 * number)):
            campaign.joined("Ann")
    assert 10 <= len(mails()) <= 1 + 2 * 10, "ten a day, and midnight may come in between"
    campaign.adjust(ann, 5)
    offer(campaign.campaign_id, "MIN_SCORE", 10)
    campaign.adjust(ann, 5)
    assert all("Ann" not in told.text for _, told in mails())
    campaign.verify(ann)
    (_, asked), (_, again), *_ = mails()
    assert asked is None
    assert "/c/spring-group/me/" in again.text
    with db.read():
        assert value("SELECT count(*) FROM mails WHERE about LIKE '%/c/%'") == 0, "no stored row holds a link"
    with db.write():
        erasing.erase(subscriber_id=ann.id, actor=None)
    assert mails() == [], "nobody's address outlives them in what they were sent"
