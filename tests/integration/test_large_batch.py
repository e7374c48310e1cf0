"""A batch of any size over one stream: every recipient once, each accounted for, whatever breaks on the way."""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import batch_pb2 as pb
from conversation_gateway.v1 import batch_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import Environment, RunningGateway, SilentHost, StartGateway
from tests.integration.test_message_stream import metric, reason, until_metric
from tests.processes import gateway_process
from tests.rich_status import info, violations
from tests.simulator_faults import behave, misbehave

Call = Any
ACCEPTED, REFUSED, UNKNOWN = pb.LARGE_BATCH_STATE_ACCEPTED, pb.LARGE_BATCH_STATE_REFUSED, pb.LARGE_BATCH_STATE_UNKNOWN


def start(request_id: str = "", text: str = "Dear ${name}") -> pb.SendLargeBatchRequest:
    batch = pb.SendBatchRequest(message={"text_message": {"text": text}})
    if request_id:
        batch.options.request_id = request_id
    return pb.SendLargeBatchRequest(start={"batch": batch})


def row(number: int) -> pb.RecipientAndParams:
    recipient = pb.RecipientAndParams(parameters={"name": f"n{number}"})
    recipient.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=f"467{number:07d}")
    return recipient


def rows(numbers: Iterable[int]) -> pb.SendLargeBatchRequest:
    return pb.SendLargeBatchRequest(recipients={"recipient_and_params": map(row, numbers)})


def many(count: int, per_message: int = 700) -> list[pb.SendLargeBatchRequest]:
    return [rows(range(at, min(at + per_message, count))) for at in range(0, count, per_message)]


def open_call(channel: grpc.aio.Channel) -> Call:
    return batch_pb2_grpc.BatchServiceStub(channel).SendLargeBatch()


async def answers(call: Call) -> list[pb.SendLargeBatchResponse]:
    """All there are, however the stream ends."""
    got = []
    with suppress(grpc.aio.AioRpcError):
        while isinstance(answer := await call.read(), pb.SendLargeBatchResponse):
            got.append(answer)
    return got


async def send(
    channel: grpc.aio.Channel, requests: Sequence[pb.SendLargeBatchRequest]
) -> tuple[list[pb.SendLargeBatchResponse], Call]:
    """Everything at once, and what comes of it."""
    call = open_call(channel)
    with suppress(asyncio.InvalidStateError, grpc.aio.AioRpcError):
        for request in requests:
            await call.write(request)
        await call.done_writing()
    return await answers(call), call


def outcomes(got: Iterable[pb.SendLargeBatchResponse]) -> list[pb.LargeBatchOutcome]:
    return [answer.outcome for answer in got if answer.HasField("outcome")]


def states(got: Iterable[pb.SendLargeBatchResponse]) -> list[tuple[int, int, int]]:
    return [(outcome.first_index, outcome.recipient_count, outcome.state) for outcome in outcomes(got)]


def sent_to(simulator: Simulator) -> Counter[str]:
    """How often each identity was in a batch that reached the API."""
    bodies = [r.json for r in simulator.requests if r.host == "batch" and r.method == "POST"]
    return Counter(
        entry["recipient"]["identified_by"]["channel_identities"][0]["identity"]
        for body in bodies
        for entry in body["recipient_and_params"]
    )


def identities(numbers: Iterable[int]) -> Counter[str]:
    return Counter(f"467{number:07d}" for number in numbers)


async def test_recipients_go_out_in_batches_of_a_thousand_and_the_counts_add_up(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    got, call = await send(gateway.channel, [start(), *many(2500)])

    assert await call.code() is grpc.StatusCode.OK
    assert states(got) == [(0, 1000, ACCEPTED), (1000, 1000, ACCEPTED), (2000, 500, ACCEPTED)]
    assert len({outcome.response.batch_id for outcome in outcomes(got)} - {""}) == 3
    assert got[-1].HasField("completed")
    assert (got[-1].progress.received_count, got[-1].progress.accepted_count) == (2500, 2500)
    assert [answer.progress.received_count for answer in got if answer.HasField("received")] == [2500]
    assert sent_to(simulator) == identities(range(2500))


async def test_a_bad_and_a_repeated_recipient_are_named_and_the_others_get_it_once(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    numbers = list(range(2100))
    numbers[1700] = numbers[3]
    wanted = [row(number) for number in numbers]
    wanted[5].parameters.clear()
    wanted[1234].recipient.Clear()
    requests = [pb.SendLargeBatchRequest(recipients={"recipient_and_params": wanted})]

    got, call = await send(gateway.channel, [start(), *requests])

    refused = [(r.index, r.field, r.repeated_recipient) for o in outcomes(got) for r in o.refused_recipients]
    counts = got[-1].progress
    assert await call.code() is grpc.StatusCode.OK
    assert refused == [(5, "parameters", False), (1234, "recipient.recipient", False), (1700, "recipient", True)]
    assert (counts.received_count, counts.accepted_count, counts.refused_count) == (2100, 2097, 3)
    assert sent_to(simulator) == identities(set(range(2100)) - {5, 1234, 1700})


async def test_a_good_recipient_after_a_bad_one_of_the_same_address_gets_it(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    bad = row(1)
    bad.parameters.clear()
    recipients = pb.SendLargeBatchRequest(recipients={"recipient_and_params": [bad, row(1)]})

    got, _ = await send(gateway.channel, [start(), recipients])

    assert [r.index for o in outcomes(got) for r in o.refused_recipients] == [0]
    assert sent_to(simulator) == identities([1])


@pytest.mark.parametrize("how", ["cancelled", "connection lost"])
async def test_a_stream_that_breaks_sends_no_half_batch_and_the_same_again_sends_nothing_twice(
    start_gateway: StartGateway, simulator: Simulator, how: str
) -> None:
    async with start_gateway() as gateway, grpc.aio.insecure_channel(gateway.addresses.grpc) as channel:
        call = open_call(channel)
        for request in (start("spring"), *many(1001)):
            await call.write(request)
        while not (await call.read()).HasField("outcome"):
            pass
        if how == "cancelled":
            call.cancel()
        await channel.close()
        # Ended, as the door sees it: the half batch had its chance.
        await until_metric(gateway, 'grpc_server_handled_total{grpc_code="Canceled",grpc_method="SendLargeBatch"', 1)
        before = sent_to(simulator)

    async with start_gateway() as gateway:
        got, _ = await send(gateway.channel, [start("spring"), *many(2500, per_message=400)])

    assert before == identities(range(1000))
    assert sent_to(simulator) == identities(range(2500))
    assert [outcome.report.replayed for outcome in outcomes(got)] == [True, False, False]
    assert got[-1].progress.accepted_count == 2500


async def test_another_batch_under_the_same_id_stops_before_anything_new_is_sent(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await send(gateway.channel, [start("spring"), rows(range(1000))])

    got, call = await send(gateway.channel, [start("spring"), rows(range(1, 3001))])

    assert await call.code() is grpc.StatusCode.ALREADY_EXISTS
    assert states(got) == [(0, 1000, REFUSED)]
    assert reason(outcomes(got)[0].error) == "REQUEST_ID_REUSED"
    assert sent_to(simulator) == identities(range(1000))


async def test_a_batch_of_unknown_outcome_is_not_sent_again_and_those_behind_it_go_out(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"host": "batch", "nth": [2]}, {"ending": "reset", "processed": True})

    first, _ = await send(gateway.channel, [start("spring"), *many(3000)])
    again, _ = await send(gateway.channel, [start("spring"), *many(3000)])

    assert states(first) == [(0, 1000, ACCEPTED), (1000, 1000, UNKNOWN), (2000, 1000, ACCEPTED)]
    assert states(again) == states(first)
    assert reason(outcomes(again)[1].error) == "OUTCOME_UNKNOWN"
    assert (again[-1].progress.accepted_count, again[-1].progress.unknown_count) == (2000, 1000)
    assert sent_to(simulator) == identities(range(3000))


async def test_a_batch_that_the_api_refuses_is_reported_and_those_behind_it_go_out(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"host": "batch", "nth": [1]}, {"status": 403})

    got, call = await send(gateway.channel, [start(), *many(2000)])

    assert await call.code() is grpc.StatusCode.OK
    assert states(got) == [(0, 1000, REFUSED), (1000, 1000, ACCEPTED)]
    assert reason(outcomes(got)[0].error) == "UPSTREAM_PERMISSION_DENIED"
    assert (got[-1].progress.accepted_count, got[-1].progress.refused_count) == (1000, 1000)


async def test_a_batch_that_finds_no_room_waits_and_says_so(start_gateway: StartGateway, simulator: Simulator) -> None:
    await misbehave(simulator, {"host": "batch", "times": 1}, {"status": 429})
    async with start_gateway(GATEWAY_MAX_DEADLINE_S="0.5") as gateway:
        got, _ = await send(gateway.channel, [start("spring"), rows(range(10))])

    waiting = [answer.waiting for answer in got if answer.HasField("waiting")]
    assert [reason(wait.error) for wait in waiting][:1] == ["UPSTREAM_RATE_LIMITED"]
    assert states(got) == [(0, 10, ACCEPTED)]


async def test_a_batch_that_must_not_wait_is_refused(start_gateway: StartGateway, simulator: Simulator) -> None:
    impatient = start()
    impatient.start.batch.options.max_queue_wait.FromSeconds(0)
    await misbehave(simulator, {"host": "batch"}, {"status": 429})
    async with start_gateway(GATEWAY_MAX_DEADLINE_S="0.5") as gateway:
        got, _ = await send(gateway.channel, [impatient, rows(range(10))])

    await behave(simulator)
    assert states(got) == [(0, 10, REFUSED)]
    assert not any(answer.HasField("waiting") for answer in got)


async def test_nothing_is_read_while_a_batch_is_held_up(start_gateway: StartGateway, silent_host: SilentHost) -> None:
    received = 'grpc_server_msg_received_total{grpc_method="SendLargeBatch"'
    async with start_gateway(GATEWAY_BATCH_URL=f"http://{silent_host.address}/{{region}}") as gateway:
        call = open_call(gateway.channel)
        await call.write(start())
        writing = asyncio.create_task(_write_all(call, many(20_000, per_message=1000)))
        await silent_host.asked.wait()

        # The start, a batch under way, one that is ready, and one that waits to become it.
        await until_metric(gateway, received, 4)
        first = await metric(gateway, received)
        writing.cancel()
        call.cancel()

    assert first == 4


async def _write_all(call: Call, requests: Iterable[pb.SendLargeBatchRequest]) -> None:
    for request in requests:
        await call.write(request)


@pytest.mark.parametrize(
    ("requests", "field"),
    [
        ([], "start.batch"),
        ([rows([1])], "start.batch"),
        ([start(), start()], "start"),
        ([start(), pb.SendLargeBatchRequest()], "part"),
        ([start(text="")], "start.batch.message.text_message.text"),
        ([start("x" * 65)], "start.batch.options.request_id"),
        (
            [pb.SendLargeBatchRequest(start={"batch": {"recipient_and_params": [row(1)]}})],
            "start.batch.recipient_and_params",
        ),
    ],
    ids=["nothing", "no start", "two starts", "an unknown part", "no message", "no id", "recipients in the start"],
)
async def test_what_is_wrong_with_the_batch_itself_ends_the_stream_before_anything_is_sent(
    gateway: RunningGateway, simulator: Simulator, requests: list[pb.SendLargeBatchRequest], field: str
) -> None:
    _, call = await send(gateway.channel, requests)

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert list(violations(caught.value)) == [field]
    assert sent_to(simulator) == Counter()


async def test_a_message_out_of_order_ends_the_stream_once_complete_batches_are_answered(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    got, call = await send(gateway.channel, [start(), rows(range(1500)), start()])

    assert await call.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert states(got) == [(0, 1000, ACCEPTED)]
    assert sent_to(simulator) == identities(range(1000))


async def test_a_rehearsal_names_who_is_wrong_and_sends_nothing(gateway: RunningGateway, simulator: Simulator) -> None:
    rehearsal = start()
    rehearsal.start.batch.options.validate_only = True

    got, _ = await send(gateway.channel, [rehearsal, rows([1, 1, 2])])

    assert (got[-1].progress.accepted_count, got[-1].progress.refused_count) == (2, 1)
    assert sent_to(simulator) == Counter()


async def test_a_gateway_that_stops_says_so_and_answers_the_batch_under_way(
    environment: Environment, simulator: Simulator
) -> None:
    await misbehave(simulator, {"host": "batch"}, {"delay_s": 0.5})
    async with gateway_process(environment) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            call = open_call(channel)
            await call.write(start("spring"))
            await call.write(rows(range(1500)))
            await simulator.wait_until(lambda requests: any(r.host == "batch" for r in requests))
            process.child.send_signal(signal.SIGTERM)

            got = await answers(call)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call.read()

        assert await process.ended() == 0
    assert any(answer.HasField("going_away") for answer in got)
    assert states(got) == [(0, 1000, ACCEPTED)]
    assert info(caught.value).reason == "SHUTTING_DOWN"
    assert sent_to(simulator) == identities(range(1000))
