"""The client: one channel to the gateway, a stub per service, and the event stream."""

import weakref
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from google.protobuf.timestamp_pb2 import Timestamp

from conversation_gateway.channel import open_channel
from conversation_gateway.event_stream import DEFAULT_HEARTBEAT_S, EventStream, Notice
from conversation_gateway.v1 import event_feed_pb2 as pb
from conversation_gateway.v1.app_pb2_grpc import AppServiceStub
from conversation_gateway.v1.batch_pb2_grpc import BatchServiceStub
from conversation_gateway.v1.capability_pb2_grpc import CapabilityServiceStub
from conversation_gateway.v1.consent_pb2_grpc import ConsentServiceStub
from conversation_gateway.v1.contact_pb2_grpc import ContactServiceStub
from conversation_gateway.v1.conversation_event_pb2_grpc import ConversationEventServiceStub
from conversation_gateway.v1.conversation_pb2_grpc import ConversationServiceStub
from conversation_gateway.v1.event_feed_pb2_grpc import EventFeedServiceStub
from conversation_gateway.v1.message_pb2_grpc import MessageServiceStub
from conversation_gateway.v1.project_settings_pb2_grpc import ProjectSettingsServiceStub
from conversation_gateway.v1.raw_pb2_grpc import RawServiceStub
from conversation_gateway.v1.template_pb2_grpc import TemplateServiceStub
from conversation_gateway.v1.webhook_pb2_grpc import WebhookServiceStub

DEFAULT_TIMEOUT_S = 30.0


class Client:
    """A connection to a gateway: `async with connect() as client`.

    Each service of the contract is an attribute, a generated stub that is called as it is:
    `await client.messages.SendMessage(request, timeout=10)`. A unary call without a `timeout` gets the client's own, is
    repeated when the gateway is not there and the contract says that repeating does no harm, and raises a typed error
    of `conversation_gateway.errors`.
    """

    def __init__(self, channel: grpc.aio.Channel) -> None:
        """Use this channel, and close it in the end; `connect` makes one that behaves as said above."""
        self._channel = channel
        self._streams = weakref.WeakSet[EventStream]()
        self.apps = AppServiceStub(self._channel)
        self.batches = BatchServiceStub(self._channel)
        self.capabilities = CapabilityServiceStub(self._channel)
        self.consents = ConsentServiceStub(self._channel)
        self.contacts = ContactServiceStub(self._channel)
        self.conversation_events = ConversationEventServiceStub(self._channel)
        self.conversations = ConversationServiceStub(self._channel)
        self.feed = EventFeedServiceStub(self._channel)
        self.messages = MessageServiceStub(self._channel)
        self.project_settings = ProjectSettingsServiceStub(self._channel)
        self.raw = RawServiceStub(self._channel)
        self.templates = TemplateServiceStub(self._channel)
        self.webhooks = WebhookServiceStub(self._channel)

    def events(
        self,
        *,
        after: bytes | None = None,
        earliest: bool = False,
        at_time: datetime | None = None,
        subscription: str | None = None,
        # Quoted, because at run time these enums are no classes.
        new_subscription: "pb.NewSubscription | None" = None,
        on_gap: "pb.OnGap | None" = None,
        filter: pb.EventFilter | None = None,  # noqa: A002 - the field's name in the contract
        view: "pb.FeedView | None" = None,
        heartbeat_interval_s: float = DEFAULT_HEARTBEAT_S,
        stop_at: bytes | None = None,
        stop_at_newest: bool = False,
        project_id: str = "",
        notice: Notice | None = None,
        give_up_after_s: float | None = None,
    ) -> EventStream:
        """Follow the events: `async for event in client.events(after=cursor)`.

        Starts after the cursor `after`, with the `earliest` event kept, with the first one received `at_time`, or after
        what was committed for `subscription`; with none of these, with the next event. The other parameters are the
        fields of `SubscribeRequest`, explained there.

        A stream that breaks, falls silent for three heartbeat intervals, or is sent away by a gateway that shuts down
        is opened again after its cursor, with back-off and jitter, until it is cancelled, or until `give_up_after_s`
        seconds went by without the gateway opening it: then the last failure is raised. A failure that trying again
        cannot mend (a cursor of another log, a gap with ON_GAP_FAIL, FENCED) is raised at once.

        Without a subscription, each event comes once. With one, the stream is opened again after what was committed,
        so events not committed yet come again. `notice` is called with every answer that holds no events: `opened`,
        `heartbeat` with the lag, `gap_skipped` and the others.
        """
        starts = {
            "after_cursor": after,
            "earliest": Empty() if earliest else None,
            "at_time": at_time and _timestamp(at_time),
            "subscription": subscription,
        }
        stops = {"stop_at_cursor": stop_at, "stop_at_newest": Empty() if stop_at_newest else None}
        heartbeat_interval = Duration()
        heartbeat_interval.FromMicroseconds(round(heartbeat_interval_s * 1_000_000))
        request = pb.SubscribeRequest(
            project_id=project_id,
            on_gap=on_gap,
            filter=filter,
            view=view,
            heartbeat_interval=heartbeat_interval,
            new_subscription=new_subscription,
            **_at_most_one(starts),
            **_at_most_one(stops),
        )
        stream = EventStream(feed=self.feed, request=request, notice=notice, give_up_after_s=give_up_after_s)
        self._streams.add(stream)
        return stream

    async def commit(self, subscription: str, cursor: bytes, *, fencing_epoch: int = 0) -> bytes:
        """Record durably that a subscription has dealt with everything up to `cursor`; the committed cursor.

        With the `fencing_epoch` of `EventStream.opened`, a consumer that was replaced gets FENCED; zero does not
        check. `EventStream.commit` does check.
        """
        request = pb.CommitRequest(subscription=subscription, cursor=cursor, fencing_epoch=fencing_epoch)
        return (await self.feed.Commit(request)).cursor

    async def close(self) -> None:
        """End every stream and cancel every call. May be repeated."""
        for stream in list(self._streams):
            stream.close()
        await self._channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def connect(
    address: str | None = None,
    *,
    credentials: grpc.ChannelCredentials | None = None,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> Client:
    """A client of the gateway at `address`: `host:port` or `unix:/path`.

    Without one, at CONVERSATION_GATEWAY_ADDRESS, else at 127.0.0.1:50051. Plaintext, unless `credentials` are given
    (`grpc.ssl_channel_credentials()`). A unary call without a deadline of its own gets `timeout_s` seconds. Nothing is
    sent before the first call. Call it inside a running event loop, and close what it returns.
    """
    return Client(open_channel(address, credentials=credentials, timeout_s=timeout_s))


def _at_most_one(fields: dict[str, Any]) -> dict[str, Any]:
    """The field that is given, if any; several would silently override each other."""
    given = {name: value for name, value in fields.items() if value is not None}
    if len(given) > 1:
        raise ValueError("only one of these may be given: " + ", ".join(given))
    return given


def _timestamp(time: datetime) -> Timestamp:
    if time.tzinfo is None:
        raise ValueError("at_time needs a time zone")
    timestamp = Timestamp()
    timestamp.FromDatetime(time)
    return timestamp
