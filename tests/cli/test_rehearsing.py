"""A changed programme is tried on what really happened: what would have been paid, against what was paid."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rewards.kit import migrating
from rewards.kit.database import db
from tests.cast import gather
from tests.cli.conftest import Laurel
from tests.programmes import NOON, define, did, play, workout


@pytest.fixture(autouse=True)
def history(environment: dict[str, str], clock: Any) -> Iterator[None]:
    clock.set_to(NOON + timedelta(days=5))
    db.open(environment["DATABASE_URL"])
    migrating.migrate()
    with db.write():
        cast = gather()
    define(activities=[workout()])
    play(did(cast.ada), did(cast.ada, at=NOON + timedelta(days=1)), did(cast.cy))
    db.close()
    yield
    clock.set_to(None)


def draft(tmp_path: Path, points: int) -> str:
    path = tmp_path / "draft.json"
    path.write_text(json.dumps({"activities": [workout(points=points)]}), encoding="utf-8")
    return str(path)


def test_a_draft_is_told_against_what_was_paid(laurel: Laurel, tmp_path: Path) -> None:
    done = laurel("rehearse", draft(tmp_path, 50), "--days", "30", code=1)
    assert done.lines[0] == "3 events of 2 people since 2026-02-08."
    assert [line.split() for line in done.lines[2:4]] == [["XP", "60", "60", "60", "0"], ["points", "60", "60", "150", "+90"]]
    assert done.lines[4:] == ["2 people would gain, 0 lose by the draft.", "  ada@example.com: +60 points", "  cy@example.com: +30 points"]


def test_what_pays_the_same_ends_well(laurel: Laurel, tmp_path: Path) -> None:
    assert laurel("rehearse", draft(tmp_path, 20)).lines[-1] == "0 people would gain, 0 lose by the draft."


def test_the_report_is_a_document_where_one_is_asked_for(laurel: Laurel, tmp_path: Path) -> None:
    report = laurel("rehearse", draft(tmp_path, 50), "--days", "5", "--json", code=1).document
    assert report["difference"] == {"points": 30}
    assert report["gainers"][0]["email"] == "ada@example.com"
    assert report["days"] == [{"day": "2026-03-05", "paid": 20, "today": 20, "draft": 50}]


def test_a_draft_that_is_none_is_refused(laurel: Laurel, tmp_path: Path) -> None:
    (tmp_path / "draft.json").write_text('{"levels": [{"number": 7, "name": "Seven", "xp_required": 3}]}', encoding="utf-8")
    assert "levels[0].xp_required" in laurel("rehearse", str(tmp_path / "draft.json"), code=1).err
    laurel("rehearse", str(tmp_path / "draft.json"), "--days", "none", code=2)
