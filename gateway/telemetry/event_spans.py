"""The spans of events: a webhook and the event that it becomes, and each delivery of that to a subscriber.

A webhook may come days after what caused it, and an event may be read again and again, so these are traces of their
own, joined by links: to the send, from delivery to event, and to whatever context a peer has sent along.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Protocol

from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, set_span_in_context

from gateway.telemetry import tracing
from gateway.telemetry.tracing import Trace, Tracing
from gateway.telemetry.trail import Trail

# Live subscribers are fed from the newest thousand; a few times that many are worth a link.
MAX_STORED = 10_000
MESSAGING = {"messaging.system": "conversation_gateway", "messaging.destination.name": "feed"}
SERVER_ERROR = 500


class Post(Protocol):
    """A webhook that has been decided about."""

    @property
    def webhook(self) -> str:
        """Its name; empty where there is no such webhook."""

    @property
    def verdict(self) -> str:
        """What became of it."""

    @property
    def trigger(self) -> str:
        """Its event's trigger, where it came so far."""

    @property
    def status(self) -> int | None:
        """What it is answered with."""

    @property
    def keys(self) -> Sequence[str]:
        """What the message that it is about may be known by."""

    @property
    def position(self) -> int | None:
        """Where its event was stored; None when it was not."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Those of the context that came with it."""


class PostSpans:
    """Makes the spans of a webhook, once it is known what became of it: a stranger's post costs no more than that."""

    def __init__(self, tracing: Tracing, *, trail: Trail, stored: "StoredEvents") -> None:
        """Find sends in `trail`, leave events in `stored`."""
        self._tracing = tracing
        self._trail = trail
        self._stored = stored

    def decided(self, post: Post, duration_s: float) -> dict[str, str] | None:
        """A post is about to be answered; gives the exemplar for its duration, where it is recorded.

        One that belongs to a recorded send is recorded whatever the sampler says: half a story helps nobody.
        """
        cause = self._trail.find(*post.keys)
        links = [Link(cause)] if cause is not None else []
        peer = self._tracing.remote(post.headers) if post.headers else None
        if peer is not None:
            links.append(Link(peer))
        route = "/webhooks/{name}"
        attributes: dict[str, str | int] = {"http.request.method": "POST", "http.route": route, "url.scheme": "http"}
        start_ns = tracing.since_ns(duration_s)
        span = self._tracing.root(
            f"POST {route}",
            kind=SpanKind.SERVER,
            attributes=attributes,
            links=links,
            start_ns=start_ns,
            wanted=cause is not None,
        )
        if span is None:
            return None
        trace = Trace(set_span_in_context(span), span)
        self._store(post, trace, start_ns)
        span.set_attribute("gateway.webhook", post.webhook)
        span.set_attribute("gateway.verdict", post.verdict)
        if post.status is not None:
            span.set_attribute("http.response.status_code", post.status)
        if post.status is None or post.status >= SERVER_ERROR:
            span.set_attribute("error.type", post.verdict)
            span.set_status(Status(StatusCode.ERROR))
        span.end()
        return tracing.exemplar(span)

    def _store(self, post: Post, trace: Trace, start_ns: int) -> None:
        if post.position is None:
            return
        attributes = {
            **MESSAGING,
            "messaging.operation.name": "store",
            "messaging.operation.type": "send",
            "messaging.message.id": str(post.position),
            "gateway.trigger": post.trigger,
        }
        span = self._tracing.child(
            trace, "store feed", kind=SpanKind.PRODUCER, attributes=attributes, start_ns=start_ns
        )
        if span is not None:
            self._stored.put(post.position, span.get_span_context())
            span.end()


class StoredEvents:
    """The spans that stored the newest events, by position: recorded ones only."""

    def __init__(self) -> None:
        """None yet."""
        self._contexts: OrderedDict[int, SpanContext] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._contexts)

    def put(self, position: int, context: SpanContext) -> None:
        """Remember one, and forget the oldest when there are too many."""
        self._contexts[position] = context
        if len(self._contexts) > MAX_STORED:
            self._contexts.popitem(last=False)

    def get(self, position: int) -> SpanContext | None:
        """The span that stored the event at a position."""
        return self._contexts.get(position)


class Delivered(Protocol):
    """An event that a subscriber has taken."""

    @property
    def position(self) -> int:
        """Where it is in the log."""

    @property
    def trigger(self) -> str:
        """What it is about."""


class FeedObserver(Protocol):
    """Who else wants to know of deliveries."""

    def delivered(self, events: Sequence[Delivered]) -> None:
        """A subscriber has taken these."""

    def ended(self, reason: str) -> None:
        """A stream is over."""


class DeliverySpans:
    """A span for each delivery of an event whose storing was recorded; everything is told to another observer too."""

    def __init__(self, tracing: Tracing, observer: FeedObserver, *, stored: StoredEvents) -> None:
        """Tell `observer` everything."""
        self._tracing = tracing
        self._observer = observer
        self._stored = stored

    def delivered(self, events: Sequence[Delivered]) -> None:
        """A subscriber has taken these."""
        self._observer.delivered(events)
        if not self._stored:
            return
        for event in events:
            producer = self._stored.get(event.position)
            if producer is not None:
                self._deliver(event, producer)

    def ended(self, reason: str) -> None:
        """A stream is over."""
        self._observer.ended(reason)

    def _deliver(self, event: Delivered, producer: SpanContext) -> None:
        subscriber = tracing.current()
        links = [Link(producer)] + (
            [Link(tracing.stateless(subscriber.span_context))] if subscriber is not None else []
        )
        attributes = {
            **MESSAGING,
            "messaging.operation.name": "deliver",
            "messaging.operation.type": "receive",
            "messaging.message.id": str(event.position),
            "gateway.trigger": event.trigger,
        }
        span = self._tracing.root(
            "deliver feed", kind=SpanKind.CONSUMER, attributes=attributes, links=links, wanted=True
        )
        if span is not None:
            span.end()
