"""The client: one channel to the gateway, a stub per service, and the event stream."""

import weakref
from types import TracebackType
from typing import Self, Unpack

import grpc

from conversation_gateway.channel import DEFAULT_TIMEOUT_S, HEALTH_CHECK, is_serving, open_channel
from conversation_gateway.event_stream import EventStream
from conversation_gateway.feed_position import Notice
from conversation_gateway.feed_request import EventOptions, subscribe_request
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
        self._check_health: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(HEALTH_CHECK)
        self.apps = AppServiceStub(channel)
        self.batches = BatchServiceStub(channel)
        self.capabilities = CapabilityServiceStub(channel)
        self.consents = ConsentServiceStub(channel)
        self.contacts = ContactServiceStub(channel)
        self.conversation_events = ConversationEventServiceStub(channel)
        self.conversations = ConversationServiceStub(channel)
        self.feed = EventFeedServiceStub(channel)
        self.messages = MessageServiceStub(channel)
        self.project_settings = ProjectSettingsServiceStub(channel)
        self.raw = RawServiceStub(channel)
        self.templates = TemplateServiceStub(channel)
        self.webhooks = WebhookServiceStub(channel)

    def events(
        self, *, notice: Notice | None = None, give_up_after_s: float | None = None, **options: Unpack[EventOptions]
    ) -> EventStream:
        """Follow the events: `async for event in client.events(after=cursor)`.

        `EventOptions` lists where it may start and stop, and what else may be chosen.

        A stream that breaks, falls silent for three heartbeat intervals, or is sent away by a gateway that shuts down
        is opened again after its cursor, with back-off and jitter, until it is cancelled, or until `give_up_after_s`
        seconds went by without the gateway opening it: then the last failure is raised. A failure that trying again
        cannot mend (a cursor of another log, a gap with ON_GAP_FAIL, FENCED) is raised at once.

        Without a subscription, each event comes once. With one, the stream is opened again after what was committed,
        so events not committed yet come again. `notice` is called with every answer that holds no events: `opened`,
        `heartbeat` with the lag, `gap_skipped` and the others.
        """
        request = subscribe_request(options)
        stream = EventStream(feed=self.feed, request=request, notice=notice, give_up_after_s=give_up_after_s)
        self._streams.add(stream)
        return stream

    async def is_serving(self) -> bool:
        """Whether the gateway says, by the standard health check, that it serves."""
        return is_serving(await self._check_health(b""))

    async def commit(self, subscription: str, cursor: bytes, *, fencing_epoch: int = 0, rewind: bool = False) -> bytes:
        """Record durably that a subscription has dealt with everything up to `cursor`; the committed cursor.

        With the `fencing_epoch` of `EventStream.opened`, a consumer that was replaced gets FENCED; zero does not
        check. `EventStream.commit` does check. With `rewind` it may move back, and whoever holds it gets FENCED.
        """
        request = pb.CommitRequest(subscription=subscription, cursor=cursor, fencing_epoch=fencing_epoch)
        if rewind:
            # Stubs of an older contract lack the field.
            request.rewind = True
        return (await self.feed.Commit(request)).cursor

    async def delete_subscription(self, subscription: str) -> None:
        """Delete a named subscription, so that it holds back no event; whoever holds it gets FENCED.

        Raises `NotFound` when there is none. Whoever names it later creates it anew.
        """
        await self.feed.DeleteSubscription(pb.DeleteSubscriptionRequest(subscription=subscription))

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

    Without an address, and without `credentials` (`grpc.ssl_channel_credentials()`), what the environment says:
    `conversation_gateway.environment` lists its variables. Else 127.0.0.1:50051, in plaintext. A unary call without a
    deadline of its own gets `timeout_s` seconds. Nothing is sent before the first call. Call it inside a running event
    loop, and close what it returns.
    """
    return Client(open_channel(address, credentials=credentials, timeout_s=timeout_s))
