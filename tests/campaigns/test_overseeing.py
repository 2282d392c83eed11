"""Who is on a list and who has won, page by page: everybody once, in the order that is promised."""

import pytest

from rewards.campaigns import overseeing, winners
from rewards.campaigns.delivering import deliver
from rewards.campaigns.erasing import erase
from rewards.campaigns.models import Campaign
from rewards.kit.database import db
from tests.campaigns.rewarding import ids, offer


def test_everybody_is_met_once_however_many_are_asked_for_at_a_time(database, waitlist, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(overseeing, "AT_A_TIME", 2)
    waitlist.play(settings={"requireEmailVerification": True})
    reward = offer(waitlist.campaign_id, "MIN_SCORE", 1)
    people = [waitlist.join(f"P{number}") for number in range(5)]
    for one in (people[3], people[1]):
        waitlist.verify(one)
        waitlist.adjust(one, 7)
    for number in (0, 2):
        waitlist.adjust(people[number], number + 1)
        waitlist.verify(people[number])
    waitlist.judge("disqualify", people[2])
    with db.read() as session:
        campaign = session.get_one(Campaign, waitlist.campaign_id)
        by_place = [(one.id, one.place, one.score) for one in overseeing.everybody_of(campaign)]
        assert by_place == [(people[1].id, 1, 7), (people[3].id, 2, 7), (people[0].id, 3, 1), (people[4].id, 4, 0)]
        found = {view: [(one.id, one.place) for one in overseeing.everybody_of(campaign, view=view)] for view in overseeing.VIEWS if view}
        assert found == {"flagged": [], "unverified": [(people[4].id, 4)], "disqualified": [(people[2].id, None)]}
        searched = [(one.id, one.place) for one in overseeing.everybody_of(campaign, search="example.com")]
        assert searched == list(zip(ids(people), (3, 1, None, 2, 4), strict=True))
        first = winners.waiting_for(reward.id)[0]
    with db.write():
        deliver(ids=[first], actor=None)
    with db.read():
        pages = [[one.subscriber_id for one in winners.winners_of(reward.id, first=first, limit=2)] for first in (0, 1, 2, 3)]
        assert pages == [ids([people[1], people[0]]), ids([people[0], people[3]]), ids([people[3]]), []]
    with db.write():
        erase(subscriber_id=people[3].id, actor=None)
    with db.read():
        assert [one.is_gone for one in winners.winners_of(reward.id)] == [False, False, True]
