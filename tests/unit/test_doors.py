"""Files of tokens change while the gateway runs; whatever they hold, the door does not open by it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway import doors
from gateway.clock import Clock
from gateway.configuration import load
from gateway.rpc.callers import Callers
from gateway.settings import Settings

DIGEST, OTHER = "ab" * 32, "cd" * 32
PATHS = ("/conversation_gateway.v1.MessageService/SendMessage",)


class Files:
    """Watches nothing, and keeps whom to tell."""

    def watch(self, _path: Path, changed: Callable[[bytes], None]) -> None:
        self.changed = changed


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A gateway whose callers' tokens are in a file."""
    tokens = tmp_path / "tokens"
    tokens.write_text(DIGEST, encoding="ascii")
    return load(
        {
            "SINCH_PROJECT_ID": "project",
            "SINCH_KEY_ID": "key",
            "SINCH_KEY_SECRET": "secret",
            "GATEWAY_WEBHOOK_SECRET": "hook",
            "GATEWAY_CALLER_TOKENS_SHA256_FILE": str(tokens),
        }
    ).settings


@pytest.mark.parametrize("content", [b"", b"\n", b",", b" , "])
def test_a_file_of_tokens_that_was_emptied_lets_nobody_new_in(settings: Settings, content: bytes) -> None:
    callers, files = Callers(clock=Clock()), Files()
    doors._know_callers(settings, callers, PATHS, files)  # type: ignore[arg-type]  # as much of it as is used

    with pytest.raises(ValueError, match=r"is empty|no digest"):
        files.changed(content)

    assert callers.required


def test_tokens_that_are_what_they_were_are_not_said_to_be_replaced(settings: Settings) -> None:
    known: list[Any] = []
    callers, files = Callers(clock=Clock()), Files()
    doors._know_callers(settings, callers, PATHS, files)  # type: ignore[arg-type]  # as much of it as is used
    callers.replace = lambda entries, **_: known.append(entries)  # type: ignore[method-assign]

    files.changed(DIGEST.encode())
    files.changed(OTHER.encode())

    assert len(known) == 1
