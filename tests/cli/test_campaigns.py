"""Subscribers come in with the dates on which they joined, and a campaign's rewards are resolved from the command line."""

import json

import pytest

from rewards.kit import sql
from tests.programme.test_campaigning import CAMPAIGN, EARLY, SPRING

POSTCARD = {"key": "postcard", "distribution": {"type": "MIN_REFERRALS", "value": 1}}
HEADER = "email,name,joined_at,referred_by,source\n"
# Not in the order in which they joined: Ada was first.
LINES = """cy@example.com,Cy,2026-02-03T09:00:00Z,Ada@Example.com,
eve@example.com,,2026-02-02T09:00:00Z,,poster
ada@example.com,Ada,2026-02-01T10:00:00+01:00,,newsletter
"""


@pytest.fixture
def file(tmp_path):
    def write(content, name="people.csv"):
        (tmp_path / name).write_text(content)
        return str(tmp_path / name)

    return write


@pytest.fixture
def spring(laurel, file):
    """A waitlist with a live campaign."""
    laurel("migrate")
    campaign = CAMPAIGN | {"status": "live", "rewards": [EARLY, POSTCARD]}
    document = {"waitlists": [{name: member for name, member in SPRING.items() if name != "coach"} | {"campaign": campaign}]}
    done = laurel("config", "import", file(json.dumps(document), "programme.json"))
    assert done.lines[:2] == ["created: waitlist spring", "created: campaign spring_referrals"]


def test_the_earliest_joins_first_wherever_the_line_stands(laurel, desk, spring, file):
    path = file(HEADER + LINES)
    dry = laurel("import", "subscribers", "spring", path, "--dry-run")
    assert dry.lines == ["3 would join, 0 known already, 0 refused."]
    done = laurel("import", "subscribers", "spring", path)
    assert done.lines == ["3 joined, 0 known already, 0 refused.", "1 referral counted."]
    with desk().read():
        assert sql.rows("SELECT address, sequence, joined_at, source FROM subscribers ORDER BY sequence") == [
            ("ada@example.com", 1, "2026-02-01T09:00:00.000000Z", "newsletter"),
            ("eve@example.com", 2, "2026-02-02T09:00:00.000000Z", "poster"),
            ("cy@example.com", 3, "2026-02-03T09:00:00.000000Z", ""),
        ]
        # Nobody is asked for anything; whoever wins by it is told.
        assert sql.rows("SELECT recipient FROM mails") == [("ada@example.com",)]
        assert sql.value("SELECT count(*) FROM subscribers WHERE verified_at IS NULL") == 0
    assert laurel("import", "subscribers", "spring", path).lines == ["0 joined, 3 known already, 0 refused."]
    assert laurel("verify").code == 0


def test_a_refused_line_is_named_and_takes_no_other_with_it(laurel, desk, spring, file):
    wrong = [
        {"email": "nobody"},
        {"name": "Nobody"},
        {"email": "a@example.com", "joined_at": "2026-02-01"},
        {"email": "a@example.com", "joined_at": "2999-02-01T00:00:00Z"},
        {"email": "a@example.com", "referred_by": 7},
        {"email": "a@example.com", "points": 7},
        {"email": "a@example.com", "referred_by": "somebody@example.com", "referral_code": None},
    ]
    done = laurel("import", "subscribers", "spring", file("\n".join(map(json.dumps, wrong)), "people.jsonl"), code=1)
    assert [line.split(": ")[:2] for line in done.lines[:-1]] == [
        *(["line 1", "email"], ["line 2", "email"], ["line 3", "joined_at"], ["line 4", "joined_at"]),
        *(["line 5", "referred_by"], ["line 6", "points"]),
    ]
    assert done.lines[-1] == "1 joined, 0 known already, 6 refused."
    assert "there is no waitlist nowhere" in laurel("import", "subscribers", "nowhere", file(HEADER), code=1).err.lower()


def test_resolving_says_who_has_what_and_gives_nothing_twice(laurel, desk, spring, file):
    laurel("import", "subscribers", "spring", file(HEADER + LINES))
    with desk().write():
        sql.run("DELETE FROM subscriber_rewards")
        sql.run("UPDATE campaign_rewards SET granted = 0")
    assert laurel("campaigns", "resolve", "spring_referrals").lines == ["early: 0 have it, 0 new.", "postcard: 1 has it, 1 new."]
    assert laurel("campaigns", "resolve", "spring_referrals").lines == ["early: 0 have it, 0 new.", "postcard: 1 has it, 0 new."]
    assert "there is no campaign nothing" in laurel("campaigns", "resolve", "nothing", code=1).err.lower()
