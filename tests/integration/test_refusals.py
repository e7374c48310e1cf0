"""Settings that are wrong, seen from outside: both commands end with every mistake at once, and nothing is opened."""

import asyncio
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from gateway import doors
from gateway.callers import served
from tests.conftest import Environment, StartGateway
from tests.grpc_door import Authority
from tests.patience import PATIENCE_S


async def refused(command: str, environment: Environment) -> tuple[int | None, list[str]]:
    """The exit code of a command, and the lines that it complains in."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SINCH_", "GATEWAY_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "gateway.cli", command,
        env={**inherited, **environment}, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE_S):
        _, said = await process.communicate()
    return process.returncode, said.decode().splitlines()


async def test_mistakes_of_every_kind_are_told_at_once_by_both_commands(
    environment: Environment, tmp_path: Path
) -> None:
    Authority(tmp_path)
    (tmp_path / "gateway.toml").write_text(
        f'regoin = "eu"\n[[callers]]\nname = "shop"\ntoken_sha256 = "{"ab" * 32}"\nmethods = ["MesageService/*"]\n'
    )
    wrong = {
        **environment,
        "GATEWAY_CONFIG_FILE": f"{tmp_path}/gateway.toml",
        "GATEWAY_GRPC_TLS_CERT_FILE": f"{tmp_path}/tls.crt",
        "GATEWAY_GRPC_TLS_KEY_FILE": "/nowhere",
        "GATEWAY_LOG_LEVEL": "loud",
        "GATEWAY_WEBHOOK_SECRET": "",
        "OTEL_PROPAGATORS": "pigeons",
    }

    checked = await refused("check-config", wrong)
    started = await refused("serve", wrong)

    assert started == checked
    code, (head, *lines) = checked
    assert (code, head) == (2, "conversation-gateway cannot start:")
    assert {line.strip().replace(f"{tmp_path}/", "").split(" ")[0].rstrip(":") for line in lines} == {
        "GATEWAY_LOG_LEVEL", "GATEWAY_WEBHOOK_SECRET", "GATEWAY_GRPC_TLS_KEY_FILE", "gateway.toml,", "OTEL_PROPAGATORS",
    }  # fmt: skip
    assert sum("line 1: regoin is no setting" in line for line in lines) == 1
    assert sum("line 5: callers[0].methods[0] is MesageService/*" in line for line in lines) == 1
    assert not (tmp_path / "state.db").exists()


async def test_the_methods_that_globs_are_checked_against_are_those_that_are_served(
    start_gateway: StartGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[str] = []

    def rpc_server(settings: Any, handlers: Iterable[str], **rest: Any) -> Any:
        handed.extend(handlers)
        return original(settings, handlers, **rest)  # type: ignore[arg-type]  # as it came

    original = doors.rpc_server
    monkeypatch.setattr(doors, "rpc_server", rpc_server)
    async with start_gateway():
        pass

    assert served() == set(handed)
