"""What a campaign's rules pay, and when: the examples of what a score is."""

from rewards.kit.database import db
from rewards.programme.verifying import verify

REFERRED = {"key": "referred", "event": "REFERRAL_CONFIRMED", "points": 10, "priority": 10}
FIFTH = {"key": "fifth", "event": "REFERRAL_CONFIRMED", "points": 50, "priority": 20, "conditions": {"referralCount": {"equals": 5}}}


def test_the_fifth_confirmed_referral_brings_fifty_and_neither_the_fourth_nor_the_sixth(waitlist):
    waitlist.play(REFERRED, FIFTH)
    ann = waitlist.join("Ann")
    scores = []
    for _ in range(6):
        waitlist.bring(ann)
        scores.append(waitlist.score(ann))
    assert scores == [10, 20, 30, 40, 100, 110]
    assert waitlist.referrals(ann) == 6
    with db.read():
        assert verify() == []
