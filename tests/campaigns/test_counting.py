"""How far people come, by day and by source."""

from datetime import date, timedelta

from rewards.campaigns.counting import Steps, funnel_of
from rewards.campaigns.erasing import erase
from rewards.campaigns.seeing import count_visit
from rewards.kit import clock as the_clock
from rewards.kit import sql
from rewards.kit.database import db
from rewards.programme.verifying import recalculate, verify
from tests.campaigns.conftest import NOON


def look(campaign, source, times, referrer_id=None):
    with db.write():
        for _ in range(times):
            count_visit(waitlist_id=campaign.waitlist.id, source=source, referrer_id=referrer_id)


def test_people_are_followed_from_the_day_and_the_source_they_came_by(campaign):
    look(campaign, "newsletter", 3)
    ann = campaign.join("Ann", source="newsletter")
    look(campaign, "", 2, ann.id)
    campaign.verify(ann)
    the_clock.set_to(NOON + timedelta(days=2))
    look(campaign, "newsletter", 1)
    bea, out = campaign.join("Bea", by=ann), campaign.join("Out", by=ann)
    campaign.judge("disqualify", out)
    with db.read():
        funnel = funnel_of(campaign.campaign_id)
        later = funnel_of(campaign.campaign_id, first=date(2026, 3, 5), last=date(2026, 3, 6))
    first, gap, last = (Steps(visits=5, joined=1, verified=1, referred=1), Steps(), Steps(visits=1, joined=2))
    assert funnel.by_day == [(date(2026, 3, 4), first), (date(2026, 3, 5), gap), (date(2026, 3, 6), last)]
    assert funnel.by_source == [("", Steps(visits=2, joined=2)), ("newsletter", Steps(visits=4, joined=1, verified=1, referred=1))]
    assert funnel.total == first + last
    assert later.by_day == [(date(2026, 3, 5), gap), (date(2026, 3, 6), last)]
    campaign.judge("disqualify", bea)
    with db.read():
        assert funnel_of(campaign.campaign_id).total.referred == 0, "nobody is left whom Ann brought"


def test_who_was_there_before_the_campaign_is_none_of_its_arrivals(waitlist, clock):
    waitlist.join("Early")
    clock.set_to(NOON + timedelta(days=200))
    waitlist.play()
    look(waitlist, "", 1)
    clock.set_to(NOON + timedelta(days=400))
    with db.read():
        funnel = funnel_of(waitlist.campaign_id)
    assert funnel.total == Steps()
    assert len(funnel.by_day) == 92, "the latest days are told"


def test_what_is_counted_on_the_way_is_what_people_and_visits_say(campaign):
    """Whoever is forgotten came from nowhere; a number that was tampered with is noticed, and counted again."""
    look(campaign, "letter", 2)
    ann = campaign.join("Ann", source="letter")
    campaign.bring(ann, 2)
    campaign.verify(ann)
    with db.write():
        erase(subscriber_id=ann.id, actor=None)
    with db.read():
        told = funnel_of(campaign.campaign_id)
        assert verify() == []
    assert told.by_source == [("", Steps(joined=3, verified=1, referred=1)), ("letter", Steps(visits=2))]
    with db.write():
        sql.run("UPDATE daily_steps SET joined = joined + 1 WHERE source = ''")
    with db.read():
        assert [wrong.kind for wrong in verify()] == ["visits, joined, verified, referred"] * 2
    with db.write():
        assert recalculate() == 2
    with db.read():
        assert (funnel_of(campaign.campaign_id), verify()) == (told, [])
