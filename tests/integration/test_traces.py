"""Spans as a collector gets them over a real socket, from a gateway that is a process of its own."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import httpx
import pytest
from conversation_gateway.v1 import event_feed_pb2, event_feed_pb2_grpc, message_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, WEBHOOK_SECRET, Environment
from tests.integration.test_send import text
from tests.integration.webhook_door import signature_lines
from tests.otlp_collector import Collector, attributes, collecting, links
from tests.processes import Process, gateway_process
from tests.simulator_faults import misbehave

SEND = "conversation_gateway.v1.MessageService/SendMessage"
POST = "POST /v1/projects/{project_id}/messages:send"
WEBHOOK = "POST /webhooks/{name}"
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
CALLERS_TRACE = bytes.fromhex("4bf92f3577b34da6a3ce929d0e0e4736")
CALLERS_SPAN = bytes.fromhex("00f067aa0ba902b7")
UNSAMPLED = CALLER[:-2] + "00"


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as running:
        yield running


@asynccontextmanager
async def traced(environment: Environment, **overrides: str) -> AsyncIterator[tuple[Process, grpc.aio.Channel]]:
    async with gateway_process({**environment, **overrides}) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            yield process, channel
        process.child.terminate()
        assert await process.ended() == 0


async def send(channel: grpc.aio.Channel, request_id: str = "", **metadata: str) -> str:
    request = text()
    if request_id:
        request.options.request_id = request_id
    stub = message_pb2_grpc.MessageServiceStub(channel)
    return (await stub.SendMessage(request, timeout=10, metadata=tuple(metadata.items()))).message_id


def sent_headers(simulator: Simulator) -> dict[str, str]:
    """The headers of the last send that reached the API."""
    return [request for request in simulator.requests if request.path.endswith("messages:send")][-1].headers


async def test_a_call_is_one_trace_from_its_caller_to_the_api(
    environment: Environment, simulator: Simulator, collector: Collector
) -> None:
    async with traced(environment, **collector.environment) as (_, channel):
        await send(channel, traceparent=CALLER, tracestate="vendor=1")
        (rpc,) = await collector.find(SEND)
        (post,) = await collector.find(POST)

    assert (rpc.trace_id, rpc.parent_span_id, rpc.kind) == (CALLERS_TRACE, CALLERS_SPAN, Span.SPAN_KIND_SERVER)
    assert (post.trace_id, post.parent_span_id, post.kind) == (CALLERS_TRACE, rpc.span_id, Span.SPAN_KIND_CLIENT)
    headers = sent_headers(simulator)
    assert headers["traceparent"] == f"00-{CALLERS_TRACE.hex()}-{post.span_id.hex()}-01"
    assert headers["tracestate"] == "vendor=1"
    assert collector.resources[0]["service.name"] == "conversation-gateway"


async def test_spans_follow_the_conventions(environment: Environment, collector: Collector) -> None:
    async with traced(environment, **collector.environment, OTEL_SERVICE_NAME="mine") as (_, channel):
        await send(channel)
        (rpc,) = await collector.find(SEND)
        (post,) = await collector.find(POST)
        (token,) = await collector.find("POST /oauth2/token")

    said, sent = attributes(rpc), attributes(post)
    assert said["rpc.system.name"] == "grpc"
    assert said["rpc.method"] == SEND
    assert said["rpc.response.status_code"] == "OK"
    assert (said["gateway.attempt_count"], said["gateway.queue_wait_ms"]) == (1, 0)
    assert sent["http.request.method"] == "POST"
    assert sent["http.response.status_code"] == 200
    assert sent["url.template"] == "/v1/projects/{project_id}/messages:send"
    assert sent["url.full"].endswith("/v1/projects/{project_id}/messages:send")
    assert sent["server.address"] == "127.0.0.1"
    assert "http.request.resend_count" not in sent
    assert token.trace_id == rpc.trace_id
    assert collector.resources[0]["service.name"] == "mine"


async def test_each_attempt_is_a_span_that_says_which_it_is(
    environment: Environment, simulator: Simulator, collector: Collector
) -> None:
    await misbehave(simulator, {"path": "*messages:send", "nth": [1]}, {"status": 500})

    async with traced(environment, **collector.environment) as (_, channel):
        await send(channel)
        first, second = sorted(await collector.find(POST, count=2), key=lambda span: span.start_time_unix_nano)
        (rpc,) = await collector.find(SEND)

    assert attributes(first)["error.type"] == "500"
    assert first.status.code == Status.STATUS_CODE_ERROR
    assert "http.request.resend_count" not in attributes(first)
    assert attributes(second)["http.request.resend_count"] == 1
    assert attributes(rpc)["gateway.attempt_count"] == 2


async def test_a_wait_for_a_permit_is_a_span(environment: Environment, collector: Collector) -> None:
    slow = {"GATEWAY_RATE_LIMIT_PER_S": "5", "GATEWAY_RATE_LIMIT_BURST": "1"}

    async with traced(environment, **collector.environment, **slow) as (_, channel):
        for _ in range(2):
            await send(channel)
        (wait,) = await collector.find("rate limit")
        (rpc,) = [span for span in await collector.find(SEND, count=2) if span.span_id == wait.parent_span_id]

    assert attributes(rpc)["gateway.queue_wait_ms"] > 0
    assert wait.end_time_unix_nano > wait.start_time_unix_nano


@pytest.mark.parametrize(
    ("answer", "code", "is_error"),
    [({"status": 404}, "NOT_FOUND", False), ({"body": "invalid_json", "status": 200}, "INTERNAL", True)],
)
async def test_only_faults_of_the_server_are_errors(
    environment: Environment,
    simulator: Simulator,
    collector: Collector,
    answer: dict[str, Any],
    code: str,
    *,
    is_error: bool,
) -> None:
    await misbehave(simulator, {"path": "*messages:send"}, answer)

    async with traced(environment, **collector.environment) as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError):
            await send(channel)
        (rpc,) = await collector.find(SEND)

    assert attributes(rpc)["rpc.response.status_code"] == code
    assert attributes(rpc)["error.type"] == code
    assert (rpc.status.code == Status.STATUS_CODE_ERROR) is is_error
    assert not rpc.events


async def test_a_caller_that_is_not_sampled_is_passed_on_and_not_recorded(
    environment: Environment, simulator: Simulator, collector: Collector
) -> None:
    async with traced(environment, **collector.environment) as (_, channel):
        await send(channel, traceparent=UNSAMPLED)
        await send(channel, traceparent=CALLER)
        await collector.find(SEND)

    assert len(await collector.find(SEND)) == 1
    first = next(request for request in simulator.requests if request.path.endswith("messages:send"))
    assert first.headers["traceparent"] == UNSAMPLED


async def test_the_sampler_of_the_variablesdecides(environment: Environment, collector: Collector) -> None:
    never = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"}

    async with traced(environment, **collector.environment, **never) as (_, channel):
        for _ in range(20):
            await send(channel)
        await send(channel, traceparent=CALLER)
        await collector.find(SEND)

    assert {span.trace_id for span in collector.spans} == {CALLERS_TRACE}


async def test_a_latency_leads_to_the_trace_that_it_was_measured_in(
    environment: Environment, collector: Collector
) -> None:
    async with traced(environment, **collector.environment) as (process, channel):
        await send(channel, traceparent=CALLER)
        ready = await process.line("ready")
        async with httpx.AsyncClient() as client:
            accept = {"accept": "application/openmetrics-text; version=1.0.0"}
            page = (await client.get(f"http://{ready['admin']}/metrics", headers=accept)).text

    joined = {line.partition("{")[0] for line in page.splitlines() if f'trace_id="{CALLERS_TRACE.hex()}"' in line}
    assert {"grpc_server_handling_seconds_bucket", "gateway_upstream_seconds_bucket"} <= joined


async def test_health_is_not_traced(environment: Environment, collector: Collector) -> None:
    async with traced(environment, **collector.environment) as (_, channel):
        await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
        await send(channel)
        await collector.find(SEND)

    assert not [span for span in collector.spans if "ealth" in span.name]


async def test_a_webhook_is_linked_to_its_send_and_a_delivery_to_its_webhook(
    environment: Environment, collector: Collector
) -> None:
    async with traced(environment, **collector.environment) as (process, channel):
        stream = event_feed_pb2_grpc.EventFeedServiceStub(channel).Subscribe(event_feed_pb2.SubscribeRequest(latest={}))
        await stream.read()
        message_id = await send(channel, traceparent=CALLER)
        await post_receipt(await process.line("ready"), message_id)
        (webhook,) = await collector.find(WEBHOOK)
        (stored,) = await collector.find("store feed")
        (delivered,) = await collector.find("deliver feed")
        (rpc,) = await collector.find(SEND)
        stream.cancel()

    assert webhook.trace_id != rpc.trace_id
    assert not webhook.parent_span_id
    assert links(webhook) == {rpc.span_id}
    assert (stored.parent_span_id, stored.kind) == (webhook.span_id, Span.SPAN_KIND_PRODUCER)
    assert (links(delivered), delivered.kind) == ({stored.span_id}, Span.SPAN_KIND_CONSUMER)
    assert attributes(delivered)["messaging.message.id"] == attributes(stored)["messaging.message.id"]
    assert attributes(webhook)["http.response.status_code"] == 200


@pytest.mark.parametrize("request_id", ["", "known-by-its-stamp"])
async def test_a_webhook_is_linked_to_its_send_after_a_restart(
    environment: Environment, collector: Collector, request_id: str
) -> None:
    async with traced(environment, **collector.environment) as (_, channel):
        message_id = await send(channel, request_id)
        (rpc,) = await collector.find(SEND)
    # Nothing is recorded for its own sake any more: what is, is for the send.
    never = {"OTEL_TRACES_SAMPLER": "always_off"}
    async with traced(environment, **collector.environment, **never) as (process, _):
        known = {"metadata": "cgw:known-by-its-stamp"} if request_id else {"message_id": message_id}
        await post_receipt(await process.line("ready"), **known)
        (webhook,) = await collector.find(WEBHOOK)

    assert links(webhook) == {rpc.span_id}


async def test_a_context_on_a_webhook_is_linked_and_never_a_parent(
    environment: Environment, collector: Collector
) -> None:
    async with traced(environment, **collector.environment) as (process, _):
        await post_receipt(await process.line("ready"), "M1", traceparent=CALLER)
        (webhook,) = await collector.find(WEBHOOK)

    assert webhook.trace_id != CALLERS_TRACE
    assert not webhook.parent_span_id
    assert links(webhook) == {CALLERS_SPAN}


async def post_receipt(ready: dict[str, Any], message_id: str = "M1", metadata: str = "", **headers: str) -> None:
    body = (
        f'{{"app_id":"{APP_ID}","project_id":"demo-project","message_delivery_report":{{"message_id":"{message_id}",'
        f'"status":"DELIVERED","metadata":"{metadata}"}}}}'
    ).encode()
    lines = signature_lines(body, secret=WEBHOOK_SECRET.encode()).decode().splitlines()
    signed = dict(line.split(": ", 1) for line in lines) | {"content-type": "application/json"} | headers
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"http://{ready['webhooks']}/webhooks/default", content=body, headers=signed)
    assert answer.status_code == 200


@pytest.mark.parametrize(("settings", "goes_out"), [({}, False), ({"OTEL_PROPAGATORS": "tracecontext,baggage"}, True)])
async def test_baggage_goes_to_the_api_only_where_that_is_asked_for(
    environment: Environment, simulator: Simulator, settings: dict[str, str], *, goes_out: bool
) -> None:
    async with traced(environment, **settings) as (_, channel):
        await send(channel, traceparent=CALLER, baggage="customer=7")

    headers = sent_headers(simulator)
    assert headers["traceparent"] == CALLER
    assert ("baggage" in headers) is goes_out


async def test_a_collector_that_is_not_there_fails_nothing_and_holds_no_end_up(environment: Environment) -> None:
    dead = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "GATEWAY_DRAIN_TIMEOUT_S": "2"}

    async with traced(environment, **dead) as (_, channel):
        sent = [await send(channel) for _ in range(5)]

    assert all(sent)


async def test_a_collector_that_never_answers_fails_nothing_and_holds_no_end_up(environment: Environment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "OTEL_BSP_SCHEDULE_DELAY": "20",
            "OTEL_BSP_MAX_QUEUE_SIZE": "16",
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "8",
            "GATEWAY_DRAIN_TIMEOUT_S": "2",
        }
        async with traced(environment, **slow) as (_, channel):
            sent = await asyncio.gather(*(send(channel) for _ in range(50)))

    assert all(sent)


async def test_an_exporter_that_is_not_installed_is_said_in_one_line(environment: Environment) -> None:
    async with gateway_process({**environment, "OTEL_TRACES_EXPORTER": "zipkin"}) as process:
        code = await process.ended()

    assert code == 2
    assert "OTEL_TRACES_EXPORTER asks for zipkin" in process.text
    assert "Traceback" not in process.text


@pytest.mark.parametrize(
    "variables",
    [{}, {"OTEL_TRACES_EXPORTER": "none"}, {"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "otlp"}],
)
def test_the_sdk_is_not_even_imported_where_nothing_asks_for_it(variables: dict[str, str]) -> None:
    program = (
        "import sys, gateway.app; from gateway.telemetry import tracing;"
        f"tracing.from_environment({variables!r});"
        "sys.exit(any(name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter')) for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
