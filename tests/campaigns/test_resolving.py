"""Whoever meets a reward's condition has it, in the order of the board, up to as many as there are, once."""

from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.campaigns import boards, offering_rewards, resolving
from rewards.campaigns.catching_up import resolve_due
from rewards.campaigns.delivering import deliver, give
from rewards.campaigns.erasing import erase
from rewards.campaigns.subscriber_models import SubscriberStatus
from rewards.jobs import work_on_campaigns
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.programme.verifying import verify
from tests.campaigns import boarding
from tests.campaigns.rewarding import have, ids, offer, resolve, reward_document
from tests.racing import race

pytestmark = pytest.mark.usefixtures("wired")


def row_of(reward, subscriber):
    with db.read():
        return sql.value("SELECT id FROM subscriber_rewards WHERE reward_id = ? AND subscriber_id = ?", (reward.id, subscriber.id))


def mails():
    with db.read():
        return sql.value("SELECT count(*) FROM mails WHERE kind = 'campaign_reward'")


def test_who_scores_enough_has_the_reward_at_once_and_once(database, campaign):
    low, high = (offer(campaign.campaign_id, "MIN_SCORE", number) for number in (20, 30))
    friends = offer(campaign.campaign_id, "MIN_REFERRALS", 3)
    ann = campaign.join("Ann")
    campaign.bring(ann, 2)
    assert (have(low), have(high), have(friends)) == ([ann.id], [], [])
    campaign.bring(ann, 2)
    assert (have(low), have(high), have(friends)) == ([ann.id], [ann.id], [ann.id])
    assert mails() == 3
    assert resolve(campaign.campaign_id) == resolve(campaign.campaign_id) == {}


def test_a_penalty_takes_nothing_back_and_an_undone_referral_does_but_never_what_was_delivered(database, campaign):
    score, friends = offer(campaign.campaign_id, "MIN_SCORE", 20), offer(campaign.campaign_id, "MIN_REFERRALS", 2, max_recipients=1)
    kept = offer(campaign.campaign_id, "MIN_REFERRALS", 1)
    ann, ben = campaign.join("Ann"), campaign.join("Ben")
    first, _ = campaign.bring(ann, 2)
    campaign.adjust(ann, -15)
    assert have(score) == have(friends) == have(kept) == [ann.id]
    with db.write():
        assert deliver(ids=[row_of(kept, ann)], actor=None) == 1
    campaign.adjust(ann, 15)
    campaign.bring(ben, 2)
    assert have(friends) == [ann.id]
    campaign.judge("disqualify", first)
    assert (have(score), have(friends), have(kept)) == ([ben.id], [], [ann.id, ben.id])
    # What came free waits for the job, and then it is the next one's in the order of the board, however it came free.
    cay, dan = campaign.join("Cay"), campaign.join("Dan")
    campaign.bring(cay, 2)
    campaign.bring(dan, 3)
    for freed, following in ((None, dan), (dan, ben), (ben, cay)):
        if freed is not None:
            with db.write():
                erase(subscriber_id=freed.id, actor=None)
        assert have(friends) == []
        assert (resolve_due(), resolve_due()) == (1, 0)
        assert have(friends) == [following.id]
    with db.read():
        assert verify() == []


def test_who_is_disqualified_loses_what_they_earned_and_has_it_again_when_they_are_back(database, campaign):
    friends, gift = offer(campaign.campaign_id, "MIN_REFERRALS", 1), offer(campaign.campaign_id, "MANUAL", key="gift")
    ann = campaign.join("Ann")
    campaign.bring(ann)
    with db.write():
        give(reward_id=gift.id, subscriber_id=ann.id, actor=None)
    campaign.judge("disqualify", ann)
    assert have(friends) == have(gift) == []
    campaign.judge("include_again", ann)
    assert (have(friends), have(gift)) == ([ann.id], [])
    with db.write():
        erase(subscriber_id=ann.id, actor=None)
    assert have(friends) == []


def test_only_who_is_verified_and_unsuspected_has_a_reward(database, waitlist):
    waitlist.play(settings={"requireEmailVerification": True, "snapshotLeaderboard": False})
    friends, top = offer(waitlist.campaign_id, "MIN_REFERRALS", 1), offer(waitlist.campaign_id, "TOP_N", 4)
    ann = waitlist.join("Ann")
    friend = waitlist.join(by=ann)
    waitlist.verify(friend)
    assert waitlist.referrals(ann) == 1
    assert have(friends) == []
    shady, late = waitlist.join("Shady", email="shady@mailinator.com"), waitlist.join("Late")
    waitlist.verify(shady)
    waitlist.verify(ann)
    assert have(friends) == [ann.id]
    waitlist.turn("end")
    # Nobody has the places of those who may not have a reward as yet.
    assert have(top) == ids([ann, friend])
    waitlist.judge("accept", shady)
    waitlist.verify(late)
    assert have(top) == ids([ann, friend, shady, late])


def test_the_first_have_their_reward_when_it_is_over_and_places_are_written_down(database, waitlist):
    waitlist.play(settings={"maxWinners": 3})
    top, two = offer(waitlist.campaign_id, "TOP_N", 5), offer(waitlist.campaign_id, "TOP_N", 3, max_recipients=2)
    people = [waitlist.join() for _ in range(5)]
    waitlist.bring(people[4], 1)
    with db.read():
        assert resolving.foresee(waitlist.campaign_id) == {top.id: 0, two.id: 0}
    assert resolve(waitlist.campaign_id) == {}
    waitlist.turn("end")
    assert have(top) == ids([people[4], people[0], people[1]])
    assert have(two) == ids([people[4], people[0]])
    waitlist.judge("disqualify", people[0])
    # A place that was written down is nobody else's; a reward that is free is.
    assert have(top) == ids([people[4], people[1]])
    assert resolve_due() == 1
    assert have(two) == ids([people[4], people[1]])
    waitlist.judge("include_again", people[0])
    assert have(top) == ids([people[4], people[1], people[0]])
    with db.read():
        assert verify() == []


def test_as_many_as_there_are_have_it_in_the_order_of_the_board(database, campaign):
    people = [campaign.join() for _ in range(4)]
    for points, one in zip((10, 30, 20, 30), people, strict=True):
        campaign.adjust(one, points)
    reward, off = offer(campaign.campaign_id, "MIN_SCORE", 10, max_recipients=3), offer(campaign.campaign_id, "MIN_SCORE", 11, active=False)
    with db.read():
        assert resolving.foresee(campaign.campaign_id) == {reward.id: 3}
    assert (resolve_due(), resolve_due()) == (3, 0)
    assert (have(reward), have(off)) == (ids([people[1], people[3], people[2]]), [])
    with db.write():
        more = reward_document("MIN_SCORE", 10, max_recipients=4)
        offering_rewards.change_reward(reward_id=reward.id, document=more, actor=None)
    assert resolve(campaign.campaign_id) == {"min_score_10": 1}


def test_where_referrals_decide_places_the_score_still_decides_its_reward(database, waitlist):
    waitlist.play(settings={"scoringMode": "REFERRALS_ONLY"})
    people = [waitlist.join() for _ in range(3)]
    waitlist.adjust(people[1], 50)
    waitlist.bring(people[2])
    reward = offer(waitlist.campaign_id, "MIN_SCORE", 5, max_recipients=1)
    assert resolve(waitlist.campaign_id) == {"min_score_5": 1}
    assert have(reward) == [people[2].id]


def test_resolving_eight_times_at_once_gives_nothing_twice_and_no_more_than_there_is(database, campaign):
    people = [campaign.join() for _ in range(12)]
    for one in people:
        campaign.adjust(one, 10)
    few, all_of_them = offer(campaign.campaign_id, "MIN_SCORE", 5, max_recipients=5), offer(campaign.campaign_id, "MIN_SCORE", 1)
    outcomes = race(*[partial(resolve, campaign.campaign_id)] * 8, *[partial(campaign.bring, people[0])] * 4)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    # Whoever scores meanwhile has theirs at once, and everybody else by the first who resolves.
    assert set(have(all_of_them)) == set(ids(people))
    assert len(have(all_of_them)) == 12
    assert len(have(few)) == 5
    assert mails() == 17
    with db.read():
        assert verify() == []


def test_a_reward_is_given_by_hand_and_delivered_once(database, campaign, cast):
    gift = offer(campaign.campaign_id, "MANUAL", key="gift", max_recipients=1)
    counted = offer(campaign.campaign_id, "MIN_SCORE", 100)
    ann, ben, shady = campaign.join("Ann"), campaign.join("Ben"), campaign.join("Shady", email="shady@mailinator.com")
    with db.read():
        bo, cy = campaign.person(cast.bo), campaign.person(cast.cy)
    with db.write():
        row = give(reward_id=gift.id, subscriber_id=ann.id, actor=bo)
        assert give(reward_id=gift.id, subscriber_id=ann.id, actor=bo) == row
    for reward, who, actor, code in (
        (gift, ben.id, bo, "none_left"),
        (counted, ben.id, bo, "not_by_hand"),
        (gift, shady.id, bo, "none_left"),
        (gift, ben.id, cy, NotFound),
        (gift, 10**17, bo, NotFound),
    ):
        with pytest.raises((Refused, NotFound)) as refused, db.write():
            give(reward_id=reward.id, subscriber_id=who, actor=actor)
        assert code in (getattr(refused.value, "code", None), type(refused.value))
    with pytest.raises(NotFound), db.write():
        deliver(ids=[row], actor=cy)
    with pytest.raises(NotFound), db.write():
        deliver(ids=[row, row + 1], actor=bo)
    with db.write():
        assert deliver(ids=[row, row], actor=bo) == 1
        assert deliver(ids=[row], actor=bo) == deliver(ids=[], actor=bo) == 0
    campaign.judge("disqualify", ann)
    assert have(gift) == [ann.id]


def test_a_reward_that_somebody_has_is_switched_off_and_not_taken_away(database, campaign):
    reward, other = offer(campaign.campaign_id, "MIN_SCORE", 10), offer(campaign.campaign_id, "MIN_SCORE", 20)
    with pytest.raises(Invalid), db.write():
        offering_rewards.add_reward(campaign_id=campaign.campaign_id, document=reward_document("MIN_SCORE", 10), actor=None)
    ann = campaign.join("Ann")
    campaign.bring(ann)
    with pytest.raises(Refused, match="switch it off"), db.write():
        offering_rewards.remove_reward(reward_id=reward.id, actor=None)
    with db.write():
        offering_rewards.remove_reward(reward_id=other.id, actor=None)
        offering_rewards.change_reward(reward_id=reward.id, document=reward_document("MIN_SCORE", 10, active=False), actor=None)
    campaign.bring(campaign.join("Ben"))
    assert have(reward) == [ann.id]
    with pytest.raises(NotFound), db.write():
        offering_rewards.remove_reward(reward_id=other.id, actor=None)


def test_many_winners_are_told_in_turn_and_each_once(database, campaign, monkeypatch):
    monkeypatch.setattr(resolving, "TOLD_AT_ONCE", 2)
    monkeypatch.setattr("rewards.campaigns.telling.BLOCK", 3)
    people = [campaign.join() for _ in range(9)]
    for one in people:
        campaign.adjust(one, 10)
    reward = offer(campaign.campaign_id, "MIN_SCORE", 10)
    assert resolve(campaign.campaign_id) == {"min_score_10": 9}
    assert mails() == 2
    assert (work_on_campaigns(), mails(), work_on_campaigns()) == (7, 9, 0)
    # A row that is gone is never another's, so that nobody is taken for told.
    campaign.judge("disqualify", people[8])
    campaign.judge("include_again", people[8])
    assert have(reward)[-1] == people[8].id
    assert mails() == 10


LIMITS = st.lists(st.tuples(st.integers(1, 5), st.none() | st.integers(1, 4)), min_size=1, max_size=3)


class Over(Exception):
    """Nothing of this try stays."""


@pytest.mark.parametrize("mode", ["POINTS", "REFERRALS_ONLY"])
def test_whatever_the_scores_the_winners_are_those_of_a_plain_sort(database, proof, mode):
    @settings(max_examples=200 if proof else 20, deadline=None)
    @given(scores=st.lists(st.integers(-3, 6), min_size=1, max_size=8), limits=LIMITS, out=st.sets(st.integers(0, 7), max_size=3))
    def play(scores, limits, out):
        with suppress(Over), db.write():
            check_winners(mode, scores, limits, out)
            raise Over

    play()


def check_winners(mode, scores, limits, out):
    waitlist_id, campaign_id = boarding.waitlist_and_campaign(mode)
    people = boarding.add(waitlist_id, campaign_id, len(scores))
    sql.run("UPDATE subscribers SET verified_at = joined_at WHERE waitlist_id = ?", (waitlist_id,))
    boards.enter(campaign_id=campaign_id, subscriber_ids=people)
    for one, points in zip(people, scores, strict=True):
        boarding.score(campaign_id, one, points, f"{campaign_id}:{one}")
    if mode == "REFERRALS_ONLY":
        boards.rebuild(campaign_id=campaign_id)
    for place in out & set(range(len(people))):
        boarding.set_status(people[place], SubscriberStatus.DISQUALIFIED)
        boards.leave(campaign_id=campaign_id, subscriber_id=people[place])
    playing = {one: points for place, (one, points) in enumerate(zip(people, scores, strict=True)) if place not in out}
    order = boarding.sorted_plainly(list(playing.items())) if mode == "POINTS" else list(playing)
    documents = [reward_document("MIN_SCORE", least, f"r{number}", max_recipients=most) for number, (least, most) in enumerate(limits)]
    rewards = [offering_rewards.add_reward(campaign_id=campaign_id, document=document, actor=None) for document in documents]
    foreseen, new = resolving.foresee(campaign_id), resolving.resolve_campaign(campaign_id=campaign_id).new
    for reward, (least, most) in zip(rewards, limits, strict=True):
        expected = [one for one in order if playing[one] >= least][:most]
        found = [row[0] for row in sql.rows("SELECT subscriber_id FROM subscriber_rewards WHERE reward_id = ?", (reward.id,))]
        assert sorted(found) == sorted(expected)
        assert foreseen[reward.id] == new[reward.key] == len(expected)
    assert not any(resolving.resolve_campaign(campaign_id=campaign_id).new.values())
