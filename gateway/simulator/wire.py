"""HTTP/1.1 over a raw connection, able to break every rule of it on request.

A server library exists to keep answers well formed; this one must also be able to hang, to reset the connection
before or after the work was done, and to announce more bytes than it sends. Every answer is computed without
waiting, so a connection needs no task: only its `Conduct` takes time.
"""

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from http import HTTPStatus
from typing import cast

import httptools

MAX_WAITING = 64
MAX_HEAD_BYTES = 64 * 1024
PIECE_COUNT = 10
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Ending(Enum):
    """How an answer ends."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"  # half of the announced body, then the connection is closed
    RESET = "reset"  # a TCP reset instead of the answer
    HANG = "hang"  # nothing, until the client gives up


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How an answer is delivered: after a delay, in slow pieces, or not properly at all."""

    delay_s: float = 0.0
    piece_delay_s: float = 0.0
    ending: Ending = Ending.COMPLETE


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came: the target undecoded, header names in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer, and the conduct it is delivered with; no conduct is prompt and complete."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    conduct: Conduct | None = None


@dataclass(slots=True)
class Draft:
    """A request whose bytes are still arriving."""

    target: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    head_bytes: int = 0
    body: list[bytes] = field(default_factory=list)
    body_bytes: int = 0
    too_large: bool = False


class Connections:
    """Every open connection of a server."""

    def __init__(self) -> None:
        """Hold none."""
        self._open: set[Connection] = set()
        self._none_open = asyncio.Event()
        self._none_open.set()

    def add(self, connection: "Connection") -> None:
        """Take one in."""
        self._open.add(connection)
        self._none_open.clear()

    def remove(self, connection: "Connection") -> None:
        """Let one go that has ended."""
        self._open.discard(connection)
        if not self._open:
            self._none_open.set()

    async def close(self) -> None:
        """Abort all of them and return when the last has ended."""
        for connection in list(self._open):
            connection.close()
        await self._none_open.wait()


class Connection(asyncio.Protocol):
    """One client connection: requests are answered in order, one at a time."""

    def __init__(
        self,
        *,
        answer: Callable[[Request], Response],
        connections: Connections,
        max_body_bytes: int,
        idle_timeout_s: float,
    ) -> None:
        """Serve `answer`, which never waits and never raises; `connections` holds every open one."""
        self._answer = answer
        self._connections = connections
        self._max_body_bytes = max_body_bytes
        self._idle_timeout_s = idle_timeout_s
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._draft = Draft()
        self._waiting: deque[tuple[Request | HTTPStatus, bool]] = deque()
        self._transport: asyncio.Transport
        self._busy = False
        self._pending: asyncio.TimerHandle | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._last_activity = 0.0

    # The transport's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join the open connections."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass of it
        self._connections.add(self)
        self._last_activity = self._loop.time()
        self._idle = self._loop.call_later(self._idle_timeout_s, self._check_idle)

    def connection_lost(self, _: Exception | None) -> None:
        """Drop what was still to be said."""
        self._connections.remove(self)
        self._waiting.clear()
        for timer in (self._pending, self._idle):
            if timer is not None:
                timer.cancel()

    def pause_writing(self) -> None:
        """Take no further request from a client that does not read its answers."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on reading."""
        self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Parse, then answer every request that is complete."""
        self._last_activity = self._loop.time()
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserUpgrade, httptools.HttpParserError):
            self._waiting.append((HTTPStatus.BAD_REQUEST, False))
        if len(self._waiting) > MAX_WAITING:
            self._transport.abort()
            return
        self._serve_waiting()

    def close(self) -> None:
        """Let the connection go without waiting for anybody."""
        self._transport.abort()

    # The parser's side.

    def on_url(self, target: bytes) -> None:
        """Collect the request's target, which may arrive in pieces."""
        self._draft.target += target
        self._count_head(len(target))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; the last of several wins."""
        self._draft.headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        self._count_head(len(name) + len(value))

    def on_headers_complete(self) -> None:
        """Invite a body whose sender asks before sending it."""
        if self._draft.headers.get("expect", "").lower() == "100-continue":
            self._transport.write(_CONTINUE)

    def on_body(self, piece: bytes) -> None:
        """Collect the body as far as its cap."""
        draft = self._draft
        draft.body_bytes += len(piece)
        if draft.body_bytes > self._max_body_bytes:
            draft.too_large = True
            draft.body.clear()
        else:
            draft.body.append(piece)

    def on_message_complete(self) -> None:
        """Queue the request; its answer is computed outside the parser."""
        draft, self._draft = self._draft, Draft()
        path, _, query = draft.target.decode("latin-1").partition("?")
        request = Request(
            method=self._parser.get_method().decode("latin-1"),
            path=path,
            query=query,
            headers=draft.headers,
            body=b"".join(draft.body),
        )
        if draft.too_large:
            self._waiting.append((HTTPStatus.REQUEST_ENTITY_TOO_LARGE, False))
        else:
            self._waiting.append((request, self._parser.should_keep_alive()))

    def _count_head(self, size_bytes: int) -> None:
        self._draft.head_bytes += size_bytes
        if self._draft.head_bytes > MAX_HEAD_BYTES:
            raise ValueError("the head of a request is too large")  # the parser turns this into its own error

    # The answers.

    def _serve_waiting(self) -> None:
        while self._waiting and not self._busy and not self._transport.is_closing():
            request, keep = self._waiting.popleft()
            if isinstance(request, HTTPStatus):
                self._transport.write(_encode(Response(status=request, content_type="text/plain"), keep=False))
                self._transport.close()
                return
            response = self._answer(request)
            if request.method == "HEAD":
                response = replace(response, body=b"")
            if response.conduct is None:
                self._transport.write(_encode(response, keep=keep))
                if not keep:
                    self._transport.close()
            else:
                self._misbehave(response, response.conduct, keep=keep)

    def _misbehave(self, response: Response, conduct: Conduct, *, keep: bool) -> None:
        self._busy = True
        if conduct.ending is Ending.HANG:
            return
        if conduct.ending is Ending.RESET:
            self._later(conduct.delay_s, self._reset)
            return
        data = _encode(response, keep=keep)
        if conduct.ending is Ending.TRUNCATED:
            data, keep = data[: len(data) - (len(response.body) + 1) // 2], False
        size_bytes = len(data) if conduct.piece_delay_s <= 0 else max(len(data) // PIECE_COUNT, 1)
        pieces = deque(data[start : start + size_bytes] for start in range(0, len(data), size_bytes))
        self._later(conduct.delay_s, lambda: self._write_pieces(pieces, conduct.piece_delay_s, keep=keep))

    def _write_pieces(self, pieces: deque[bytes], piece_delay_s: float, *, keep: bool) -> None:
        self._transport.write(pieces.popleft())
        if pieces:
            self._later(piece_delay_s, lambda: self._write_pieces(pieces, piece_delay_s, keep=keep))
            return
        self._busy = False
        if keep:
            self._serve_waiting()
        else:
            self._transport.close()

    def _later(self, delay_s: float, action: Callable[[], None]) -> None:
        self._pending = self._loop.call_later(delay_s, action)

    def _reset(self) -> None:
        raw = self._transport.get_extra_info("socket")
        if raw is not None:
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()

    def _check_idle(self) -> None:
        quiet_s = self._loop.time() - self._last_activity
        if quiet_s >= self._idle_timeout_s and not self._busy:
            self._transport.abort()
            return
        self._idle = self._loop.call_later(max(self._idle_timeout_s - quiet_s, 0.05), self._check_idle)


def _encode(response: Response, *, keep: bool) -> bytes:
    status, body = response.status, response.body
    lines = [
        f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}",
        f"content-type: {response.content_type}",
        f"content-length: {len(body)}",
    ]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if not keep:
        lines.append("connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body
