"""The programme goes out as one document and comes back as the same programme; what is derived is held against the ledger."""

import json

from rewards.kit import sql
from tests.cast import gather
from tests.programmes import define, did, play, workout

PROGRAMME = """
activities:
  - {key: tea_drunk, name: Tea drunk, category: participation, xp: 3, points: 3}
"""


def test_what_is_exported_can_be_imported_and_changes_nothing(laurel, tmp_path):
    for name in ("programme.yaml", "programme.json"):
        laurel("migrate")
        laurel("config", "export", str(tmp_path / name))
        done = laurel("config", "import", str(tmp_path / name))
        assert done.lines[-1].endswith("are as before.")
        assert not any(line.startswith(("created", "changed")) for line in done.lines)


def test_the_document_goes_to_standard_output_for_a_dash(laurel):
    laurel("migrate")
    assert "workout_logged" in laurel("config", "export", "-").out


def test_an_import_says_what_it_creates_and_a_dry_run_only_says_it(laurel, tmp_path):
    (tmp_path / "tea.yaml").write_text(PROGRAMME)
    assert laurel("config", "import", "--dry-run", str(tmp_path / "tea.yaml")).lines[0] == "would be created: activity tea_drunk"
    assert laurel("config", "import", str(tmp_path / "tea.yaml")).lines[0] == "created: activity tea_drunk"
    assert laurel("config", "import", str(tmp_path / "tea.yaml")).lines == ["1 is as before."]


def test_a_document_that_is_wrong_is_refused_with_the_place(laurel, tmp_path):
    (tmp_path / "tea.yaml").write_text(PROGRAMME.replace("xp: 3", "xp: many"))
    done = laurel("config", "import", str(tmp_path / "tea.yaml"), code=1)
    assert done.err.startswith("laurel: activities[0].xp: ")


def test_a_file_that_is_not_there_is_wrong_use(laurel, tmp_path):
    laurel("config", "import", str(tmp_path / "absent.yaml"), code=2)


def spoiled(desk):
    database = desk()
    define(activities=[workout()])
    with database.write():
        ada = gather().ada
    play(did(ada))
    with database.write():
        sql.run("UPDATE daily_activity SET xp = xp + 1")
    return ada


def test_verifying_names_the_difference_and_recalculating_mends_it(laurel, desk):
    assert laurel("verify").lines == ["Everything derived equals the ledger."]
    ada = spoiled(desk)
    found = laurel("verify", code=1)
    assert found.lines[0].startswith(f"daily total: user {ada} on ")
    assert json.loads(laurel("verify", "--json", code=1).out)["differences"][0]["kind"] == "daily total"
    assert laurel("recalculate", code=1).lines == found.lines
    assert laurel("recalculate", "--apply").lines == ["1 row mended.", "Everything derived equals the ledger."]
    assert json.loads(laurel("verify", "--json").out) == {"differences": []}
