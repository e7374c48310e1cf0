"""The scenario of `scenario.py`, without asyncio.

python scenario_sync.py clients/scenario.json
"""

import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from conversation_gateway.errors import InvalidRequest, LimitReached, Unavailable
from conversation_gateway.sync import Client, EventStream, connect
from conversation_gateway.v1.event_feed_pb2 import FeedEvent, GetFeedRequest, ListFeedEventsRequest
from conversation_gateway.v1.message_pb2 import SendMessageRequest, SendMessageResponse, TranscodeMessageRequest
from scenario import DELIVERIES, send, sends, verdict


def main(data: dict[str, Any]) -> None:
    """Play the scenario; ends with an exception where the gateway does not do as expected."""
    with connect() as client:
        print("health:", "SERVING" if client.is_serving() else "NOT_SERVING")
        start = client.feed.GetFeed(GetFeedRequest()).newest_cursor
        sent = {client.messages.SendMessage(request).message_id: name for name, request in sends(data)}
        for name in sent.values():
            print("sent:", name)
        refused(client)
        limited(client, data)
        replayed(client, data)
        request = TranscodeMessageRequest(
            app_message=send(data, data["messages"][2]).message, channels=data["transcode_to"]
        )
        print("transcoded:", *sorted(client.messages.TranscodeMessage(request).transcoded_message))
        with client.events(after=start, filter=DELIVERIES) as stream:
            seen = receipts(stream, {(message_id, status) for message_id in sent for status in data["receipts"]})
            for name in sent.values():
                print("receipts:", name, *data["receipts"])
            seen += resumed(client, stream, data)
        listed = ListFeedEventsRequest(after_cursor=start, filter=DELIVERIES, page_size=1000)
        stored = [event.event_id for event in client.feed.ListFeedEvents(listed).events][: len(seen)]
        print("resumed:", verdict([event.event_id for event in seen] == stored, "without loss or repeat"))
        committed_and_cancelled(client, seen)


def refused(client: Client) -> None:
    """A send of nothing to nobody."""
    try:
        client.messages.SendMessage(SendMessageRequest())
    except InvalidRequest as error:
        print("refused:", error.code.name, error.reason)
        for violation in sorted(error.violations, key=lambda violation: violation.field):
            print("violation:", violation.field)


def limited(client: Client, data: dict[str, Any]) -> None:
    """A send that the API refuses as one too many, by a caller who does not want to wait."""
    request = send(data, data["messages"][0], to="recipient_over_the_limit")
    request.options.max_queue_wait.FromMilliseconds(100)
    try:
        client.messages.SendMessage(request)
    except LimitReached as error:
        print("limited:", error.code.name, error.reason, verdict(bool(error.retry_after_s), "with a retry hint"))


def replayed(client: Client, data: dict[str, Any]) -> None:
    """The same request id twice: one message."""
    request = send(data, data["messages"][0])
    request.options.request_id = str(uuid.uuid4())
    first = client.messages.SendMessage(request)
    second, call = client.messages.SendMessage.with_call(request)
    marked = ("x-gateway-replayed", "true") in [tuple(pair) for pair in call.trailing_metadata()]
    print("replayed:", verdict(marked and second.message_id == first.message_id, "the same message"))


def receipts(stream: EventStream, missing: set[tuple[str, str]]) -> list[FeedEvent]:
    """Wait for these receipts; the events seen meanwhile."""
    seen = []
    while missing:
        event = next(stream)
        seen.append(event)
        missing.discard((event.message_delivery_report.message_id, event.message_delivery_report.status))
    return seen


def resumed(client: Client, stream: EventStream, data: dict[str, Any]) -> list[FeedEvent]:
    """Lose the connection, send, and wait for the receipts on the same stream; the events seen."""
    print("disconnect", flush=True)
    # Whoever runs this may break the connection now, and say so with a line.
    sys.stdin.readline()
    request = send(data, data["messages"][0])
    request.options.request_id = str(uuid.uuid4())
    sent = until_available(client, request)
    return receipts(stream, {(sent.message_id, status) for status in data["receipts"]})


def until_available(client: Client, request: SendMessageRequest) -> SendMessageResponse:
    """Repeat a send while the gateway is away, which its request id makes safe."""
    while True:
        try:
            return client.messages.SendMessage(request)
        except Unavailable:
            time.sleep(0.2)


def committed_and_cancelled(client: Client, seen: list[FeedEvent]) -> None:
    """Go on where a subscription was committed, and leave."""
    name = f"scenario-{uuid.uuid4()}"
    client.commit(name, seen[2].cursor)
    with client.events(subscription=name, filter=DELIVERIES) as stream:
        event = next(stream)
    print("committed:", verdict(event.event_id == seen[3].event_id, "goes on with the next event"))
    while is_active(client, name):
        time.sleep(0.05)
    print("cancelled: the gateway knows")


def is_active(client: Client, name: str) -> bool:
    """Whether the gateway believes that somebody listens."""
    subscriptions = client.feed.GetFeed(GetFeedRequest()).subscriptions
    return any(known.active for known in subscriptions if known.subscription == name)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_bytes()))
