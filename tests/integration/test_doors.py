"""The doors of a whole gateway: what the settings make of callers, health, probes, and the control address."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from conversation_gateway.v1 import event_feed_pb2, event_feed_pb2_grpc, message_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway import http_server
from gateway.http_server import HttpLimits
from gateway.state.sqlite_log import SqliteEventLog
from tests.conftest import Environment, RunningGateway, StartGateway
from tests.grpc_door import Authority
from tests.integration.test_send import text
from tests.patience import PATIENCE_S
from tests.processes import gateway_process
from tests.requirements import require

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
FEED = "conversation_gateway.v1.EventFeedService"
MESSAGES = "conversation_gateway.v1.MessageService"


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


async def send(channel: grpc.aio.Channel, token: str) -> grpc.StatusCode:
    """Send one message as whoever has this token; the status."""
    call = message_pb2_grpc.MessageServiceStub(channel).SendMessage(text(), metadata=bearer(token), timeout=20)
    code: grpc.StatusCode = await call.code()
    return code


async def becomes(check: Callable[[], Any], wanted: object) -> None:
    """Ask again and again until the answer is what is wanted."""
    async with asyncio.timeout(PATIENCE_S):
        while await check() != wanted:  # noqa: ASYNC110 - another process, which tells nobody
            await asyncio.sleep(0.05)


async def test_tokens_and_certificates_are_replaced_under_a_running_stream(
    environment: Environment, tmp_path: Path
) -> None:
    authority, tokens = Authority(tmp_path), tmp_path / "tokens"
    tokens.write_text(f"{hashed('old')}\n")
    files = authority.files
    async with gateway_process(
        {
            **environment,
            "GATEWAY_GRPC_TLS_CERT_FILE": str(files.certificate),
            "GATEWAY_GRPC_TLS_KEY_FILE": str(files.key),
            "GATEWAY_CALLER_TOKENS_SHA256_FILE": str(tokens),
            "GATEWAY_REREAD_S": "0.05",
        }
    ) as process:
        address = (await process.line("ready"))["grpc"]
        async with authority.channel(address) as channel:
            stream = event_feed_pb2_grpc.EventFeedServiceStub(channel).Subscribe(
                event_feed_pb2.SubscribeRequest(heartbeat_interval={"seconds": 1}), metadata=bearer("old")
            )
            await stream.read()
            before = await send(channel, "old")

            authority.renew()
            tokens.write_text(hashed("new"))
            async with authority.channel(address) as fresh:
                await becomes(partial(send, fresh, "new"), grpc.StatusCode.OK)
                after = await send(fresh, "old")
            still = await stream.read()
            stream.cancel()

        assert before is grpc.StatusCode.OK
        assert after is grpc.StatusCode.UNAUTHENTICATED
        assert isinstance(still, event_feed_pb2.SubscribeResponse)
        assert any(line["event"] == "certificate_reloaded" for line in process.lines)


CALLERS = f"""
[[callers]]
name = "shop"
token_sha256 = ["{hashed("shop")}"]
methods = ["MessageService/*"]
quota_share = 0.5
priority_cap = "NORMAL"

[[callers]]
name = "old"
token_sha256 = ["{hashed("old")}"]
expires = 2020-01-01T00:00:00Z
"""


async def test_callers_of_the_settings_file_may_do_what_it_says_and_refusals_are_counted(
    start_gateway: StartGateway, tmp_path: Path
) -> None:
    (tmp_path / "gateway.toml").write_text(CALLERS)
    async with start_gateway(GATEWAY_CONFIG_FILE=str(tmp_path / "gateway.toml")) as gateway:
        sent = await send(gateway.channel, "shop")
        expired = await send(gateway.channel, "old")
        feed = event_feed_pb2_grpc.EventFeedServiceStub(gateway.channel)
        forbidden = await feed.GetFeed(event_feed_pb2.GetFeedRequest(), metadata=bearer("shop")).code()
        page = await metrics(gateway)

    assert sent is grpc.StatusCode.OK
    assert expired is grpc.StatusCode.UNAUTHENTICATED
    assert forbidden is grpc.StatusCode.PERMISSION_DENIED
    assert 'gateway_callers_refused_total{reason="expired"} 1.0' in page
    assert 'gateway_callers_refused_total{reason="method"} 1.0' in page
    assert 'gateway_callers_refused_total{reason="unknown_token"} 0.0' in page


async def metrics(gateway: RunningGateway) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://{gateway.addresses.admin}/metrics")).text


async def test_the_settings_give_a_unix_socket_to_a_group(environment: Environment, tmp_path: Path) -> None:
    require(os.geteuid() == 0, "only root can give a socket to a group it is not in")
    path = tmp_path / "gateway.sock"
    mine = {**environment, "GATEWAY_GRPC_ADDRESS": f"unix:{path}", "GATEWAY_GRPC_SOCKET_GROUP": "4242"}
    async with gateway_process(mine) as process:
        await process.line("ready")
        status = path.stat()

    assert status.st_gid == 4242
    assert status.st_mode & 0o777 == 0o660


async def test_trouble_with_the_store_is_the_feeds_and_the_webhooks_and_nobody_elses(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = health_pb2_grpc.HealthStub(gateway.channel)
    watch = stub.Watch(health_pb2.HealthCheckRequest(service=FEED))
    before = await watch.read()

    with monkeypatch.context() as broken:
        broken.setattr(SqliteEventLog, "usable", property(lambda _: False))
        during = await watch.read()
        process = await stub.Check(health_pb2.HealthCheckRequest())
        messages = await stub.Check(health_pb2.HealthCheckRequest(service=MESSAGES))
        probes = await asked(gateway)
    after = await watch.read()
    watch.cancel()

    assert [before.status, during.status, after.status] == [SERVING, NOT_SERVING, SERVING]
    assert [process.status, messages.status] == [SERVING, SERVING]
    assert probes == {"startup": 200, "readiness": 503, "liveness": 200}


async def asked(gateway: RunningGateway) -> dict[str, int]:
    async with httpx.AsyncClient(base_url=f"http://{gateway.addresses.admin}") as client:
        return {probe: (await client.get(f"/{probe}")).status_code for probe in ("startup", "readiness", "liveness")}


async def test_trouble_with_the_api_and_the_token_changes_no_health(start_gateway: StartGateway) -> None:
    nobody = {f"GATEWAY_{host}_URL": "http://127.0.0.1:9" for host in ("CONVERSATION", "AUTH", "BATCH", "TEMPLATE")}
    async with start_gateway(**nobody) as gateway:
        code = await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(text(), timeout=2).code()
        states = [
            await health_pb2_grpc.HealthStub(gateway.channel).Check(health_pb2.HealthCheckRequest(service=service))
            for service in ("", FEED, MESSAGES)
        ]
        probes = await asked(gateway)

    assert code is not grpc.StatusCode.OK
    assert {state.status for state in states} == {SERVING}
    assert probes == {"startup": 200, "readiness": 200, "liveness": 200}


# The control address.


async def test_quit_drains_as_sigterm_does(environment: Environment, tmp_path: Path) -> None:
    socket = tmp_path / "control.sock"
    async with gateway_process({**environment, "GATEWAY_CONTROL_ADDRESS": f"unix:{socket}"}) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            stream = event_feed_pb2_grpc.EventFeedServiceStub(channel).Subscribe(event_feed_pb2.SubscribeRequest())
            await stream.read()
            transport = httpx.AsyncHTTPTransport(uds=str(socket))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                answers = await asyncio.gather(*(client.post("/quit") for _ in range(3)), return_exceptions=True)
            last = None
            while isinstance(answer := await stream.read(), event_feed_pb2.SubscribeResponse):
                last = answer

        code = await process.ended()

    assert {answer.status_code for answer in answers if isinstance(answer, httpx.Response)} == {202}
    assert last is not None
    assert last.HasField("draining")
    assert code == 0


async def test_the_log_level_changes_while_it_runs(environment: Environment) -> None:
    quiet = {**environment, "GATEWAY_CONTROL_ADDRESS": "127.0.0.1:0", "GATEWAY_LOG_LEVEL": "error"}
    async with gateway_process(quiet) as process:
        ready = await process.line("ready")
        async with (
            httpx.AsyncClient(base_url=f"http://{ready['control']}") as client,
            grpc.aio.insecure_channel(ready["grpc"]) as channel,
        ):
            before = (await client.get("/log-level")).json()
            await send(channel, "")
            changed = await client.post("/log-level", json={"level": "info"})
            refused = await client.post("/log-level", json={"level": "loud"})
            await send(channel, "")
            line = await process.line("rpc")
        process.child.send_signal(signal.SIGTERM)
        await process.ended()

    assert before == {"level": "error"}
    assert changed.json() == {"level": "info"}
    assert refused.status_code == 400
    assert line["method"].endswith("SendMessage")
    assert sum(line["event"] == "rpc" for line in process.lines) == 1


@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"host": "evil.example"}],
    ids=["origin", "fetch metadata", "a name led here"],
)
async def test_a_web_page_cannot_use_the_control_door(start_gateway: StartGateway, headers: dict[str, str]) -> None:
    async with (
        start_gateway(GATEWAY_CONTROL_ADDRESS="127.0.0.1:0") as gateway,
        httpx.AsyncClient(base_url=f"http://{gateway.addresses.control}", headers=headers) as client,
    ):
        answers = [await client.post("/quit"), await client.get("/log-level")]

    assert [answer.status_code for answer in answers] == [403, 403]


async def test_quit_and_log_level_are_on_no_other_door(gateway: RunningGateway) -> None:
    async with httpx.AsyncClient() as client:
        answers = [
            await client.post(f"http://{door}{path}")
            for door in (gateway.addresses.admin, gateway.addresses.webhooks)
            for path in ("/quit", "/log-level")
        ]

    assert {answer.status_code for answer in answers} <= {404, 405}


# Waiting for it.


async def waited(*arguments: str, **environment: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "gateway.cli", "wait", *arguments,
        env={**os.environ, **environment}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_wait_returns_0_once_the_gateway_is_ready(gateway: RunningGateway) -> None:
    code, said = await waited(GATEWAY_ADMIN_ADDRESS=gateway.addresses.admin)

    assert (code, said) == (0, "")


async def test_wait_gives_up_with_1_and_says_why(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SqliteEventLog, "usable", property(lambda _: False))

    code, said = await waited("--timeout-s", "3", "--admin-address", gateway.addresses.admin)
    nobody = await waited("--timeout-s", "0.3", "--admin-address", "127.0.0.1:9")

    assert code == 1
    assert "the store cannot be used" in said
    assert nobody[0] == 1
    assert "127.0.0.1:9 is not ready after 0.3 s: ConnectError" in nobody[1]


@pytest.mark.parametrize("address", ["", "127.0.0.1:0", "nonsense"])
async def test_wait_for_no_address_is_2(address: str) -> None:
    code, said = await waited("--admin-address", address)

    assert code == 2
    assert "no admin address" in said


# Slow and greedy peers of the HTTP doors.


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = partial(HttpLimits, head_timeout_s=0.2, body_timeout_s=0.2, max_connections=2)
    monkeypatch.setattr(http_server, "HttpLimits", limits)


ATTACKS = {
    "slow_head": b"GET / HTTP/1.1\r\nhost: localhost\r\nx-slow",
    "slow_body": b"POST /webhooks/default HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nx",
    "large_head": b"GET / HTTP/1.1\r\nhost: localhost\r\n" + b"x-y: z\r\n" * 10_000,
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("door", ["webhooks", "admin", "control"])
@pytest.mark.parametrize("reason", ATTACKS)
async def test_no_http_door_waits_for_a_slow_peer_or_takes_more_than_its_bound(
    start_gateway: StartGateway, door: str, reason: str
) -> None:
    async with start_gateway(GATEWAY_CONTROL_ADDRESS="127.0.0.1:0") as gateway:
        address = getattr(gateway.addresses, door)
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(ATTACKS[reason])
        async with asyncio.timeout(PATIENCE_S):
            try:
                while await reader.read(4096):
                    pass
            except ConnectionError:
                pass
        writer.transport.abort()
        page = await metrics(gateway)

    assert f'gateway_http_refused_total{{door="{door}",reason="{reason}"}} 1.0' in page
