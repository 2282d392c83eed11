"""The commands explain themselves on a machine that lacks something."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.house import tree

# What every Debian, Ubuntu and macOS has beside Python.
TOOLS = ("make", "sh", "cat", "cksum", "cut", "rm", "touch")
TOO_OLD = "#!/bin/sh\nexit 1\n"
WITHOUT_VENV = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexit 0\n'


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with the Makefile and the locks, and beside it the only programs of the machine."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (tmp_path / "bin" / tool).symlink_to(found)
    (tmp_path / "laurel").mkdir()
    shutil.copy(tree.ROOT / "Makefile", tmp_path / "laurel")
    shutil.copy(tree.ROOT / "pyproject.toml", tmp_path / "laurel")
    shutil.copytree(tree.ROOT / "locks", tmp_path / "laurel" / "locks")
    return tmp_path


def install(machine: Path, name: str, script: str) -> None:
    program = machine / "bin" / name
    program.write_text(script)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def make(machine: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # Nothing of the surrounding make reaches this one: its flags travel in the environment.
    surroundings = {"PATH": str(machine / "bin"), "HOME": os.environ.get("HOME", ""), **environment}
    return subprocess.run(
        ["make", *arguments],
        cwd=machine / "laurel",
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def explanation(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What was said, without make's own last word."""
    return [line for line in done.stderr.splitlines() if not line.startswith("make")]


@pytest.mark.parametrize("target", ["run", "test", "setup"])
def test_a_machine_without_a_new_enough_python_is_told_so_in_one_line(machine, target):
    install(machine, "python3", TOO_OLD)
    done = make(machine, target)
    assert done.returncode != 0
    assert len(explanation(done)) == 1
    assert "needs Python 3.11 or newer" in explanation(done)[0]


def test_a_python_that_cannot_make_environments_names_the_package_to_install(machine):
    install(machine, "python3.12", TOO_OLD)
    install(machine, "python3", WITHOUT_VENV)
    done = make(machine, "setup")
    assert done.returncode != 0
    assert len(explanation(done)) == 1
    assert "python3-venv" in explanation(done)[0]


def test_the_port_of_make_run_comes_from_the_environment(machine):
    assert "laurel serve --port" in make(machine, "--dry-run", "run").stdout
    assert '--port "8000"' in make(machine, "--dry-run", "run").stdout
    assert '--port "9000"' in make(machine, "--dry-run", "run", PORT="9000").stdout


def test_the_whole_suite_is_one_command_for_everybody():
    script = (tree.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in script
    assert "LAUREL_TEST_REQUIRE=all" in script
    assert os.access(tree.ROOT / ".ci" / "run", os.X_OK)
