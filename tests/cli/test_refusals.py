"""Whatever is wrong around a command ends as a line and an exit code, never as a traceback."""

import subprocess
import sys

import pytest

from tests.house.tree import ROOT


def laurel(*words, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "rewards", *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}, "laurel: the database does not answer: "),
        ({"DATABASE_URL": "oracle://host/name"}, "laurel: DATABASE_URL is 'oracle://host/name'; expected is "),
        ({"LAUREL_PROXIES": "several"}, "laurel: LAUREL_PROXIES is 'several'; expected is "),
    ],
)
def test_what_is_wrong_around_a_command_is_one_line(tmp_path, environment, told):
    done = laurel("verify", LAUREL_DATA=str(tmp_path), **environment)
    out, err = done.communicate(timeout=60)
    assert (done.returncode, out) == (1, "")
    assert err.startswith(told)
    assert len(err.splitlines()) == 1


def test_a_file_that_is_no_database_is_named_as_such(tmp_path):
    (tmp_path / "laurel.db").write_text("a text that is long enough to be looked at " * 10)
    _, err = laurel("verify", LAUREL_DATA=str(tmp_path)).communicate(timeout=60)
    assert err == "laurel: the database does not answer: file is not a database\n"


def test_two_that_start_on_an_empty_folder_at_once_make_one_desk(tmp_path):
    both = [laurel("migrate", LAUREL_DATA=str(tmp_path / "new")) for _ in range(2)]
    said = [done.communicate(timeout=60) for done in both]
    assert [done.returncode for done in both] == [0, 0], said
    assert sum("starting kits" in out for out, _ in said) == 1
