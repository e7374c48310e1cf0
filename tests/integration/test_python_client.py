"""The Python client against a real gateway: send, follow, come back, commit."""

import ast
import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from conversation_gateway import Client, EventStream, connect
from conversation_gateway.errors import GatewayError, NotFound
from conversation_gateway.v1 import event_feed_pb2 as pb
from conversation_gateway.v1 import webhook_pb2
from conversation_gateway.v1.message_pb2 import SendMessageRequest

from gateway.events.cursor import Cursor
from tests.conftest import APP_ID, REPOSITORY, WEBHOOK_SECRET, Environment, RunningGateway, StartGateway
from tests.integration.test_send import text
from tests.patience import PATIENCE_S
from tests.processes import gateway_process

CLIENT = REPOSITORY / "clients" / "python"
RECEIPTS = ["QUEUED_ON_CHANNEL", "DELIVERED", "READ"]
"""What the simulator posts for a message, one event each."""
COUNT = len(RECEIPTS)


@pytest.fixture
async def client(gateway: RunningGateway) -> AsyncIterator[Client]:
    async with connect(gateway.addresses.grpc) as connected:
        await register(connected, gateway.addresses.webhooks)
        yield connected


async def register(client: Client, webhooks: str) -> None:
    webhook = webhook_pb2.NewWebhook(
        app_id=APP_ID,
        target=f"http://{webhooks}/webhooks/default",
        target_type="HTTP",
        secret=WEBHOOK_SECRET,
        triggers=("MESSAGE_DELIVERY",),
    )
    await client.webhooks.CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=webhook))


async def take(client: Client, count: int, **how: Any) -> list[pb.FeedEvent]:
    events = []
    async with asyncio.timeout(PATIENCE_S):
        async for event in client.events(**how):
            events.append(event)
            if len(events) == count:
                break
    return events


async def rest(stream: EventStream) -> list[pb.FeedEvent]:
    async with asyncio.timeout(PATIENCE_S):
        return [event async for event in stream]


async def stored(client: Client) -> list[str]:
    """The ids of everything in the log, in its order."""
    page = await client.feed.ListFeedEvents(pb.ListFeedEventsRequest(page_size=1000))
    return [event.event_id for event in page.events]


async def failure(client: Client, **how: Any) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        await take(client, 1, **how)
    return caught.value


@pytest.mark.parametrize("farewell", [signal.SIGKILL, signal.SIGTERM])
async def test_a_stream_outlives_its_gateway_without_loss_or_repeat(
    environment: Environment, farewell: signal.Signals
) -> None:
    seen: list[str] = []
    halfway, complete = asyncio.Event(), asyncio.Event()

    async def follow(client: Client) -> None:
        async for event in client.events(earliest=True):
            seen.append(event.event_id)
            halfway.set()
            if len(seen) == 6 * COUNT:
                complete.set()

    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        async with gateway_process(environment) as process:
            ready = await process.line("ready")
            client = connect(ready["grpc"])
            following = tasks.create_task(follow(client))
            await register(client, ready["webhooks"])
            for _ in range(3):
                await client.messages.SendMessage(text())
            await halfway.wait()
            process.child.send_signal(farewell)
            await process.ended()
        same_doors = {"GATEWAY_GRPC_ADDRESS": ready["grpc"], "GATEWAY_WEBHOOK_ADDRESS": ready["webhooks"]}
        async with gateway_process({**environment, **same_doors}) as process:
            await process.line("ready")
            for _ in range(3):
                await client.messages.SendMessage(text(), wait_for_ready=True)
            await complete.wait()
            following.cancel()
            expected = await stored(client)
            await client.close()

    assert seen == expected


async def test_a_stream_taken_up_again_goes_on_after_its_cursor(client: Client) -> None:
    await client.messages.SendMessage(text())
    async with client.events(earliest=True) as stream:
        first = [event.event_id async for event in limited(stream, 2)]
        await client.messages.SendMessage(text())
        second = [event.event_id async for event in limited(stream, 2 * COUNT - 2)]

    assert first + second == await stored(client)


async def limited(stream: AsyncIterator[pb.FeedEvent], count: int) -> AsyncIterator[pb.FeedEvent]:
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(count):
            yield await anext(stream)


async def test_a_finite_read_ends_by_itself(client: Client) -> None:
    await client.messages.SendMessage(text())
    events = await take(client, COUNT, earliest=True)

    to_newest = [event.event_id async for event in client.events(earliest=True, stop_at_newest=True)]
    to_cursor = [event.event_id async for event in client.events(earliest=True, stop_at=events[1].cursor)]

    assert to_newest == await stored(client)
    assert to_cursor == to_newest[:2]


async def test_a_stream_can_start_in_the_past(client: Client) -> None:
    await client.messages.SendMessage(text())

    events = await take(client, COUNT, at_time=datetime.now(UTC) - timedelta(hours=1))

    assert [event.event_id for event in events] == await stored(client)


async def test_filter_and_view_are_the_gateways(client: Client) -> None:
    for _ in range(2):
        message_id = (await client.messages.SendMessage(text())).message_id

    events = await take(
        client, COUNT, earliest=True, filter=pb.EventFilter(message_ids=[message_id]), view=pb.FEED_VIEW_RAW
    )

    assert {event.message_delivery_report.message_id for event in events} == {message_id}
    assert events[0].raw.startswith(b"{")


async def test_a_subscription_goes_on_after_what_was_committed(client: Client) -> None:
    await client.messages.SendMessage(text())
    async with client.events(subscription="billing") as stream:
        first = [event async for event in limited(stream, COUNT)]
        committed = await stream.commit(first[1])

    again = await take(client, 1, subscription="billing")

    assert committed == first[1].cursor
    assert again[0].event_id == first[2].event_id


async def test_a_subscription_can_be_made_to_go_over_its_events_again(client: Client) -> None:
    await client.messages.SendMessage(text())
    events = await take(client, COUNT, earliest=True)
    await client.commit("billing", events[-1].cursor)
    nothing_moves = await client.commit("billing", events[0].cursor)

    moved = await client.commit("billing", events[0].cursor, rewind=True)
    again = await take(client, COUNT - 1, subscription="billing")

    assert (nothing_moves, moved) == (events[-1].cursor, events[0].cursor)
    assert [event.event_id for event in again] == [event.event_id for event in events[1:]]


async def test_a_subscription_can_be_deleted(client: Client) -> None:
    await client.messages.SendMessage(text())
    events = await take(client, COUNT, earliest=True)
    await client.commit("billing", events[-1].cursor)

    await client.delete_subscription("billing")
    with pytest.raises(NotFound) as missing:
        await client.delete_subscription("billing")
    anew = await take(client, COUNT, subscription="billing")

    assert missing.value.resource == ("subscription", "billing")
    assert [event.event_id for event in anew] == [event.event_id for event in events]


async def test_a_watermark_can_be_committed(client: Client) -> None:
    await client.messages.SendMessage(text())
    await take(client, COUNT, earliest=True)
    caught_up = asyncio.Event()
    nothing = pb.EventFilter(triggers=["CHANNEL_EVENT"])

    def notice(answer: pb.SubscribeResponse) -> None:
        if answer.HasField("caught_up"):
            caught_up.set()

    async with client.events(subscription="billing", filter=nothing, notice=notice) as stream:
        waiting = asyncio.create_task(anext(stream, None))
        await caught_up.wait()
        committed = await stream.commit()
        stream.close()
        await waiting

    assert committed == (await client.feed.GetFeed(pb.GetFeedRequest())).newest_cursor


async def test_a_replaced_consumer_is_told_and_cannot_commit(client: Client) -> None:
    await client.messages.SendMessage(text())
    former, latter = client.events(subscription="billing"), client.events(subscription="billing")
    event = await anext(former)
    await anext(latter)

    with pytest.raises(GatewayError) as commit:
        await former.commit(event)
    with pytest.raises(GatewayError) as stream:
        await rest(former)

    assert commit.value.reason == stream.value.reason == "FENCED"
    assert await latter.commit(event) == event.cursor
    assert await anext(former, None) is None


async def test_the_client_commits_for_whoever_keeps_cursors(client: Client) -> None:
    await client.messages.SendMessage(text())
    events = await take(client, COUNT, earliest=True)

    committed = await client.commit("billing", events[0].cursor)
    rest = await take(client, 1, subscription="billing")

    assert committed == events[0].cursor
    assert rest[0].event_id == events[1].event_id


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"after": b"no cursor"}, "INVALID_CURSOR"),
        ({"after": b""}, "INVALID_CURSOR"),
        ({"after": Cursor(b"elsewher", 0, 0).encode()}, "CURSOR_EPOCH_MISMATCH"),
        ({"subscription": "absent", "new_subscription": pb.NEW_SUBSCRIPTION_FAIL}, "SUBSCRIPTION_NOT_FOUND"),
        ({"subscription": "not a name"}, "INVALID_REQUEST"),
    ],
)
async def test_what_waiting_cannot_mend_is_raised_typed_and_at_once(
    client: Client, how: dict[str, Any], reason: str
) -> None:
    error = await failure(client, **how)

    assert error.reason == reason


async def test_a_refused_call_raises_its_reason(client: Client) -> None:
    with pytest.raises(GatewayError) as caught:
        await client.messages.SendMessage(SendMessageRequest())

    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.reason == "REQUIRED_FIELD_MISSING"


async def test_a_call_keeps_its_metadata(client: Client) -> None:
    call = client.messages.SendMessage(text(), metadata=(("x-request-id", "mine"),))
    await call

    trailers = await call.trailing_metadata()

    assert dict(trailers)["x-request-id"] == "mine"


async def test_the_address_comes_from_the_environment_and_may_be_a_socket(
    start_gateway: StartGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"unix:{tmp_path}/gateway.sock"
    monkeypatch.setenv("CONVERSATION_GATEWAY_ADDRESS", address)

    async with start_gateway(GATEWAY_GRPC_ADDRESS=address), connect() as client:
        feed = await client.feed.GetFeed(pb.GetFeedRequest())

    assert feed.epoch


async def printed_by(*program: str | Path, address: str) -> list[str]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, *program,
        env={**os.environ, "CONVERSATION_GATEWAY_ADDRESS": address}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE_S):
        printed, _ = await child.communicate()
    assert child.returncode == 0
    return printed.decode().split()


@pytest.mark.usefixtures("client")
async def test_the_example_follows_its_message_until_it_is_read(gateway: RunningGateway) -> None:
    example = CLIENT / "examples" / "send_and_follow.py"

    assert await printed_by(example, "+46700000001", address=gateway.addresses.grpc) == RECEIPTS


@pytest.mark.usefixtures("client")
async def test_the_program_of_the_readme_runs_as_it_is(gateway: RunningGateway) -> None:
    program, *fragments = re.findall(r"```python\n(.*?)```", (CLIENT / "README.md").read_text(), re.DOTALL)

    assert await printed_by("-c", program, "+46700000001", address=gateway.addresses.grpc) == ["ACCEPTED", *RECEIPTS]
    for fragment in fragments:
        compile(fragment, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
