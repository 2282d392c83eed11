"""Whoever runs campaigns has their pages: from a preset to the end, with everybody on the list, and nobody else's."""

import csv
import re

import pytest
from flask.testing import FlaskClient

from rewards.campaigns.adjusting import adjust
from rewards.campaigns.erasing import erase
from rewards.campaigns.joining import join
from rewards.kit import documents, sql
from rewards.kit.database import Database
from tests.web.browser import form_of, submit
from tests.web.campaigning import gather, plan, waitlist_of
from tests.web.conftest import SignIn, on_sqlite, somebody

pytestmark = on_sqlite


@pytest.fixture
def bo(sign_in: SignIn) -> FlaskClient:
    return sign_in("bo")


@pytest.fixture
def place(database: Database) -> str:
    """Bo's campaign, which five people play; one of them has an odd address."""
    campaign_id = plan(database, "bo")
    gather(database, campaign_id)
    return f"/coach/campaigns/{campaign_id}"


def start(browser: FlaskClient, preset: str, name: str) -> str:
    """A draft from a preset; its address."""
    answer = submit(browser, form_of(browser.get(f"/coach/campaigns/create?preset={preset}"), "campaign"), name=name)
    assert answer.status_code == 303, answer.text
    return str(answer.location.partition("?")[0])


def test_an_empty_list_says_how_to_begin(bo):
    assert "Start a waitlist in two minutes" in bo.get("/coach/campaigns").text


def test_a_draft_from_each_preset_says_what_is_missing_and_is_published_with_one_more_press(bo):
    for preset in ("milestone", "leaderboard", "waitlist"):
        draft = start(bo, preset, f"Our {preset}")
        page = bo.get(draft)
        assert "Before you publish" in page.text
        assert ("Optional: something to win." in page.text) == (preset == "waitlist")
        assert submit(bo, form_of(page, f"{draft}/publication")).status_code == 303
        assert ">Live<" in bo.get(draft).text
    listed = bo.get("/coach/campaigns").text
    assert all(f"Our {preset}" in listed for preset in ("milestone", "leaderboard", "waitlist"))
    assert "Our waitlist" not in bo.get("/coach/campaigns?q=miles").text


def test_a_name_that_is_missing_is_said_beside_its_field_and_the_choice_stays(bo):
    form = form_of(bo.get("/coach/campaigns/create?preset=milestone"), "campaign")
    # What no database keeps is as wrong as nothing.
    for name in (" ", "Spring\x00"):
        answer = submit(bo, form, name=name)
        assert answer.status_code == 422
        assert 'id="name-problem"' in answer.text
        assert re.search(r'value="milestone" checked', answer.text)


def test_a_second_campaign_of_a_list_waits_until_the_first_has_ended(bo, place, database):
    with database.read():
        waitlist = sql.value("SELECT max(waitlist_id) FROM campaigns")
    form = form_of(bo.get(f"/coach/campaigns/create?preset=waitlist&waitlist={waitlist}"), "campaign")
    assert form["waitlist"] == str(waitlist)
    second = submit(bo, form, name="Autumn").location.partition("?")[0]
    refused = submit(bo, form_of(bo.get(second), f"{second}/publication"))
    assert refused.status_code == 409
    assert "end it first" in refused.text
    assert "5" in bo.get(f"{place}/ending").text
    assert submit(bo, form_of(bo.get(f"{place}/ending"), f"{place}/ending")).status_code == 303
    assert ">Ended<" in bo.get(place).text
    assert submit(bo, form_of(bo.get(second), f"{second}/publication")).status_code == 303


def test_paused_means_paused_until_it_is_resumed(bo, place):
    assert submit(bo, form_of(bo.get(place), f"{place}/pause")).status_code == 303
    assert ">Paused<" in bo.get(place).text
    assert submit(bo, form_of(bo.get(place), f"{place}/resumption")).status_code == 303
    assert ">Live<" in bo.get(place).text


def test_people_stand_in_the_order_of_the_board_and_are_found_whatever_became_of_them(bo, place):
    page = bo.get(f"{place}/people").text
    assert page.index("Lena Brandt") < page.index("Otto Falk") < page.index("quiet@example.org")
    assert "To decide 1" in page
    assert "Not confirmed 1" in page
    flagged = bo.get(f"{place}/people?view=flagged").text
    assert "Throw-away address" in flagged
    assert "Otto Falk" not in flagged
    found = bo.get(f"{place}/people?q=otto%40").text
    assert "Otto Falk" in found
    assert "Lena Brandt" not in found
    assert "Nobody fits" in bo.get(f"{place}/people?q=nobody").text
    rows = list(csv.DictReader(bo.get(f"{place}/people.csv").text.removeprefix("\N{BYTE ORDER MARK}").splitlines()))
    assert [row["place"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0]["referrals"] == "2"


def test_who_is_flagged_is_accepted_or_disqualified_and_included_again(bo, place, database):
    odd = address_of(bo, place, "Odd Address")
    lena = address_of(bo, place, "Lena Brandt")
    assert "mailinator.com" in bo.get(odd).text
    assert referrals(bo, lena) == 2
    assert submit(bo, form_of(bo.get(odd), f"{odd}/acceptance")).status_code == 303
    assert referrals(bo, lena) == 3
    ask = form_of(bo.get(f"{odd}/disqualification"), "confirmation-form")
    assert submit(bo, ask, reason=" ").status_code == 422
    assert submit(bo, ask, reason="It is a second address.").status_code == 303
    assert referrals(bo, lena) == 2
    assert "Disqualified 1" in bo.get(f"{place}/people").text
    assert submit(bo, form_of(bo.get(odd), f"{odd}/return")).status_code == 303
    assert referrals(bo, lena) == 3


def test_points_are_adjusted_once_with_a_reason_that_stands_in_the_history(bo, place):
    lena = address_of(bo, place, "Lena Brandt")
    form = form_of(bo.get(f"{lena}/adjustment"), "adjustment-form")
    wrong = submit(bo, form, points="many", reason="A story")
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    assert 'value="A story"' in wrong.text
    assert [submit(bo, form, points="-7", reason="Sent it twice").status_code for _ in range(2)] == [303, 303]
    page = bo.get(lena).text
    assert page.count("Sent it twice") == 1
    assert "\N{MINUS SIGN}7" in page


def test_somebody_on_the_list_is_invited_as_a_client_and_keeps_what_they_have(bo, place, database):
    lena = address_of(bo, place, "Lena Brandt")
    assert submit(bo, form_of(bo.get(lena), f"{lena}/invitation")).status_code == 303
    with database.read():
        assert sql.value("SELECT count(*) FROM invitations WHERE email = 'lena@example.org'") == 1
        assert sql.value("SELECT status FROM subscribers WHERE address = 'lena@example.org'") == "active"


def test_what_could_not_be_scored_is_said_in_words_and_tried_again_by_the_rules_as_they_are_now(bo, place, database, sign_in, monkeypatch):
    campaign_id = int(place.rpartition("/")[2])
    assert "Everything is decided" in bo.get(f"{place}/failures").text
    with monkeypatch.context() as broken:
        broken.setattr("rewards.campaigns.scoring.verdict_on", lambda *_: 1 / 0)
        for name in ("Ines", "Jan"):
            with database.write():
                join(waitlist_id=waitlist_of(database, campaign_id), email=f"{name}@example.org", name=name)
        page = bo.get(f"{place}/failures")
        assert "2 events could not be scored." in bo.get(place).text
        assert page.text.index("Jan") < page.text.index("Ines")
        assert "ZeroDivisionError" in page.text
        assert "Something went wrong while it was decided." in page.text
        again = submit(bo, form_of(page, f"{place}/failures/retry"))
        assert "has failed again" in bo.get(again.location).text
    with database.write():
        # Chance has given each some rules; here all go by the campaign's own.
        sql.run("UPDATE entrants SET variant = ''")
    rule = form_of(bo.get(f"{place}/rules/joined/edit"), "rule")
    assert submit(bo, rule, points="3").status_code == 303
    stranger = sign_in("eve")
    with database.read():
        event = sql.value("SELECT min(id) FROM campaign_events WHERE state = 'retrying'")
    theirs = plan(database, "eve", name="Another group")
    assert stranger.get(f"{place}/failures").status_code == 404
    token = form_of(stranger.get("/coach/campaigns/create"), "campaign")["csrf_token"]
    for foreign in (f"{place}/failures/retry", f"/coach/campaigns/{theirs}/failures/{event}/retry"):
        assert stranger.post(foreign, data={"csrf_token": token}).status_code == 404
    one = submit(bo, form_of(bo.get(f"{place}/failures"), f"{place}/failures/{event}/retry"))
    assert "It is decided." in bo.get(one.location).text
    ines = bo.get(address_of(bo, place, "Ines")).text
    assert "+3" in ines
    assert "1 event could not be scored." in bo.get(place).text


def test_what_was_earned_is_delivered_given_by_hand_and_resolved_with_the_numbers_said_before(bo, place, database):
    listed = bo.get(f"{place}/rewards").text
    friend, thanks, top = (
        found[1]
        for name in ("First friend", "A word of thanks", "The winners&#39; prize")
        if (found := re.search(rf'href="({place}/rewards/\d+)">{name}', listed))
    )
    page = bo.get(friend)
    assert "1 to deliver, 0 delivered" in page.text
    form = form_of(page, "winners")
    assert submit(bo, form).status_code == 422
    waiting = re.search(r'name="winner" value="(\d+)"', page.text)
    assert waiting
    assert submit(bo, form, winner=waiting[1]).status_code == 303
    assert "0 to deliver, 1 delivered" in bo.get(friend).text
    otto = address_of(bo, place, "Otto Falk").rsplit("/", 1)[1]
    gift = form_of(bo.get(f"{thanks}/gift?q=otto"), "giving")
    assert submit(bo, gift).status_code == 422
    assert [submit(bo, gift, subscriber=otto).status_code for _ in range(2)] == [303, 303]
    assert "by hand" in bo.get(thanks).text
    assert bo.get(f"{top}/gift").status_code == 404
    asked = bo.get(f"{place}/rewards/resolution")
    assert re.search(r"The winners&#39; prize</th><td class=\"amount\"><strong>\+0", asked.text)
    assert submit(bo, form_of(asked, "confirmation-form")).status_code == 303
    assert submit(bo, form_of(bo.get(f"{place}/ending"), f"{place}/ending")).status_code == 303
    page = bo.get(top)
    assert "3 to deliver" in page.text
    assert submit(bo, form_of(page, "winners"), all="1").status_code == 303
    assert "0 to deliver, 3 delivered" in bo.get(top).text


def test_a_reward_is_taken_away_where_nobody_has_it_and_switched_off_where_somebody_has(bo, place, database):
    rewards = bo.get(f"{place}/rewards").text
    found = (re.search(rf'href="({place}/rewards/\d+)">{name}', rewards) for name in ("A word of thanks", "First friend"))
    thanks, earned = (one[1] for one in found if one)
    asked = form_of(bo.get(f"{thanks}/deletion"), "confirmation-form")
    assert submit(bo, asked).location == f"{place}/rewards?told=removed"
    assert "A word of thanks" not in bo.get(f"{place}/rewards").text
    assert bo.get(thanks).status_code == 404
    asked = form_of(bo.get(f"{earned}/deletion"), "confirmation-form")
    assert "1 person has it already" in bo.get(f"{earned}/deletion").text
    late = bo.post(f"{earned}/deletion", data=asked)
    assert (late.status_code, "Switch off “First friend”?" in late.text) == (409, True)
    assert "Nobody earns it any more." in bo.get(submit(bo, asked).location).text
    assert f"{earned}/deletion" not in bo.get(earned).text
    assert bo.get(f"{earned}/deletion").status_code == 409
    with database.read():
        kept = sql.rows("SELECT active, granted FROM campaign_rewards WHERE key = 'first_friend'")
        assert kept == [(0, 1)]
        assert sql.value("SELECT count(*) FROM audit_entries WHERE action = 'campaign_reward_removed'") == 1


def test_the_board_is_written_down_and_stays_as_it_was(bo, place, database):
    assert submit(bo, form_of(bo.get(f"{place}/leaderboard"), f"{place}/leaderboard/recalculation")).status_code == 303
    asked = form_of(bo.get(f"{place}/leaderboard/snapshots/create"), "confirmation-form")
    assert submit(bo, asked).status_code == 303
    with database.read():
        taken, otto = sql.value("SELECT max(id) FROM snapshots"), sql.value("SELECT id FROM subscribers WHERE address = 'otto@example.org'")
    before = bo.get(f"{place}/leaderboard/snapshots/{taken}").text
    with database.write():
        campaign_id = int(place.rsplit("/", 1)[1])
        adjust(
            campaign_id=campaign_id, subscriber_id=otto, points=500, reason="Won", actor=somebody("bo"), idempotency_key="once-and-for-all"
        )
    live = bo.get(f"{place}/leaderboard").text
    assert live.index("O. F.") < live.index("L. B.")
    assert bo.get(f"{place}/leaderboard/snapshots/{taken}").text == before


def test_no_link_leads_to_who_is_forgotten(bo, sign_in, place, database):
    with database.write():
        lena = sql.value("SELECT id FROM subscribers WHERE address = 'lena@example.org'")
        hers = (
            "SELECT max(t.id) FROM transfers t JOIN accounts a ON a.id = t.credit_id WHERE a.owner_kind = 'subscriber' AND a.owner_id = ?"
        )
        moved = sql.value(hers, (lena,))
        sql.run("UPDATE fraud_flags SET evidence = ?", (documents.compact({"subscribers": [lena]}),))
        taken = sql.value("SELECT max(id) FROM snapshots")
        erase(subscriber_id=lena, actor=None)
    desk = sign_in("dee")
    odd = address_of(bo, place, "Odd Address")
    for browser, page in (
        (bo, f"{place}/leaderboard/snapshots/{taken}"),
        (bo, odd),
        (desk, "/admin/ledger"),
        (desk, f"/admin/ledger/{moved}"),
    ):
        shown = browser.get(page).text
        assert "omebody whose data is gone" in shown, page
        assert f'/people/{lena}"' not in shown, page


def test_a_stranger_among_coaches_finds_nothing_and_the_admin_finds_all(sign_in, place, database):
    eve, dee = sign_in("eve"), sign_in("dee")
    assert "Start a waitlist in two minutes" in eve.get("/coach/campaigns").text
    for part in ("", "/people", "/rules", "/rewards", "/leaderboard", "/settings", "/ending"):
        assert eve.get(f"{place}{part}").status_code == 404
        assert dee.get(f"/admin{place.removeprefix('/coach')}{part}").status_code == 200
    assert "Summer group" in dee.get("/admin/campaigns").text


def test_the_ledger_leads_to_who_scored(sign_in, place):
    dee = sign_in("dee")
    address = re.search(r'href="(/admin/campaigns/\d+/people/\d+)"', dee.get("/admin/ledger").text)
    assert address
    assert "Whom they brought" in dee.get(address[1]).text


def address_of(browser: FlaskClient, place: str, name: str) -> str:
    found = re.search(rf'href="({place}/people/\d+)">{name}', browser.get(f"{place}/people").text)
    assert found
    return found[1]


def referrals(browser: FlaskClient, address: str) -> int:
    found = re.search(r'Referrals</dt>\s*<dd><span class="number">(\d+)', browser.get(address).text)
    assert found
    return int(found[1])
