"""Takes webhooks: `POST /webhooks/{name}`.

*200 means the event is on disk.* Never a 2xx for an event that is not durable, never a 4xx for one that is genuine: a
4xx may be final for the sender, so trouble of our own is 503 with `Retry-After`.
"""

import asyncio
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.http_server import Receive, Scope, Send
from gateway.state.events import Appended, NewEvent
from gateway.telemetry import logs
from gateway.webhooks.envelope import Composer
from gateway.webhooks.intake import Intake, IntakeLimits, Refused, linger
from gateway.webhooks.outcome import ANSWERS, Outcome
from gateway.webhooks.rejections import RejectionLog
from gateway.webhooks.signature import Verdict, verify
from gateway.webhooks.source import WebhookSource

_PATH = "/webhooks/"
# Reading the JSON of a longer body takes milliseconds that the loop has better uses for.
_OFFLOAD_BYTES = 64 * 1024
_RETRY_AFTER_S = 1.0
_TRACE_HEADERS = frozenset({b"traceparent", b"tracestate"})
_TAKEN = frozenset({Outcome.ACCEPTED, Outcome.DUPLICATE})


class EventSink(Protocol):
    """Where events become durable: the event log."""

    async def append(self, event: NewEvent) -> Appended:
        """Return once the event, or the one it repeats, is on disk; `StoreError` when it cannot be taken now."""


class Observer(Protocol):
    """Counts posts."""

    def observe(self, *, verdict: str, trigger: str, duration_s: float, exemplar: dict[str, str] | None = None) -> None:
        """One post is decided: `verdict` is an `Outcome`; `trigger` is `""` where it is not known."""


class Unobserved:
    """An observer that looks away."""

    def observe(self, *, verdict: str, trigger: str, duration_s: float, exemplar: dict[str, str] | None = None) -> None:
        """Do nothing."""


@dataclass(slots=True)
class Post:
    """What is known of a post by the time it is answered."""

    webhook: str = ""
    trigger: str = ""
    outcome: Outcome = Outcome.FAILED
    unread: bool = False
    retry_after_s: float = _RETRY_AFTER_S
    keys: Sequence[str] = ()
    """What the message that it is about may be known by: its metadata, its id."""
    position: int | None = None
    """Where its event was stored; None for one that was there already, or was not taken."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Those that carry a trace's context."""

    @property
    def verdict(self) -> str:
        """What became of it, as a label."""
        return self.outcome.value

    @property
    def status(self) -> int | None:
        """The HTTP status that it is answered with; None where nobody is left to be answered."""
        answer = ANSWERS.get(self.outcome)
        return answer.status if answer else None


class PostSpans(Protocol):
    """Records posts as spans."""

    def decided(self, post: Post, duration_s: float) -> dict[str, str] | None:
        """A post is about to be answered; gives the exemplar for its duration, where it is recorded."""


class WebhookReceiver:
    """The ASGI app of the webhook door."""

    def __init__(
        self,
        *,
        sources: Iterable[WebhookSource],
        log: EventSink,
        clock: Clock,
        limits: IntakeLimits | None = None,
        observer: Observer | None = None,
        spans: PostSpans | None = None,
    ) -> None:
        """Compile the mapping of events; nothing is served until an HTTP server calls."""
        self._spans = spans
        self._sources: dict[str, WebhookSource] = {}
        self.configure(sources)
        self._sink = log
        self._clock = clock
        self._intake = Intake(limits or IntakeLimits())
        self._observer = observer or Unobserved()
        self._composer = Composer()
        self._rejections = RejectionLog(clock=clock)
        self._log = logs.logger("webhooks")

    def configure(self, sources: Iterable[WebhookSource]) -> None:
        """Serve these webhooks from the next post on, with the secrets that they have now."""
        self._sources = {source.name: source for source in sources}

    @property
    def posts_in_flight(self) -> int:
        """Posts that are not answered yet."""
        return self._intake.posts_in_flight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one post. A cancelled one is not answered; its event may be stored all the same."""
        started_s = self._clock.monotonic()
        post = Post()
        try:
            await self._take(post, scope, receive)
        except Refused as refused:
            post.outcome, post.unread = refused.outcome, refused.unread
        except StoreError as error:
            post.outcome, post.retry_after_s = Outcome.STORE_UNAVAILABLE, error.retry_after_s or _RETRY_AFTER_S
        except Exception as error:  # noqa: BLE001 - the sender of a genuine event must always be asked to come again
            self._log.error("webhook_failed", webhook=post.webhook, kind=type(error).__name__)
        duration_s = self._clock.monotonic() - started_s
        exemplar = self._spans.decided(post, duration_s) if self._spans else None
        self._observer.observe(verdict=post.outcome, trigger=post.trigger, duration_s=duration_s, exemplar=exemplar)
        if post.outcome not in _TAKEN:
            self._rejections.note(webhook=post.webhook, outcome=post.outcome)
        await _answer(post, receive, send)

    async def _take(self, post: Post, scope: Scope, receive: Receive) -> None:
        source = self._source(scope)
        post.webhook = source.name
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if self._spans:
            post.headers = {n.decode(): v.decode("latin-1") for n, v in headers if n in _TRACE_HEADERS}
        _check_head(source, headers)
        with self._intake.admit() as place:
            body = await place.read(receive, _declared_bytes(headers))
            received = self._clock.now()
            _verify(source, headers, body, now_s=received.timestamp())
            event = await self._compose(source, body, received)
            post.trigger = event.index.trigger
            post.keys = (event.index.metadata, event.index.message_id)
            appended = await self._sink.append(event)
            post.position = None if appended.duplicate else appended.position
        post.outcome = Outcome.DUPLICATE if appended.duplicate else Outcome.ACCEPTED

    def _source(self, scope: Scope) -> WebhookSource:
        path: str = scope["path"]
        source = self._sources.get(path.removeprefix(_PATH)) if path.startswith(_PATH) else None
        if source is None:
            raise Refused(Outcome.UNKNOWN_WEBHOOK, unread=True)
        if scope["method"] != "POST":
            raise Refused(Outcome.METHOD_NOT_ALLOWED, unread=True)
        return source

    async def _compose(self, source: WebhookSource, body: bytes, received: datetime) -> NewEvent:
        try:
            if len(body) > _OFFLOAD_BYTES:
                return await asyncio.to_thread(self._composer.compose, body, source=source, received=received)
            return self._composer.compose(body, source=source, received=received)
        except Exception as error:  # noqa: BLE001 - no defect of the mapping may cost a genuine event
            self._log.error("webhook_not_typed", webhook=source.name, kind=type(error).__name__)
            return self._composer.compose(body, source=source, received=received, typed=False)


def _check_head(source: WebhookSource, headers: list[tuple[bytes, bytes]]) -> None:
    """Refuse what the head alone rules out."""
    for name, value in headers:
        if name == b"content-type" and not _is_json(value):
            raise Refused(Outcome.UNSUPPORTED_MEDIA_TYPE, unread=True)
        if name == b"content-encoding" and value.strip().lower() != b"identity":
            raise Refused(Outcome.UNSUPPORTED_ENCODING, unread=True)
    if source.bearer_hashes and not source.admits([value for name, value in headers if name == b"authorization"]):
        raise Refused(Outcome.UNAUTHORIZED, unread=True)


def _verify(source: WebhookSource, headers: list[tuple[bytes, bytes]], body: bytes, *, now_s: float) -> None:
    """Refuse what the webhook's secrets did not sign."""
    if not source.secrets:
        return
    verdict = verify(
        headers,
        body,
        secrets=source.secrets,
        now_s=now_s,
        window_s=source.window_s,
        future_s=source.future_s,
        accept_missing_algorithm=source.accept_missing_algorithm,
    )
    if verdict is not Verdict.ACCEPTED:
        raise Refused(Outcome(verdict.value), unread=False)


def _is_json(content_type: bytes) -> bool:
    media_type = content_type.partition(b";")[0].strip().lower()
    return media_type == b"application/json" or (
        media_type.startswith(b"application/") and media_type.endswith(b"+json")
    )


def _declared_bytes(headers: list[tuple[bytes, bytes]]) -> int | None:
    for name, value in headers:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
    return None


async def _answer(post: Post, receive: Receive, send: Send) -> None:
    answer = ANSWERS.get(post.outcome)
    if answer is None:
        return
    later = answer.status == 503  # noqa: PLR2004 - the one status that asks to come again
    extra = ((b"retry-after", b"%d" % math.ceil(post.retry_after_s)),) if later else ()
    if not post.unread:
        await send(answer.start(*extra))
        await send(answer.end())
        return
    await send(answer.start(*extra, (b"connection", b"close")))
    await send(answer.end(more=True))
    await linger(receive)
    await send({"type": "http.response.body", "body": b"", "more_body": False})
