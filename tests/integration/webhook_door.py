"""What tests of the webhook door share: a peer that writes raw bytes, posts that are signed, a log in memory."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from gateway.clock import Clock
from gateway.http_server import App, HttpLimits, HttpServer
from gateway.listener import Listener
from gateway.state.events import Appended, NewEvent
from gateway.webhooks.intake import IntakeLimits
from gateway.webhooks.receiver import EventSink, WebhookReceiver
from gateway.webhooks.source import WebhookSource

SECRET = b"door-secret"
BODY = (
    b'{"app_id":"A1","project_id":"p1","accepted_time":"2025-10-09T08:53:20Z",'
    b'"message":{"id":"M1","contact_message":{"text_message":{"text":"hello"}},'
    b'"channel_identity":{"channel":"SMS","identity":"46700000001","app_id":""}}}'
)


def source(**changes: object) -> WebhookSource:
    defaults: dict[str, object] = {"name": "default", "project_id": "p1", "secrets": (SECRET,)}
    return WebhookSource(**{**defaults, **changes})  # type: ignore[arg-type]


def signature_lines(
    body: bytes, *, secret: bytes = SECRET, nonce: bytes = b"01NONCE", at_s: float | None = None
) -> bytes:
    timestamp = b"%d" % (time.time() if at_s is None else at_s)
    mac = base64.b64encode(hmac.new(secret, body + b"." + nonce + b"." + timestamp, hashlib.sha256).digest())
    return (
        b"X-Sinch-Webhook-Signature: %b\r\nX-Sinch-Webhook-Signature-Nonce: %b\r\n"
        b"X-Sinch-Webhook-Signature-Timestamp: %b\r\nX-Sinch-Webhook-Signature-Algorithm: HmacSHA256\r\n"
    ) % (mac, nonce, timestamp)


def post(
    body: bytes = BODY,
    *,
    path: bytes = b"/webhooks/default",
    method: bytes = b"POST",
    content_type: bytes = b"application/json",
    lines: bytes = b"",
    secret: bytes = SECRET,
) -> bytes:
    head = b"%b %b HTTP/1.1\r\nHost: gateway\r\nContent-Type: %b\r\nContent-Length: %d\r\n"
    head %= (method, path, content_type, len(body))
    return head + signature_lines(body, secret=secret) + lines + b"\r\n" + body


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Peer:
    """A client that sends what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def ask(self, data: bytes) -> Answer:
        await self.send(data)
        return await self.answer()

    async def answer(self) -> Answer:
        head = await self._reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(first.split(" ")[1]), headers, body)

    async def closed(self) -> bytes:
        """Wait until the server has closed; what it still sent is returned."""
        try:
            return await self._reader.read()
        except ConnectionError:
            return b""

    async def finish(self) -> None:
        """Say that nothing more follows, and wait until the server has closed."""
        try:
            self._writer.write_eof()
        except OSError:
            return
        await self.closed()

    def hang_up(self) -> None:
        self._writer.transport.abort()

    async def leave(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return


def peer_of(server: HttpServer) -> AbstractAsyncContextManager[Peer]:
    return peer_at(server.address)


@asynccontextmanager
async def peer_at(address: str) -> AsyncIterator[Peer]:
    host, _, port = address.rpartition(":")
    peer = Peer(*await asyncio.open_connection(host, int(port)))
    try:
        yield peer
    finally:
        await peer.leave()


@asynccontextmanager
async def serving(app: App, limits: HttpLimits | None = None) -> AsyncIterator[HttpServer]:
    server = HttpServer(app=app, listener=Listener.open("127.0.0.1:0"), limits=limits)
    await server.start()
    try:
        yield server
    finally:
        await server.stop(1.0)


@dataclass
class MemoryLog:
    """A log that keeps events in a list and repeats what it has; `gate` holds every append until it is opened."""

    events: list[NewEvent] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.gate.set()

    async def append(self, event: NewEvent) -> Appended:
        self.arrived.set()
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        for position, known in enumerate(self.events, 1):
            if (known.dedupe_key, known.body_hash) == (event.dedupe_key, event.body_hash):
                return Appended(position=position, duplicate=True)
        self.events.append(event)
        return Appended(position=len(self.events), duplicate=False)


@dataclass
class Observed:
    """An observer that remembers."""

    verdicts: list[tuple[str, str]] = field(default_factory=list)
    exemplars: list[object] = field(default_factory=list)

    def observe(self, *, verdict: str, trigger: str, duration_s: float, exemplar: object = None) -> None:
        assert duration_s >= 0
        self.verdicts.append((verdict, trigger))
        self.exemplars.append(exemplar)


@dataclass
class Door:
    """A receiver on a real socket."""

    server: HttpServer
    receiver: WebhookReceiver
    observed: Observed


@asynccontextmanager
async def open_door(
    log: EventSink,
    *sources: WebhookSource,
    limits: IntakeLimits | None = None,
    http_limits: HttpLimits | None = None,
) -> AsyncIterator[Door]:
    observed = Observed()
    receiver = WebhookReceiver(sources=sources or (source(),), log=log, clock=Clock(), limits=limits, observer=observed)
    async with serving(receiver, http_limits) as server:
        yield Door(server, receiver, observed)
