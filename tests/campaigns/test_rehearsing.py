"""Other rules for a campaign are rehearsed on what has happened in it: they come to exactly their difference, and nothing is changed."""

from typing import Any

import pytest

from rewards.campaigns import rehearsing, retelling
from rewards.campaigns.models import Campaign
from rewards.campaigns.rehearsing import Rehearsal, rehearse_rules
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import sql
from rewards.kit.database import db
from tests.campaigns.conftest import REFERRED, Playing
from tests.contents import everything

JOINED = {"key": "joined", "event": "SIGNUP", "points": 5}
SECOND = {"key": "second", "event": "REFERRAL_CONFIRMED", "points": 50, "conditions": {"referralCount": {"equals": 2}}}
RICH = {"key": "rich", "event": "REFERRAL_CONFIRMED", "points": 100, "conditions": {"minScore": 80}}
THANKS = {"key": "thanks", "event": "MANUAL", "points": 1}
OWN = [JOINED, REFERRED, SECOND, RICH, THANKS]
VARIANT = {"key": "double", "name": "Double", "rules": [JOINED, {**REFERRED, "points": 20}]}


@pytest.fixture
def played(waitlist: Playing) -> list[Subscriber]:
    """Ann has brought three and was given 7; Ben goes by the variant's rules, has brought two and lost 3; then those they brought."""
    waitlist.play(*OWN, variants=[VARIANT])
    people = [waitlist.join("Ann"), waitlist.join("Ben")]
    with db.write():
        # Chance has given them whichever.
        sql.run("UPDATE entrants SET variant = CASE WHEN subscriber_id = ? THEN 'double' ELSE '' END", (people[1].id,))
    waitlist.adjust(people[0], 7)
    for by in (0, 1, 0, 1, 0):
        people.append(waitlist.join(by=people[by]))
    with db.write():
        sql.run("UPDATE entrants SET variant = '' WHERE subscriber_id <> ?", (people[1].id,))
    waitlist.adjust(people[1], -3)
    return people


def rehearsed(played: Playing, rules: list[dict[str, Any]], variant: dict[str, Any] = VARIANT) -> Rehearsal:
    with db.read() as session:
        campaign = session.get_one(Campaign, played.campaign_id)
        return rehearse_rules(campaign, played.document(*rules, variants=[variant]).rulebook)


def told(found: Rehearsal) -> list[tuple[str, int, int, int, int]]:
    return [(line.player.name, line.place, line.score, line.place_today, line.score_today) for line in found.first[:3]]


def test_the_rules_in_force_come_to_what_everybody_has_and_nothing_is_changed(waitlist, played):
    before = everything()
    found = rehearsed(waitlist, OWN)
    assert everything() == before
    # 5 for joining, 7 and 1 for it by hand, 10 each, 50 at the second; the third finds only 83 with them, and 100 more for that.
    assert told(found) == [("Ann", 1, 193, 1, 193), ("Ben", 2, 42, 2, 42), (played[2].name, 3, 5, 3, 5)]
    assert (found.people, found.events, found.more, found.less, found.unlike, found.failed) == (7, 14, 0, 0, 0, 0)
    assert found.today == found.draft == sum(waitlist.score(one) for one in played)


def test_a_draft_moves_those_whom_it_concerns_and_says_how_many_gain_and_lose(waitlist, played):
    cheaper = rehearsed(waitlist, [JOINED, REFERRED, {**SECOND, "points": 40}, RICH, THANKS])
    # With 10 less the third finds too little.
    assert told(cheaper)[0] == ("Ann", 1, 83, 1, 193)
    assert (cheaper.more, cheaper.less, cheaper.draft - cheaper.today) == (0, 1, -110)
    richer = rehearsed(waitlist, OWN, {**VARIANT, "rules": [JOINED, {**REFERRED, "points": 100}]})
    assert told(richer)[:2] == [("Ben", 1, 202, 2, 42), ("Ann", 2, 193, 1, 193)]
    assert (richer.more, richer.less) == (1, 0)
    # Without a rule that pays once, and with one that needs no number any more.
    assert told(rehearsed(waitlist, [JOINED, {**SECOND, "conditions": {}}, THANKS]))[0] == ("Ann", 1, 163, 1, 193)


def test_what_is_undone_counts_on_neither_side_and_is_said(waitlist, played):
    waitlist.judge("disqualify", played[6])
    found = rehearsed(waitlist, OWN)
    assert (found.people, found.more, found.less) == (6, 0, 0)
    assert told(found)[0] == ("Ann", 1, 83, 1, 83)
    assert found.unlike == 0


def test_only_so_much_is_decided_again_and_it_is_said_how_much(waitlist, played, monkeypatch):
    monkeypatch.setattr(retelling, "PEOPLE_AT_ONCE", 2)
    # Ann has 5 events and Ben 4; each of the others has one.
    for most, people, events in ((3, 0, 0), (8, 1, 5), (9, 2, 9), (11, 4, 11), (100, 7, 14)):
        monkeypatch.setattr(rehearsing, "EVENTS_MAX", most)
        found = rehearsed(waitlist, [{**REFERRED, "points": 11}])
        assert (found.people, found.everybody, found.events) == (people, 7, events), most
    # Where twice as many rules are tried for each, half as much is decided.
    monkeypatch.setattr(rehearsing, "EVENTS_MAX", 18)
    many = [{**REFERRED, "key": f"referred_{number}"} for number in range(20)]
    assert rehearsed(waitlist, many).events == 9
