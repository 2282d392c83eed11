"""What verification and a coach's decision make of referrals: what waits, what counts, what is taken back, and what comes again."""

import pytest

from rewards.campaigns import blocks, erasing, judging, resolving
from rewards.campaigns.links import subscriber_of, token_for
from rewards.campaigns.queries import flags_of
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.kit.sql import rows, value
from rewards.programme.verifying import verify
from tests.campaigns.conftest import NOON, REFERRED, on_sqlite

SECOND = {"key": "second", "event": "REFERRAL_CONFIRMED", "points": 50, "conditions": {"referralCount": {"equals": 2}}}
VERIFIED = {"key": "verified", "event": "EMAIL_VERIFIED", "points": 3}
ASKED = {"requireEmailVerification": True}


def suspicions(subscriber):
    with db.read():
        return [flag.suspicion for flag in flags_of(subscriber.id)]


def nothing_differs():
    with db.read():
        return verify() == []


def test_a_referral_waits_until_the_address_is_verified_and_then_counts_once(waitlist):
    waitlist.play(REFERRED, VERIFIED, settings=ASKED)
    ann = waitlist.join("Ann")
    [bea] = waitlist.bring(ann)
    assert (waitlist.referral(bea).state, waitlist.score(ann)) == ("waiting", 0)
    for _ in range(2):
        waitlist.verify(bea)
    assert (waitlist.referral(bea).state, waitlist.score(ann), waitlist.score(bea)) == ("confirmed", 10, 3)
    with db.write():
        judging.disqualify(subscriber_id=bea.id, actor=None, reason="A second address")
    assert (waitlist.referral(bea).state, waitlist.referral(bea).reason, waitlist.score(ann)) == ("undone", "disqualified", 0)
    assert nothing_differs()


def test_a_milestone_falls_with_the_count_and_is_earned_again(waitlist):
    waitlist.play(REFERRED, SECOND)
    ann = waitlist.join("Ann")
    bea, cay = waitlist.bring(ann, 2)
    seen = [waitlist.score(ann)]
    for verb, whom in (("disqualify", bea), ("disqualify", bea), ("include_again", bea), ("disqualify", cay), ("disqualify", bea)):
        waitlist.judge(verb, whom)
        seen.append(waitlist.score(ann))
    waitlist.bring(ann, 2)
    seen.append(waitlist.score(ann))
    assert seen == [70, 10, 10, 70, 10, 0, 70]
    assert waitlist.referrals(ann) == 2
    history = waitlist.history(ann)
    assert sum(line.points == 50 for line in history) == 3
    assert sum(line.points == -50 and line.reverses is not None for line in history) == 2
    assert [line.score_after for line in history][-1] == 70
    assert nothing_differs()


def test_who_is_disqualified_has_no_place_and_gets_it_back_with_what_came_meanwhile(campaign):
    ann, bea = campaign.join("Ann"), campaign.join("Bea")
    campaign.bring(ann)
    waiting = campaign.bring(bea)[0]
    key = "SELECT rank_key FROM entrants WHERE subscriber_id = ?"
    with db.read():
        before = value(key, (ann.id,))
    campaign.judge("disqualify", ann)
    with db.read():
        assert value(key, (ann.id,)) is None
    assert campaign.joined(by=ann).referral == "referrer_is_out"
    campaign.judge("include_again", ann)
    with db.read():
        assert value(key, (ann.id,)) == before
    assert campaign.score(bea) == 10
    assert waiting
    assert nothing_differs()


def test_another_coach_decides_nothing_here(campaign):
    ann = campaign.join("Ann")
    with db.write():
        for actor in (campaign.cast.ada, campaign.cast.cy):
            with pytest.raises(NotFound):
                judging.disqualify(subscriber_id=ann.id, actor=campaign.person(actor), reason="")


def test_whoever_looks_like_somebody_else_is_flagged_and_pays_nothing_until_accepted(waitlist):
    waitlist.play(REFERRED, {"key": "joined", "event": "SIGNUP", "points": 1})
    ann = waitlist.join("Ann", email="ann.lee@gmail.com")
    tagged = waitlist.joined(email="annlee+2@googlemail.com", by=ann)
    lent = waitlist.join(email="x@mx.mailinator.com", by=ann)
    with db.read() as session:
        again = session.get_one(Subscriber, tagged.subscriber_id)
    assert (tagged.referral, suspicions(again), suspicions(lent)) == ("held", ["same_person"], ["disposable"])
    assert (waitlist.referral(lent).reason, waitlist.score(ann), waitlist.score(lent)) == ("disposable", 1, 0)
    with db.read():
        assert value("SELECT count(*) FROM entrants WHERE rank_key IS NOT NULL") == 3, "they have a place already"
    for _ in range(2):
        waitlist.judge("accept", lent)
    waitlist.judge("disqualify", again)
    assert (waitlist.score(ann), waitlist.score(lent), waitlist.score(again)) == (11, 1, 0)
    with db.read():
        decided = rows("SELECT suspicion, decision, decided_by FROM fraud_flags ORDER BY id")
    assert decided == [("same_person", "disqualified", waitlist.cast.bo), ("disposable", "accepted", waitlist.cast.bo)]
    assert nothing_differs()


def test_one_person_may_bring_a_second_address_where_the_campaign_says_so(waitlist):
    waitlist.play(settings={"allowSelfReferrals": True})
    ann = waitlist.join("Ann")
    assert waitlist.joined(email="ann+2@example.com", by=ann).referral == "counted"
    assert waitlist.joined(email="ann@example.com", by=ann).referral == "already_in"


def test_a_circle_of_two_is_seen_through(campaign):
    ann = campaign.join("Ann", device="her phone")
    bea = campaign.join("Bea", by=ann)
    back = campaign.join(email="ann+again@example.com", by=bea)
    same_phone = campaign.join("Stranger", by=bea, device="her phone")
    assert (suspicions(bea), suspicions(back), suspicions(same_phone)) == ([], ["same_person", "cycle"], ["cycle"])
    assert campaign.score(bea) == 0
    assert campaign.score(ann) == 10


def test_a_burst_from_one_network_is_flagged_as_a_whole_where_nothing_was_paid(waitlist, clock):
    waitlist.play(settings=ASKED)
    ann = waitlist.join("Ann")
    friends = [waitlist.join(by=ann, network=f"2001:db8::{number}") for number in range(5)]
    waitlist.verify(friends[0])
    assert [suspicions(one) for one in friends] == [[]] * 5
    friends.append(waitlist.join(by=ann, network="2001:db8::ffff"))
    assert [suspicions(one) for one in friends] == [[], *[["network"]] * 5]
    for friend in friends:
        waitlist.verify(friend)
    assert waitlist.score(ann) == 10
    waitlist.judge("accept", friends[5])
    assert waitlist.score(ann) == 20
    clock.set_to(NOON.replace(hour=14))
    assert suspicions(waitlist.join(by=ann, network="2001:db8::1")) == [], "a network is not suspected for good"
    assert nothing_differs()


def test_whoever_was_forgotten_and_comes_back_is_noticed(campaign):
    ann = campaign.join("Ann")
    bea = campaign.join("Bea", by=ann)
    with db.read():
        link = token_for(bea, "me")
    with db.write():
        erasing.erase(subscriber_id=bea.id, actor=None)
    with db.read() as session:
        assert subscriber_of(link, "me") is None
        gone = session.get_one(Subscriber, bea.id)
        assert "bea" not in f"{gone.email} {gone.address} {gone.mailbox} {gone.name}".lower()
    again = campaign.join("Bea", by=ann)
    assert (suspicions(again), campaign.referral(again).state, campaign.score(ann)) == (["returned"], "held", 10)
    assert nothing_differs()


@on_sqlite
def test_boards_are_held_before_rewards_so_that_nobody_waits_in_a_circle(campaign, monkeypatch):
    held: list[str] = []

    def note(module, name, what):
        verb = getattr(module, name)

        def noted(*asked, **how):
            held.append(what)
            return verb(*asked, **how)

        monkeypatch.setattr(module, name, noted)

    note(blocks, "hold", "board")
    note(resolving, "prizes_of", "rewards")
    friend, other = campaign.bring(campaign.join("Ann"), 2)
    campaign.turn("end")
    for decide in (
        lambda: judging.disqualify(subscriber_id=friend.id, actor=None),
        lambda: erasing.erase(subscriber_id=other.id, actor=None),
    ):
        held.clear()
        with db.write():
            decide()
        assert held == ["board", "rewards"]


def test_links_are_good_for_their_owner_alone(campaign, clock):
    ann, bea = campaign.join("Ann"), campaign.join("Bea")

    def owner(token, purpose):
        found = subscriber_of(token, purpose)
        return found and found.id

    with db.read():
        mine, once = token_for(ann, "me"), token_for(ann, "verify")
        assert (owner(mine, "me"), owner(once, "verify")) == (ann.id, ann.id)
        forged = [mine.replace(f"{ann.id}.", f"{bea.id}.", 1), mine[:-1], once.replace(".1", ".2", 1), "", "x.y.z", "1.0.é", "9" * 200]
        assert [owner(token, "me") for token in [*forged, once]] == [None] * 8
        assert owner(mine, "verify") is None
        clock.set_to(NOON.replace(day=12))
        assert (owner(mine, "me"), owner(once, "verify")) == (ann.id, None)
