"""What the settings say of callers, sockets, webhooks and retention is what the running gateway does."""

import asyncio
import stat
import time
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path

import grpc
import httpx
import pytest
from conversation_gateway.v1 import event_feed_pb2, event_feed_pb2_grpc, message_pb2_grpc

from gateway import inbound
from gateway.clock import Clock
from gateway.configuration import load
from gateway.events.retention import Retention, RetentionLimits
from gateway.state.log import Keep
from gateway.telemetry.metrics import Metrics
from tests.conftest import WEBHOOK_SECRET, Environment, RunningGateway, StartGateway
from tests.integration.test_send import text
from tests.integration.transport.misbehaving import Part, RawServer
from tests.integration.webhook_door import BODY, signature_lines
from tests.processes import gateway_process
from tests.rich_status import info

SHARES = f"""
[[callers]]
name = "campaign"
token_sha256 = ["{sha256(b"campaign").hexdigest()}"]
quota_share = 0.0001

[[callers]]
name = "shop"
token_sha256 = ["{sha256(b"shop").hexdigest()}"]
"""


async def test_a_callers_share_of_the_rate_is_that_of_its_table(start_gateway: StartGateway, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(SHARES)
    async with start_gateway(GATEWAY_CONFIG_FILE=str(tmp_path / "gateway.toml")) as gateway:
        stub = message_pb2_grpc.MessageServiceStub(gateway.channel)

        async def send(caller: str) -> None:
            await stub.SendMessage(text(), metadata=(("authorization", f"Bearer {caller}"),), timeout=5)

        # One of its calls is admitted in 12 seconds: the second one cannot be in time.
        await send("campaign")
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await send("campaign")
        for _ in range(3):
            await send("shop")

    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert info(refused.value).reason == "RATE_LIMITED"


@pytest.mark.parametrize("mode", ["0600", "0666"])
async def test_a_unix_socket_has_the_mode_that_was_set(environment: Environment, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "gateway.sock"
    mine = {**environment, "GATEWAY_GRPC_ADDRESS": f"unix:{path}", "GATEWAY_GRPC_SOCKET_MODE": mode}
    async with gateway_process(mine) as process:
        await process.line("ready")

        assert stat.S_IMODE(path.stat().st_mode) == int(mode, 8)


async def post(gateway: RunningGateway, *, age_s: float = 0.0, token: str = "") -> int:
    lines = signature_lines(BODY, secret=WEBHOOK_SECRET.encode(), at_s=time.time() - age_s)
    headers = dict(line.split(": ", 1) for line in lines.decode().splitlines())
    headers |= {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    async with httpx.AsyncClient() as client:
        url = f"http://{gateway.addresses.webhooks}/webhooks/default"
        return (await client.post(url, content=BODY, headers=headers)).status_code


async def test_signatures_are_taken_for_as_long_as_was_set(start_gateway: StartGateway) -> None:
    async with start_gateway(GATEWAY_WEBHOOK_MEMORY_S="3600") as gateway:
        statuses = [await post(gateway, age_s=age_s) for age_s in (60, 3500, 3700)]

    assert statuses == [200, 200, 401]


async def test_a_webhook_brings_a_bearer_token_where_its_digest_was_set(start_gateway: StartGateway) -> None:
    async with start_gateway(GATEWAY_WEBHOOK_BEARER_SHA256=sha256(b"token").hexdigest()) as gateway:
        statuses = [await post(gateway, token=token) for token in ("", "another", "token")]

    assert statuses == [401, 401, 200]


async def test_a_project_has_as_many_named_subscriptions_as_was_set(start_gateway: StartGateway) -> None:
    async with start_gateway(GATEWAY_FEED_MAX_SUBSCRIPTIONS="1") as gateway:
        feed = event_feed_pb2_grpc.EventFeedServiceStub(gateway.channel)
        start = (await feed.GetFeed(event_feed_pb2.GetFeedRequest())).oldest_cursor
        await feed.Commit(event_feed_pb2.CommitRequest(subscription="first", cursor=start))
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await feed.Commit(event_feed_pb2.CommitRequest(subscription="second", cursor=start))

    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert info(refused.value).reason == "TOO_MANY_SUBSCRIPTIONS"


async def test_the_log_is_kept_and_held_back_as_was_set(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[RetentionLimits] = []
    monkeypatch.setattr(Retention, "start", lambda retention: given.append(retention._limits))
    settings = load(
        {
            **environment,
            "GATEWAY_FEED_RETENTION_S": "7200",
            "GATEWAY_FEED_RETENTION_BYTES": "100000000",
            "GATEWAY_FEED_RETENTION_COUNT": "5000",
            "GATEWAY_FEED_HOLD_FACTOR": "3",
            "GATEWAY_WEBHOOK_MEMORY_S": "3600",
        }
    ).settings

    async with AsyncExitStack() as stack:
        await inbound.open_log(settings, Metrics(), Clock(), stack)

    assert given == [
        RetentionLimits(
            keep=Keep(age_s=7200, size_bytes=100_000_000, count=5000),
            held=Keep(age_s=21_600, size_bytes=300_000_000, count=15_000),
            dedupe_s=3600,
        )
    ]


async def test_no_more_connections_to_the_api_are_opened_than_were_set(start_gateway: StartGateway) -> None:
    held = asyncio.Event()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n" + b'{"message_id":"1"}'
    answers: list[list[Part]] = [[held, answer] for _ in range(6)]
    async with RawServer(*answers, *[[answer] for _ in range(10)]) as api:
        here = {
            "GATEWAY_CONVERSATION_URL": f"http://127.0.0.1:{api.port}",
            "GATEWAY_UPSTREAM_MAX_CONNECTIONS": "2",
        }
        async with start_gateway(**here) as gateway:
            stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
            sends = [asyncio.ensure_future(stub.SendMessage(text(), timeout=30)) for _ in range(6)]
            await api.until(requests=2)
            held.set()
            sent = await asyncio.gather(*sends)

        assert [each.message_id for each in sent] == ["1"] * 6
        assert api.most_open == 2
