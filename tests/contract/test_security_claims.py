"""Every claim of docs/security.md names a test, and every test that it names exists."""

import ast
import re

from tests.contract.contract import ROOT

PAGE = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_the_tests_that_the_page_names_exist() -> None:
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))

    missing = [f"{path}::{name}" for path, name in named if name and name not in functions(path)]

    assert len(named) > 30
    assert missing == []
    assert all((ROOT / path).is_file() for path, _ in named)


def test_every_attempt_of_a_hostile_peer_is_held_by_a_test() -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = page.partition("## What a hostile peer can do")[2].partition("## ")[0]
    rows = [
        line for line in table.splitlines() if line.startswith("| ") and not line.startswith(("| attempt", "| ---"))
    ]

    assert len(rows) > 10
    assert [row for row in rows if not NAMED.search(row)] == []
