"""A campaign is changed in forms that keep what was typed, say what is wrong, and change nothing where they are saved as they stand."""

import re
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient

from rewards.campaigns.describing import document_of, waitlist_document_of
from rewards.campaigns.documents import CampaignSettings, PageSettings
from rewards.campaigns.models import Campaign, Waitlist
from rewards.campaigns.planning import change_campaign
from rewards.campaigns.queries import campaign_run_by
from rewards.campaigns.rule_documents import CampaignRule, Variant
from rewards.campaigns.waiting import change_waitlist
from rewards.kit import sql
from rewards.kit.database import Database
from rewards.web.campaigns import desk as desks
from tests.contents import everything
from tests.web.browser import HTMX, Form, form_of, submit
from tests.web.campaigning import gather, plan
from tests.web.conftest import SignIn, on_sqlite

pytestmark = on_sqlite

REFERRED = "REFERRAL_CONFIRMED"
# Everything that a rule can say, among them what rows cannot.
RULES = [
    {"key": "plain", "event": "SIGNUP", "points": 5},
    {"key": "penalty", "event": "MANUAL", "points": -20, "priority": -3, "stop": True, "active": False},
    {"key": "fifth", "description": 'Früh: <b> & "more"', "event": REFERRED, "points": 50, "conditions": {"referralCount": {"equals": 5}}},
    {"key": "first", "event": REFERRED, "points": 10, "conditions": {"firstReferralOnly": True, "minScore": 30}},
    {"key": "either", "event": REFERRED, "points": 1, "conditions": {"any": [{"referralCount": {"gte": 3, "lt": 9}}, {"minScore": 100}]}},
    {"key": "nested", "event": REFERRED, "points": 2, "conditions": {"not": {"metadata.source": {"in": ["a, b", "10", 10]}}}},
    {
        "key": "window",
        "event": "EMAIL_VERIFIED",
        "points": 3,
        "active_from": "2027-01-01",
        "active_until": "2027-06-01T18:00:07+02:00",
        "conditions": {"time.weekday": {"in": ["saturday", "sunday"]}, "person.days_since_joining": {"between": [1, 7]}},
    },
]


@pytest.fixture
def bo(sign_in: SignIn) -> FlaskClient:
    return sign_in("bo")


@pytest.fixture
def campaign_id(database: Database) -> int:
    return plan(database, "bo", live=False)


def told(database: Database, campaign_id: int) -> tuple[dict[str, Any], dict[str, Any], int]:
    """All that a campaign and its list say, and how many versions of its rules there are."""
    with database.read() as session:
        campaign = session.get_one(Campaign, campaign_id)
        waitlist = session.get_one(Waitlist, campaign.waitlist_id)
        versions = sql.value("SELECT count(*) FROM campaign_versions WHERE campaign_id = ?", (campaign_id,))
        return document_of(campaign).plain(), waitlist_document_of(waitlist).plain(), versions


def test_rules_and_variants_saved_as_they_stand_have_not_changed(bo, database, campaign_id):
    rules = [CampaignRule.model_validate(rule) for rule in RULES]
    with database.write() as session:
        document = document_of(session.get_one(Campaign, campaign_id))
        variants = [Variant(key="double", weight=3, rules=rules)]
        change_campaign(campaign_id=campaign_id, document=document.model_copy(update={"rules": rules, "variants": variants}), actor=None)
    before, place = told(database, campaign_id), f"/coach/campaigns/{campaign_id}/rules"
    for query in ("", "?variant=double"):
        for rule in rules:
            page = bo.get(f"{place}/{rule.key}/edit{query}")
            answer = submit(bo, form_of(page, "rule"))
            assert answer.status_code == 303, (rule.key, re.findall(r'<p id="[^"]*problem".*?</p>', answer.text))
            assert told(database, campaign_id) == before, rule.key
    assert submit(bo, form_of(bo.get(f"{place}/variants/double/edit"), "variant-form")).status_code == 303
    assert told(database, campaign_id) == before
    page = bo.get(place).text
    assert "the number of referrals is 5: +50 points. Once for each person" in page
    assert "\N{MINUS SIGN}20 points" in page


def test_settings_saved_as_they_stand_have_not_changed(bo, database, campaign_id):
    chosen = {"scoring_mode": "REFERRALS_ONLY", "max_winners": 3, "require_email_verification": False, "referral_hold_days": 14}
    settings = CampaignSettings(referrals_enabled=True, **chosen)
    page = PageSettings(
        headline='A "headline" & more',
        promise="One\ntwo",
        consent="Yes",
        capacity=1200,
        allowed_origins=["https://a.example", "https://b.example"],
    )
    with database.write() as session:
        campaign = session.get_one(Campaign, campaign_id)
        document = document_of(campaign).model_copy(update={"settings": settings})
        dated = type(document).model_validate(
            {
                **{name: getattr(document, name) for name in type(document).model_fields},
                "ends_at": "2027-06-01T10:20:30Z",
                "starts_at": "2027-05-01",
            }
        )
        change_campaign(campaign_id=campaign_id, document=dated, actor=None)
        waitlist = waitlist_document_of(session.get_one(Waitlist, campaign.waitlist_id)).model_copy(update={"page": page})
        change_waitlist(waitlist_id=campaign.waitlist_id, document=waitlist, actor=None)
    before, place = told(database, campaign_id), f"/coach/campaigns/{campaign_id}/settings"
    assert submit(bo, form_of(bo.get(place), "settings")).status_code == 303
    assert told(database, campaign_id) == before


def test_rewards_saved_as_they_stand_have_not_changed(bo, database, campaign_id):
    before, place = told(database, campaign_id), f"/coach/campaigns/{campaign_id}/rewards"
    addresses = re.findall(rf'href="({place}/\d+)"', bo.get(place).text)
    assert len(addresses) == 3
    for address in addresses:
        assert submit(bo, form_of(bo.get(f"{address}/edit"), "reward")).status_code == 303
    assert told(database, campaign_id) == before


def test_what_is_wrong_is_said_beside_its_field_and_everything_typed_stays(bo, campaign_id):
    place = f"/coach/campaigns/{campaign_id}"
    rule = form_of(bo.get(f"{place}/rules/create"), "rule")
    said = submit(
        bo, rule, description="Late", points="ten", active_from="soon", condition_what="campaign.referralCount", condition_value="x"
    )
    assert said.status_code == 422
    assert {"points-problem", "condition_1-problem"} <= problems_of(said.text)
    assert all(f'value="{typed}"' in said.text for typed in ("Late", "ten", "soon", "x"))
    document = submit(bo, rule, description="Late", points="1", is_document="1", conditions_document="referralcount: {equals: 5}")
    assert "conditions_document-problem" in problems_of(document.text)
    settings = form_of(bo.get(f"{place}/settings"), "settings")
    wrong = submit(bo, settings, slug="No Slug", max_winners="0", capacity="0", first_day="2027-06-02", last_day="2027-06-01")
    assert wrong.status_code == 422
    assert {"slug-problem", "capacity-problem", "max_winners-problem"} <= problems_of(wrong.text)
    assert "referral_hold_days-problem" in problems_of(submit(bo, settings, referral_hold_days="91").text)
    order = submit(bo, settings, first_day="2027-06-03", last_day="2027-06-01")
    assert "last_day-problem" in problems_of(order.text)
    origin = submit(bo, settings, allowed_origins="https://example.org/path")
    assert "allowed_origins-problem" in problems_of(origin.text)
    reward = submit(bo, form_of(bo.get(f"{place}/rewards/create"), "reward"), name="", distribution="TOP_N", value="", payload="[]")
    assert {"name-problem", "value-problem", "payload-problem"} <= problems_of(reward.text)


def test_a_milestone_is_typed_as_a_row_and_read_as_a_sentence(bo, database, campaign_id):
    place = f"/coach/campaigns/{campaign_id}/rules"
    form = form_of(bo.get(f"{place}/create"), "rule")
    form |= {"description": "Five friends", "points": "50"}
    form["condition_what"], form["condition_name"], form["condition_operator"], form["condition_value"] = (
        "campaign.referralCount",
        "",
        "equals",
        "5",
    )
    drafted = bo.post(f"{place}/draft", data=form, headers={"HX-Request": "true", "HX-Target": "sentence"})
    assert "the number of referrals is 5" in drafted.text
    assert submit(bo, form).status_code == 303
    document = told(database, campaign_id)[0]
    assert next(rule for rule in document["rules"] if rule["key"] == "five_friends")["points"] == 50
    assert submit(bo, form_of(bo.get(f"{place}/five_friends/deletion"), "confirmation-form")).status_code == 303
    assert "Five friends" not in bo.get(place).text


def test_the_preview_follows_what_is_typed_and_saves_nothing(bo, database, campaign_id):
    before = told(database, campaign_id)
    form = form_of(bo.get(f"/coach/campaigns/{campaign_id}/settings"), "settings")
    typed = {**form, "headline": "Another headline", "capacity": "not a number"}
    shown = bo.post(f"{form.action}/preview", data=typed, headers={"HX-Request": "true"})
    assert "Another headline" in shown.text
    assert told(database, campaign_id) == before
    with database.write():
        sql.run("UPDATE waitlists SET last_sequence = 1")
    # What another address would break is said where there is something to break.
    assert ("People are on the list already" in shown.text, "People are on the list already" in bo.get(form.action).text) == (False, True)


def test_a_dry_run_shows_what_would_differ_and_saves_nothing(bo, database):
    campaign_id = plan(database, "bo", name="Autumn group")
    gather(database, campaign_id)
    with database.write():
        # Chance has given each some rules; here all go by the campaign's own.
        sql.run("UPDATE entrants SET variant = ''")
    place, before = f"/coach/campaigns/{campaign_id}/rules", everything()
    form = form_of(bo.get(f"{place}/referred/edit"), "rule")
    same = submit(bo, form, rehearse="1")
    assert (same.status_code, "It would have changed nothing so far" in same.text) == (200, True)
    tried = submit(bo, form, HTMX, rehearse="1", points="25")
    assert (tried.status_code, "<html" in tried.text, 'value="25"' in tried.text) == (200, False, True)
    # Two whom Lena brought are confirmed.
    assert re.findall(r'<span class="number">([^<]+)</span>', tried.text)[1:] == ["+30", "1"]
    assert "would have more, 0 less" in tried.text
    assert submit(bo, form, rehearse="1", points="many").status_code == 422
    typed_on = bo.post(f"{place}/draft", data={**form, "points": "3"}, headers={**HTMX, "HX-Target": "sentence"}).text
    assert '<div id="rehearsal" hx-swap-oob="true"></div>' in typed_on
    new = form_of(bo.get(f"{place}/create?variant=double"), "rule")
    assert "would have changed nothing" in submit(bo, new, rehearse="1", description="More", points="1").text
    assert everything() == before


def problems_of(page: str) -> set[str]:
    return set(re.findall(r'<p id="([^"]*-problem)"', page))


def test_two_who_save_in_the_same_instant_lose_nothing(bo, sign_in, database, campaign_id, monkeypatch):
    """Whoever saves first does so while the other's page has been read and nothing of it is written yet."""
    dee, one, other = sign_in("dee"), f"/coach/campaigns/{campaign_id}", f"/admin/campaigns/{campaign_id}"

    def at_once(late: Form, first: Form) -> list[int]:
        codes = []

        def meanwhile(*args: Any) -> Any:
            monkeypatch.setattr(desks, "campaign_run_by", campaign_run_by)
            found = campaign_run_by(*args)
            # A reader keeps to the state in which it began: Bo has not seen what Dee saves now.
            saving = Thread(target=lambda: codes.append(submit(dee, first).status_code))
            saving.start()
            saving.join(30)
            return found

        monkeypatch.setattr(desks, "campaign_run_by", meanwhile)
        return [submit(bo, late).status_code, *codes]

    def rule(browser: FlaskClient, place: str, name: str, query: str = "") -> Form:
        form = form_of(browser.get(f"{place}/rules/create{query}"), "rule")
        form |= {"description": name, "points": "5"}
        return form

    assert at_once(rule(bo, one, "Mine"), rule(dee, other, "Yours")) == [303, 303]
    settings = form_of(bo.get(f"{one}/settings"), "settings")
    settings["name"] = "Renamed"
    assert at_once(settings, rule(dee, other, "Third")) == [303, 303]
    heavier = form_of(bo.get(f"{one}/rules/variants/double/edit"), "variant-form")
    heavier["weight"] = "7"
    assert at_once(heavier, rule(dee, other, "Theirs", "?variant=double")) == [303, 303]
    assert at_once(rule(bo, one, "Twice"), rule(dee, other, "Twice")) == [422, 303]
    gone = form_of(dee.get(f"{other}/rules/mine/deletion"), "confirmation-form")
    assert at_once(form_of(bo.get(f"{one}/rules/mine/edit"), "rule"), gone) == [404, 303]
    document = told(database, campaign_id)[0]
    assert document["name"] == "Renamed"
    assert {"yours", "third", "twice"} <= {one["key"] for one in document["rules"]}
    [double] = document["variants"]
    assert (double["weight"], "theirs" in {one["key"] for one in double["rules"]}) == (7, True)
    mine, yours = (form_of(browser.get(f"{place}/settings"), "settings") for browser, place in ((bo, one), (dee, other)))
    assert submit(dee, yours, max_winners="7").status_code == 303
    # Pressed twice is saved once: nobody is told that somebody else did it.
    assert submit(dee, yours, max_winners="7").status_code == 303
    asked_again = submit(bo, mine, name="Renamed again")
    assert (asked_again.status_code, "Somebody else has changed this since you opened it" in asked_again.text) == (422, True)
    assert told(database, campaign_id)[0]["name"] == "Renamed"
    assert submit(bo, form_of(asked_again, "settings")).status_code == 303
    assert told(database, campaign_id)[0]["name"] == "Renamed again"
