"""The blocking client over real sockets: resumed, bounded, typed, and never left running."""

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeVar

import grpc
import pytest
from conversation_gateway.errors import GatewayError, InvalidRequest, NotFound, OutOfTime, Unavailable
from conversation_gateway.sync import Client, connect
from conversation_gateway.v1 import event_feed_pb2 as pb
from conversation_gateway.v1.message_pb2 import SendMessageRequest

from tests.conftest import RunningGateway
from tests.integration.scripted_gateway import ScriptedGateway, batch, opened, says, scripted_gateway
from tests.patience import PATIENCE_S, until

Result = TypeVar("Result")


async def apart(work: Callable[..., Result], *arguments: Any) -> Result:
    """Run blocking work beside the loop that the gateway needs."""
    async with asyncio.timeout(PATIENCE_S):
        return await asyncio.to_thread(work, *arguments)


def ids(events: Iterator[pb.FeedEvent], count: int) -> list[str]:
    return [event.event_id for event in islice(events, count)]


async def follow(gateway: ScriptedGateway, count: int, **how: Any) -> list[str]:
    def work() -> list[str]:
        with connect(gateway.address) as client, client.events(**how) as stream:
            return ids(stream, count)

    return await apart(work)


async def test_a_broken_stream_is_resumed_after_the_last_event() -> None:
    broken = says(opened(), batch(1, 2), then=grpc.StatusCode.UNAVAILABLE)

    async with scripted_gateway(broken, says(opened(b"2"), batch(3), silent=True)) as gateway:
        seen = await follow(gateway, 3)

    assert seen == ["1", "2", "3"]
    assert gateway.subscriptions[1].after_cursor == b"2"


async def test_a_silent_stream_is_replaced_by_one_after_the_last_event() -> None:
    silent = says(opened(heartbeat_s=0.05), batch(1), silent=True)

    async with scripted_gateway(silent, says(opened(b"1"), batch(2), silent=True)) as gateway:
        seen = await follow(gateway, 2)

    assert seen == ["1", "2"]
    assert gateway.subscriptions[1].after_cursor == b"1"


async def test_a_drained_stream_comes_back_after_its_cursor() -> None:
    drained = says(opened(), pb.SubscribeResponse(draining=pb.Draining(cursor=b"7")))

    async with scripted_gateway(drained, says(opened(b"7"), batch(8), silent=True)) as gateway:
        seen = await follow(gateway, 1)

    assert seen == ["8"]
    assert gateway.subscriptions[1].after_cursor == b"7"


async def test_a_gateway_that_never_opens_the_stream_is_given_up() -> None:
    async with scripted_gateway(says(silent=True)) as gateway:
        with pytest.raises(Unavailable, match="said nothing"):
            await follow(gateway, 1, give_up_after_s=0.3)


def broken_off(client: Client) -> None:
    for _ in client.events():
        break
    gc.collect()


def failed(client: Client) -> None:
    def interrupted() -> None:
        with client.events() as stream:
            next(stream)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()


def closed_by_another_thread(client: Client) -> None:
    stream = client.events()
    next(stream)
    threading.Timer(0.05, stream.close).start()
    assert list(stream) == []


def closed_with_its_client(client: Client) -> None:
    stream = client.events()
    next(stream)
    threading.Timer(0.05, client.close).start()
    assert list(stream) == []


@pytest.mark.parametrize("leave", [broken_off, failed, closed_by_another_thread, closed_with_its_client])
async def test_a_stream_that_is_left_is_cancelled_at_the_gateway(leave: Callable[[Client], None]) -> None:
    async with scripted_gateway(says(opened(), batch(1), silent=True)) as gateway:
        client = connect(gateway.address)
        await apart(leave, client)
        async with asyncio.timeout(PATIENCE_S):
            await gateway.left.wait()
        await apart(client.close)
        # It is told to end, and ends a moment later.
        await until(lambda: not any(thread.name == "conversation-gateway-feed" for thread in threading.enumerate()))


async def test_a_call_without_a_deadline_gets_the_clients() -> None:
    async with scripted_gateway(hangs=True) as gateway:
        with connect(gateway.address, timeout_s=0.3) as client, pytest.raises(OutOfTime):
            await apart(client.messages.SendMessage, SendMessageRequest())

    assert 0 < gateway.remaining_s[0] <= 0.3


async def test_what_is_safe_to_repeat_is_repeated_and_a_send_is_not() -> None:
    async with scripted_gateway(refusals=1) as gateway:
        with connect(gateway.address) as client:
            await apart(client.feed.GetFeed, pb.GetFeedRequest())
    async with scripted_gateway(refusals=1) as refusing:
        with connect(refusing.address) as client, pytest.raises(Unavailable):
            await apart(client.messages.SendMessage, SendMessageRequest())

    assert len(gateway.remaining_s) == 2
    assert len(refusing.remaining_s) == 1


async def test_a_refusal_is_typed_and_names_the_fields(gateway: RunningGateway) -> None:
    with connect(gateway.addresses.grpc) as client, pytest.raises(InvalidRequest) as caught:
        await apart(client.messages.SendMessage, SendMessageRequest())

    assert sorted(violation.field for violation in caught.value.violations) == ["message", "recipient"]


async def test_what_is_no_subscription_cannot_be_deleted(gateway: RunningGateway) -> None:
    with connect(gateway.addresses.grpc) as client, pytest.raises(NotFound) as missing:
        await apart(client.delete_subscription, "billing")

    assert missing.value.reason == "SUBSCRIPTION_NOT_FOUND"


async def test_a_stream_without_a_subscription_cannot_be_committed() -> None:
    async with scripted_gateway(says(silent=True)) as gateway:
        with connect(gateway.address) as client, pytest.raises(ValueError, match="named subscription"):
            client.events().commit()


async def test_what_waiting_cannot_mend_is_raised_at_once(gateway: RunningGateway) -> None:
    def work() -> None:
        with connect(gateway.addresses.grpc) as client:
            next(client.events(after=b"no cursor"))

    with pytest.raises(GatewayError) as caught:
        await apart(work)

    assert caught.value.reason == "INVALID_CURSOR"


def test_a_token_is_never_sent_in_plaintext(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERSATION_GATEWAY_TOKEN", "secret-token")

    with pytest.raises(ValueError, match="only sent over TLS"):
        connect()
