"""What is installed is pinned, hashed, and the same for those who test as for those who run."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house import tree

PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>\S+?)(?P<marker> ; .*?)? \\$", re.MULTILINE)


def pins(text: str) -> set[tuple[str, str, str]]:
    return {(pin["name"], pin["version"], pin["marker"] or "") for pin in PIN.finditer(text)}


def unhashed(text: str) -> list[str]:
    """The requirements of a lock that no hash follows."""
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    return [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def lock(name: str) -> str:
    return (tree.ROOT / "locks" / name).read_text(encoding="utf-8")


def test_every_requirement_is_pinned():
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for file, wanted in (
        ("runtime.txt", project["project"]["dependencies"] + project["build-system"]["requires"]),
        ("development.txt", project["dependency-groups"]["development"]),
    ):
        pinned = {name for name, _, _ in pins(lock(file))}
        assert {canonicalize_name(Requirement(line).name) for line in wanted} <= pinned


def test_the_tests_run_on_the_versions_that_users_run():
    assert pins(lock("runtime.txt")) <= pins(lock("development.txt"))


def test_every_pin_has_a_hash():
    assert unhashed(lock("runtime.txt")) == []
    assert unhashed(lock("development.txt")) == []


def test_a_pin_without_a_hash_is_noticed():
    assert unhashed("# made by hand\nflask==3.1.3 \\\n    --hash=sha256:00\nrich==15.0.0\n") == ["rich==15.0.0"]
