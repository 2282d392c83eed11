"""Invitations from the pages of coaches and admins: each line by itself, and nothing typed is lost."""

import pytest

from rewards.people.invitations_listing import open_invitations
from tests.web.browser import HTMX, form_of, submit
from tests.web.conftest import on_sqlite, somebody


def send(client, place, **fields):
    return client.post(place, data={**form_of(client.get(place), "invite"), **fields})


def invited(database, name):
    with database.read():
        return {one.email: one.role for one in open_invitations(somebody(name))}


@pytest.mark.parametrize(("who", "place"), [("bo", "/coach/invitations"), ("dee", "/admin/invitations")])
def test_many_are_invited_at_once(sign_in, database, who, place):
    browser = sign_in(who)
    done = send(browser, place, emails="ida@example.com\n joy@example.com, kit@example.com ")
    assert (done.status_code, done.location) == (303, f"{place}?sent=3")
    assert "3 invitations are on the way" in browser.get(done.location).text
    assert invited(database, who) == dict.fromkeys(("ida@example.com", "joy@example.com", "kit@example.com"), "client")


@on_sqlite
def test_a_bad_line_stays_in_the_field_and_the_others_are_sent(sign_in, database):
    bo = sign_in("bo")
    page = send(bo, "/coach/invitations", emails="ida@example.com\nada@example.com\nnonsense")
    assert page.status_code == 422
    assert all(text in page.text for text in ("ada@example.com has an account already", "nonsense", "1 invitation is on the way"))
    assert form_of(page, "invite")["emails"].split() == ["ada@example.com", "nonsense"]
    assert set(invited(database, "bo")) == {"ida@example.com"}


@on_sqlite
@pytest.mark.parametrize("emails", ["", "\n ,", "a@example.com\n" * 60])
def test_none_and_too_many_are_refused(sign_in, database, emails):
    assert send(sign_in("bo"), "/coach/invitations", emails=emails).status_code == 422
    assert invited(database, "bo") == {}


@on_sqlite
def test_a_coach_invites_nobody_but_clients_of_their_own(sign_in, database):
    eve = sign_in("eve")
    send(eve, "/coach/invitations", emails="ida@example.com", role="admin", coach="1")
    with database.read():
        [one] = open_invitations(somebody("dee"))
        assert (one.role, one.coach_id) == ("client", somebody("eve").id)
    assert invited(database, "bo") == {}


@on_sqlite
def test_an_invitation_is_withdrawn_and_sent_again(sign_in, database):
    bo = sign_in("bo")
    send(bo, "/coach/invitations", emails="ida@example.com")
    page = bo.get("/coach/invitations")
    with database.read():
        [one] = open_invitations(somebody("bo"))
    token = form_of(page, "invite")["csrf_token"]
    assert bo.post(f"/coach/invitations/{one.id}/repetition", data={"csrf_token": token}).status_code == 303
    with database.read():
        [newer] = open_invitations(somebody("bo"))
    assert newer.id > one.id
    assert bo.post(f"/coach/invitations/{newer.id}/withdrawal", data={"csrf_token": token}).status_code == 303
    assert invited(database, "bo") == {}


@on_sqlite
@pytest.mark.parametrize(
    ("who", "list_page", "place"), [("bo", "/coach/clients", "/coach/invitations"), ("dee", "/admin/people", "/admin/invitations")]
)
def test_the_list_of_people_opens_the_form_in_a_dialog_that_is_a_page_too(sign_in, database, who, list_page, place):
    browser = sign_in(who)
    assert f'href="{place}" hx-get="{place}" hx-target="#dialog"' in browser.get(list_page).text
    dialog = browser.get(place, headers=HTMX)
    assert dialog.text.strip().startswith('<dialog id="invite-dialog"')
    assert "<html" not in dialog.text
    assert submit(browser, form_of(dialog, "invite"), emails="ida@example.com").location == f"{place}?sent=1"
    assert invited(database, who) == {"ida@example.com": "client"}
