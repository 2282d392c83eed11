"""What the repository holds, for tests about the house itself."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked_files() -> list[str]:
    """The paths that git knows, from the top of the repository."""
    # A checkout may belong to another user than the one who tests; this command only reads.
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--deduplicate"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("This copy of Laurel is not a git checkout, so nothing in it is tracked.")
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).exists()]


def python_files(root: Path, *places: str) -> Iterator[Path]:
    """The Python files at these places, whether they name a file, a folder or nothing yet."""
    for place in places:
        path = root / place
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path] * path.exists()


def parsed(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a tool of the environment to its end and keep what it says."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
