"""A send and what becomes of it are one stream, whatever order its receipts come in, or whether they come at all."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import message_pb2, message_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import RunningGateway, StartGateway
from tests.integration.test_receipts import register, send
from tests.integration.test_send import text
from tests.rich_status import info, violations
from tests.simulator_faults import arrived, misbehave, tell

Told = tuple[list[message_pb2.MessageState], message_pb2.TrackingEnd]

FINAL = message_pb2.TRACKING_END_REASON_FINAL
HORIZON = message_pb2.TRACKING_END_REASON_HORIZON


@pytest.fixture
async def fed(gateway: RunningGateway) -> RunningGateway:
    """A gateway that gets the receipts of what it sends."""
    await register(gateway)
    return gateway


def stub(gateway: RunningGateway) -> Any:
    return message_pb2_grpc.MessageServiceStub(gateway.channel)


async def send_and_track(
    gateway: RunningGateway, *identities: str, request_id: str = "", until: str = "", horizon_s: int = 10
) -> Told:
    request = message_pb2.SendAndTrackRequest(send=text(), tracking={"until_status": until or None})
    request.tracking.horizon.seconds = horizon_s
    if identities:
        addresses = request.send.recipient.identified_by.channel_identities
        del addresses[:]
        for channel, identity in zip(("RCS", "SMS"), identities, strict=False):
            addresses.add(channel=channel, identity=identity)
        request.send.channel_priority_order.extend(("RCS", "SMS")[: len(identities)])
    if request_id:
        request.send.options.request_id = request_id
    return await gathered(stub(gateway).SendAndTrack(request, timeout=30))


async def track(
    gateway: RunningGateway, message_id: str, after: bytes = b"", horizon_s: int = 10, until: str = ""
) -> Told:
    tracking = message_pb2.Tracking(until_status=until or None)
    request = message_pb2.TrackMessageRequest(message_id=message_id, after_cursor=after, tracking=tracking)
    request.tracking.horizon.seconds = horizon_s
    return await gathered(stub(gateway).TrackMessage(request, timeout=30))


async def hurried(simulator: Simulator, tracked: Coroutine[Any, Any, Told]) -> Told:
    """Let simulated time run while a message is followed: what is late comes, and what follows it too."""
    following = asyncio.create_task(tracked)
    while not following.done():
        await tell(simulator, "clock", {"advance_s": 60})
        await asyncio.wait((following,), timeout=0.1)
    return await following


async def gathered(answers: AsyncIterator[Any]) -> Told:
    states: list[message_pb2.MessageState] = []
    async for answer in answers:
        if answer.HasField("end"):
            return states, answer.end
        states.append(answer.state)
    raise AssertionError("the stream ended without saying why")


def statuses(states: list[message_pb2.MessageState]) -> list[str]:
    return [state.status for state in states]


async def test_a_message_is_followed_from_its_acceptance_until_it_is_read(fed: RunningGateway) -> None:
    states, end = await send_and_track(fed)

    assert statuses(states)[0] == "ACCEPTED"
    assert statuses(states)[-1] == "READ"
    assert set(statuses(states)) <= {"ACCEPTED", "QUEUED_ON_CHANNEL", "DELIVERED", "READ"}
    assert len({state.message_id for state in states}) == 1
    assert end.reason == FINAL


async def test_whoever_asks_for_delivery_only_is_not_kept_waiting_for_a_reader(fed: RunningGateway) -> None:
    states, end = await send_and_track(fed, "9993007", until="DELIVERED")

    assert statuses(states)[-1] == "DELIVERED"
    assert end.reason == FINAL


async def test_a_failure_is_final_and_says_why(fed: RunningGateway) -> None:
    states, end = await send_and_track(fed, "9993001")

    assert states[-1].status == "FAILED"
    assert states[-1].reason.code == "RECIPIENT_NOT_REACHABLE"
    assert end.reason == FINAL


async def test_a_switch_of_channel_names_the_channel_that_was_left_and_why(fed: RunningGateway) -> None:
    states, _ = await send_and_track(fed, "9993001", "46700000001")

    switched = next(state for state in states if state.status == "SWITCHING_CHANNEL")
    assert switched.channel_identity.channel == "RCS"
    assert switched.reason.code == "RECIPIENT_NOT_REACHABLE"
    assert states[-1].status == "READ"
    assert states[-1].channel_identity.channel == "SMS"


@pytest.mark.parametrize("identity", ["9994001", "9994003"], ids=["twice", "out of order"])
async def test_receipts_that_repeat_or_overtake_each_other_make_no_state_twice(
    fed: RunningGateway, identity: str
) -> None:
    states, end = await send_and_track(fed, identity)

    assert statuses(states)[-1] == "READ"
    assert len(set(statuses(states))) == len(states)
    assert end.reason == FINAL


async def test_receipts_that_come_before_the_answer_to_the_send_are_not_lost(
    fed: RunningGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"path": "messages:send"}, {"piece_delay_s": 0.1})

    states, end = await send_and_track(fed)

    assert statuses(states)[0] == "ACCEPTED"
    assert statuses(states)[-1] == "READ"
    assert end.reason == FINAL


async def test_the_horizon_ends_the_stream_and_a_later_one_goes_on_from_its_cursor(
    fed: RunningGateway, simulator: Simulator
) -> None:
    states, end = await send_and_track(fed, "9994002", horizon_s=1)
    resumed, final = await hurried(simulator, track(fed, states[0].message_id, after=end.cursor))

    assert statuses(states) == ["ACCEPTED"]
    assert end.reason == HORIZON
    assert "READ" in statuses(resumed)
    assert final.reason == FINAL


async def test_a_message_of_the_past_is_told_again_from_the_log(start_gateway: StartGateway) -> None:
    async with start_gateway() as gateway:
        await register(gateway)
        states, _ = await send_and_track(gateway)
    async with start_gateway() as gateway:
        again, end = await track(gateway, states[0].message_id)

    assert statuses(again)[-1] == "READ"
    assert end.reason == FINAL


async def test_a_stream_that_broke_goes_on_after_its_last_state_without_repeating_one(fed: RunningGateway) -> None:
    states, _ = await send_and_track(fed)
    middle = next(i for i, state in enumerate(states) if state.status != "ACCEPTED")

    rest, _ = await track(fed, states[0].message_id, after=states[middle].cursor)

    assert statuses(rest) == statuses(states[middle + 1 :])


async def test_the_same_request_id_tracks_the_same_message_and_sends_nothing_again(
    fed: RunningGateway, simulator: Simulator
) -> None:
    first, _ = await send_and_track(fed, request_id="track-1")
    second, _ = await send_and_track(fed, request_id="track-1")

    assert second[0].message_id == first[0].message_id
    assert second[-1].status == "READ"
    assert arrived(simulator, "POST", "/messages:send") == 1


async def test_a_message_that_nobody_knows_is_refused_at_once(fed: RunningGateway) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await track(fed, "01ARZ3NDEKTSV4RRFFQ69G5FAV")

    assert refused.value.code() is grpc.StatusCode.NOT_FOUND
    assert info(refused.value).reason == "UPSTREAM_NOT_FOUND"


async def test_tracking_is_refused_at_once_where_no_webhook_can_come(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    async with start_gateway(GATEWAY_WEBHOOK_ADDRESS="") as gateway:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await send_and_track(gateway)

    assert info(refused.value).reason == "FEED_CLOSED"
    assert arrived(simulator, "POST", "/messages:send") == 0


async def test_a_send_that_is_refused_names_the_field_below_send(fed: RunningGateway) -> None:
    request = message_pb2.SendAndTrackRequest(send={})

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await gathered(stub(fed).SendAndTrack(request, timeout=10))

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert set(violations(refused.value)) == {"send.recipient", "send.message"}


@pytest.mark.parametrize(
    ("tracking", "field"),
    [({"until_status": "SENT"}, "tracking.until_status"), ({"horizon": "0.5s"}, "tracking.horizon")],
)
async def test_a_wish_that_cannot_be_is_refused_before_anything_is_sent(
    fed: RunningGateway, simulator: Simulator, tracking: dict[str, str], field: str
) -> None:
    request = message_pb2.SendAndTrackRequest(send=text())
    if "horizon" in tracking:
        request.tracking.horizon.FromJsonString(tracking["horizon"])
    else:
        request.tracking.until_status = tracking["until_status"]

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await gathered(stub(fed).SendAndTrack(request, timeout=10))

    assert field in (refused.value.details() or "")
    assert arrived(simulator, "POST", "/messages:send") == 0


async def test_a_gateway_that_stops_tells_where_to_go_on(start_gateway: StartGateway) -> None:
    request = message_pb2.SendAndTrackRequest(send=text())
    request.send.recipient.identified_by.channel_identities[0].identity = "9993006"
    async with AsyncExitStack() as outlives:
        async with start_gateway() as gateway:
            await register(gateway)
            channel = await outlives.enter_async_context(grpc.aio.insecure_channel(gateway.addresses.grpc))
            answers = message_pb2_grpc.MessageServiceStub(channel).SendAndTrack(request).__aiter__()
            first = await anext(answers)
            following = asyncio.create_task(gathered(answers))
        states, end = await following

    assert first.state.status == "ACCEPTED"
    assert statuses(states) in (["QUEUED_ON_CHANNEL"], [])
    assert end.reason == message_pb2.TRACKING_END_REASON_DRAINING
    assert end.cursor


async def test_many_messages_are_followed_at_once_and_nobody_is_asked_while_receipts_flow(
    fed: RunningGateway, simulator: Simulator
) -> None:
    followed = await asyncio.gather(*(send_and_track(fed) for _ in range(100)))

    assert {states[-1].status for states, _ in followed} == {"READ"}
    assert len({states[0].message_id for states, _ in followed}) == 100
    assert not [r for r in simulator.requests if r.method == "GET" and "/messages/" in r.path]


async def test_a_message_sent_without_tracking_can_be_tracked_by_its_id(fed: RunningGateway) -> None:
    message_id = await send(fed)

    states, end = await track(fed, message_id)

    assert states[-1].status == "READ"
    assert end.reason == FINAL
