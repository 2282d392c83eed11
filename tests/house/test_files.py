"""The repository holds the product: nobody's data, nobody's keys, no address of one machine."""

import re
from pathlib import Path

from tests.house import tree

PRIVATE = re.compile(
    r"""(^|/)instance/
      | \.(db|sqlite3?|db-wal|db-shm|key|pem|p12|pfx)$
      | (^|/)(\.env(\..*)?|id_(rsa|ed25519)|secret_key|encryption_keys)$""",
    re.VERBOSE | re.IGNORECASE,
)

# Where a package came from depends on who installs it, and a folder of one machine exists on no other.
# Single letters stand in brackets so that this pattern does not find itself.
MACHINE = re.compile(
    r"""\bpyp[i]\. | pythonhoste[d] | \bnpmj[s]\. | registry\.yarnpk[g] | [-]-index-url | \bfile:///(op[t]|hom[e]|roo[t])/
      | (?<![\w.}/-])/(roo[t]|wor[k]|hom[e]/\w+|User[s]/\w+)/""",
    re.VERBOSE,
)

# Other people's files are kept as they were published.
PUBLISHED = ("static/vendor/", "LICENSE")


def private_files(names: list[str]) -> list[str]:
    return [name for name in names if PRIVATE.search(name)]


def lines_about_one_machine(root: Path, names: list[str]) -> list[str]:
    found = []
    for name in names:
        content = (root / name).read_bytes()
        if name.startswith(PUBLISHED) or b"\0" in content:
            continue
        lines = content.decode("utf-8", errors="replace").splitlines()
        found += [f"{name}:{number}: {line.strip()[:120]}" for number, line in enumerate(lines, 1) if MACHINE.search(line)]
    return found


def test_no_data_and_no_keys_are_tracked():
    assert private_files(tree.tracked_files()) == []


def test_no_line_names_a_registry_or_a_folder_of_one_machine():
    assert lines_about_one_machine(tree.ROOT, tree.tracked_files()) == []


def test_private_files_are_noticed():
    private = ["instance/laurel.db", "tests/old.sqlite3", "deploy/server.pem", ".env", "keys/secret_key"]
    assert private_files([*private, "rewards/kit/keys.py", "docs/environment.md"]) == private


def test_lines_about_one_machine_are_noticed(tmp_path):
    registry, person = "pypi", "ada"
    (tmp_path / "Makefile").write_text(f"install:\n\tpip install --find-links https://{registry}.org/simple\n")
    (tmp_path / "notes.md").write_text(f"See /home/{person}/laurel.\nThe page is /client/home/today.\n")
    (tmp_path / "picture.png").write_bytes(f"\0 /home/{person}/laurel".encode())
    found = lines_about_one_machine(tmp_path, ["Makefile", "notes.md", "picture.png"])
    assert [line.rsplit(":", 1)[0].split(": ")[0] for line in found] == ["Makefile:2", "notes.md:1"]
