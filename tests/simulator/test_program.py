"""The simulator as a process: one line when it is ready, and a clean end."""

import asyncio
import signal
import ssl
import sys
from pathlib import Path

import httpx
import orjson
import pytest
import trustme

from gateway.simulator import Simulator, SimulatorOptions
from tests.patience import PATIENCE_S
from tests.simulator.api_client import ApiClient, fetch_token

_PROGRAM = (
    "from gateway.simulator import SimulatorOptions; from gateway.simulator.program import run; run(SimulatorOptions())"
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_program_says_ready_serves_and_ends_with_zero(number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROGRAM, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None

    line = orjson.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE_S))
    async with httpx.AsyncClient(base_url=line["url"], trust_env=False) as http:
        token = await fetch_token(http)
    process.send_signal(number)
    rest, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)

    assert (line["event"], token.status_code) == ("ready", 200)
    assert (process.returncode, rest, errors) == (0, b"", b"")


async def test_it_serves_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    options = SimulatorOptions(tls_cert=tmp_path / "server.pem")

    async with Simulator(options) as simulator, httpx.AsyncClient(base_url=simulator.url, verify=trust) as http:
        answer = await (await ApiClient.connect(http)).send()

    assert simulator.url.startswith("https://127.0.0.1:")
    assert answer.status_code == 200


async def test_closing_leaves_no_task_and_drops_open_connections() -> None:
    before = asyncio.all_tasks()

    async with Simulator() as simulator:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(simulator.url.rpartition(":")[2]))
    data = await asyncio.wait_for(reader.read(), PATIENCE_S)
    writer.close()

    assert data == b""
    assert asyncio.all_tasks() == before


async def test_two_simulators_do_not_share_anything() -> None:
    async with Simulator() as first, Simulator() as second, httpx.AsyncClient(trust_env=False) as http:
        await http.get(f"{first.url}/nothing")

        counts = len(first.requests), len(second.requests)

    assert counts == (1, 0)
