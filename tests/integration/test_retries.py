"""The retry table: for each outcome and each class of method, what reaches the API and what the caller is told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc
import httpx
import pytest
from conversation_gateway.v1 import (
    app_message_pb2,
    app_pb2,
    app_pb2_grpc,
    batch_pb2,
    batch_pb2_grpc,
    contact_pb2,
    contact_pb2_grpc,
    message_pb2,
    message_pb2_grpc,
)
from google.rpc import error_details_pb2

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, RunningGateway, SilentHost, StartGateway
from tests.rich_status import detail, info
from tests.simulator_faults import arrived, behave, misbehave, tokens_asked

Code = grpc.StatusCode
MOST_ATTEMPTS = 5


async def read(channel: grpc.aio.Channel, **options: Any) -> object:
    request = contact_pb2.ListContactsRequest(options=options)
    return await contact_pb2_grpc.ContactServiceStub(channel).ListContacts(request, timeout=10)


async def send(channel: grpc.aio.Channel, *, timeout_s: float = 10, **options: Any) -> object:
    message = app_message_pb2.AppMessage(text_message={"text": "Hello"})
    request = message_pb2.SendMessageRequest(app_id=APP_ID, message=message, options=options)
    request.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity="+46700000001")
    return await message_pb2_grpc.MessageServiceStub(channel).SendMessage(request, timeout=timeout_s)


async def create(channel: grpc.aio.Channel, **options: Any) -> object:
    request = contact_pb2.CreateContactRequest(contact={"language": "EN"}, options=options)
    request.contact.channel_identities.add(channel="SMS", identity="46700000001")
    return await contact_pb2_grpc.ContactServiceStub(channel).CreateContact(request, timeout=10)


async def update(channel: grpc.aio.Channel, **options: Any) -> object:
    request = app_pb2.UpdateAppRequest(app_id=APP_ID, app={"display_name": "New"}, options=options)
    return await app_pb2_grpc.AppServiceStub(channel).UpdateApp(request, timeout=10)


@dataclass(frozen=True, slots=True)
class Kind:
    """One column of the table, by a method that stands for it."""

    call: Callable[..., Awaitable[object]]
    verb: str
    path: str

    def arrived(self, simulator: Simulator) -> int:
        return arrived(simulator, self.verb, self.path)


KINDS = {
    "read": Kind(read, "GET", "/contacts"),
    "send": Kind(send, "POST", "/messages:send"),
    "create": Kind(create, "POST", "/contacts"),
    "update": Kind(update, "PATCH", f"/apps/{APP_ID}"),
}
EVERYONE = frozenset(KINDS)
SAFE_TO_REPEAT = frozenset({"read", "update"})
NOBODY: frozenset[str] = frozenset()

# What the API does, who is repeated, and the status and reason where nobody repeats or every repetition fails alike.
UNKNOWN = (Code.UNKNOWN, "OUTCOME_UNKNOWN")
UNAVAILABLE = (Code.UNAVAILABLE, "UPSTREAM_UNAVAILABLE")
INTERNAL = (Code.INTERNAL, "UPSTREAM_INTERNAL")
TIMEOUT = (Code.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT")
CREDENTIALS = (Code.FAILED_PRECONDITION, "UPSTREAM_CREDENTIALS")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    answer: dict[str, Any]
    repeated: frozenset[str]
    read: tuple[grpc.StatusCode, str]
    """Told to reads, and to everyone where the outcome is not in doubt."""
    in_doubt: bool = False

    def told(self, kind: str) -> tuple[grpc.StatusCode, str]:
        return UNKNOWN if self.in_doubt and kind != "read" else self.read


ROWS = {
    "reset": Row({"ending": "reset"}, SAFE_TO_REPEAT, UNAVAILABLE, in_doubt=True),
    "reset after acceptance": Row({"ending": "reset", "processed": True}, SAFE_TO_REPEAT, UNAVAILABLE, in_doubt=True),
    "cut off": Row({"ending": "truncated"}, SAFE_TO_REPEAT, UNAVAILABLE, in_doubt=True),
    "502": Row({"status": 502, "body": "proxy"}, SAFE_TO_REPEAT, UNAVAILABLE, in_doubt=True),
    "504": Row({"status": 504, "body": "proxy"}, SAFE_TO_REPEAT, TIMEOUT, in_doubt=True),
    "500": Row({"status": 500}, EVERYONE, INTERNAL),
    "500 flat": Row({"status": 500, "body": "flat"}, EVERYONE, INTERNAL),
    "501": Row({"status": 501}, EVERYONE, INTERNAL),
    "503": Row({"status": 503}, EVERYONE, UNAVAILABLE),
    "500 of a proxy": Row({"status": 500, "body": "proxy"}, SAFE_TO_REPEAT, INTERNAL, in_doubt=True),
    "501 of a proxy": Row({"status": 501, "body": "proxy"}, SAFE_TO_REPEAT, INTERNAL, in_doubt=True),
    "503 of a proxy": Row({"status": 503, "body": "proxy"}, SAFE_TO_REPEAT, UNAVAILABLE, in_doubt=True),
    "503 without a body": Row({"status": 503, "body": "empty"}, SAFE_TO_REPEAT, UNAVAILABLE, in_doubt=True),
    "401": Row({"tokens": "expire"}, EVERYONE, CREDENTIALS),
    "400": Row({"status": 400}, NOBODY, (Code.INVALID_ARGUMENT, "UPSTREAM_INVALID_ARGUMENT")),
    "403": Row({"status": 403}, NOBODY, (Code.PERMISSION_DENIED, "UPSTREAM_PERMISSION_DENIED")),
    "404": Row({"status": 404}, NOBODY, (Code.NOT_FOUND, "UPSTREAM_NOT_FOUND")),
    "409": Row({"status": 409}, NOBODY, (Code.ABORTED, "UPSTREAM_CONFLICT")),
    "413": Row({"status": 413}, NOBODY, (Code.INVALID_ARGUMENT, "UPSTREAM_REJECTED")),
    "415": Row({"status": 415}, NOBODY, (Code.INVALID_ARGUMENT, "UPSTREAM_REJECTED")),
    "422": Row({"status": 422}, NOBODY, (Code.INVALID_ARGUMENT, "UPSTREAM_REJECTED")),
}


async def spoil(simulator: Simulator, kind: str, answer: dict[str, Any], **occasions: Any) -> None:
    match = {"method": KINDS[kind].verb, "path": KINDS[kind].path.removeprefix("/"), **occasions}
    await misbehave(simulator, match, answer)


async def refusal(kind: str, gateway: RunningGateway, **options: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await KINDS[kind].call(gateway.channel, **options)
    return caught.value


@pytest.mark.parametrize("outcome", ROWS)
async def test_a_call_is_repeated_only_where_the_table_says_so(
    gateway: RunningGateway, simulator: Simulator, outcome: str
) -> None:
    row = ROWS[outcome]
    told: dict[str, tuple[object, str]] = {}

    for kind, method in KINDS.items():
        await behave(simulator)
        await spoil(simulator, kind, row.answer, nth=[1])
        try:
            await method.call(gateway.channel)
        except grpc.aio.AioRpcError as error:
            told[kind] = (error.code(), info(error).reason)

    assert told == {kind: row.told(kind) for kind in KINDS if kind not in row.repeated}
    assert {kind: KINDS[kind].arrived(simulator) for kind in KINDS} == {
        kind: 2 if kind in row.repeated else 1 for kind in KINDS
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("outcome", ["reset", "502", "504", "500", "503", "503 of a proxy", "401"])
async def test_a_call_given_up_tells_what_the_table_says(
    gateway: RunningGateway, simulator: Simulator, kind: str, outcome: str
) -> None:
    row = ROWS[outcome]
    await spoil(simulator, kind, row.answer)

    error = await refusal(kind, gateway)

    attempts = 2 if outcome == "401" else MOST_ATTEMPTS if kind in row.repeated else 1
    assert (error.code(), info(error).reason) == row.told(kind)
    assert KINDS[kind].arrived(simulator) == attempts
    assert info(error).metadata["attempts"] == str(attempts)
    retrying_helps = kind in row.repeated and outcome != "401"
    assert (detail(error, error_details_pb2.RetryInfo) is not None) == retrying_helps
    assert ("grpc-retry-pushback-ms" in dict(error.trailing_metadata() or ())) == retrying_helps


@pytest.mark.parametrize("kind", ["read", "send"])
async def test_a_call_that_never_left_is_repeated_whatever_it_is(start_gateway: StartGateway, kind: str) -> None:
    async with start_gateway(GATEWAY_CONVERSATION_URL="http://127.0.0.1:1/{region}") as gateway:
        error = await refusal(kind, gateway)

    assert (error.code(), info(error).reason) == UNAVAILABLE
    assert info(error).metadata["attempts"] == str(MOST_ATTEMPTS)
    assert info(error).metadata["request_state"] == "not_sent"


async def test_a_429_is_queued_again_whatever_it_is(gateway: RunningGateway, simulator: Simulator) -> None:
    for kind in KINDS:
        await spoil(simulator, kind, {"status": 429}, nth=[1])

    await asyncio.gather(*(KINDS[kind].call(gateway.channel) for kind in KINDS))

    assert {KINDS[kind].arrived(simulator) for kind in KINDS} == {2}


async def test_a_429_that_asks_for_more_time_than_there_is_ends_the_call_at_once(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await spoil(simulator, "send", {"status": 429, "retry_after": "30"})

    error = await refusal("send", gateway)

    delay = detail(error, error_details_pb2.RetryInfo)
    assert (error.code(), info(error).reason) == (Code.RESOURCE_EXHAUSTED, "UPSTREAM_RATE_LIMITED")
    assert delay is not None
    assert 29 <= delay.retry_delay.seconds <= 30
    assert KINDS["send"].arrived(simulator) == 1


@pytest.mark.parametrize("outcome", ["503", "502"])
async def test_a_retry_after_beyond_the_deadline_is_not_slept_through(
    gateway: RunningGateway, simulator: Simulator, outcome: str
) -> None:
    await spoil(simulator, "read", {**ROWS[outcome].answer, "retry_after": "30"})

    error = await refusal("read", gateway)

    delay = detail(error, error_details_pb2.RetryInfo)
    assert error.code() is Code.UNAVAILABLE
    assert delay is not None
    assert delay.retry_delay.seconds == 30
    assert KINDS["read"].arrived(simulator) == 1


@pytest.mark.parametrize("outcome", ["500", "501", "503"])
async def test_strict_sends_are_not_repeated_after_any_5xx(
    start_gateway: StartGateway, simulator: Simulator, outcome: str
) -> None:
    await spoil(simulator, "send", ROWS[outcome].answer)

    async with start_gateway(GATEWAY_STRICT_SENDS="true") as gateway:
        error = await refusal("send", gateway)

    assert (error.code(), info(error).reason) == UNKNOWN
    assert KINDS["send"].arrived(simulator) == 1


@pytest.mark.parametrize("kind", ["send", "create"])
@pytest.mark.parametrize("outcome", ["reset", "502", "503 of a proxy"])
async def test_a_caller_may_accept_the_risk_of_a_duplicate(
    gateway: RunningGateway, simulator: Simulator, kind: str, outcome: str
) -> None:
    await spoil(simulator, kind, ROWS[outcome].answer, nth=[1])

    await KINDS[kind].call(gateway.channel, retry_unknown_outcome=True)

    assert KINDS[kind].arrived(simulator) == 2


async def test_a_refused_repetition_does_not_hide_that_the_first_attempt_may_have_been_sent(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await spoil(simulator, "send", {"ending": "reset", "processed": True}, nth=[1])
    await spoil(simulator, "send", {"status": 400})

    error = await refusal("send", gateway, retry_unknown_outcome=True)

    assert (error.code(), info(error).reason) == UNKNOWN
    assert KINDS["send"].arrived(simulator) == 2


async def delete(gateway: RunningGateway, contact_id: str) -> None:
    stub = contact_pb2_grpc.ContactServiceStub(gateway.channel)
    await stub.DeleteContact(contact_pb2.DeleteContactRequest(contact_id=contact_id), timeout=10)


async def test_a_delete_that_finds_nothing_after_an_ambiguous_attempt_has_succeeded(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    created = await create(gateway.channel)
    assert isinstance(created, contact_pb2.CreateContactResponse)
    match = {"method": "DELETE", "path": "contacts/*", "nth": [1]}
    await misbehave(simulator, match, {"ending": "reset", "processed": True})

    await delete(gateway, created.contact.id)

    assert arrived(simulator, "DELETE", created.contact.id) == 2


async def test_a_delete_that_finds_nothing_at_once_is_not_found(gateway: RunningGateway) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await delete(gateway, "01NOSUCHC0NTACT00000000000")

    resource = detail(caught.value, error_details_pb2.ResourceInfo)
    assert caught.value.code() is Code.NOT_FOUND
    assert resource is not None
    assert (resource.resource_type, resource.resource_name) == ("contact", "01NOSUCHC0NTACT00000000000")


async def test_retries_stop_when_the_budget_is_used_up(gateway: RunningGateway, simulator: Simulator) -> None:
    await spoil(simulator, "read", {"status": 503})

    for _ in range(8):
        await refusal("read", gateway)

    # Eight calls and what an idle gateway may repeat: a floor of ten, a tenth of each call, one a second meanwhile.
    assert KINDS["read"].arrived(simulator) < 8 * MOST_ATTEMPTS * 0.75


async def test_the_outage_of_one_host_spends_no_retry_of_another(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    async with start_gateway(GATEWAY_BATCH_URL="http://127.0.0.1:1/{region}") as gateway:
        for _ in range(30):
            with pytest.raises(grpc.aio.AioRpcError):
                await batch_status(gateway)
        await spoil(simulator, "send", {"status": 503}, nth=[1])

        await send(gateway.channel)

    assert KINDS["send"].arrived(simulator) == 2


async def batch_status(gateway: RunningGateway) -> object:
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
    call = gateway.channel.unary_unary("/conversation_gateway.v1.BatchService/GetBatchStatus")
    request = batch_pb2.GetBatchStatusRequest(batch_id="b")
    return await call(request.SerializeToString(), timeout=10)


async def test_a_host_that_fails_is_left_alone_while_sends_go_on(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    async with start_gateway(GATEWAY_BATCH_URL="http://127.0.0.1:1/{region}") as gateway:
        reasons = []
        for _ in range(30):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await batch_status(gateway)
            reasons.append(info(caught.value).reason)

        await send(gateway.channel)
        async with httpx.AsyncClient() as client:
            metrics = (await client.get(f"http://{gateway.addresses.admin}/metrics")).text.splitlines()

    assert 'gateway_breaker_state{host="batch"} 2.0' in metrics
    assert 'gateway_breaker_state{host="conversation"} 0.0' in metrics
    assert reasons[0] == "UPSTREAM_UNAVAILABLE"
    assert reasons[-1] == "CIRCUIT_OPEN"
    assert detail(caught.value, error_details_pb2.RetryInfo) is not None
    assert KINDS["send"].arrived(simulator) == 1


async def test_a_host_that_is_left_alone_costs_its_callers_no_quota(start_gateway: StartGateway) -> None:
    limits = {"GATEWAY_RATE_LIMIT_PER_S": "0.001", "GATEWAY_RATE_LIMIT_BURST": "21"}
    async with start_gateway(GATEWAY_BATCH_URL="http://127.0.0.1:1/{region}", **limits) as gateway:
        reasons = []
        for _ in range(30):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await batch_status(gateway)
            reasons.append(info(caught.value).reason)

        await read(gateway.channel)

    # Twenty permits went into finding out; the twenty-first was there for somebody else.
    assert reasons[-1] == "CIRCUIT_OPEN"


async def test_a_host_that_hangs_holds_up_nobody_elses_calls(
    start_gateway: StartGateway, simulator: Simulator, silent_host: SilentHost
) -> None:
    async with start_gateway(GATEWAY_BATCH_URL=f"http://{silent_host.address}/{{region}}") as gateway:
        stub = batch_pb2_grpc.BatchServiceStub(gateway.channel)
        hanging = [stub.GetBatchStatus(batch_pb2.GetBatchStatusRequest(batch_id="b")) for _ in range(100)]
        await silent_host.asked.wait()

        for _ in range(10):
            await send(gateway.channel)

        assert not any(call.done() for call in hanging)
        for call in hanging:
            call.cancel()

    assert KINDS["send"].arrived(simulator) == 10


async def test_calls_flow_again_after_the_trouble_is_over(gateway: RunningGateway, simulator: Simulator) -> None:
    await spoil(simulator, "send", {"status": 400})
    await refusal("send", gateway)
    await behave(simulator)

    await send(gateway.channel)

    assert KINDS["send"].arrived(simulator) == 2
    assert tokens_asked(simulator) == 1
