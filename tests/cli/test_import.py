"""Past events come in with their real dates, once, and a bad line loses nothing but itself."""

import json

import pytest

from rewards.kit import sql
from tests.cast import gather
from tests.programmes import define, workout

HEADER = "user,action,object_type,occurred_at,idempotency_key,metadata.minutes\n"
LINE = "ada@example.com,logged,workout,2026-02-01T18:00:00Z,,30\n"


@pytest.fixture
def ada(desk):
    database = desk()
    define(activities=[workout(max_per_day=2)])
    with database.write():
        cast = gather()
        sql.run("UPDATE users SET external_id = 'a-1' WHERE id = ?", (cast.ada,))
        return cast.ada


@pytest.fixture
def file(tmp_path):
    def write(content, name="events.csv"):
        (tmp_path / name).write_text(content)
        return str(tmp_path / name)

    return write


def stored(desk):
    with desk().read():
        return sql.rows("SELECT user_id, happened_on, state, source, paid FROM events ORDER BY id")


def test_events_come_in_with_their_real_dates_however_people_are_named(laurel, desk, ada, file):
    lines = [f"{user},logged,workout,2026-02-0{day}T23:30:00Z,,30\n" for day, user in enumerate([ada, "ext:a-1", "ADA@example.com"], 1)]
    done = laurel("import", "events", file(HEADER + "".join(lines)))
    assert done.lines == ["3 recorded, 0 known already, 0 refused.", "60 XP and 60 points awarded."]
    # Half past eleven in the evening is the next day in Berlin.
    assert stored(desk) == [(ada, f"2026-02-0{day}", "processed", "import", 1) for day in (2, 3, 4)]
    assert laurel("verify").code == 0


def test_importing_again_adds_nothing(laurel, desk, ada, file):
    # Two equal lines are two workouts, and a third one is over the day's limit; none of them has a key.
    path = file(HEADER + LINE * 3)
    assert laurel("import", "events", path).lines == ["3 recorded, 0 known already, 0 refused.", "40 XP and 40 points awarded."]
    assert laurel("import", "events", path).lines == ["0 recorded, 3 known already, 0 refused."]
    assert len(stored(desk)) == 3


def test_a_longer_export_of_the_same_history_adds_only_what_is_new(laurel, ada, file):
    laurel("import", "events", file(HEADER + LINE))
    longer = HEADER + LINE + LINE.replace("02-01", "02-02")
    assert laurel("import", "events", file(longer)).lines[0] == "1 recorded, 1 known already, 0 refused."


def test_the_same_line_as_csv_and_as_json_is_the_same_event(laurel, ada, file):
    laurel("import", "events", file(HEADER + LINE))
    members = {"user": "ext:a-1", "action": "logged", "object_type": "workout", "occurred_at": "2026-02-01T19:00:00+01:00"}
    line = json.dumps(members | {"metadata": {"minutes": 30}})
    assert laurel("import", "events", file(line, "events.jsonl")).lines[0] == "0 recorded, 1 known already, 0 refused."


def test_a_refused_line_is_named_with_its_field_its_value_and_what_is_expected(laurel, desk, ada, file):
    content = (
        HEADER
        + LINE
        + "nobody@example.com,logged,workout,2026-02-02T18:00:00Z,,\n"
        + f"{ada},logged,workout,yesterday,,\n"
        + f"{ada},logged,workout,2026-02-02T18:00:00,,\n"
        + f"{ada},logged,,2026-02-02T18:00:00Z,,\n"
        + f"{ada},log ged,workout,2026-02-02T18:00:00Z,,\n"
        + f"{ada},logged,workout,2999-02-02T18:00:00Z,,\n"
        + f"{ada},logged,workout,2026-02-02T18:00:00Z,,30\n"
    )
    done = laurel("import", "events", file(content), code=1)
    assert done.lines[-2:] == ["2 recorded, 0 known already, 6 refused.", "40 XP and 40 points awarded."]
    refused = done.lines[:-2]
    assert [line.split(": ")[:2] for line in refused] == [
        ["line 3", "user"],
        ["line 4", "occurred_at"],
        ["line 5", "occurred_at"],
        ["line 6", "object_type"],
        ["line 7", "action"],
        ["line 8", "occurred_at"],
    ]
    assert "(found 'nobody@example.com')" in refused[0]
    assert "a time with its offset, such as 2027-03-01T18:30:00Z" in refused[1]
    assert "(found 'yesterday')" in refused[1]
    assert len(stored(desk)) == 2


def test_a_key_that_stands_for_something_else_is_refused(laurel, ada, file):
    laurel("import", "events", file(HEADER + f"{ada},logged,workout,2026-02-01T18:00:00Z,k-1,\n"))
    done = laurel("import", "events", file(HEADER + f"{ada},logged,workout,2026-02-02T18:00:00Z,k-1,\n"), code=1)
    assert done.lines[0].startswith("line 2: idempotency_key: ")


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(laurel, desk, ada, file):
    path = file(HEADER + LINE + "nobody,logged,workout,2026-02-02T18:00:00Z,,\n")
    done = laurel("import", "events", "--dry-run", path, code=1)
    assert done.lines[-1] == "1 would be recorded, 0 known already, 1 refused."
    assert stored(desk) == []
    with desk().read():
        assert sql.value("SELECT count(*) FROM transfers") == 0


def test_a_file_of_many_chunks_is_told_in_parts_and_loses_none(laurel, desk, ada, file):
    moments = (f"2026-01-{1 + number // 40:02d}T{number % 24:02d}:{number % 60:02d}:{number % 59:02d}Z" for number in range(1100))
    content = HEADER + "".join(f"{ada},logged,workout,{moment},,{number}\n" for number, moment in enumerate(moments))
    done = laurel("import", "events", file(content))
    assert done.lines[0] == "1100 recorded, 0 known already, 0 refused."
    assert "Importing: 22 %" in done.err
    assert len(stored(desk)) == 1100
    assert laurel("verify").code == 0


def test_somebody_whose_account_is_switched_off_earns_nothing_more(laurel, desk, ada, file):
    with desk().write():
        sql.run("UPDATE users SET status = 'disabled'")
    done = laurel("import", "events", file(HEADER + LINE), code=1)
    assert done.lines[0] == "line 2: This person's account is switched off; nothing is recorded for it."


def test_a_wrong_header_refuses_the_file(laurel, file):
    done = laurel("import", "events", file("user,action,object_type,ocurred_at\n"), code=1)
    assert done.err.startswith("laurel: header: column `ocurred_at`")
    assert done.out == ""


def test_whole_weeks_that_an_import_brings_are_paid(laurel, ada, desk, file):
    checkin = {"key": "daily_checkin", "category": "participation", "xp": 10, "points": 10}
    week = {"key": "week_streak", "category": "consistency", "xp": 25, "points": 25, "recorded_by": ["system"]}
    desk()
    define(activities=[checkin, week])
    days = (f"{ada},checkin,daily,2026-02-{day:02d}T12:00:00Z,,\n" for day in range(2, 16))
    assert laurel("import", "events", file(HEADER + "".join(days))).lines[-1] == "2 week streaks recorded."
