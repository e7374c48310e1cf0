"""Where the gateway goes on the network: to the configured hosts, and nowhere else."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import grpc
import httpx
import pytest
from conversation_gateway.v1 import app_pb2, app_pb2_grpc, message_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import Environment, RunningGateway, StartGateway
from tests.integration.test_send import text
from tests.patience import PATIENCE_S
from tests.processes import LOOPBACK_ONLY, gateway_process
from tests.requirements import require

CONNECT = re.compile(r"connect\(\d+, \{sa_family=(?P<family>AF_\w+)(?P<rest>[^}]*)\}")


def watched(folder: Path) -> tuple[str, ...]:
    strace = Path("/usr/bin/strace")
    require(strace.exists(), "strace is not installed")
    return (str(strace), "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(folder / "calls"))


async def test_a_gateway_at_work_connects_to_the_configured_hosts_and_nowhere_else(
    environment: Environment, tmp_path: Path
) -> None:
    allowed = {int(match) for match in re.findall(r"127\.0\.0\.1:(\d+)", environment["GATEWAY_AUTH_URL"])}
    async with gateway_process(
        {**environment, "GATEWAY_CONTROL_ADDRESS": "127.0.0.1:0"}, *watched(tmp_path)
    ) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            await message_pb2_grpc.MessageServiceStub(channel).SendMessage(text(), timeout=20)
            await app_pb2_grpc.AppServiceStub(channel).ListApps(app_pb2.ListAppsRequest(), timeout=20)
        # The process that was started is the one that watches: a signal would end that.
        async with httpx.AsyncClient() as client:
            await client.post(f"http://{ready['control']}/quit")
        await process.ended()

    elsewhere = []
    ports = set()
    for line in (tmp_path / "calls").read_text().splitlines():
        found = CONNECT.search(line)
        if found and found["family"] in {"AF_INET", "AF_INET6"}:
            port = re.search(r"sin6?_port=htons\((\d+)\)", found["rest"])
            local = '"127.0.0.1"' in found["rest"] or '"::1"' in found["rest"]
            ports |= {int(port[1])} if port else set()
            elsewhere += [] if local and port and int(port[1]) in allowed else [line]
    assert elsewhere == []
    assert ports == allowed


@asynccontextmanager
async def host(answer: bytes, *, drips: bool = False) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A host that gives everyone the same answer, perhaps without an end; the heads of what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
            await writer.drain()
            while drips:
                await asyncio.sleep(0.02)
                writer.write(b" ")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


async def send(gateway: RunningGateway, timeout_s: float = 20) -> grpc.StatusCode:
    call = message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(text(), timeout=timeout_s)
    code: grpc.StatusCode = await call.code()
    return code


async def test_a_redirect_is_not_followed(start_gateway: StartGateway) -> None:
    async with host(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}") as (elsewhere, visits):
        redirect = f"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{elsewhere}/\r\ncontent-length: 0\r\n\r\n"
        async with (
            host(redirect.encode()) as (address, asked),
            start_gateway(GATEWAY_CONVERSATION_URL=f"http://{address}") as gateway,
        ):
            code = await send(gateway)

    assert code is not grpc.StatusCode.OK
    assert asked
    assert visits == []


async def test_an_answer_that_drips_takes_no_longer_than_the_deadline(start_gateway: StartGateway) -> None:
    drip = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n"
    async with (
        host(drip, drips=True) as (address, asked),
        start_gateway(GATEWAY_CONVERSATION_URL=f"http://{address}") as gateway,
    ):
        async with asyncio.timeout(PATIENCE_S):
            code = await send(gateway, timeout_s=0.5)

    # Whether it was sent is not known; the caller's own clock may be first to end the call.
    assert code in {grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED}
    assert asked


@pytest.mark.parametrize(
    ("asked_for", "excepted", "through_proxy"),
    [("false", "", False), ("true", "", True), ("true", "127.0.0.1", False)],
    ids=["not asked for", "asked for", "but not for this host"],
)
async def test_a_proxy_of_the_environment_is_used_only_where_that_is_asked_for(
    environment: Environment, simulator: Simulator, asked_for: str, excepted: str, *, through_proxy: bool
) -> None:
    async with host(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n") as (address, asked):
        proxy = {"http_proxy": f"http://{address}", "no_proxy": excepted, "GATEWAY_ENVIRONMENT_PROXY": asked_for}
        async with gateway_process({**environment, **proxy}) as process:
            ready = await process.line("ready")
            async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
                stub = message_pb2_grpc.MessageServiceStub(channel)
                code = await stub.SendMessage(text(), timeout=3).code()

    assert (code is grpc.StatusCode.OK) is not through_proxy
    assert bool(asked) is through_proxy
    assert all(simulator.url.encode() in head.partition(b"\r\n")[0] for head in asked)


async def test_a_callers_credentials_never_leave_for_the_api(start_gateway: StartGateway, simulator: Simulator) -> None:
    digest = sha256(b"callers-own").hexdigest()
    async with start_gateway(GATEWAY_CALLER_TOKENS_SHA256=digest) as gateway:
        stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
        await stub.SendMessage(text(), metadata=(("authorization", "Bearer callers-own"),), timeout=20)

    assert simulator.requests
    assert not any("callers-own" in str(request) for request in simulator.requests)


@pytest.mark.parametrize(
    "look", ["socket.create_connection(('192.0.2.1', 80), 1)", "socket.getaddrinfo('api.example.com', 443)"]
)
def test_no_gateway_that_a_test_starts_can_look_elsewhere(tmp_path: Path, look: str) -> None:
    log = tmp_path / "log"
    run = subprocess.run(
        [sys.executable, "-P", "-c", f"import socket; {look}"],
        env={**os.environ, "PYTHONPATH": LOOPBACK_ONLY, "TESTS_OUTSIDE_LOG": str(log)},
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip

    assert "PermissionError: tests stay on this machine" in run.stderr
    assert log.read_text()


def test_this_process_cannot_look_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TESTS_OUTSIDE_LOG", str(tmp_path / "log"))

    with pytest.raises(PermissionError, match="tests stay on this machine"):
        socket.create_connection(("192.0.2.1", 80), 1)
