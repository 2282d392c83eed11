"""Many join in the same moment: an address is on the list once, a referral counts once, and a milestone is paid once."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from rewards.campaigns import judging, offering_rewards, planning, verifying_addresses
from rewards.campaigns.documents import CampaignRewardDocument
from rewards.campaigns.joining import Joined
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.kit.sql import rows, value
from rewards.programme.verifying import verify
from tests.campaigns.conftest import NOON, REFERRED, Playing, open_list
from tests.racing import race

MANY = 64
FIFTH = {"key": "fifth", "event": "REFERRAL_CONFIRMED", "points": 50, "conditions": {"referralCount": {"equals": 5}}}
REWARDS: tuple[dict[str, Any], ...] = (
    {"key": "five", "distribution": {"type": "MIN_REFERRALS", "value": 5}},
    {"key": "high", "distribution": {"type": "MIN_SCORE", "value": 60}, "max_recipients": 1},
)
LAST = {"key": "last", "event": "REFERRAL_CONFIRMED", "points": 7, "conditions": {"referralCount": {"equals": MANY}}}


@pytest.fixture
def waitlist(cast, clock) -> Playing:
    """A list that pays for referrals, for the fifth and for the sixty-fourth one."""
    clock.set_to(NOON)
    made = Playing(cast, open_list(cast))
    made.play(REFERRED, FIFTH, LAST)
    with db.write():
        for reward in REWARDS:
            document = CampaignRewardDocument.model_validate(reward)
            offering_rewards.add_reward(campaign_id=made.campaign_id, document=document, actor=None)
    return made


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How often chance decides."""
    return 20 if request.getfixturevalue("proof") else 1


def did_all(works: list[Callable[[], Any]]) -> list[Any]:
    """What each came to; none of them may have failed."""
    random.shuffle(works)
    outcomes = race(*works)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    return outcomes


def test_one_address_that_joins_64_times_at_once_is_on_the_list_once(database, waitlist, rounds):
    ann = waitlist.join("Ann")
    for number in range(rounds):
        email = f"twin{number}@example.com"
        joined: list[Joined] = did_all([partial(waitlist.joined, "Twin", ann, email=email)] * MANY)
        assert sum(one.is_new for one in joined) == 1
        assert len({one.subscriber_id for one in joined}) == 1
        assert waitlist.referrals(ann) == number + 1
    with db.read():
        assert verify() == []


def test_64_who_join_with_one_code_at_once_count_once_each_and_pay_each_milestone_once(database, waitlist, rounds):
    for number in range(rounds):
        ann = waitlist.join(f"Ann{number}")
        joined = did_all([partial(waitlist.joined, by=ann) for _ in range(MANY)])
        assert {one.referral for one in joined} == {"counted"}
        assert (waitlist.referrals(ann), waitlist.score(ann)) == (MANY, 10 * MANY + 50 + 7)
        with db.read():
            counted = "SELECT count(*), count(DISTINCT referee_id), sum(scored) FROM referrals WHERE referrer_id = ?"
            assert rows(counted, (ann.id,)) == [(MANY, MANY, MANY)]
            assert value("SELECT count(*) FROM milestones WHERE subscriber_id = ?", (ann.id,)) == 2
    with db.read():
        sequences = [row[0] for row in rows("SELECT sequence FROM subscribers ORDER BY id")]
        assert sorted(sequences) == list(range(1, (MANY + 1) * rounds + 1))
        assert verify() == []


def test_whatever_is_decided_at_once_leaves_everything_as_if_one_came_after_the_other(database, waitlist, rounds):
    for _ in range(rounds):
        ann = waitlist.join()
        friends = waitlist.bring(ann, 8)
        works: list[Callable[[], Any]] = []
        for friend in friends:
            works += [partial(act, verb, friend.id) for verb in (judging.disqualify, judging.include_again, judging.accept)]
            works.append(partial(act, verifying_addresses.verify_address, friend.id))
        works += [partial(waitlist.joined, by=ann) for _ in range(8)]
        did_all(works)
        for friend in friends:
            waitlist.judge("include_again", friend)
        assert (waitlist.referrals(ann), waitlist.score(ann)) == (16, 210)
        with db.read():
            assert value("SELECT count(*) FROM subscriber_rewards WHERE subscriber_id = ?", (ann.id,)) >= 1
    with db.read():
        assert verify() == []


def test_a_campaign_that_ends_while_people_join_is_written_down_as_it_ended(database, waitlist):
    ann = waitlist.join("Ann")
    works: list[Callable[[], Any]] = [partial(waitlist.joined, by=ann) for _ in range(24)]
    did_all([*works, partial(end, waitlist)])
    with db.read():
        final = "SELECT p.score FROM snapshot_places p WHERE p.subscriber_id = ?"
        # An account is opened with the first points: whoever has none in the end may have no account.
        scored = value("SELECT balance FROM accounts WHERE owner_kind = 'subscriber' AND owner_id = ?", (ann.id,))
        assert value(final, (ann.id,)) == (scored or 0)
        assert verify() == []


def act(verb: Callable[..., Any], subscriber_id: int) -> Any:
    about = {"subscriber_id": subscriber_id}
    try:
        with db.write():
            return verb(**about) if verb is verifying_addresses.verify_address else verb(**about, actor=None)
    except Refused as refused:
        return refused.code


def end(waitlist: Playing) -> None:
    with db.write():
        planning.end(campaign_id=waitlist.campaign_id, actor=None)
