"""docs/conventions.md has a row for each of the eighty conventions, and what its rows name exists."""

import ast
import re
from functools import cache

from tests.contract.contract import ROOT

PAGE = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
TARGET = re.compile(r"`make ([a-z-]+)`")


@cache
def named_in(path: str) -> frozenset[str]:
    """The tests of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def test_each_convention_has_one_row() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 81))


def test_each_row_names_what_holds_it() -> None:
    assert [number for number, _, held in ROWS if not TEST.search(held)] == []


def test_every_test_and_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    named = TEST.findall(PAGE)
    missing = [f"{path}::{name}" for path, name in named if not (ROOT / path).is_file() or name not in named_in(path)]

    assert missing == []
    assert [target for target in TARGET.findall(PAGE) if target not in targets] == []
    # Nothing is called a test that the pattern does not find.
    assert PAGE.count("`tests/") == len(named)


def test_what_stays_compatible_and_where_to_report_is_written_down() -> None:
    changelog = " ".join((ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split())
    security = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    assert "The contract, the names of metrics and settings, and the reasons of errors are kept compatible" in changelog
    assert "## Unreleased" in changelog
    assert "report weaknesses privately" in security
