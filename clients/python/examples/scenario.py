"""What every client must be able to do, step by step; clients/scenario.md explains it.

python scenario.py clients/scenario.json
"""

import asyncio
import json
import sys
import uuid
from pathlib import Path
from typing import Any

from conversation_gateway import Client, EventStream, connect
from conversation_gateway.errors import InvalidRequest, LimitReached, Unavailable
from conversation_gateway.v1.event_feed_pb2 import EventFilter, FeedEvent, GetFeedRequest, ListFeedEventsRequest
from conversation_gateway.v1.message_pb2 import SendMessageRequest, SendMessageResponse, TranscodeMessageRequest
from conversation_gateway.vocabulary import WebhookTrigger
from google.protobuf.json_format import ParseDict

DELIVERIES = EventFilter(triggers=[WebhookTrigger.MESSAGE_DELIVERY])


async def main(data: dict[str, Any]) -> None:
    """Play the scenario; ends with an exception where the gateway does not do as expected."""
    async with connect() as client, asyncio.timeout(60):
        print("health:", "SERVING" if await client.is_serving() else "NOT_SERVING")
        start = (await client.feed.GetFeed(GetFeedRequest())).newest_cursor
        sent = {(await client.messages.SendMessage(request)).message_id: name for name, request in sends(data)}
        for name in sent.values():
            print("sent:", name)
        await refused(client)
        await limited(client, data)
        await replayed(client, data)
        request = TranscodeMessageRequest(
            app_message=send(data, data["messages"][2]).message, channels=data["transcode_to"]
        )
        print("transcoded:", *sorted((await client.messages.TranscodeMessage(request)).transcoded_message))
        async with client.events(after=start, filter=DELIVERIES) as stream:
            seen = await receipts(stream, {(message_id, status) for message_id in sent for status in data["receipts"]})
            for name in sent.values():
                print("receipts:", name, *data["receipts"])
            seen += await resumed(client, stream, data)
        page = await client.feed.ListFeedEvents(
            ListFeedEventsRequest(after_cursor=start, filter=DELIVERIES, page_size=1000)
        )
        stored = [event.event_id for event in page.events][: len(seen)]
        print("resumed:", verdict([event.event_id for event in seen] == stored, "without loss or repeat"))
        await committed_and_cancelled(client, seen)


def sends(data: dict[str, Any]) -> list[tuple[str, SendMessageRequest]]:
    """One request for each message, by the name of its type."""
    return [(next(iter(message)), send(data, message)) for message in data["messages"]]


def send(data: dict[str, Any], message: Any, *, to: str = "recipient") -> SendMessageRequest:
    """The request that sends a message."""
    recipient = {"identified_by": {"channel_identities": [{"channel": data["channel"], "identity": data[to]}]}}
    return ParseDict({"recipient": recipient, "message": message}, SendMessageRequest())


async def refused(client: Client) -> None:
    """A send of nothing to nobody."""
    try:
        await client.messages.SendMessage(SendMessageRequest())
    except InvalidRequest as error:
        print("refused:", error.code.name, error.reason)
        for violation in sorted(error.violations, key=lambda violation: violation.field):
            print("violation:", violation.field)


async def limited(client: Client, data: dict[str, Any]) -> None:
    """A send that the API refuses as one too many, by a caller who does not want to wait."""
    request = send(data, data["messages"][0], to="recipient_over_the_limit")
    request.options.max_queue_wait.FromMilliseconds(100)
    try:
        await client.messages.SendMessage(request)
    except LimitReached as error:
        print("limited:", error.code.name, error.reason, verdict(bool(error.retry_after_s), "with a retry hint"))


async def replayed(client: Client, data: dict[str, Any]) -> None:
    """The same request id twice: one message."""
    request = send(data, data["messages"][0])
    request.options.request_id = str(uuid.uuid4())
    first = await client.messages.SendMessage(request)
    call = client.messages.SendMessage(request)
    same = (await call).message_id == first.message_id
    trailers = dict(await call.trailing_metadata())
    print("replayed:", verdict(same and trailers["x-gateway-replayed"] == "true", "the same message"))


async def receipts(stream: EventStream, missing: set[tuple[str, str]]) -> list[FeedEvent]:
    """Wait for these receipts; the events seen meanwhile."""
    seen = []
    while missing:
        event = await anext(stream)
        seen.append(event)
        missing.discard((event.message_delivery_report.message_id, event.message_delivery_report.status))
    return seen


async def resumed(client: Client, stream: EventStream, data: dict[str, Any]) -> list[FeedEvent]:
    """Lose the connection, send, and wait for the receipts on the same stream; the events seen."""
    print("disconnect", flush=True)
    # Whoever runs this may break the connection now, and say so with a line.
    await asyncio.to_thread(sys.stdin.readline)
    request = send(data, data["messages"][0])
    request.options.request_id = str(uuid.uuid4())
    sent = await until_available(client, request)
    return await receipts(stream, {(sent.message_id, status) for status in data["receipts"]})


async def until_available(client: Client, request: SendMessageRequest) -> SendMessageResponse:
    """Repeat a send while the gateway is away, which its request id makes safe."""
    while True:
        try:
            return await client.messages.SendMessage(request)
        except Unavailable:
            await asyncio.sleep(0.2)


async def committed_and_cancelled(client: Client, seen: list[FeedEvent]) -> None:
    """Go on where a subscription was committed, and leave."""
    name = f"scenario-{uuid.uuid4()}"
    await client.commit(name, seen[2].cursor)
    async with client.events(subscription=name, filter=DELIVERIES) as stream:
        event = await anext(stream)
    print("committed:", verdict(event.event_id == seen[3].event_id, "goes on with the next event"))
    while await is_active(client, name):  # noqa: ASYNC110 - it is the gateway that is waited for
        await asyncio.sleep(0.05)
    print("cancelled: the gateway knows")


async def is_active(client: Client, name: str) -> bool:
    """Whether the gateway believes that somebody listens."""
    feed = await client.feed.GetFeed(GetFeedRequest())
    return any(known.active for known in feed.subscriptions if known.subscription == name)


def verdict(holds: bool, what: str) -> str:  # noqa: FBT001 - what it is called for
    """What is so, or that it is not."""
    return what if holds else f"NOT {what}"


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_bytes())))
