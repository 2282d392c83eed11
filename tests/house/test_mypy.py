"""The types hold, as strictly as mypy can say it."""

import sys

from tests.house import tree


def test_the_types_hold():
    checked = tree.run(sys.executable, "-m", "mypy", "--no-error-summary")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_missing_type_is_noticed(tmp_path):
    (tmp_path / "due.py").write_text("def double(amount): return amount * 2\ntotal: int = 'ten'\n")
    checked = tree.run(sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "due.py"))
    assert checked.returncode == 1, checked.stderr
    assert "no-untyped-def" in checked.stdout
    assert "assignment" in checked.stdout
