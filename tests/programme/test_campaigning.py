"""Waitlists in the programme's document: made, changed and left alone as it says; what was exported changes nothing."""

from typing import Any

import pytest

from rewards.campaigns.joining import join
from rewards.kit import sql
from rewards.kit.database import db
from rewards.people.models import User
from rewards.programme.changing import Defined, change_programme
from rewards.programme.exporting import as_json, as_yaml, export_programme
from rewards.programme.reading import read_programme
from rewards.programme.verifying import verify
from tests.programme.test_changing import change, complaints

RULES: list[dict[str, Any]] = [
    {"key": "joined", "event": "SIGNUP", "points": 5, "priority": 1},
    {"key": "referred", "event": "REFERRAL_CONFIRMED", "points": 10, "priority": 10},
    {"key": "fifth", "event": "REFERRAL_CONFIRMED", "points": 50, "priority": 20, "conditions": {"referralCount": {"equals": 5}}},
]
EARLY = {
    "key": "early",
    "type": "ACCESS",
    "distribution": {"type": "TOP_N", "value": 10},
    "max_recipients": 10,
    "payload": {"group": "beta"},
}
CAMPAIGN: dict[str, Any] = {"key": "spring_referrals", "settings": {"referralsEnabled": True}, "rules": RULES, "rewards": [EARLY]}
SPRING: dict[str, Any] = {"key": "spring", "name": "Spring group", "coach": "Bo@Example.com", "campaign": CAMPAIGN}
BOTH = (Defined("waitlist", "spring"), Defined("campaign", "spring_referrals"))


def spring(**members: Any) -> list[dict[str, Any]]:
    """The list whose campaign says this too."""
    return [SPRING | {"campaign": CAMPAIGN | members}]


def campaign() -> Any:
    with db.read():
        return sql.rows("SELECT status, version_id, settings FROM campaigns WHERE key = 'spring_referrals'")[0]


def count(table: str) -> int:
    with db.read():
        return int(sql.value(f"SELECT count(*) FROM {table}"))


def test_a_document_makes_changes_and_leaves_waitlists_and_campaigns(database, cast):
    told = change(waitlists=[SPRING], dry_run=True)
    assert (told.created, count("waitlists")) == (BOTH, 0)
    first = change(waitlists=[SPRING])
    assert (first.created, first.version, [str(one) for one in first.created]) == (
        BOTH,
        None,
        ["waitlist spring", "campaign spring_referrals"],
    )
    with db.read():
        assert sql.rows("SELECT slug, coach_id FROM waitlists") == [("spring", cast.bo)]
        assert sql.rows("SELECT name, value, granted FROM campaign_rewards") == [("Early", 10, 0)]
    assert change(waitlists=[SPRING]).unchanged == BOTH
    # More points make another version of its rules; another name of a reward or of the list makes none.
    rules = [RULES[0] | {"points": 6}, *RULES[1:]]
    told = change(waitlists=spring(rules=rules), dry_run=True)
    assert (told.changed, count("campaign_versions")) == (BOTH[1:], 1)
    assert change(waitlists=spring(rules=rules)).changed == BOTH[1:]
    assert count("campaign_versions") == 2
    # A reward that the document does not name stays, and so does a list that it does not name.
    second = change(waitlists=[SPRING | {"name": "Spring", "campaign": CAMPAIGN | {"rules": rules, "rewards": [EARLY | {"key": "late"}]}}])
    assert (second.changed, count("campaign_versions"), count("campaign_rewards")) == (BOTH, 2, 2)
    change(waitlists=[{"key": "other"}])
    assert count("waitlists") == 2


def test_a_campaign_goes_as_far_as_is_written_and_no_further_without_a_word(database, cast):
    change(waitlists=spring(status="live"))
    assert campaign()[0] == "live"
    change(waitlists=[SPRING])
    assert campaign()[0] == "live"
    change(waitlists=spring(status="paused"))
    assert campaign()[0] == "paused"
    assert complaints(waitlists=spring(status="draft")) == {
        "waitlists[0].campaign.status": "paused can be followed by live or paused or ended"
    }
    other = {"key": "autumn", "status": "live", "rules": RULES}
    assert complaints(waitlists=[SPRING | {"campaign": other}]) == {
        "waitlists[0].campaign.status": "Spring group plays spring_referrals already; end it first"
    }
    change(waitlists=spring(status="ended"))
    assert campaign()[0] == "ended"
    change(waitlists=[SPRING | {"campaign": other}])
    assert list(complaints(waitlists=spring(rules=RULES[:1]))) == ["waitlists[0].campaign.status"]


@pytest.mark.parametrize(("as_text", "name"), [(as_yaml, "p.yaml"), (as_json, "p.json")])
def test_what_was_exported_changes_nothing(cast, as_text, name):
    page = {"headline": "Ten weeks", "consent": "The *rules*", "capacity": 40, "allowed_origins": ["https://example.org"]}
    variant = {"key": "generous", "weight": 2, "rules": [RULES[1] | {"points": 20}]}
    told = {"status": "live", "starts_at": "2026-01-01", "ends_at": "2099-04-01T10:00:00+02:00", "variants": [variant]}
    given = {"key": "by_hand", "type": "CUSTOM", "distribution": {"type": "MANUAL"}}
    change(
        programme={"timezone": "Asia/Kathmandu"},
        waitlists=[SPRING | {"page": page, "campaign": CAMPAIGN | told | {"rewards": [EARLY, given]}}],
    )
    change(waitlists=[{"key": "bare"}, {"key": "planned", "slug": "our-plan", "campaign": {"key": "a_draft"}}])
    with db.write() as session:
        join(waitlist_id=sql.value("SELECT id FROM waitlists WHERE key = 'spring'"), email="x@example.com", trusted=True)
        # Whoever coached it once still does, whatever else they are by now.
        session.get_one(User, cast.bo).role = "client"
    with db.read():
        text = as_text(export_programme())
    assert "bo@example.com" in text
    with db.write():
        again = change_programme(document=read_programme(text.encode(), name=name), actor_id=None)
    assert (again.created, again.changed, again.version) == ((), (), None)
    assert [str(one) for one in again.unchanged if one.kind in ("waitlist", "campaign")] == [
        *("waitlist bare", "waitlist planned", "campaign a_draft", "waitlist spring", "campaign spring_referrals")
    ]
    with db.read():
        assert as_text(export_programme()) == text
        assert verify() == []


def test_rules_are_taken_as_they_are_written_elsewhere(database, cast):
    theirs = [
        {"event": "REFERRAL_CONFIRMED", "points": 50, "conditions": {"referralCount": {"equals": 5}}, "isActive": True},
        {"event": "REFERRAL_CONFIRMED", "points": 25, "conditions": {"firstReferralOnly": True, "minScore": 100}},
        {"event": "EMAIL_VERIFIED", "points": 5, "priority": 1},
    ]
    change(waitlists=spring(rules=theirs))
    with db.read():
        [document] = export_programme().waitlists
    assert document.campaign
    assert [(rule.points, rule.threshold) for rule in document.campaign.rules] == [(50, 5), (25, 1), (5, None)]
    assert document.campaign.rules[2].key == "email_verified"
    assert change(waitlists=spring(rules=theirs)).unchanged == BOTH


def test_every_problem_is_named_with_its_place_and_nothing_is_kept(database, cast):
    rules = [RULES[0] | {"event": "MILESTONE"}, RULES[1] | {"conditions": {"person.level": {"gte": 2}}}]
    found = complaints(waitlists=spring(rules=rules, settings={"scoringMode": "LUCK"}))
    assert "write event REFERRAL_CONFIRMED with conditions {referralCount: {equals: 5}}" in found["waitlists[0].campaign.rules[0].event"]
    assert set(found) == {
        *("waitlists[0].campaign.rules[0].event", "waitlists[0].campaign.rules[1].conditions.person.level"),
        "waitlists[0].campaign.settings.scoringMode",
    }
    assert complaints(waitlists=[SPRING | {"coach": "ada@example.com"}]) == {"waitlists[0].coach": "somebody who coaches here is expected"}
    assert complaints(waitlists=[SPRING, {"key": "spring"}]) == {"waitlists[1].key": "stands at waitlists[0] already"}
    change(waitlists=[SPRING])
    others = [{"key": "a", "slug": "spring"}, {"key": "b", "campaign": CAMPAIGN}, {"key": "spring", "coach": "dee@example.com"}]
    assert complaints(waitlists=others) == {
        "waitlists[0].slug": "another waitlist has this address",
        "waitlists[1].campaign.key": "a campaign of another waitlist has it",
        "waitlists[2].coach": "is not whose waitlist this is; a waitlist stays with its coach",
    }
    assert (count("waitlists"), count("campaigns")) == (1, 1)
