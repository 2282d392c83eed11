"""The example of a history of one's own: a public export becomes people and events, once."""

import csv
import io
import shlex
import subprocess
import sys

import pytest

from rewards.kit import sql
from tests.house.tree import ROOT

SCRIPT = ROOT / "docs" / "examples" / "fitbit_events.py"
PROGRAMME = ROOT / "docs" / "examples" / "fitbit_programme.yaml"
EXPORT = """Id,ActivityDate,TotalSteps,TotalDistance,VeryActiveMinutes,FairlyActiveMinutes,LightlyActiveMinutes,Calories
1503960366,04/12/2016,13162.00,8.50,25.00,13.00,328.00,1985.00
1503960366,4/13/2016,10735.00,6.97,21.00,19.00,217.00,1797.00
1624580081,05/01/2016,100.00,0.07,0.00,0.00,9.00,1400.00
"""


def made(what, export):
    command = [sys.executable, str(SCRIPT), what, str(export), "--timezone", "America/New_York"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def export(tmp_path):
    (tmp_path / "export.csv").write_text(EXPORT)
    return tmp_path / "export.csv"


def add_people(laurel, export):
    for line in made("users", export).splitlines():
        words = shlex.split(line.removesuffix("</dev/null"))
        laurel(*words[1:])


def test_both_spellings_of_a_date_are_the_day_they_mean(export):
    rows = list(csv.DictReader(io.StringIO(made("events", export))))
    assert [row["occurred_at"] for row in rows] == [
        "2016-04-12T21:00:00-04:00",
        "2016-04-13T21:00:00-04:00",
        "2016-05-01T21:00:00-04:00",
    ]
    assert rows[0]["metadata.steps"] == "13162"
    assert rows[0]["metadata.distance"] == "8.5"


def test_the_export_becomes_people_and_events_on_their_real_days_once(laurel, desk, export, tmp_path):
    add_people(laurel, export)
    laurel("config", "import", str(PROGRAMME))
    (tmp_path / "events.csv").write_text(made("events", export))
    imported = laurel("import", "events", str(tmp_path / "events.csv"))
    # Two days with 25 for ten thousand steps and the day itself, one with 5 for the day.
    assert imported.lines == ["3 recorded, 0 known already, 0 refused.", "55 XP and 55 points awarded."]
    assert laurel("import", "events", str(tmp_path / "events.csv")).lines == ["0 recorded, 3 known already, 0 refused."]
    assert laurel("verify").code == 0
    with desk().read():
        days = sql.rows("SELECT happened_on FROM events ORDER BY id")
    assert days == [("2016-04-12",), ("2016-04-13",), ("2016-05-01",)]
