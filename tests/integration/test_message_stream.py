"""Many messages on one stream: an answer to each, whatever becomes of the others, and an end that loses nothing."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Any

import grpc
import httpx
import pytest
from conversation_gateway.v1 import app_message_pb2, call_options_pb2, message_pb2, message_pb2_grpc
from google.rpc import error_details_pb2, status_pb2

from gateway.rpc import message_stream
from gateway.simulator.server import Simulator
from tests.conftest import Environment, RunningGateway, StartGateway
from tests.patience import PATIENCE_S
from tests.processes import gateway_process
from tests.simulator_faults import arrived, misbehave

PATH = "/conversation_gateway.v1.MessageService/SendMessages"
Request = message_pb2.SendMessagesRequest
Answer = message_pb2.SendMessagesResponse
HANGS = "+9992001"
SLOW = "+9992007"


def item(item_id: str, to: str = "+46700000001", request_id: str = "") -> Request:
    message = app_message_pb2.AppMessage(text_message={"text": "Hello"})
    request = Request(item_id=item_id, send=message_pb2.SendMessageRequest(message=message))
    request.send.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=to)
    if request_id:
        request.send.options.request_id = request_id
    return request


def stream(channel: grpc.aio.Channel) -> "grpc.aio.StreamStreamCall[Request, Answer]":
    return message_pb2_grpc.MessageServiceStub(channel).SendMessages()


async def answers(call: "grpc.aio.StreamStreamCall[Any, Answer]") -> list[Answer]:
    """All there are, however the stream ends."""
    got = []
    with suppress(grpc.aio.AioRpcError):
        while isinstance(answer := await call.read(), Answer):
            got.append(answer)
    return got


async def answered(channel: grpc.aio.Channel, items: Iterable[Request]) -> dict[str, Answer]:
    """What becomes of each item on a stream of their own."""
    call = stream(channel)
    for one in items:
        await call.write(one)
    await call.done_writing()
    got = await answers(call)
    assert await call.code() is grpc.StatusCode.OK
    assert len(got) == len({answer.item_id for answer in got})
    return {answer.item_id: answer for answer in got}


def reason(status: status_pb2.Status) -> str:
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    return str(info.reason)


async def metric(gateway: RunningGateway, name: str) -> float:
    async with httpx.AsyncClient() as client:
        lines = (await client.get(f"http://{gateway.addresses.admin}/metrics")).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


async def until_metric(gateway: RunningGateway, name: str, value: float) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await metric(gateway, name) != value:
            pass


async def test_an_item_that_is_done_first_is_answered_first(gateway: RunningGateway) -> None:
    call = stream(gateway.channel)
    await call.write(item("slow", HANGS))
    await call.write(item("fast"))

    answer = await call.read()
    call.cancel()

    assert isinstance(answer, Answer)
    assert (answer.item_id, bool(answer.sent.message_id)) == ("fast", True)
    assert answer.report.attempt_count == 1


async def test_ten_thousand_items_get_one_answer_each_in_the_order_in_which_they_are_done(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"path": "*messages:send", "every": 10}, {"delay_s": 0.05})
    count = 10_000
    async with start_gateway(GATEWAY_RATE_LIMIT_PER_S="100000", GATEWAY_LOG_LEVEL="warning") as gateway:

        async def written() -> AsyncIterator[Request]:
            for number in range(count):
                yield item(str(number))

        call = message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessages(written())
        got = [(int(answer.item_id), answer.sent.message_id) async for answer in call]

    ids = [item_id for item_id, _ in got]
    assert ids != sorted(ids)
    assert sorted(ids) == list(range(count))
    assert len({message_id for _, message_id in got} - {""}) == count


async def test_a_failure_is_the_items_own_and_says_what_the_unary_call_says(gateway: RunningGateway) -> None:
    wrong = item("no message")
    wrong.send.ClearField("message")
    refused_at_once = item("429", "+9991429")
    refused_at_once.send.options.max_queue_wait.FromSeconds(0)
    numbers = {"400": "+9990400", "after acceptance": "+9992003", "proxy": "+9990502"}

    got = await answered(
        gateway.channel, [wrong, *(item(*pair) for pair in numbers.items()), item("good"), refused_at_once]
    )

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(item("", "+9990400").send, timeout=10)
    unary = status_pb2.Status.FromString(bytes(dict(refused.value.trailing_metadata())["grpc-status-details-bin"]))
    alike = [detail for detail in unary.details if not detail.Is(error_details_pb2.RequestInfo.DESCRIPTOR)]
    bad = error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad) for detail in got["no message"].error.details)
    assert got["good"].sent.message_id
    assert [(got["400"].error.code, got["400"].error.message)] == [(unary.code, unary.message)]
    assert [d for d in got["400"].error.details if d in alike] == alike
    assert reason(got["429"].error) == "UPSTREAM_RATE_LIMITED"
    assert [reason(got[name].error) for name in ("after acceptance", "proxy")] == ["OUTCOME_UNKNOWN"] * 2
    assert got["no message"].error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert [v.field for v in bad.field_violations] == ["send.message"]


async def test_an_item_that_cannot_be_used_is_answered_and_ends_nothing(gateway: RunningGateway) -> None:
    long, timeless, good = item("x" * 129), item("timeless"), item("good")
    timeless.timeout.FromSeconds(0)
    method: Any = gateway.channel.stream_stream(PATH, response_deserializer=Answer.FromString)
    call = method()
    for request in (b"\xff", b"", long.SerializeToString(), timeless.SerializeToString(), good.SerializeToString()):
        await call.write(request)
    await call.done_writing()

    got = {(a.item_id, reason(a.error) if a.HasField("error") else "") for a in await answers(call)}

    assert got == {
        ("", "MALFORMED_REQUEST"),
        ("", "REQUIRED_FIELD_MISSING"),
        ("x" * 128, "INVALID_REQUEST"),
        ("timeless", "INVALID_REQUEST"),
        ("good", ""),
    }


async def test_an_item_has_its_own_time(gateway: RunningGateway) -> None:
    hurried = item("hurried", HANGS)
    hurried.timeout.FromMilliseconds(500)

    # The first call takes longer, as it fetches the token.
    await answered(gateway.channel, [item("first")])
    got = await answered(gateway.channel, [hurried, item("good")])

    assert reason(got["hurried"].error) == "OUTCOME_UNKNOWN"
    assert got["good"].sent.message_id


async def test_an_item_whose_turn_is_too_far_away_is_refused_and_the_others_wait(start_gateway: StartGateway) -> None:
    async with start_gateway(GATEWAY_RATE_LIMIT_PER_S="2", GATEWAY_RATE_LIMIT_BURST="1") as gateway:
        first, impatient, urgent = item("first"), item("impatient"), item("urgent")
        impatient.send.options.max_queue_wait.FromSeconds(0)
        urgent.send.options.priority = call_options_pb2.PRIORITY_URGENT

        got = await answered(gateway.channel, [first, impatient, item("ordinary"), urgent])

    assert reason(got["impatient"].error) == "RATE_LIMITED"
    assert all(got[name].sent.message_id for name in ("first", "ordinary", "urgent"))
    waited = {name: got[name].report.queue_wait.ToNanoseconds() for name in ("urgent", "ordinary")}
    assert waited["urgent"] < waited["ordinary"]


async def test_the_stream_ends_after_the_answer_to_its_last_item(gateway: RunningGateway, simulator: Simulator) -> None:
    await misbehave(simulator, {"path": "*messages:send"}, {"delay_s": 0.3})

    got = await answered(gateway.channel, [item("last")])

    assert got["last"].sent.message_id


async def test_no_more_is_read_than_the_window_holds(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_stream, "WINDOW", 2)
    received = 'grpc_server_msg_received_total{grpc_method="SendMessages"'
    call = stream(gateway.channel)
    for number in range(5):
        await call.write(item(str(number), HANGS))

    # The third has been read and waits for its place.
    await until_metric(gateway, received, 3)
    await answered_by_unary(gateway)

    assert await metric(gateway, received) == 3
    call.cancel()


async def answered_by_unary(gateway: RunningGateway) -> None:
    await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(item("").send, timeout=10)


async def test_cancelling_the_stream_ends_every_item_that_waits(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    waiting = 'gateway_rate_limit_waiting{priority="normal"'
    async with start_gateway(GATEWAY_RATE_LIMIT_PER_S="0.1", GATEWAY_RATE_LIMIT_BURST="1") as gateway:
        call = stream(gateway.channel)
        for number in range(4):
            await call.write(item(str(number)))
        await until_metric(gateway, waiting, 3)

        call.cancel()
        await until_metric(gateway, waiting, 0)

    assert arrived(simulator, "POST", "messages:send") == 1


async def test_a_send_under_way_with_a_request_id_outlives_its_stream(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    call = stream(gateway.channel)
    await call.write(item("under way", SLOW, request_id="outlives"))
    await simulator.wait_until(lambda requests: any(r.path.endswith("messages:send") for r in requests))
    call.cancel()

    got = await answered(gateway.channel, [item("again", SLOW, request_id="outlives")])

    assert got["again"].sent.message_id
    assert got["again"].report.replayed
    assert arrived(simulator, "POST", "messages:send") == 1


async def test_a_gateway_that_stops_says_so_and_answers_what_is_under_way(
    environment: Environment, simulator: Simulator
) -> None:
    async with gateway_process(environment) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            call = stream(channel)
            await call.write(item("under way", SLOW))
            await simulator.wait_until(lambda requests: any(r.path.endswith("messages:send") for r in requests))
            process.child.send_signal(signal.SIGTERM)

            got = await answers(call)
            code = await call.code()

        assert await process.ended() == 0
    assert got[0].HasField("going_away")
    assert [(answer.item_id, bool(answer.sent.message_id)) for answer in got[1:]] == [("under way", True)]
    assert code is grpc.StatusCode.UNAVAILABLE


async def test_a_stream_and_its_messages_are_counted(gateway: RunningGateway) -> None:
    labels = 'grpc_method="SendMessages",grpc_service="conversation_gateway.v1.MessageService",grpc_type="bidi_stream"'

    await answered(gateway.channel, [item("one"), item("two")])

    handled = f'grpc_server_handled_total{{grpc_code="OK",{labels}'
    assert await metric(gateway, handled) == 1
    assert await metric(gateway, f"grpc_server_msg_received_total{{{labels}") == 2
    assert await metric(gateway, f"grpc_server_msg_sent_total{{{labels}") == 2


async def test_a_client_that_goes_away_is_no_crash_of_the_gateway(environment: Environment) -> None:
    async with gateway_process({**environment, "GATEWAY_LOG_FORMAT": "json"}) as process:
        ready = await process.line("ready")
        for count in range(1, 21):
            async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
                call = stream(channel)
                for number in range(20):
                    await call.write(item(str(number)))
                for _ in range(count % 5):
                    await call.read()
                call.cancel()
        process.child.terminate()
        await process.ended()

    assert [line for line in process.lines if line["event"] == "rpc_crashed"] == []
    # The last ones may be ended by the gateway that goes, before it hears that they were given up.
    codes = {line["code"] for line in process.lines if line["event"] == "rpc"}
    assert codes <= {"CANCELLED", "OK", "UNAVAILABLE"}
