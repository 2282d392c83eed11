"""The hold period: a referral that has all it takes waits for some days, so that somebody can look at it before it is paid for."""

from datetime import timedelta

import pytest

from rewards.campaigns import erasing, settling
from rewards.campaigns.planning import change_campaign, end_due
from rewards.campaigns.settling import settle_due
from rewards.campaigns.suspecting import NETWORK_MAX
from rewards.jobs import work_on_campaigns
from rewards.kit.database import db
from rewards.kit.errors import Invalid
from rewards.programme.verifying import verify
from tests.campaigns.conftest import NOON, REFERRED, on_sqlite

HELD_BACK = {"referralHoldDays": 3, "requireEmailVerification": True}
DUE = NOON + timedelta(days=3)


def told(playing, *people):
    return [(found.state, found.reason, found.counts_at) for found in map(playing.referral, people)]


def test_a_referral_counts_so_many_days_after_it_qualified(waitlist, clock):
    waitlist.play(settings=HELD_BACK)
    ann = waitlist.join("Ann")
    bea, cay = waitlist.bring(ann, 2)
    assert told(waitlist, bea) == [("waiting", "", None)]
    waitlist.verify(bea)
    clock.set_to(NOON + timedelta(days=1))
    waitlist.verify(cay)
    waitlist.verify(bea)
    assert told(waitlist, bea, cay) == [("waiting", "hold_period", DUE), ("waiting", "hold_period", DUE + timedelta(days=1))]
    clock.set_to(DUE - timedelta(seconds=1))
    assert (settle_due(), waitlist.score(ann), waitlist.referrals(ann)) == (0, 0, 0)
    clock.set_to(DUE)
    assert (work_on_campaigns(), settle_due()) == (1, 0)
    assert (waitlist.referral(bea).confirmed_at, waitlist.score(ann), waitlist.referrals(ann)) == (DUE, 10, 1)
    clock.set_to(DUE + timedelta(days=2))
    assert (settle_due(), waitlist.score(ann)) == (1, 20)
    with db.read():
        assert verify() == []


def test_what_speaks_against_it_meanwhile_keeps_it_from_counting(waitlist, clock):
    waitlist.play(settings={"referralHoldDays": 3})
    ann = waitlist.join("Ann")
    crowd = [waitlist.join(by=ann, network="203.0.113.7") for _ in range(NETWORK_MAX + 1)]
    out, gone = waitlist.bring(ann, 2)
    assert {state for state, *_ in told(waitlist, *crowd)} == {"held"}, "those of the burst who were not paid for yet are looked at as well"
    waitlist.judge("disqualify", out)
    with db.write():
        erasing.erase(subscriber_id=gone.id, actor=None)
    assert told(waitlist, out, gone) == [("undone", "disqualified", DUE), ("undone", "erased", DUE)]
    clock.set_to(DUE)
    assert (settle_due(), waitlist.score(ann)) == (0, 0)
    waitlist.judge("include_again", out)
    waitlist.judge("accept", crowd[0])
    waitlist.judge("accept", crowd[-1])
    # Time has passed for all but the last one, who never had all it takes until now.
    assert [state for state, *_ in told(waitlist, out, crowd[0], crowd[-1])] == ["confirmed", "confirmed", "waiting"]
    clock.set_to(DUE + timedelta(days=3))
    assert (settle_due(), waitlist.score(ann), waitlist.referrals(ann)) == (1, 30, 3)
    with db.read():
        assert verify() == []


def test_a_pause_keeps_it_waiting_and_the_end_leaves_it_unscored(waitlist, clock):
    waitlist.play(REFERRED, settings={"referralHoldDays": 3}, ends_at=(DUE + timedelta(hours=3)).isoformat())
    ann = waitlist.join("Ann")
    friends = []
    for hours in (0, 2, 6):
        clock.set_to(NOON + timedelta(hours=hours))
        friends += waitlist.bring(ann)
    waitlist.turn("pause")
    clock.set_to(DUE + timedelta(hours=1))
    assert (settle_due(), told(waitlist, friends[0])) == (0, [("waiting", "hold_period", DUE)])
    waitlist.turn("resume")
    assert (settle_due(), waitlist.score(ann)) == (1, 10)
    # However late the job runs, what was due before the end counts.
    clock.set_to(DUE + timedelta(hours=4))
    assert (end_due(), waitlist.score(ann), waitlist.referrals(ann)) == (1, 20, 2)
    clock.set_to(DUE + timedelta(hours=6))
    assert settle_due() == 1
    found = waitlist.referral(friends[2])
    assert (found.state, found.reason, found.scored, waitlist.score(ann)) == ("confirmed", "campaign_over", False, 20)
    with db.read():
        assert verify() == []


@on_sqlite
def test_what_does_not_qualify_any_more_keeps_nobody_else_waiting(waitlist, clock, monkeypatch):
    monkeypatch.setattr(settling, "BATCH", 1)
    waitlist.play(settings={"referralHoldDays": 3})
    ann = waitlist.join("Ann")
    unverified, verified = waitlist.bring(ann, 2)
    waitlist.verify(verified)
    with db.write():
        stricter = waitlist.document(settings={"referralHoldDays": 3, "requireEmailVerification": True})
        change_campaign(campaign_id=waitlist.campaign_id, document=stricter, actor=None)
    clock.set_to(DUE)
    assert (settle_due(), settle_due(), waitlist.score(ann)) == (1, 1, 10)
    waitlist.verify(unverified)
    assert told(waitlist, unverified) == [("waiting", "hold_period", DUE + timedelta(days=3))]
    # Nor does anybody wait for what nobody is asked for any more.
    [other] = waitlist.bring(ann)
    assert told(waitlist, other) == [("waiting", "", None)]
    with db.write():
        change_campaign(campaign_id=waitlist.campaign_id, document=waitlist.document(settings={"referralHoldDays": 1}), actor=None)
    clock.set_to(DUE + timedelta(days=1))
    assert (settle_due(), waitlist.score(ann)) == (1, 20)


def test_days_are_a_number_from_0_to_90(waitlist):
    assert waitlist.document(settings={"referral_hold_days": 90}).settings.referral_hold_days == 90
    for wrong in (-1, 91, 1.5, "3", True):
        with pytest.raises((Invalid, ValueError), match="referralHoldDays"):
            waitlist.document(settings={"referralHoldDays": wrong})
