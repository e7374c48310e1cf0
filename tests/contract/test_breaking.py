"""Nobody's client stops working by accident: the contract is compared with the committed baseline."""

import shutil
from pathlib import Path

import pytest

from tests.contract.contract import PROTO, ROOT, buf

BASELINE = PROTO / "baseline.binpb"
CHANGES = {
    "the type of a field": (
        "message.proto",
        "  optional string callback_url = 5;",
        "  optional bytes callback_url = 5;",
    ),
    "the name of a field": ("message.proto", "  optional string queue = 11;", "  optional string lane = 11;"),
    "the number of a field": ("message.proto", "  optional string queue = 11;", "  optional string queue = 99;"),
    "a field removed": ("message.proto", "  optional string queue = 11;", ""),
    "a value removed": ("call_options.proto", "  PRIORITY_BULK = 3;", ""),
    "a reservation removed": ("event_feed.proto", "  reserved 15;", ""),
}


@pytest.mark.usefixtures("workspace")
def test_nothing_has_changed_that_clients_rely_on() -> None:
    result = buf("breaking", "--against", BASELINE)

    assert result.stdout + result.stderr == ""
    assert result.returncode == 0


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_breaks_clients_is_caught(change: str, tmp_path: Path) -> None:
    name, before, after = CHANGES[change]
    shutil.copy(ROOT / "buf.yaml", tmp_path)
    shutil.copytree(PROTO, tmp_path / "proto")
    path = tmp_path / "proto" / "conversation_gateway" / "v1" / name
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")

    result = buf("breaking", "--against", BASELINE, cwd=tmp_path)

    assert result.returncode == 100, result.stderr
    assert name in result.stdout
