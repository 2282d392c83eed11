"""People are added from the command line, with a password from a pipe."""

import pytest

from rewards.people.models import User
from rewards.people.passwords import is_password
from rewards.people.queries import user_by_email

PASSWORD = "three green walnut trees"


def person(desk, email):
    with desk().read():
        found = user_by_email(email)
        assert found is not None
        return found


def test_an_admin_is_made_with_the_password_from_a_pipe(laurel, desk):
    done = laurel("create-admin", "dee@example.com", stdin=f"{PASSWORD}\n")
    dee = person(desk, "dee@example.com")
    assert done.document == {"user_id": dee.id, "email": "dee@example.com", "role": "admin"}
    assert is_password(dee.password_hash, PASSWORD)
    assert dee.name == "Dee"


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("dee", PASSWORD, "email: Enter an e-mail address"),
        ("dee@example.com", "", "a password is expected on standard input"),
        ("dee@example.com", "short", "password: Use at least 12 characters"),
    ],
)
def test_what_is_wrong_with_an_admin_is_said_in_one_line(laurel, email, password, reason):
    done = laurel("create-admin", email, stdin=password, code=1)
    assert done.out == ""
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith(f"laurel: {reason}")


def test_an_address_is_taken_once(laurel):
    laurel("create-admin", "dee@example.com", stdin=PASSWORD)
    assert laurel("create-admin", "DEE@example.com", stdin=PASSWORD, code=1).err == "laurel: dee@example.com has an account already.\n"


def test_a_client_is_added_with_everything_that_is_known_of_them(laurel, desk):
    laurel("users", "add", "bo@example.com", "--role", "coach")
    members = ["--name", "Ada L.", "--coach", "bo@example.com", "--timezone", "Asia/Kathmandu", "--joined-on", "2016-04-12"]
    laurel("users", "add", "ada@example.com", "--role", "client", *members, "--external-id", "a-1")
    ada = person(desk, "ada@example.com")
    assert (ada.name, ada.timezone, str(ada.joined_on), ada.external_id) == ("Ada L.", "Asia/Kathmandu", "2016-04-12", "a-1")
    assert ada.coach_id == person(desk, "bo@example.com").id
    assert ada.password_hash is None


def test_a_coach_may_be_named_by_id(laurel, desk):
    bo = laurel("users", "add", "bo@example.com", "--role", "coach").document["user_id"]
    laurel("users", "add", "ada@example.com", "--role", "client", "--coach", str(bo))
    assert person(desk, "ada@example.com").coach_id == bo


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--role", "boss"], 2),
        ([], 2),
        (["--role", "client", "--joined-on", "yesterday"], 2),
        (["--role", "client", "--coach", "nobody@example.com"], 1),
        (["--role", "client", "--coach", "99"], 1),
        (["--role", "client", "--timezone", "Mars/Olympus"], 1),
    ],
)
def test_a_person_who_cannot_be_added_is_not_there(laurel, desk, words, code):
    laurel("users", "add", "ada@example.com", *words, code=code)
    with desk().read() as session:
        assert session.query(User).count() == 0
