"""An HTTP/1.1 server for one ASGI app, inside the loop that is already running.

uvicorn parses; this keeps the rule that a peer costs a bounded number of bytes and seconds, whatever it sends or
withholds. Signals, logging and start order stay with the gateway.
"""

import asyncio
import contextlib
import enum
import logging
import re
import ssl
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from gateway.listener import Listener
from gateway.telemetry import logs

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Refused = Callable[[str], None]

REFUSALS = ("connections", "large_head", "slow_head", "slow_body", "slow_reader")

_CLOSING = b"content-length: 0\r\nconnection: close\r\n\r\n"
_OVERLOADED = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n" + _CLOSING
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\n" + _CLOSING
_HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\n" + _CLOSING
# Whole lines only, which leaves the request line and the halves of a line that was cut alone.
_UPGRADE_LINE = re.compile(rb"(?<=\n)upgrade:[^\n]*\n", re.IGNORECASE)
# How long cancelled requests may take to notice.
_CUT_OFF_S = 1.0
# uvicorn logs every malformed request; through a wide door strangers would write our log.
_SILENT = logging.Logger("uvicorn.silent", level=logging.CRITICAL + 1)  # noqa: LOG001 - one that has no handlers


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """What one peer may cost."""

    max_connections: int = 512
    """Open connections; one more is answered 503 and closed before it says anything."""
    max_framing_bytes: int = 64 * 1024
    """Bytes of one request that are not its body: head, chunk sizes, trailers."""
    head_timeout_s: float = 10.0
    """From connecting, or from a request's first byte, to the end of its head. TLS handshakes get as long."""
    body_timeout_s: float = 10.0
    """From the end of the head to the end of the body. A slower one is answered 408; for the app its sender left."""
    idle_timeout_s: int = 75
    """Between two requests on one connection."""
    write_timeout_s: float = 30.0
    """For a peer that does not read its answer."""


class HttpServer:
    """Serves `app` on `listener` from `start` until `stop`.

    The app sees `http` scopes only. An exception out of it is logged by its type and answered with a bare 500.
    """

    def __init__(
        self,
        *,
        app: App,
        listener: Listener,
        limits: HttpLimits | None = None,
        tls: ssl.SSLContext | None = None,
        refused: Refused = lambda _reason: None,
    ) -> None:
        """Nothing is accepted yet; `listener` is this server's from now on and closed by `stop`.

        `refused` counts what the server ends by itself, by one of `REFUSALS`; what the app refuses is its own to count.
        """
        self._app = app
        self._listener = listener
        self._limits = limits or HttpLimits()
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._state = _ServerState(self._limits, refused)
        self._log = logs.logger("http_server")

    @property
    def address(self) -> str:
        """The bound address; its port is never 0."""
        return self._listener.address

    async def start(self) -> None:
        """Begin to accept; connections made since the address was bound come first."""
        config = uvicorn.Config(
            self._fenced,
            http=_BoundedProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            workers=1,
            timeout_keep_alive=self._limits.idle_timeout_s,
        )
        config.load()

        def protocol() -> _BoundedProtocol:
            return _BoundedProtocol(config=config, server_state=self._state, app_state={})

        loop = asyncio.get_running_loop()
        handshake_timeout_s = self._limits.head_timeout_s if self._tls else None
        create = loop.create_unix_server if self._listener.is_unix else loop.create_server
        self._server = await create(
            protocol, sock=self._listener.sock, ssl=self._tls, ssl_handshake_timeout=handshake_timeout_s
        )

    async def stop(self, grace_s: float) -> None:
        """Stop accepting at once, give requests in flight `grace_s` seconds, then cancel them. Idempotent."""
        if self._server is not None:
            self._server.close()
            self._state.stopping = True
            for connection in list(self._state.connections):
                connection.shutdown()
            try:
                async with asyncio.timeout(grace_s):
                    await self._state.drained()
            except TimeoutError:
                self._log.warning("http_requests_cancelled", count=len(self._state.tasks))
            finally:
                self._cut_off()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CUT_OFF_S):
                    await self._state.drained()
            self._server = None
        self._listener.close()

    def _cut_off(self) -> None:
        for task in self._state.tasks:
            task.cancel()
        for connection in list(self._state.connections):
            connection.transport.abort()

    async def _fenced(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - the door: whatever it is, the peer learns nothing of it
            self._log.error("http_handler_failed", kind=type(error).__name__)


class _ServerState(ServerState):
    """What the connections of one server share."""

    def __init__(self, limits: HttpLimits, refused: Refused) -> None:
        super().__init__()
        self.limits = limits
        self.refused = refused
        self.stopping = False
        self.connection_lost = asyncio.Event()
        self._date_s = 0

    def refresh_date(self) -> None:
        """Keep the `Date` header at most a second old, without a task that wakes for it."""
        now_s = int(time.time())
        if now_s != self._date_s:
            self._date_s = now_s
            self.default_headers = [(b"date", formatdate(now_s, usegmt=True).encode())]

    async def drained(self) -> None:
        """Return once no request is in flight and every connection is closed."""
        while self.tasks or self.connections:
            if self.tasks:
                await asyncio.wait(set(self.tasks))
            else:
                self.connection_lost.clear()
                await self.connection_lost.wait()


class _Phase(enum.Enum):
    BETWEEN = enum.auto()
    HEAD = enum.auto()
    BODY = enum.auto()


class _BoundedProtocol(HttpToolsProtocol):
    """uvicorn's connection with the bounds it lacks.

    The timer runs only while a request is incomplete: one that arrives in a single read never starts it.
    """

    server_state: _ServerState

    def __init__(self, *, config: uvicorn.Config, server_state: _ServerState, app_state: dict[str, Any]) -> None:
        super().__init__(config, server_state, app_state)
        self.logger = _SILENT
        self._limits = server_state.limits
        self._phase = _Phase.BETWEEN
        self._framing_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.server_state.stopping:
            transport.close()
        elif len(self.connections) > self._limits.max_connections:
            self.server_state.refused("connections")
            transport.write(_OVERLOADED)
            transport.close()
        else:
            self._arm(self._limits.head_timeout_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._stop_write_timer()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)
        self.server_state.connection_lost.set()

    def data_received(self, data: bytes) -> None:
        phase = self._phase
        if phase is not _Phase.BODY and (b"pgrade" in data or b"PGRADE" in data):
            data = _without_upgrade(data)
        self._framing_bytes += len(data)
        super().data_received(data)
        if self._framing_bytes > self._limits.max_framing_bytes:
            self._refuse()
        elif self._phase is _Phase.BETWEEN and self._answering:
            self._disarm()
        elif self._phase is not phase or self._timer is None:
            # Between requests, stray line ends have stopped uvicorn's own idle timer: they get a head's time.
            in_body = self._phase is _Phase.BODY
            self._arm(self._limits.body_timeout_s if in_body else self._limits.head_timeout_s)

    @property
    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _refuse(self) -> None:
        self.server_state.refused("large_head")
        if self._answering:
            self.transport.abort()
        else:
            self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()

    def _arm(self, timeout_s: float) -> None:
        self._disarm()
        self._timer = self.loop.call_later(timeout_s, self._give_up)

    def _give_up(self) -> None:
        self.server_state.refused("slow_body" if self._phase is _Phase.BODY else "slow_head")
        if self._phase is _Phase.BODY and self._answering and not (self.cycle.response_started or self.pipeline):
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self.transport.write(_TOO_SLOW)
            self.transport.close()
        else:
            self.transport.abort()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def on_message_begin(self) -> None:
        self._phase = _Phase.HEAD
        self.server_state.refresh_date()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        # After the head these are trailers, which must not pass for headers.
        if self._phase is _Phase.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._phase = _Phase.BODY
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._framing_bytes -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._phase = _Phase.BETWEEN
        self._framing_bytes = 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_timer = self.loop.call_later(self._limits.write_timeout_s, self._give_up_writing)

    def _give_up_writing(self) -> None:
        self.server_state.refused("slow_reader")
        self.transport.abort()

    def resume_writing(self) -> None:
        self._stop_write_timer()
        super().resume_writing()

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def timeout_keep_alive_handler(self) -> None:
        # A peer that never reads the rest of its answer would keep a merely closed transport for ever.
        self.transport.abort()

    def _unsupported_upgrade_warning(self) -> None:
        # An offer that was cut in two slipped through. Its body is lost, so the sender has to try again.
        self.cycle.disconnected = True
        self.transport.abort()


def _without_upgrade(data: bytes) -> bytes:
    """Take upgrade offers out of a request head, which may be cut anywhere; what follows the head is untouched.

    A server may ignore such an offer, and Java's clients make one on every plain-text request. httptools, however,
    then drops the request's body (Kludex/uvicorn#2722), and a genuine post would look like one with a bad signature.
    """
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return _UPGRADE_LINE.sub(b"", head)
    return _UPGRADE_LINE.sub(b"", head + b"\r\n") + b"\r\n" + body
