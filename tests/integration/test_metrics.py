"""What `/metrics` says after something has happened, and that it says it whatever else is broken."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import grpc
import httpx
import pytest
from conversation_gateway.v1 import event_feed_pb2, event_feed_pb2_grpc, message_pb2, message_pb2_grpc

from gateway.errors import StoreError
from gateway.events import vitals
from gateway.simulator.server import Simulator
from gateway.state.sqlite_log import SqliteEventLog
from tests.conftest import RunningGateway, StartGateway
from tests.integration.test_receipts import collect, register
from tests.integration.test_send import text
from tests.integration.webhook_door import signature_lines
from tests.requirements import require
from tests.simulator_faults import behave, misbehave

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
SENDS = "/v1/projects/{project_id}/messages:send"


async def scrape(gateway: RunningGateway, accept: str = "") -> dict[str, float]:
    """Every series with its value."""
    return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in await page(gateway, accept))}


async def page(gateway: RunningGateway, accept: str = "") -> list[str]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://{gateway.addresses.admin}/metrics", headers={"accept": accept})
    assert answer.status_code == 200
    return [line for line in answer.text.splitlines() if not line.startswith("#")]


def sends(status_class: str) -> str:
    """The series of the requests that send a message."""
    return f'gateway_upstream_requests_total{{host="conversation",status_class="{status_class}",template="{SENDS}"}}'


async def send(gateway: RunningGateway, request: message_pb2.SendMessageRequest | None = None) -> str:
    stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
    return (await stub.SendMessage(request or text(), timeout=10)).message_id


async def send_with_id(gateway: RunningGateway, request_id: str, words: str = "Hello") -> None:
    request = text()
    request.message.text_message.text = words
    request.options.request_id = request_id
    await send(gateway, request)


async def test_a_send_is_counted_in_everything_that_it_went_through(gateway: RunningGateway) -> None:
    await send(gateway)
    found = await scrape(gateway)

    rpc = 'grpc_method="SendMessage",grpc_service="conversation_gateway.v1.MessageService",grpc_type="unary"'
    assert found[f"grpc_server_started_total{{{rpc}}}"] == 1
    assert found[f'grpc_server_handled_total{{grpc_code="OK",{rpc}}}'] == 1
    assert found[f"grpc_server_handling_seconds_count{{{rpc}}}"] == 1
    assert found['gateway_token_fetches_total{outcome="ok"}'] == 1
    assert found["gateway_token_remaining_seconds"] > 0
    assert found['gateway_rate_limit_permits_total{priority="normal"}'] >= 1
    assert found['gateway_rate_limit_wait_seconds_count{priority="normal"}'] >= 1
    assert found["gateway_rate_limit_rate"] == pytest.approx(792)
    assert found[sends("2xx")] == 1
    assert found['gateway_upstream_seconds_count{host="auth"}'] == 1
    assert found['gateway_upstream_in_flight{host="conversation"}'] == 0


async def test_retries_are_counted_by_what_went_wrong_before(gateway: RunningGateway, simulator: Simulator) -> None:
    for status in (500, 429):
        await behave(simulator)
        await misbehave(simulator, {"path": "*messages:send", "nth": [1]}, {"status": status})
        await send(gateway)
    found = await scrape(gateway)

    assert found['gateway_upstream_retries_total{host="conversation",reason="server_error"}'] == 1
    assert found['gateway_upstream_retries_total{host="conversation",reason="rate_limited"}'] == 1
    assert found[sends("5xx")] == 1
    assert found["gateway_rate_limit_paused"] in {0, 1}


async def test_refused_credentials_are_counted(start_gateway: StartGateway) -> None:
    async with start_gateway(SINCH_KEY_SECRET="wrong") as gateway:
        with pytest.raises(grpc.aio.AioRpcError):
            await send(gateway)
        found = await scrape(gateway)

    assert found['gateway_token_fetches_total{outcome="refused"}'] >= 1
    assert found['gateway_token_fetches_total{outcome="ok"}'] == 0


async def test_a_call_that_the_limit_cannot_admit_is_counted_by_priority(start_gateway: StartGateway) -> None:
    hurried = text()
    hurried.options.max_queue_wait.FromNanoseconds(1)
    async with start_gateway(GATEWAY_RATE_LIMIT_PER_S="0.1", GATEWAY_RATE_LIMIT_BURST="1") as gateway:
        await send(gateway)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await send(gateway, hurried)
        found = await scrape(gateway)

    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert found['gateway_rate_limit_refused_total{priority="normal"}'] == 1


async def test_request_ids_are_counted_by_what_they_stood_for(gateway: RunningGateway) -> None:
    await send_with_id(gateway, "first")
    await send_with_id(gateway, "first")
    with pytest.raises(grpc.aio.AioRpcError):
        await send_with_id(gateway, "first", "something else")
    found = await scrape(gateway)

    counted = {outcome: found[f'gateway_request_ids_total{{outcome="{outcome}"}}'] for outcome in ("new", "replayed")}
    assert counted == {"new": 1, "replayed": 1}
    assert found['gateway_request_ids_total{outcome="reused"}'] == 1


async def test_the_feed_and_the_store_are_measured(gateway: RunningGateway) -> None:
    await register(gateway)
    await send(gateway)
    events = await collect(gateway, 4)
    stub = event_feed_pb2_grpc.EventFeedServiceStub(gateway.channel)
    named = event_feed_pb2.SubscribeRequest(subscription="behind")
    async with following(stub, named):
        found = await scrape(gateway)

    assert len(events) == 4
    assert found["gateway_store_usable"] == 1
    assert found["gateway_store_events"] == 4
    assert found["gateway_store_bytes"] > 0
    assert found["gateway_store_oldest_event_age_seconds"] > 0
    assert found["gateway_store_events_per_commit_sum"] == 4
    assert found["gateway_store_commit_seconds_count"] >= 1
    assert found["gateway_feed_events_sent_total"] >= 4
    assert found["gateway_feed_subscribers"] == 1
    assert found["gateway_feed_subscription_lag_events"] == 4
    assert found['gateway_feed_streams_ended_total{reason="client_left"}'] == 1


@asynccontextmanager
async def following(
    stub: "event_feed_pb2_grpc.EventFeedServiceAsyncStub", request: event_feed_pb2.SubscribeRequest
) -> AsyncIterator[None]:
    """A stream that is open, and has said so."""
    call = stub.Subscribe(request)
    await call.read()
    yield
    call.cancel()


async def test_ten_thousand_ids_add_no_series(start_gateway: StartGateway) -> None:
    async with start_gateway(GATEWAY_RATE_LIMIT_PER_S="100000", GATEWAY_RATE_LIMIT_BURST="10000") as gateway:
        before = set(await scrape(gateway))
        numbers = iter(range(2_000))
        async with asyncio.TaskGroup() as tasks:
            for _ in range(32):
                tasks.create_task(ask_with_ids(gateway, numbers))
        async with httpx.AsyncClient() as client:
            for number in range(100):
                await post(client, gateway, b'{"app_id":"A%d","trigger":"T%d"}' % (number, number))
        after = set(await scrape(gateway))

    assert after == before


async def ask_with_ids(gateway: RunningGateway, numbers: Iterator[int]) -> None:
    """Reads that fail, each with five ids that nothing else has."""
    stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
    for number in numbers:
        request = message_pb2.GetMessageRequest(message_id=f"message-{number}")
        request.options.request_id = f"id-{number}"
        metadata = (
            ("x-request-id", f"request-{number}"),
            ("traceparent", f"00-{number + 1:032x}-{number + 1:016x}-00"),
            ("user-agent", f"agent-{number}"),
        )
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.GetMessage(request, metadata=metadata, timeout=10)


async def post(client: httpx.AsyncClient, gateway: RunningGateway, body: bytes) -> None:
    lines = signature_lines(body, secret=b"test-webhook-secret").decode().splitlines()
    headers = dict(line.split(": ", 1) for line in lines) | {"content-type": "application/json"}
    url = f"http://{gateway.addresses.webhooks}/webhooks/default"
    assert (await client.post(url, content=body, headers=headers)).status_code == 200


async def test_metrics_are_there_while_the_api_is_not(start_gateway: StartGateway) -> None:
    nobody = "http://127.0.0.1:1/{region}"
    async with start_gateway(GATEWAY_CONVERSATION_URL=nobody) as gateway:
        with pytest.raises(grpc.aio.AioRpcError):
            await send(gateway)
        found = await scrape(gateway)

    assert found[sends("none")] >= 1
    assert found['gateway_upstream_retries_total{host="conversation",reason="not_sent"}'] >= 1


async def test_metrics_are_there_while_the_store_refuses(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_log: SqliteEventLog, _project_id: str) -> None:
        raise StoreError.unavailable("away")

    await scrape(gateway)
    monkeypatch.setattr(SqliteEventLog, "read_overview", refuse)
    monkeypatch.setattr(SqliteEventLog, "usable", False)
    found = await scrape(gateway)

    assert found["gateway_store_usable"] == 0
    assert found["gateway_store_bytes"] > 0


async def test_metrics_are_there_while_the_disk_hangs(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_log: SqliteEventLog, _project_id: str) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(vitals, "PATIENCE_S", 0.01)
    monkeypatch.setattr(SqliteEventLog, "read_overview", hang)
    found = [await scrape(gateway) for _ in range(2)]

    assert [each["gateway_build_info" + '{version="0.1.0"}'] for each in found] == [1, 1]


async def test_a_scraper_that_never_reads_holds_nobody_up(gateway: RunningGateway) -> None:
    host, _, port = gateway.addresses.admin.rpartition(":")
    async with AsyncExitStack() as stack:
        for _ in range(20):
            _, writer = await asyncio.open_connection(host, int(port), limit=1)
            stack.callback(writer.close)
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(b"GET /metrics HTTP/1.1\r\nHost: gateway\r\n\r\n" * 4)
            await writer.drain()
        sent = await send(gateway)
        found = await scrape(gateway)

    assert sent
    assert found[sends("2xx")] == 1


async def test_openmetrics_is_for_those_who_ask_for_it(gateway: RunningGateway) -> None:
    async with httpx.AsyncClient() as client:
        url = f"http://{gateway.addresses.admin}/metrics"
        plain = await client.get(url)
        asked = await client.get(url, headers={"accept": OPEN_METRICS})

    assert plain.headers["content-type"].startswith("text/plain")
    assert asked.headers["content-type"].startswith("application/openmetrics-text")
    assert asked.text.endswith("# EOF\n")


async def test_promtool_finds_nothing_to_say(gateway: RunningGateway) -> None:
    promtool = shutil.which("promtool")
    require(promtool, "promtool (Debian package prometheus) is not installed")
    assert promtool
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://{gateway.addresses.admin}/metrics")

    pipe = asyncio.subprocess.PIPE
    checking = await asyncio.create_subprocess_exec(promtool, "check", "metrics", stdin=pipe, stdout=pipe, stderr=pipe)
    said = b"".join(await checking.communicate(answer.content))

    assert (said.decode(), checking.returncode) == ("", 0)
