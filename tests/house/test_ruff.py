"""The code keeps ruff's rules and its format; the exceptions and their reasons stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from tests.house import tree

RUFF = str(Path(sys.executable).with_name("ruff"))


def test_the_code_keeps_the_rules():
    checked = tree.run(RUFF, "check", "--no-cache", "--output-format", "concise", ".")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_code_has_one_format():
    checked = tree.run(RUFF, "format", "--no-cache", "--check", "--output-format", "concise", ".")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_broken_rule_is_noticed():
    code = '"""Adds up what is due."""\n\n\ndef due(amounts=[]):\n    print(amounts)\n    return sum(amounts)\n'
    command = [RUFF, "check", "--no-cache", "--output-format", "concise", "--stdin-filename", "rewards/wallet/due.py", "-"]
    checked = subprocess.run(command, cwd=tree.ROOT, input=code, capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert "B006" in checked.stdout
    assert "T201" in checked.stdout
