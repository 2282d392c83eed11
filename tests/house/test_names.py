"""Names say what is inside, and everything has its agreed place."""

from pathlib import Path, PurePosixPath

from tests.house import tree

# Names that mean "anything": a file called so grows without an idea.
SHAPELESS = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "service", "services", "util", "utils"}

TOP_LEVEL = {
    *(".ci", ".editorconfig", ".gitignore"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "Procfile", "README.md", "app.py", "pyproject.toml"),
    *("benchmarks", "docs", "locks", "migrations", "rewards", "static", "templates", "tests"),
}


def shapeless_names(root: Path) -> list[str]:
    return [
        str(path.relative_to(root))
        for path in sorted((root / "rewards").rglob("*"))
        if path.stem.lower() in SHAPELESS and (path.is_dir() or path.suffix == ".py")
    ]


def strangers_at_the_top(names: list[str]) -> list[str]:
    return sorted({PurePosixPath(name).parts[0] for name in names} - TOP_LEVEL)


def test_no_file_is_named_for_anything_and_everything():
    assert shapeless_names(tree.ROOT) == []


def test_nothing_stands_at_the_top_without_agreement():
    assert strangers_at_the_top(tree.tracked_files()) == []


def test_shapeless_names_and_strangers_are_noticed(tmp_path):
    (tmp_path / "rewards" / "shop" / "helpers").mkdir(parents=True)
    (tmp_path / "rewards" / "shop" / "services.py").touch()
    (tmp_path / "rewards" / "shop" / "redeeming.py").touch()
    assert shapeless_names(tmp_path) == ["rewards/shop/helpers", "rewards/shop/services.py"]
    assert strangers_at_the_top(["app.py", "notes.txt", "src/shop.py", "rewards/cli.py"]) == ["notes.txt", "src"]
