"""A write with a request id, end to end: sent once whatever breaks, and whoever asks again is told the truth."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import message_pb2, message_pb2_grpc, webhook_pb2, webhook_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, WEBHOOK_SECRET, RunningGateway, StartGateway, environment_for
from tests.integration.test_send import text
from tests.patience import PATIENCE_S
from tests.processes import Process, gateway_process
from tests.rich_status import info
from tests.simulator_faults import arrived, behave, misbehave, tell

SEND = {"method": "POST", "path": "messages:send"}
ACCEPTED_BUT_SILENT = {"ending": "hang", "processed": True}


def sends(simulator: Simulator) -> int:
    return arrived(simulator, "POST", "/messages:send")


def request_with(request_id: str, **changes: Any) -> message_pb2.SendMessageRequest:
    request = text()
    request.options.request_id = request_id
    for name, value in changes.items():
        setattr(request, name, value)
    return request


async def send(channel: grpc.aio.Channel, request: message_pb2.SendMessageRequest) -> tuple[str, bool]:
    """The message id, and whether it was replayed."""
    stub = message_pb2_grpc.MessageServiceStub(channel)
    call: grpc.aio.UnaryUnaryCall[Any, Any] = stub.SendMessage(request, timeout=15)
    response = await call
    replayed = dict(await call.trailing_metadata()).get("x-gateway-replayed")
    return response.message_id, replayed == "true"


async def refusal(channel: grpc.aio.Channel, request: message_pb2.SendMessageRequest) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await send(channel, request)
    return caught.value


async def take_webhooks(channel: grpc.aio.Channel, address: str) -> None:
    webhook = webhook_pb2.NewWebhook(
        app_id=APP_ID,
        target=f"http://{address}/webhooks/default",
        target_type="HTTP",
        secret=WEBHOOK_SECRET,
        triggers=["MESSAGE_DELIVERY"],
    )
    await webhook_pb2_grpc.WebhookServiceStub(channel).CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=webhook))


async def until(simulator: Simulator, enough: Callable[[], bool]) -> None:
    await simulator.wait_until(lambda _: enough())


async def eventually_known(channel: grpc.aio.Channel, request: message_pb2.SendMessageRequest) -> tuple[str, bool]:
    """Ask again, as a caller would, until the outcome is known."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await send(channel, request)
            except grpc.aio.AioRpcError as error:
                if info(error).reason != "OUTCOME_UNKNOWN":
                    raise


async def test_a_repeat_is_answered_from_memory_and_says_so(gateway: RunningGateway, simulator: Simulator) -> None:
    first = await send(gateway.channel, request_with("id-1"))
    second = await send(gateway.channel, request_with("id-1"))

    assert (first[1], second) == (False, (first[0], True))
    assert sends(simulator) == 1


async def test_the_same_id_for_another_request_is_refused(gateway: RunningGateway, simulator: Simulator) -> None:
    await send(gateway.channel, request_with("id-1"))

    error = await refusal(gateway.channel, request_with("id-1", correlation_id="another"))

    assert (error.code(), info(error).reason) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    assert sends(simulator) == 1


async def test_calls_with_one_id_at_once_are_one_send(gateway: RunningGateway, simulator: Simulator) -> None:
    await misbehave(simulator, SEND, {"delay_s": 0.3})

    answers = await asyncio.gather(*(send(gateway.channel, request_with("id-1")) for _ in range(10)))

    assert len({message_id for message_id, _ in answers}) == 1
    assert sorted(replayed for _, replayed in answers) == [False] + [True] * 9
    assert sends(simulator) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 409])
async def test_a_permanent_refusal_is_replayed(gateway: RunningGateway, simulator: Simulator, status: int) -> None:
    await misbehave(simulator, SEND, {"status": status})
    first = await refusal(gateway.channel, request_with("id-1"))
    await behave(simulator)

    second = await refusal(gateway.channel, request_with("id-1"))

    assert (second.code(), info(second).reason) == (first.code(), info(first).reason)
    assert info(second).metadata["http_status"] == str(status)
    assert sends(simulator) == 1


@pytest.mark.parametrize(
    "answer", [{"status": 429, "retry_after": "60"}, {"tokens": "revoke"}, {"status": 422}], ids=["429", "401", "422"]
)
async def test_an_id_is_free_again_when_nothing_was_done(
    start_gateway: StartGateway, simulator: Simulator, answer: dict[str, Any]
) -> None:
    async with start_gateway() as gateway:
        await misbehave(simulator, SEND, answer)
        await refusal(gateway.channel, request_with("id-1"))
        before = sends(simulator)
        await behave(simulator)
    # Another life, for a project that was told to pause for a minute stays paused.
    async with start_gateway() as gateway:
        _, replayed = await send(gateway.channel, request_with("id-1"))

    assert not replayed
    assert sends(simulator) == before + 1


async def test_a_send_refused_before_it_left_frees_its_id(start_gateway: StartGateway, simulator: Simulator) -> None:
    async with start_gateway(SINCH_KEY_SECRET="wrong") as gateway:
        error = await refusal(gateway.channel, request_with("id-1"))
    async with start_gateway() as gateway:
        _, replayed = await send(gateway.channel, request_with("id-1"))

    assert info(error).reason == "UPSTREAM_CREDENTIALS"
    assert not replayed
    assert sends(simulator) == 1


async def test_an_unknown_outcome_is_never_sent_again_and_settled_by_its_webhook(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await take_webhooks(gateway.channel, gateway.addresses.webhooks)
    await misbehave(simulator, SEND, {"ending": "reset", "processed": True})

    error = await refusal(gateway.channel, request_with("id-1"))
    message_id, replayed = await eventually_known(gateway.channel, request_with("id-1"))

    assert info(error).reason == "OUTCOME_UNKNOWN"
    assert message_id
    assert replayed
    assert sends(simulator) == 1


async def test_a_send_whose_caller_has_left_is_finished_and_remembered(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, SEND, {"delay_s": 0.3})
    leaving = asyncio.ensure_future(send(gateway.channel, request_with("id-1")))
    await until(simulator, lambda: sends(simulator) == 1)

    leaving.cancel()
    message_id, replayed = await send(gateway.channel, request_with("id-1"))

    assert message_id
    assert replayed
    assert sends(simulator) == 1


async def test_the_callers_own_metadata_is_not_replaced_by_the_stamp(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await send(gateway.channel, request_with("id-1", message_metadata="mine"))
    await send(gateway.channel, request_with("id-2"))
    await send(gateway.channel, text())

    bodies = [r.json for r in simulator.requests if r.path.endswith("/messages:send")]
    assert [body.get("message_metadata") for body in bodies] == ["mine", "cgw:id-2", None]


class Lives:
    """A gateway process that is killed and started again on the same files."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    @asynccontextmanager
    async def life(self) -> AsyncIterator[tuple[Process, grpc.aio.Channel, str]]:
        async with gateway_process(self.environment) as process:
            ready = await process.line("ready")
            async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
                yield process, channel, ready["webhooks"]

    async def die_while_sending(self, simulator: Simulator, when: Callable[[], bool]) -> None:
        """Begin a send and kill the process, as a machine that loses power would, at this moment."""
        async with self.life() as (process, channel, _):
            sending = asyncio.ensure_future(send(channel, request_with("id-1")))
            await until(simulator, when)
            process.child.kill()
            with pytest.raises(grpc.aio.AioRpcError):
                await sending


@pytest.fixture
def lives(simulator: Simulator, tmp_path: Path) -> Lives:
    return Lives(environment_for(simulator.url, tmp_path))


async def test_killed_before_it_was_sent_a_send_is_sent_once_after_the_restart(
    lives: Lives, simulator: Simulator
) -> None:
    await misbehave(simulator, {"host": "auth"}, {"ending": "hang"})
    await lives.die_while_sending(simulator, lambda: arrived(simulator, "POST", "/oauth2/token") == 1)
    await behave(simulator)

    async with lives.life() as (_, channel, _):
        message_id, replayed = await send(channel, request_with("id-1"))

    assert message_id
    assert not replayed
    assert sends(simulator) == 1


async def test_killed_while_under_way_a_send_is_unknown_until_its_webhook_tells(
    lives: Lives, simulator: Simulator
) -> None:
    await misbehave(simulator, SEND, ACCEPTED_BUT_SILENT)
    await lives.die_while_sending(simulator, lambda: sends(simulator) == 1)
    await behave(simulator)

    async with lives.life() as (_, channel, webhooks):
        error = await refusal(channel, request_with("id-1"))
        await take_webhooks(channel, webhooks)
        await emit_receipt(simulator)
        message_id, replayed = await eventually_known(channel, request_with("id-1"))

    assert info(error).reason == "OUTCOME_UNKNOWN"
    assert (message_id, replayed) == ("01M", True)
    assert sends(simulator) == 1


async def emit_receipt(simulator: Simulator) -> None:
    report = {"message_id": "01M", "status": "DELIVERED", "metadata": "cgw:id-1"}
    payload = {"message_delivery_report": report}
    await tell(simulator, "emit", {"app_id": APP_ID, "trigger": "MESSAGE_DELIVERY", "payload": payload})


@pytest.mark.parametrize("status", [None, 400], ids=["done", "refused"])
async def test_killed_after_the_answer_a_send_is_replayed(
    lives: Lives, simulator: Simulator, status: int | None
) -> None:
    if status:
        await misbehave(simulator, SEND, {"status": status})
    async with lives.life() as (process, channel, _):
        before = await outcome(channel)
        process.child.kill()
        await process.ended()
    await behave(simulator)

    async with lives.life() as (_, channel, _):
        after = await outcome(channel)

    assert after == before
    assert sends(simulator) == 1


async def outcome(channel: grpc.aio.Channel) -> str:
    try:
        return (await send(channel, request_with("id-1")))[0]
    except grpc.aio.AioRpcError as error:
        return str(info(error).reason)


async def test_killed_after_an_unknown_outcome_a_send_stays_unknown(lives: Lives, simulator: Simulator) -> None:
    await misbehave(simulator, SEND, {"status": 502, "body": "proxy"})
    async with lives.life() as (process, channel, _):
        before = await outcome(channel)
        process.child.kill()
        await process.ended()
    await behave(simulator)

    async with lives.life() as (_, channel, _):
        after = await outcome(channel)

    assert (before, after) == ("OUTCOME_UNKNOWN", "OUTCOME_UNKNOWN")
    assert sends(simulator) == 1
