"""Joining a waitlist: always possible, once for each address, whatever the code says and whatever fails."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from rewards.campaigns import joining
from rewards.campaigns.erasing import erase
from rewards.campaigns.failing import count_failures, failures_of
from rewards.campaigns.importing import Comer, bring_in
from rewards.campaigns.models import Campaign
from rewards.campaigns.overseeing import people_of
from rewards.campaigns.planning import end_due
from rewards.campaigns.referring import check_code
from rewards.campaigns.retrying import retry_due, try_again, try_all_again
from rewards.campaigns.scoring_models import CampaignEvent
from rewards.campaigns.settling import settle_due
from rewards.campaigns.standings import standing_of
from rewards.campaigns.subscriber_models import Referral, Subscriber
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.kit.sql import rows, run, value
from rewards.programme.verifying import recalculate, verify
from tests.campaigns.conftest import NOON, Playing, open_list


def test_joining_twice_is_joining_once(campaign, wired):
    first = campaign.joined("Ann", email="Ann@Example.com")
    again = campaign.joined("Someone", email=" ann@example.COM ")
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.subscriber_id, again.token, again.referral) == (first.subscriber_id, "", "already_in")
    with db.read() as session:
        ann = session.get_one(Subscriber, first.subscriber_id)
        assert (ann.name, ann.sequence, ann.email, ann.address) == ("Ann", 1, "Ann@Example.com", "ann@example.com")
        assert rows("SELECT kind, recipient FROM mails ORDER BY id") == [("subscribed", ann.email), ("subscriber_link", ann.email)]
    with pytest.raises(Invalid):
        campaign.joined("Ann", email="nowhere")


def test_what_somebody_agrees_to_is_kept_with_the_moment_until_they_are_forgotten(campaign, clock):
    ann = campaign.join("Ann", consent="I want to hear from Bo.", joined_at=NOON - timedelta(days=3))
    assert (ann.consent, ann.consented_at) == ("I want to hear from Bo.", NOON)
    clock.set_to(NOON + timedelta(hours=1))
    # Anybody can type an address: a second time nobody agrees to anything.
    campaign.joined("Ann", consent="I buy a fridge.")
    bea, cay = campaign.join("Bea"), campaign.join("Cay", trusted=True)
    assert (bea.consent, bea.consented_at, cay.consent, cay.consented_at) == (None, None, None, None)
    with db.read() as session:
        page = people_of(session.get_one(Campaign, campaign.campaign_id))
        assert [(one.consent, one.consented_at) for one in page] == [(ann.consent, NOON), (None, None), (None, None)]
    with db.write():
        erase(subscriber_id=ann.id, actor=None)
    with db.read() as session:
        gone = session.get_one(Subscriber, ann.id)
        assert (gone.consent, gone.consented_at) == (None, None)
    with pytest.raises(IntegrityError), db.write() as session:
        # Nobody agrees to something at no moment.
        session.get_one(Subscriber, bea.id).consent = "Anything"


def test_no_code_keeps_anybody_from_joining(campaign, cast):
    ann, other = campaign.join("Ann"), Playing(cast, open_list(cast, key="other"))
    foreign = other.join("Zed")
    campaign.judge("disqualify", out := campaign.join("Out"))
    outcomes = [
        campaign.joined(code=code).referral for code in ("", "nonsense", "zzzz2222", foreign.code, out.code, f" {ann.code.upper()} ")
    ]
    assert outcomes == ["none", "unknown_code", "unknown_code", "other_waitlist", "referrer_is_out", "counted"]
    assert campaign.joined("Ann", code=ann.code).referral == "already_in", "one's own code brings nobody"
    assert other.joined(code=foreign.code).referral == "no_campaign"
    assert campaign.score(ann) == 10
    with db.read():
        good, bad = (check_code(waitlist_id=campaign.waitlist.id, code=code) for code in (ann.code, foreign.code))
    assert (good.valid, good.referrer_id, good.referrer_name) == (True, ann.id, "A.")
    assert (bad.valid, bad.reason) == (False, "other_waitlist")


def test_the_database_itself_refuses_what_no_referral_can_be(campaign, cast):
    ann, bea = campaign.join("Ann"), campaign.join("Bea")
    stranger = Playing(cast, open_list(cast, key="other")).join("Zed")
    cay = campaign.referral(campaign.join("Cay", by=ann))
    for referrer, referee in ((ann.id, ann.id), (bea.id, cay.referee_id), (stranger.id, bea.id), (ann.id, stranger.id)):
        whole = {"waitlist_id": campaign.waitlist.id, "campaign_id": campaign.campaign_id, "state": "waiting", "made_at": NOON}
        with pytest.raises(IntegrityError), db.write() as session:
            session.execute(insert(Referral).values(referrer_id=referrer, referee_id=referee, **whole))


def test_a_failing_rule_leaves_the_join_standing_and_is_tried_again(campaign, clock, monkeypatch):
    ann = campaign.join("Ann")
    with monkeypatch.context() as broken:
        broken.setattr("rewards.campaigns.scoring.verdict_on", lambda *_: 1 / 0)
        [bea] = campaign.bring(ann)
        clock.set_to(NOON.replace(minute=1))
        assert retry_due() == 2
    assert campaign.referral(bea).state == "confirmed"
    assert (campaign.score(ann), campaign.referrals(ann)) == (0, 0)
    with db.read():
        found = rows("SELECT event, state, attempts, error FROM campaign_events WHERE state <> 'processed' ORDER BY id")
    assert [row[:3] for row in found] == [("REFERRAL_CONFIRMED", "retrying", 2), ("SIGNUP", "retrying", 2)]
    assert found[0][3] == "ZeroDivisionError: division by zero"
    assert retry_due() == 0, "not before five minutes have passed"
    clock.set_to(NOON.replace(minute=6))
    assert retry_due() == 2
    assert (campaign.score(ann), campaign.referrals(ann)) == (10, 1)
    with db.read():
        assert verify() == []


def test_after_the_last_try_an_event_waits_for_somebody_who_runs_the_list(campaign, clock, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("rewards.campaigns.scoring.verdict_on", lambda *_: 1 / 0)
        campaign.join("Ann")
        for hour in range(13, 18):
            clock.set_to(NOON.replace(hour=hour))
            retry_due()
        with db.read() as session:
            event = session.get_one(CampaignEvent, 1)
            assert (event.state, event.attempts, event.next_attempt_at) == ("dead", 5, None)
            [failure] = failures_of(campaign.campaign_id)
            assert (failure.name, failure.is_given_up, count_failures(campaign.campaign_id)) == ("Ann", True, 1)
            bo = campaign.person(campaign.cast.bo)
        assert try_all_again(campaign_id=campaign.campaign_id, actor=bo) == ["dead"]
    with pytest.raises(NotFound), db.write():
        try_again(campaign_id=campaign.campaign_id, event_id=1, actor=campaign.person(campaign.cast.cy))
    assert try_all_again(campaign_id=campaign.campaign_id, actor=bo) == ["processed"]
    assert try_all_again(campaign_id=campaign.campaign_id, actor=bo) == []
    campaign.turn("end")
    with pytest.raises(Refused), db.write():
        try_again(campaign_id=campaign.campaign_id, event_id=1, actor=bo)


BREAK = {
    "sqlite": "CREATE TRIGGER broken BEFORE INSERT ON referrals BEGIN SELECT RAISE(ABORT, 'broken'); END",
    "postgresql": "ALTER TABLE referrals ADD CONSTRAINT broken CHECK (id < 0) NOT VALID",
}
HEAL = {"sqlite": "DROP TRIGGER broken", "postgresql": "ALTER TABLE referrals DROP CONSTRAINT broken"}


def test_a_failing_referral_leaves_the_join_standing_and_is_tried_until_it_works(waitlist, clock, monkeypatch):
    waitlist.play(settings={"requireEmailVerification": True})
    ann = waitlist.join("Ann")
    with db.write():
        run(BREAK[db.dialect])
    first, out = waitlist.joined(by=ann), waitlist.joined(by=ann)
    assert (first.is_new, first.referral) == (True, "waiting")
    with db.read() as session:
        bea, cay = (session.get_one(Subscriber, one.subscriber_id) for one in (first, out))
        assert standing_of(bea).referral == "waiting"
        [(referrer, attempts, error)] = rows("SELECT referrer_id, attempts, error FROM failed_referrals WHERE referee_id = ?", (bea.id,))
        assert (referrer, attempts) == (ann.id, 1)
        assert "broken" in error
    waitlist.verify(bea)
    clock.set_to(NOON.replace(minute=1))
    assert (settle_due(), settle_due()) == (2, 0)
    with db.write():
        run(HEAL[db.dialect])
    waitlist.judge("disqualify", cay)
    # It works as far as noting goes, and fails where it is to count.
    with monkeypatch.context() as broken:
        broken.setattr("rewards.campaigns.referring.record", lambda **_: 1 / 0)
        clock.set_to(NOON.replace(minute=6))
        assert settle_due() == 2
    assert (waitlist.referral(cay).state, waitlist.referral(cay).reason) == ("undone", "disqualified")
    # Whoever runs the list sees it, and can try at any time.
    with db.read():
        bo = waitlist.person(waitlist.cast.bo)
        assert count_failures(waitlist.campaign_id) == 1
        assert [(one.id, one.subscriber_id, one.event) for one in failures_of(waitlist.campaign_id)] == [(0, ann.id, "REFERRAL_CONFIRMED")]
    with monkeypatch.context() as broken:
        broken.setattr("rewards.campaigns.referring.record", lambda **_: 1 / 0)
        assert try_all_again(campaign_id=waitlist.campaign_id, actor=bo) == ["retrying"]
    # A pause would make it count for nothing.
    waitlist.turn("pause")
    clock.set_to(NOON.replace(hour=20))
    assert settle_due() == 0
    waitlist.turn("resume")
    # However often it fails, it is not given up, and the end of the campaign finds it.
    waitlist.turn("end")
    assert (waitlist.referral(bea).state, waitlist.score(ann), waitlist.referrals(ann)) == ("confirmed", 10, 1)
    with db.read():
        assert value("SELECT count(*) FROM failed_referrals") == 0
        assert verify() == []


def test_a_full_list_says_so_to_everybody(waitlist, cast):
    small = Playing(cast, open_list(cast, key="small", page={"capacity": 1}))
    small.join("Ann")
    for name in ("Ann", "Bea"):
        with pytest.raises(Refused) as refused:
            small.join(name)
        assert refused.value.code == "full"


def test_what_happens_while_nothing_is_played_is_not_scored(waitlist, clock):
    early = waitlist.join("Early")
    rules = {"key": "joined", "event": "SIGNUP", "points": 5}, {"key": "referred", "event": "REFERRAL_CONFIRMED", "points": 10}
    waitlist.play(*rules, starts_at="2026-03-04T13:00:00Z", ends_at="2026-03-04T15:00:00Z")
    assert waitlist.joined(by=early).referral == "waiting", "it counts from the start"
    assert (settle_due(), waitlist.score(early)) == (0, 0)
    scores = []
    for hour, verb in ((13, ""), (13, "pause"), (14, "resume"), (15, "")):
        clock.set_to(NOON.replace(hour=hour))
        if verb:
            waitlist.turn(verb)
        settle_due()
        waitlist.bring(early)
        scores.append(waitlist.score(early))
    assert scores == [20, 20, 30, 30]
    assert waitlist.referrals(early) == 3
    assert (end_due(), end_due()) == (1, 0)
    assert waitlist.joined(by=early).referral == "no_campaign"
    with db.read():
        assert verify() == []
        assert value("SELECT count(*) FROM snapshots WHERE kind = 'final'") == 1


def test_somebody_can_be_put_on_the_list_with_the_day_they_came(campaign):
    ann = campaign.join("Ann", joined_at=NOON.replace(year=2025), trusted=True)
    assert (ann.joined_at, ann.verified_at) == (NOON.replace(year=2025), NOON)
    with pytest.raises(Invalid):
        campaign.join("Bea", joined_at=NOON.replace(year=2027))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_refused_by_an_import_leaves_nothing_behind(campaign, monkeypatch):
    def refuse(**_):
        raise Refused("a_test", "Not today.")

    monkeypatch.setattr(joining, "record", refuse)
    refused: list[int] = []
    comers = [Comer(1, "ann@example.com", {"email": "ann@example.com"}, NOON, None)]
    said = bring_in(comers, waitlist_id=campaign.waitlist.id, dry_run=False, refuse=lambda number, _: refused.append(number))
    assert (said["refused"], refused) == (1, [1])
    with db.read():
        assert value("SELECT count(*) FROM subscribers") == value("SELECT last_sequence FROM waitlists") == 0
        assert verify() == []


def test_recalculating_mends_what_was_changed_by_hand(campaign):
    ann = campaign.join("Ann")
    campaign.bring(ann, 2)
    with db.write():
        run("UPDATE entrants SET referrals = 7, rank_key = rank_key + 4294967296 WHERE subscriber_id = ?", (ann.id,))
        run("UPDATE rank_blocks SET count = 9")
        run("UPDATE boards SET placed = 9")
    with db.read():
        assert {wrong.kind for wrong in verify()} == {"referrals", "board"}
    with db.write():
        assert recalculate() > 1
    with db.read():
        assert verify() == []
