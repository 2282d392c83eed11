"""Prints what has grown large; each deserves a look, and none of it fails a run."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import tree

FILE_LINES = 250
FUNCTION_LINES = 40
FUNCTION_ARGUMENTS = 6
TEMPLATE_LINES = 200


def large_files(root: Path) -> Iterator[str]:
    places = tree.python_files(root, "app.py", "rewards", "benchmarks", "tests")
    for path, most in [
        *((path, FILE_LINES) for path in places),
        *((path, TEMPLATE_LINES) for path in sorted(root.glob("templates/**/*.html"))),
    ]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > most:
            yield f"{path.relative_to(root)}: {lines} lines"


def large_functions(root: Path) -> Iterator[str]:
    for path in tree.python_files(root, "app.py", "rewards", "benchmarks"):
        for node in ast.walk(tree.parsed(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            place = f"{path.relative_to(root)}:{node.lineno} {node.name}"
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            arguments = len(node.args.posonlyargs + node.args.args + node.args.kwonlyargs)
            if lines > FUNCTION_LINES:
                yield f"{place}: {lines} lines"
            if arguments > FUNCTION_ARGUMENTS:
                yield f"{place}: {arguments} arguments"


def test_what_has_grown_large_is_told():
    for alarm in [*large_files(tree.ROOT), *large_functions(tree.ROOT)]:
        print(alarm)


def test_what_is_large_is_noticed(tmp_path):
    (tmp_path / "rewards").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "rewards" / "shop.py").write_text("def redeem(a, b, c, d, e, *, f, g):\n" + "    a += b\n" * 299)
    (tmp_path / "templates" / "shop.html").write_text("<p>Nothing left</p>\n" * 201)
    assert list(large_files(tmp_path)) == ["rewards/shop.py: 300 lines", "templates/shop.html: 201 lines"]
    assert list(large_functions(tmp_path)) == ["rewards/shop.py:1 redeem: 300 lines", "rewards/shop.py:1 redeem: 7 arguments"]
