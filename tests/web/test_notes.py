"""What coaches note about a client: theirs and the admins' to read, never the client's, and remembered by the audit."""

import pytest

from rewards.people.audit import Wanted, entries
from rewards.people.describing import reassign_coach
from rewards.people.noting import add_note
from tests.web.browser import form_of, submit
from tests.web.conftest import on_sqlite, somebody

HOSTILE = '<script>alert("1")</script> & "quoted"'


@pytest.fixture
def bo(sign_in):
    return sign_in("bo")


@pytest.fixture
def place(site, database):
    with database.read():
        return f"/coach/clients/{somebody('ada').id}/notes"


def write(browser, place, text):
    return submit(browser, form_of(browser.get(place), "note-form"), text=text)


def note_id(place, page):
    return page.text.partition('<li id="note-')[2].partition('"')[0]


def test_a_note_is_added_changed_and_removed_and_the_audit_knows(bo, place, database):
    told = write(bo, place, "Prefers mornings.\r\n\r\nHas a bad knee. ")
    assert (told.status_code, told.location) == (303, place)
    page = bo.get(place)
    assert '<p class="text-break">Prefers mornings.</p>' in page.text
    assert "Bo, today at" in page.text
    here = f"{place}/{note_id(place, page)}"
    assert submit(bo, form_of(bo.get(f"{here}/edit"), "note-change"), text="Prefers evenings.").location == place
    page = bo.get(place)
    assert "Prefers evenings." in page.text
    assert ", changed today at" in page.text
    assert submit(bo, form_of(page, f"{here}/removal")).location == place
    assert "Nothing noted yet." in bo.get(place).text
    with database.read():
        ada = somebody("ada")
        told = [entry for entry in entries(Wanted(object_kind="user", object_id=str(ada.id))) if entry.action.startswith("note")]
        assert [entry.action for entry in told] == ["note_removed", "note_changed", "note_added"]
        assert told[1].differences == [("text", "Prefers mornings.\n\nHas a bad knee.", "Prefers evenings.")]


def test_a_client_never_sees_what_is_noted_about_them(bo, ada, place):
    write(bo, place, "Xylophone")
    for address in ("/client", "/client/notifications", "/client/settings", "/client/progress"):
        assert "Xylophone" not in ada.get(address).text
    assert ada.get(place).status_code == 403


def test_another_coach_sees_nothing_and_the_next_one_reads_but_does_not_rewrite(bo, sign_in, place, database):
    write(bo, place, "Prefers mornings.")
    eve = sign_in("eve")
    assert eve.get(place).status_code == 404
    with database.write():
        reassign_coach(user_id=somebody("ada").id, coach_id=somebody("eve").id, actor_id=None)
    page = eve.get(place)
    assert "Prefers mornings." in page.text
    assert "/removal" not in page.text
    here = f"{place}/{note_id(place, page)}"
    token = form_of(page, "note-form")["csrf_token"]
    assert eve.post(f"{here}/edit", data={"csrf_token": token, "text": "x"}).status_code == 403
    assert eve.post(f"{here}/removal", data={"csrf_token": token}).status_code == 403
    assert bo.get(place).status_code == 404


def test_an_admin_reads_and_mends_all_of_them(bo, sign_in, place):
    write(bo, place, "Prefers mornings.")
    dee, admins = sign_in("dee"), place.replace("/coach/clients", "/admin/people")
    assert admins in dee.get(admins.removesuffix("/notes")).text
    page = dee.get(admins)
    assert "Prefers mornings." in page.text
    here = f"{admins}/{note_id(place, page)}"
    assert submit(dee, form_of(dee.get(f"{here}/edit"), "note-change"), text="Prefers noon.").location == admins
    assert "Prefers noon." in bo.get(place).text


@on_sqlite
def test_what_is_written_is_shown_and_not_run(bo, place):
    write(bo, place, HOSTILE)
    page = bo.get(place)
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp;" in page.text
    assert "<script>alert" not in page.text + bo.get(f"{place}/{note_id(place, page)}/edit").text


@on_sqlite
@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * 5001, "a\x00b"])
def test_what_cannot_be_kept_is_refused_with_what_was_typed(bo, place, text):
    told = write(bo, place, text)
    assert told.status_code == 422
    assert 'id="text-problem"' in told.text
    assert "<title>Error: Notes" in told.text


@on_sqlite
def test_many_notes_are_paged_and_cost_the_same(bo, place, database, questions):
    with database.write():
        for number in range(40):
            add_note(user_id=somebody("ada").id, text=f"Note {number}", actor=somebody("bo"))
    bo.get(place)
    with questions() as asked:
        page = bo.get(place).text
    assert len(asked) <= 10, asked
    assert page.count('<li id="note-') == 25
    after = page.partition('<a class="btn" href="' + place + "?before=")[2].partition('"')[0]
    assert bo.get(f"{place}?before={after}").text.count('<li id="note-') == 15
    assert bo.get(f"{place}?before={'9' * 30}").status_code == 200
