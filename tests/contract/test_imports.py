"""The architecture, as imports: doors above journeys above rooms above ground, and imports point down only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import gateway

PACKAGE = Path(gateway.__file__).parent
DOORS = {"rpc", "webhooks", "admin"}
JOURNEYS = {"journeys"}
ROOMS = {"upstream", "events"}
TOP = {"app", "cli", "configuration", "consent", "doctor", "doors", "inbound", "joined", "outbound", "shared"}
APART = {"simulator"}


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports() -> Iterator[tuple[str, str]]:
    """Every (importing part, imported part) inside the package."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                if module.startswith("gateway."):
                    yield part_of(path), module.split(".")[1]


def level(part: str) -> int:
    storeys = (ROOMS, JOURNEYS, DOORS, TOP)
    return next((height for height, parts in enumerate(storeys, start=1) if part in parts), 0)


def test_imports_point_down_only() -> None:
    wrong = {(a, b) for a, b in imports() if a not in APART and b not in APART and level(b) > level(a)}

    assert wrong == set()


def test_doors_do_not_know_each_other_and_rooms_do_not_either() -> None:
    wrong = {(a, b) for a, b in imports() if a != b and ({a, b} <= DOORS or {a, b} <= ROOMS)}

    assert wrong == set()


def test_only_the_command_line_knows_the_simulator_and_it_knows_nothing_of_the_gateway() -> None:
    pairs = set(imports())

    assert {a for a, b in pairs if b in APART} <= {"cli", *APART}
    assert {b for a, b in pairs if a in APART} <= APART


def test_every_part_is_on_the_diagram() -> None:
    ground = {part_of(path) for path in PACKAGE.rglob("*.py")} - DOORS - JOURNEYS - ROOMS - TOP - APART

    assert ground == {
        "__init__",
        "callers",
        "clock",
        "deadline",
        "errors",
        "grace",
        "http_connection",
        "http_exchange",
        "http_hub",
        "http_server",
        "listener",
        "mapping",
        "settings",
        "state",
        "telemetry",
        "value",
        "watched_file",
    }
