"""Stubs that are committed are what the contract says now."""

import shutil
import subprocess
from pathlib import Path

from tests.clients.programs import CLIENTS
from tests.conftest import REPOSITORY
from tests.requirements import require

GO = CLIENTS / "go"
STUBS = Path("conversationgateway") / "v1"


def test_generating_the_go_stubs_again_leaves_no_difference(tmp_path: Path) -> None:
    require(shutil.which("go"), "go is not on this machine")
    require((GO / "build").exists(), "the go client is not built here: make clients")
    buf = REPOSITORY / ".venv" / "bin" / "buf"
    contract = REPOSITORY / "proto" / "conversation_gateway"

    subprocess.run(
        [buf, "generate", REPOSITORY, "--template", "buf.gen.yaml", "--path", contract, "-o", tmp_path],
        cwd=GO, check=True, capture_output=True,
    )  # fmt: skip

    fresh, committed = contents(tmp_path / STUBS), contents(GO / STUBS)
    assert fresh.keys() == committed.keys()
    assert [name for name in fresh if fresh[name] != committed[name]] == []


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
