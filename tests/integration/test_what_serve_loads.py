"""A server holds what it serves with: nothing of the other commands, nothing of what it was not told to use."""

import re

import pytest

from tests.conftest import Environment
from tests.processes import gateway_process

IMPORTED = re.compile(r"^import time: .*\| +(\S+)$", re.MULTILINE)
# httpx and structlog load rich wherever it is installed, so nothing that is shipped may bring it in. What they look for
# in vain is listed too; this module of it only another one of it would load.
TERMINAL = {"rich.segment", "curses", "readline"}
COMMANDS = {"demo", "examples", "processes", "report", "screen", "wait", "webhooks"}
# A large library for little that the gateway does itself.
REPLACED = {"pydantic"}
NOT_CONFIGURED = {"httpx", "redis", "cryptography", "opentelemetry.sdk", "opentelemetry.exporter"}


async def loaded(environment: Environment) -> set[str]:
    """The modules of a gateway that is ready, and the packages that they are in."""
    async with gateway_process({**environment, "PYTHONPROFILEIMPORTTIME": "1"}) as process:
        await process.line("ready")
        names = IMPORTED.findall(process.text)
    return {".".join(name.split(".")[:depth]) for name in names for depth in range(1, name.count(".") + 2)}


async def test_it_loads_no_terminal_library_no_other_command_and_nothing_unasked(environment: Environment) -> None:
    modules = await loaded(environment)

    others = {"gateway.simulator", "gateway.doctor", *(f"gateway.cli.{name}" for name in COMMANDS)}
    assert modules >= {"gateway.app", "grpc", "structlog"}
    assert modules & (TERMINAL | REPLACED | others | NOT_CONFIGURED) == set()


@pytest.mark.parametrize("exporter", ["opentelemetry.sdk", "opentelemetry.exporter"])
async def test_it_loads_an_exporter_of_spans_where_it_is_told_to(environment: Environment, exporter: str) -> None:
    modules = await loaded({**environment, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})

    assert exporter in modules
