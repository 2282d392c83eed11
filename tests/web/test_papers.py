"""What is done with people's data, and the rules: in the words of who runs the desk, shown and never run."""

import pytest

from tests.web.browser import form_of, submit
from tests.web.conftest import on_sqlite


def write(dee, **fields):
    return submit(dee, form_of(dee.get("/admin/settings"), "privacy-form"), **fields)


def test_what_an_admin_writes_everybody_reads(sign_in, stranger):
    dee = sign_in("dee")
    assert "Edit me" in dee.get("/privacy").text
    assert "Edit me" not in stranger.get("/privacy").text
    told = write(dee, privacy="We keep little.\r\n\r\nAnd not\r\nfor long.", terms="Be kind.", contact="dee@example.com")
    assert told.location == "/admin/settings?saved=privacy#privacy"
    page = stranger.get("/privacy").text
    assert '<p class="text-break">We keep little.</p><p class="text-break">And not<br>for long.</p>' in page
    assert "dee@example.com" in page
    assert "Be kind." in stranger.get("/terms").text
    assert "Edit me" not in dee.get("/privacy").text + dee.get("/terms").text
    assert form_of(dee.get("/admin/settings"), "privacy-form")["privacy"] == "We keep little.\r\n\r\nAnd not\r\nfor long."
    write(dee, privacy="", terms="", contact="")
    assert "Nothing is sold" in stranger.get("/privacy").text


@on_sqlite
def test_it_is_text_whatever_it_looks_like(sign_in, stranger):
    write(sign_in("dee"), privacy="<script>alert(1)</script>", contact='"><b>')
    page = stranger.get("/privacy").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<b>" not in page


@on_sqlite
@pytest.mark.parametrize("fields", [{"contact": "x" * 201}, {"privacy": "a\x00b"}])
def test_what_cannot_be_kept_is_refused(sign_in, fields):
    assert write(sign_in("dee"), **fields).status_code == 422


@on_sqlite
def test_they_are_linked_where_people_sign_in_join_and_choose(stranger, ada):
    for page in (stranger.get("/login").text, ada.get("/client/settings").text):
        assert 'href="/privacy"' in page
        assert 'href="/terms"' in page
