"""What a campaign's rules pay, and when: the examples of what a score is."""

import pytest

from rewards.campaigns.adjusting import adjust
from rewards.campaigns.histories import history_of
from rewards.campaigns.posting import check_range
from rewards.campaigns.rule_documents import CampaignRule
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.kit.written import read_part
from rewards.programme.verifying import verify
from tests.campaigns.conftest import on_sqlite

REFERRED = {"key": "referred", "event": "REFERRAL_CONFIRMED", "points": 10, "priority": 10}
JOINED = {"key": "joined", "event": "SIGNUP", "points": 5}
FIFTH = {"key": "fifth", "event": "REFERRAL_CONFIRMED", "points": 50, "priority": 20, "conditions": {"referralCount": {"equals": 5}}}


def climb(waitlist, count):
    """Somebody's score after each of so many friends."""
    ann = waitlist.join("Ann")
    scores = [waitlist.score(ann)]
    for _ in range(count):
        waitlist.bring(ann)
        scores.append(waitlist.score(ann))
    return scores


def nothing_differs():
    with db.read():
        return verify() == []


def test_the_fifth_confirmed_referral_brings_fifty_and_neither_the_fourth_nor_the_sixth(waitlist):
    waitlist.play(REFERRED, FIFTH)
    assert climb(waitlist, 6) == [0, 10, 20, 30, 40, 100, 110]
    assert nothing_differs()


@on_sqlite
def test_a_rule_for_at_least_so_many_pays_for_each_from_there_on(waitlist):
    waitlist.play({"key": "many", "event": "REFERRAL_CONFIRMED", "points": 7, "conditions": {"referralCount": {"gte": 3}}})
    assert climb(waitlist, 4) == [0, 0, 0, 7, 14]


@on_sqlite
def test_the_first_referral_alone_brings_its_bonus(waitlist):
    waitlist.play(JOINED, {"key": "first", "event": "REFERRAL_CONFIRMED", "points": 3, "conditions": {"firstReferralOnly": True}})
    assert climb(waitlist, 3) == [5, 8, 8, 8]


def test_an_exact_number_pays_once_wherever_the_rule_asks_for_it(waitlist):
    asked = [{"all": [{"referralCount": 2}]}, {"referralCount": {"in": [2]}}]
    waitlist.play(*({"event": "REFERRAL_CONFIRMED", "points": 50, "conditions": one} for one in asked))
    ann = waitlist.join("Ann")
    friend, _ = waitlist.bring(ann, 2)
    assert waitlist.score(ann) == 100
    waitlist.judge("disqualify", friend)
    assert waitlist.score(ann) == 0
    waitlist.bring(ann)
    assert waitlist.score(ann) == 100
    assert nothing_differs()


@pytest.mark.parametrize("asked", [{"referralCount": {"in": [5, 10]}}, {"any": [{"all": [{"referralCount": 5}]}, {"minScore": 100}]}])
def test_a_rule_that_pays_once_asks_for_one_number(asked):
    with pytest.raises(Invalid, match="write a rule for each"):
        read_part(CampaignRule, {"event": "REFERRAL_CONFIRMED", "points": 50, "conditions": asked})


@on_sqlite
def test_a_minimum_score_is_the_one_before_the_event(waitlist):
    waitlist.play(REFERRED, {"key": "high", "event": "REFERRAL_CONFIRMED", "points": 1, "conditions": {"minScore": 20}})
    assert climb(waitlist, 4) == [0, 10, 20, 31, 42]


@on_sqlite
def test_rules_are_tried_in_their_order_and_one_that_stops_ends_it(waitlist):
    last = {"key": "late", "event": "REFERRAL_CONFIRMED", "points": 100, "priority": 30}
    waitlist.play(last, {"key": "stops", "event": "REFERRAL_CONFIRMED", "points": 1, "priority": 20, "stop": True}, REFERRED)
    ann = waitlist.join("Ann")
    waitlist.bring(ann)
    [line] = waitlist.history(ann)
    assert (line.points, line.reason) == (11, "Referred, Stops")
    assert [note["rule"] for note in line.trace["rules"]] == ["referred", "stops"]


@on_sqlite
def test_a_penalty_takes_a_score_below_nothing(waitlist):
    waitlist.play(REFERRED, {"key": "third", "event": "REFERRAL_CONFIRMED", "points": -40, "conditions": {"referralCount": {"equals": 3}}})
    assert climb(waitlist, 4) == [0, 10, 20, -10, 0]


def test_points_by_hand_have_a_reason_and_happen_once_for_each_key(campaign):
    ann = campaign.join("Ann")
    for _ in range(2):
        campaign.adjust(ann, 25, key="k", reason="She held the door")
    campaign.adjust(ann, -5, reason="She slammed it")
    assert [(line.points, line.reason, line.score_after) for line in campaign.history(ann)] == [
        (25, "She held the door", 25),
        (-5, "She slammed it", 20),
    ]
    with db.read():
        [last] = history_of(campaign_id=campaign.campaign_id, subscriber_id=ann.id, latest=1)
    assert (last.points, last.score_after, last.event) == (-5, 20, "MANUAL")
    with pytest.raises(Refused) as refused:
        campaign.adjust(ann, -25, key="k")
    assert refused.value.code == "key_reused"
    with pytest.raises(Invalid):
        campaign.adjust(ann, 5, reason=" ")
    with db.write():
        about = {"campaign_id": campaign.campaign_id, "subscriber_id": ann.id, "points": 1, "reason": "theirs"}
        stranger = campaign.person(campaign.cast.cy)
        with pytest.raises(NotFound):
            adjust(**about, actor=stranger, idempotency_key="x")
    assert nothing_differs()


def test_a_score_that_no_board_could_order_is_refused():
    with pytest.raises(Refused) as refused:
        check_range(2**30 - 5, 5, 1)
    assert refused.value.code == "out_of_range"
    check_range(-(2**30) + 2, -1)
