"""What the outside sees of calls, as public dashboards and tools expect it: metrics, exemplars, log lines."""

import re

import grpc
import httpx
import pytest
from conversation_gateway import __version__ as client_version
from conversation_gateway import connect
from conversation_gateway.v1 import event_feed_pb2, message_pb2, message_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from gateway import __version__
from tests.conftest import Environment, RunningGateway
from tests.contract.contract import METHODS
from tests.integration.test_metrics import OPEN_METRICS, scrape
from tests.integration.test_send import text
from tests.integration.test_traces import CALLER, CALLERS_TRACE, SEND, send, traced
from tests.otlp_collector import collecting
from tests.processes import gateway_process

KINDS = {
    (False, False): "unary",
    (False, True): "server_stream",
    (True, False): "client_stream",
    (True, True): "bidi_stream",
}
# As Go spells them, which is how public dashboards ask for them.
CODES = """
OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted
FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated
"""


async def test_every_method_and_code_is_at_zero_before_the_first_call(gateway: RunningGateway) -> None:
    found = await scrape(gateway)

    missing = []
    for method in METHODS:
        kind = KINDS[method.client_streaming, method.server_streaming]
        rpc = f'grpc_method="{method.name}",grpc_service="{method.containing_service.full_name}",grpc_type="{kind}"'
        series = [f"grpc_server_{what}_total{{{rpc}}}" for what in ("started", "msg_received", "msg_sent")]
        series += [f"grpc_server_handling_seconds_count{{{rpc}}}"]
        series += [f'grpc_server_handled_total{{grpc_code="{code}",{rpc}}}' for code in CODES.split()]
        missing += [name for name in series if found.get(name) != 0]
    assert missing == []
    assert found[f'gateway_build_info{{version="{__version__}"}}'] == 1


async def test_calls_and_their_messages_are_counted_in_the_spelling_of_public_dashboards(
    gateway: RunningGateway,
) -> None:
    stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
    with pytest.raises(grpc.aio.AioRpcError):
        await stub.GetMessage(message_pb2.GetMessageRequest(message_id="nobody"), timeout=10)
    await stub.SendMessage(text(), timeout=10)
    found = await scrape(gateway)

    service = 'grpc_service="conversation_gateway.v1.MessageService",grpc_type="unary"'
    assert found[f'grpc_server_handled_total{{grpc_code="NotFound",grpc_method="GetMessage",{service}}}'] == 1
    assert found[f'grpc_server_msg_received_total{{grpc_method="SendMessage",{service}}}'] == 1
    assert found[f'grpc_server_msg_sent_total{{grpc_method="SendMessage",{service}}}'] == 1
    assert found[f'grpc_server_msg_sent_total{{grpc_method="GetMessage",{service}}}'] == 0


async def test_a_latency_leads_to_the_trace_it_was_measured_in(environment: Environment) -> None:
    async with collecting() as collector, traced(environment, **collector.environment) as (process, channel):
        await send(channel, traceparent=CALLER)
        async with httpx.AsyncClient() as client:
            url = f"http://{(await process.line('ready'))['admin']}/metrics"
            page = (await client.get(url, headers={"accept": OPEN_METRICS})).text

    exemplar = rf"# {{(?=[^}}]*trace_id=\"{CALLERS_TRACE.hex()}\")[^}}]*span_id=\"[0-9a-f]{{16}}\"[^}}]*}}"
    rpc = re.findall(rf"^grpc_server_handling_seconds_bucket{{.*SendMessage.*}} .* {exemplar}", page, re.MULTILINE)
    upstream = re.findall(rf"^gateway_upstream_seconds_bucket{{.*conversation.*}} .* {exemplar}", page, re.MULTILINE)
    assert len(rpc) == 1
    assert len(upstream) == 1


async def test_reflection_is_not_traced(environment: Environment) -> None:
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    async with collecting() as collector, traced(environment, **collector.environment) as (_, channel):
        stream = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter([asked]), timeout=10)
        answers = [answer async for answer in stream]
        await send(channel)
        await collector.find(SEND)

    assert len(answers) == 1
    assert not [span for span in collector.spans if "eflection" in span.name]


async def test_a_call_is_one_line_that_says_who_called_and_where_to_look(environment: Environment) -> None:
    async with gateway_process(environment) as process:
        async with connect((await process.line("ready"))["grpc"]) as client:
            await client.feed.GetFeed(event_feed_pb2.GetFeedRequest(), metadata=(("x-request-id", "ticket-7"),))
        await process.line("rpc")
        process.child.terminate()
        await process.ended()

    (line,) = [line for line in process.lines if line["event"] == "rpc"]
    assert line["method"] == "/conversation_gateway.v1.EventFeedService/GetFeed"
    assert (line["code"], line["request_id"]) == ("OK", "ticket-7")
    assert f"conversation-gateway-client/{client_version}" in line["user_agent"]
