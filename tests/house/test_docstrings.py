"""Every module opens with a sentence that says what it is for."""

import ast
import re
from pathlib import Path

from tests.house import tree

# A capital or a quoted name first, a full stop at the end of the first paragraph, and more than a title between them.
SENTENCE = re.compile(r"""^["'`(]?[A-Z`"']\S*(\s+\S+){2,}[.!?:]["'`)]?$""", re.DOTALL)


def modules_without_a_sentence(root: Path) -> list[str]:
    found = []
    for path in tree.python_files(root, "app.py", "rewards", "benchmarks", "migrations", "tests"):
        # A folder of tests is explained by the package that it mirrors; its empty file says nothing and holds nothing.
        if path.name == "__init__.py" and path.is_relative_to(root / "tests") and not path.read_text(encoding="utf-8"):
            continue
        opening = (ast.get_docstring(tree.parsed(path)) or "").split("\n\n")[0]
        if not SENTENCE.match(opening):
            found.append(f"{path.relative_to(root)}: {opening!r}")
    return found


def modules_that_are_more_than_a_charter(root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in sorted((root / "rewards").glob("*/__init__.py")) if len(tree.parsed(path).body) > 1]


def test_every_module_says_what_it_is_for():
    assert modules_without_a_sentence(tree.ROOT) == []


def test_a_package_opens_with_its_charter_and_nothing_else():
    assert modules_that_are_more_than_a_charter(tree.ROOT) == []


def test_a_title_or_a_silent_module_is_noticed(tmp_path):
    package = tmp_path / "rewards" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""What points buy, and who has bought it."""\nNAMES = []\n')
    (package / "silent.py").write_text("STOCK = 1\n")
    (package / "title.py").write_text('"""Shop models"""\n')
    (package / "told.py").write_text('"""Says what it is for.\n\nAnd more\n"""\n')
    assert modules_without_a_sentence(tmp_path) == ["rewards/shop/silent.py: ''", "rewards/shop/title.py: 'Shop models'"]
    assert modules_that_are_more_than_a_charter(tmp_path) == ["rewards/shop/__init__.py"]
