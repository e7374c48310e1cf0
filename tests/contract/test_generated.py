"""What is generated is what the contract says now."""

import subprocess
from pathlib import Path

import pytest

from tests.contract.contract import PROTO, PROTO_PYTHON, ROOT

STUBS = Path("clients/python/conversation_gateway/v1")
OTHERS = [
    Path("docs/api.md"),
    Path("docs/errors.md"),
    Path("clients/python/conversation_gateway/vocabulary.py"),
    Path("clients/go/vocabulary/vocabulary.go"),
    Path("clients/node/src/vocabulary.ts"),
    Path("clients/java/src/main/java/io/conversationgateway/Vocabulary.java"),
    Path("clients/python/conversation_gateway/service_config.json"),
    Path("clients/go/service_config.json"),
    Path("clients/node/src/service_config.json"),
    Path("clients/java/src/main/resources/io/conversationgateway/service_config.json"),
]


def generate(output: Path) -> None:
    subprocess.run([PROTO / "generate.sh", output], check=True, capture_output=True)


def generated(root: Path) -> dict[str, bytes]:
    stubs = [path.relative_to(root) for pattern in ("*_pb2*.py", "*_pb2*.pyi") for path in (root / STUBS).glob(pattern)]
    return {str(path): (root / path).read_bytes() for path in [*stubs, *OTHERS]}


@pytest.mark.usefixtures("workspace")
def test_generating_again_leaves_no_difference(tmp_path: Path) -> None:
    generate(tmp_path)

    fresh, committed = generated(tmp_path), generated(ROOT)
    assert fresh.keys() == committed.keys()
    assert [name for name in fresh if fresh[name] != committed[name]] == []


@pytest.mark.usefixtures("workspace")
def test_generating_removes_what_no_longer_follows_from_the_contract(tmp_path: Path) -> None:
    stale = tmp_path / STUBS / "forgotten_pb2.py"
    written_by_hand = tmp_path / STUBS / "__init__.py"
    for path in (stale, written_by_hand):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    generate(tmp_path)

    assert not stale.exists()
    assert written_by_hand.exists()


@pytest.mark.usefixtures("workspace")
def test_stubs_import_with_the_oldest_runtime_that_clients_may_have() -> None:
    modules = [f"conversation_gateway.v1.{path.stem}" for path in sorted((ROOT / STUBS).glob("*_pb2*.py"))]
    code = f"import importlib; [importlib.import_module(name) for name in {modules!r}]"

    result = subprocess.run(
        [PROTO_PYTHON, "-W", "error", "-c", code],
        env={"PYTHONPATH": str(ROOT / "clients" / "python"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.stderr == ""
    assert result.returncode == 0
