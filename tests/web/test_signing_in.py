"""Signing in, staying, and leaving."""

from tests.web.browser import form_of, submit
from tests.web.conftest import PASSWORD


def test_the_right_password_leads_to_ones_own_desk(stranger):
    page = stranger.get("/login")
    answer = submit(stranger, form_of(page, "/login"), email="Ada@example.com", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert stranger.get("/").location == "/client"
    assert "Ada" in stranger.get("/client").text
