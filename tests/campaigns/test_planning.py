"""A campaign from its plan to its end: one at a time, its rules in versions, its people in a fair split."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from rewards.campaigns import planning, presets, waiting
from rewards.campaigns.board_models import Entrant
from rewards.campaigns.documents import WaitlistDocument
from rewards.campaigns.models import CampaignVersion
from rewards.campaigns.subscriber_models import Subscriber
from rewards.jobs import work_on_campaigns
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.kit.sql import rows, run, value
from rewards.kit.working import JobFailed
from rewards.kit.written import read_part
from rewards.people.models import User
from rewards.programme.verifying import verify
from tests.campaigns.conftest import NOON, REFERRED, Playing, on_sqlite, open_list


def test_one_campaign_of_a_waitlist_is_played_at_a_time(campaign):
    first = campaign.campaign_id
    second = campaign.plan(REFERRED)
    assert second.key == "spring_2"
    with pytest.raises(Refused) as refused:
        campaign.turn("publish")
    assert (refused.value.code, refused.value.gap) == ("another_is_active", {"campaign": "spring"})
    campaign.campaign_id = first
    for verb in ("pause", "pause", "resume", "end", "end"):
        campaign.turn(verb)
    for verb in ("publish", "pause", "resume"):
        with pytest.raises(Refused):
            campaign.turn(verb)
    campaign.campaign_id = second.id
    campaign.turn("publish")


def test_who_was_there_before_takes_part_with_nothing_and_in_their_order(waitlist):
    early = [waitlist.join() for _ in range(3)]
    waitlist.judge("disqualify", early[1])
    waitlist.play({"key": "joined", "event": "SIGNUP", "points": 5})
    late = waitlist.join()
    with db.read():
        board = [row[0] for row in rows("SELECT subscriber_id FROM entrants WHERE rank_key IS NOT NULL ORDER BY rank_key")]
        assert board == [late.id, early[0].id, early[2].id]
        assert rows("SELECT DISTINCT owner_kind FROM accounts WHERE owner_id = 0 ORDER BY 1") == [("adjusted",), ("issued",)]
        assert verify() == []


def test_other_rules_are_another_version_and_decide_what_comes_after(campaign):
    ann = campaign.join("Ann")
    campaign.bring(ann)
    for points in (10, 3, 3):
        document = campaign.document({**REFERRED, "points": points})
        with db.write():
            planning.change_campaign(campaign_id=campaign.campaign_id, document=document, actor=campaign.person(campaign.cast.bo))
        campaign.bring(ann)
    assert campaign.score(ann) == 26
    with db.read() as session:
        assert [version.number for version in session.query(CampaignVersion)] == [1, 2]
        assert value("SELECT count(*) FROM audit_entries WHERE action = 'campaign_changed'") == 1


def test_a_campaign_by_referrals_alone_orders_by_them(campaign):
    ann, bea = campaign.join("Ann"), campaign.join("Bea")
    campaign.adjust(ann, 500)
    campaign.bring(bea)
    order = "SELECT subscriber_id FROM entrants WHERE subscriber_id IN (?, ?) ORDER BY rank_key"
    with db.read():
        assert rows(order, (ann.id, bea.id)) == [(ann.id,), (bea.id,)]
    with db.write():
        document = campaign.document(settings={"scoringMode": "REFERRALS_ONLY"})
        planning.change_campaign(campaign_id=campaign.campaign_id, document=document, actor=None)
    with db.read():
        assert rows(order, (ann.id, bea.id)) == [(bea.id,), (ann.id,)]
    campaign.bring(ann, 2)
    with db.read():
        assert rows(order, (ann.id, bea.id)) == [(ann.id,), (bea.id,)]
        assert verify() == []


@on_sqlite
def test_a_campaign_that_cannot_end_keeps_no_other_waiting(waitlist, cast, clock):
    other = Playing(cast, open_list(cast, key="other_group"))
    tomorrow = NOON + timedelta(days=1)
    for playing in (waitlist, other):
        playing.play(ends_at=tomorrow.isoformat())
        playing.bring(playing.join(), 1)
    with db.write():
        run("UPDATE boards SET placed = 1 WHERE campaign_id = ?", (waitlist.campaign_id,))
    clock.set_to(tomorrow)
    with pytest.raises(JobFailed, match="counts 1 places and has 2"):
        work_on_campaigns()
    with db.read():
        assert rows("SELECT status FROM campaigns ORDER BY id") == [("live",), ("ended",)]


def test_variants_are_given_out_evenly_for_good_and_decide(waitlist):
    before = [waitlist.join() for _ in range(15)]
    double = {"key": "double", "weight": 2, "rules": [{**REFERRED, "points": 20}]}
    waitlist.play(REFERRED, variants=[double])
    after = [waitlist.join() for _ in range(15)]
    with db.read() as session:
        chosen = {entrant.subscriber_id: entrant.variant for entrant in session.query(Entrant)}
    for group in (before, after):
        share = Counter(chosen[one.id] for one in group)
        assert share["double"] == 10
    paid = {}
    for one in before[:4]:
        waitlist.bring(one)
        paid[chosen[one.id]] = waitlist.score(one)
    assert paid == {"": 10, "double": 20}


def test_variants_are_dealt_fairly_and_nothing_foretells_them(waitlist):
    ann = waitlist.join("Ann")
    copied = ", ".join(one.name for one in Subscriber.__table__.columns if one.name not in ("id", "sequence", "address", "code"))
    with db.write():
        run(
            f"INSERT INTO subscribers (sequence, address, code, {copied}) WITH RECURSIVE more (n) AS"
            " (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < 10000)"
            f" SELECT n, 'p' || n, 'c' || n, {copied} FROM more, subscribers WHERE id = ?",
            (ann.id,),
        )
    for _ in range(2):
        waitlist.play(REFERRED, variants=[{"key": "a"}, {"key": "b", "weight": 2}])
        waitlist.turn("end")
    dealt = "SELECT e.variant FROM entrants e JOIN subscribers s ON s.id = e.subscriber_id WHERE e.campaign_id = ? ORDER BY s.sequence"
    with db.read():
        first, second = ([row[0] for row in rows(dealt, (campaign,))] for campaign in (waitlist.campaign_id - 1, waitlist.campaign_id))
    for drawn in (first, second):
        # Even in every pack, and so in every list; neither where somebody stands in it nor who came before them tells what they get.
        packs = [tuple(drawn[start : start + 4]) for start in range(0, 10_000, 4)]
        assert {tuple(sorted(pack)) for pack in packs} == {("", "a", "b", "b")}
        assert all(chi_square(Counter(pack[at] for pack in packs), {"": 1, "a": 1, "b": 2}) < 30 for at in range(4))
        assert unrelated(pairwise(pack[0] for pack in packs)) < 30
    # Nor does what was dealt before.
    assert unrelated((first[at], second[at]) for at in range(0, 10_000, 4)) < 30


def chi_square(seen, shares):
    """How far what was seen is from these shares; beyond 30 once in 100,000 times for the few that are compared here."""
    expected = {key: share * seen.total() / sum(shares.values()) for key, share in shares.items()}
    return sum((seen[key] - wanted) ** 2 / wanted for key, wanted in expected.items())


def unrelated(pairs):
    """The same for pairs whose parts have nothing to do with each other."""
    seen = Counter(pairs)
    left: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for (one, other), times in seen.items():
        left[one] += times
        right[other] += times
    return chi_square(seen, {(one, other): left[one] * right[other] for one in left for other in right})


@pytest.mark.parametrize("kind", presets.PRESETS)
def test_what_a_campaign_can_begin_as_plays_and_pays_ten_for_a_referral(waitlist, kind):
    document = presets.PRESETS[kind]("spring", "Spring")
    with db.write():
        campaign = planning.plan_campaign(waitlist_id=waitlist.waitlist.id, document=document, actor=None)
        planning.publish(campaign_id=campaign.id, actor=None)
    waitlist.campaign_id = campaign.id
    ann = waitlist.join("Ann")
    before = waitlist.score(ann)
    [bea] = waitlist.bring(ann)
    waitlist.verify(bea)
    assert waitlist.score(ann) - before == (20 if kind == "milestone" else 10)


def test_a_waitlist_is_its_coachs_and_its_address_is_its_own(cast, clock):
    clock.set_to(NOON)
    first = open_list(cast, slug="spring")
    second = open_list(cast, name="Another")
    assert (first.key, first.slug, first.coach_id) == ("spring_group", "spring", cast.bo)
    assert (second.key, second.slug) == ("spring_group_2", "spring-group-2")
    with db.write() as session:
        document = read_part(WaitlistDocument, {"key": "x", "slug": "spring", "page": {"headline": "Come"}})
        bo, cy = session.get_one(User, cast.bo), session.get_one(User, cast.cy)
        with pytest.raises(Invalid) as invalid:
            waiting.change_waitlist(waitlist_id=second.id, document=document, actor=bo)
        assert invalid.value.problems[0].field == "slug"
        with pytest.raises(NotFound):
            waiting.change_waitlist(waitlist_id=first.id, document=document, actor=cy)
        assert waiting.change_waitlist(waitlist_id=first.id, document=document, actor=bo).page["headline"] == "Come"
        found = waiting.waitlist_by_slug("spring")
        assert found is not None
        assert found.id == first.id
    with pytest.raises(Invalid) as invalid:
        read_part(WaitlistDocument, {"key": "x", "campaign": {"key": "y", "rules": [{"key": "z", "event": "MILESTONE", "points": 5}]}})
    assert invalid.value.problems[0].field == "campaign.rules[0].event"
