"""The floors hold: a package imports only what stands below it, and only doors know Flask."""

import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house import tree

LINT_IMPORTS = str(Path(sys.executable).with_name("lint-imports"))
DOORS = ("cli", "jobs", "api", "web")


def contracts() -> dict[str, dict]:
    settings = tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def lint(folder: Path, *ids: str) -> tuple[int, str]:
    chosen = [word for name in ids for word in ("--contract", name)]
    checked = tree.run(LINT_IMPORTS, "--no-cache", "--no-logo", "--config", "pyproject.toml", *chosen, cwd=folder)
    return checked.returncode, checked.stdout + checked.stderr


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """A house with every floor and nothing on it, under the same contracts."""
    shutil.copy(tree.ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "rewards").mkdir()
    (tmp_path / "rewards" / "__init__.py").touch()
    for layer in contracts()["floors"]["layers"]:
        (tmp_path / "rewards" / f"{layer.strip('()')}.py").touch()
    return tmp_path


def test_every_package_keeps_to_its_floor():
    code, said = lint(tree.ROOT)
    assert code == 0, said


def test_every_floor_below_the_doors_is_kept_from_flask():
    floors = [layer.strip("()") for layer in contracts()["floors"]["layers"]]
    built = {name for name in floors if (tree.ROOT / "rewards" / name).is_dir() or (tree.ROOT / "rewards" / f"{name}.py").exists()}
    watched = {module.removeprefix("rewards.") for module in contracts()["doors"]["source_modules"]}
    assert built - watched == set(DOORS) & built
    assert watched.isdisjoint(DOORS)


def test_an_empty_house_breaks_nothing(empty_house):
    code, said = lint(empty_house, "floors", "doors")
    assert code == 0, said


@pytest.mark.parametrize(
    ("contract", "floor", "line"),
    [
        ("floors", "kit", "import rewards.ledger"),
        ("floors", "ledger", "from rewards import earning"),
        ("floors", "web", "import rewards.cli"),
        ("doors", "people", "import flask"),
        ("doors", "programme", "from flask_login import current_user"),
    ],
)
def test_an_import_uphill_is_noticed(empty_house, contract, floor, line):
    (empty_house / "rewards" / f"{floor}.py").write_text(line + "\n")
    code, said = lint(empty_house, contract)
    assert code == 1, said
    assert f"rewards.{floor}" in said


def test_a_package_without_a_floor_is_noticed(empty_house):
    (empty_house / "rewards" / "lottery.py").touch()
    code, said = lint(empty_house, "floors")
    assert code == 1, said
    assert "lottery" in said
