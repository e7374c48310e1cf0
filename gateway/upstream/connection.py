"""One HTTP/1.1 connection: a request goes out, its answer is read as it arrives, and only then may the next one go.

A connection is used again only when nothing about it is in doubt: the request left whole, the answer came whole with
nothing behind it, and neither side means to close. Anything else ends it, so no call can read another call's answer.
"""

import asyncio
import select
from collections.abc import Callable
from typing import cast

import httptools

from gateway.deadline import Deadline
from gateway.upstream.exchange import (
    BadAnswer,
    Fault,
    InboundResponse,
    Limits,
    NothingSent,
    OutboundRequest,
    SentNoAnswer,
)

# Failures travel as values: an exception set on a future that nobody awaits any more would be reported as lost.
Outcome = InboundResponse | BadAnswer | SentNoAnswer
# Nearly every request leaves in one write; a larger one goes piecewise, as fast as the other side takes it.
PIECE_BYTES = 64 * 1024
_WITHOUT_LENGTH = {"GET", "HEAD", "DELETE"}
# No other coding was asked for, and none can be read here.
_READABLE_CODINGS = {b"transfer-encoding": {b"chunked"}, b"content-encoding": {b"", b"identity"}}
_BODILESS = {204, 304}


def render_head(request: OutboundRequest) -> bytes:
    """Request line and headers; raises `ValueError` when a part of them would end its line early."""
    fields = [b"%b: %b\r\n" % field for field in request.headers]
    if request.body or request.method not in _WITHOUT_LENGTH:
        fields.append(b"Content-Length: %d\r\n" % len(request.body))
    line = f"{request.method} {request.target} HTTP/1.1\r\nHost: {request.origin.authority}\r\n"
    head = b"%b%b\r\n" % (line.encode(), b"".join(fields))
    ends = len(fields) + 3
    if not head.count(b"\r") == head.count(b"\n") == ends or " " in request.target or not line.isascii():
        raise ValueError("the request holds characters that its head cannot carry")
    return head


class AnswerReader:
    """Puts one answer together from the bytes of a connection; does no I/O.

    Interim answers (1xx) are passed over and trailers dropped. Once an outcome is known nothing more may be fed.
    """

    def __init__(self, method: str, limits: Limits) -> None:
        """Expect the answer to a request with this method."""
        self.reusable = False
        self._begun = False
        self._limits = limits
        self._for_head = method == "HEAD"
        self._until_eof = False
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._bytes_without_body = 0
        self._answer: InboundResponse | None = None
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> InboundResponse | BadAnswer | None:
        """Take the next bytes; gives the outcome as soon as they decide it.

        After an answer `reusable` tells whether the connection may carry another request.
        """
        self._begun = True
        self._bytes_without_body += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.reusable = False
            refusal = error.__context__ if isinstance(error.__context__, BadAnswer) else self._refusal(Fault.MALFORMED)
            return self._answer or refusal
        # A head, chunk extension or trailer without end brings no body, and never becomes an answer.
        if self._answer is None and self._bytes_without_body > self._limits.max_head_bytes:
            return self._refusal(Fault.TOO_LARGE)
        return self._answer

    def feed_eof(self) -> InboundResponse | SentNoAnswer:
        """The other side has said all, which is how some answers end."""
        return self._finish() if self._until_eof else self.cut_off()

    def cut_off(self) -> SentNoAnswer:
        """The connection is gone, and the answer is not whole."""
        return SentNoAnswer(Fault.TRUNCATED if self._begun else Fault.CLOSED)

    # httptools calls these while it reads; what they raise ends the reading and is found again by `feed`.

    def on_message_begin(self) -> None:
        """Start over after an interim answer; after the answer itself nothing may follow."""
        if self._answer is not None:
            raise self._refusal(Fault.MALFORMED)
        self._headers.clear()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header of the head; what comes later is a trailer."""
        if not self._status:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Refuse an answer that will not be readable, and know where its body ends."""
        status: int = self._parser.get_status_code()
        # 101 would hand the connection to a protocol that nobody asked for.
        if status < 100 or status == 101:  # noqa: PLR2004
            raise self._refusal(Fault.MALFORMED)
        if status < 200:  # noqa: PLR2004
            return
        self._status = status
        head_bytes, body_bytes, chunked = 0, None, False
        for name, value in self._headers:
            head_bytes += len(name) + len(value)
            if name == b"content-length":
                body_bytes = int(value)
            elif name in _READABLE_CODINGS and value.lower() not in _READABLE_CODINGS[name]:
                raise self._refusal(Fault.ENCODED)
            elif name == b"transfer-encoding":
                chunked = True
        if head_bytes > self._limits.max_head_bytes or (body_bytes or 0) > self._limits.max_body_bytes:
            raise self._refusal(Fault.TOO_LARGE)
        self._until_eof = body_bytes is None and not chunked and status not in _BODILESS
        if self._for_head:
            self._finish()

    def on_body(self, data: bytes) -> None:
        """Collect the body, up to its limit."""
        if self._status:
            self._bytes_without_body = 0
            self._body += data
            if len(self._body) > self._limits.max_body_bytes:
                raise self._refusal(Fault.TOO_LARGE)

    def on_message_complete(self) -> None:
        """The last byte is in, unless it was that of an interim answer."""
        if self._status and self._answer is None:
            self._finish()

    def _finish(self) -> InboundResponse:
        # The parser cannot be told that no body follows an answer to HEAD, so it must not go on after one.
        self.reusable = not self._for_head and self._parser.should_keep_alive()
        self._answer = InboundResponse(status=self._status, headers=tuple(self._headers), body=bytes(self._body))
        # It holds the methods of this reader: together they would wait for the garbage collector, at every answer.
        del self._parser
        return self._answer

    def _refusal(self, kind: Fault) -> BadAnswer:
        return BadAnswer(kind, self._status or None)


class Connection(asyncio.Protocol):
    """Carries one exchange at a time; made by `loop.create_connection`, so whoever holds one is connected."""

    def __init__(self, *, limits: Limits, on_lost: Callable[["Connection"], None]) -> None:
        """`on_lost` is told once, when the socket is closed."""
        self.idle_since_s = 0.0
        self.closed = asyncio.Event()
        self._limits = limits
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._socket_events = select.poll()
        self._in_doubt = False
        # The exchange in flight, as long as its outcome is open.
        self._reader: AnswerReader | None = None
        self._outcome: asyncio.Future[Outcome]
        self._drained: asyncio.Future[None] | None = None

    @property
    def quiet(self) -> bool:
        """Whether the connection is open and nothing (such as its end) waits in the socket to be read."""
        return not self._transport.is_closing() and not self._socket_events.poll(0)

    @property
    def reusable(self) -> bool:
        """Whether another exchange may follow."""
        return not self._in_doubt and not self._transport.is_closing()

    async def exchange(self, request: OutboundRequest, deadline: Deadline) -> InboundResponse:
        """Send one request and return its answer, or raise as `Transport.exchange` does.

        After an error or a cancellation the connection is not `reusable`, and its holder aborts it.
        """
        head, remaining_s = render_head(request), deadline.remaining_s()
        if remaining_s <= 0:
            raise NothingSent(Fault.EXPIRED)
        if self._transport.is_closing():
            raise NothingSent(Fault.CONNECT)
        self._in_doubt = True
        self._reader = reader = AnswerReader(request.method, self._limits)
        self._outcome = self._loop.create_future()
        timer = self._loop.call_later(remaining_s, self._time_out)
        try:
            self._transport.write(head + request.body[:PIECE_BYTES])
            sent_whole = len(request.body) <= PIECE_BYTES or await self._send_rest(request.body)
            outcome = await self._outcome
        finally:
            timer.cancel()
            self._reader = None
        if not isinstance(outcome, InboundResponse):
            raise outcome
        self._in_doubt = not (sent_whole and reader.reusable) or self._transport.get_write_buffer_size() > 0
        return outcome

    def abort(self) -> None:
        """Close at once, dropping what is still to be sent; an exchange in flight ends with `SentNoAnswer`."""
        self._transport.abort()

    async def _send_rest(self, body: bytes) -> bool:
        """Write what is left as fast as the other side takes it; false when the outcome made it pointless."""
        rest = memoryview(body)
        for start in range(PIECE_BYTES, len(body), PIECE_BYTES):
            if self._drained is not None:
                await self._drained
            if self._reader is None or self._transport.is_closing():
                return False
            self._transport.write(rest[start : start + PIECE_BYTES])
        return True

    def _time_out(self) -> None:
        self._settle(SentNoAnswer(Fault.TIMEOUT))

    def _settle(self, outcome: Outcome) -> None:
        """The first outcome counts, unless the caller has gone."""
        if self._reader is not None and not self._outcome.done():
            self._outcome.set_result(outcome)
        self._reader = None
        self.resume_writing()

    # The event loop calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, and watch its socket."""
        self._transport = cast("asyncio.Transport", transport)
        self._socket_events.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        """Read on; bytes that nobody waits for end the connection."""
        outcome = self._reader.feed(data) if self._reader is not None else None
        if outcome is not None:
            self._settle(outcome)
        elif self._reader is None:
            self.abort()

    def eof_received(self) -> None:
        """The other side sends no more: how some answers end, and every connection."""
        if self._reader is not None:
            self._settle(self._reader.feed_eof())
        self.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whatever broke it, the answer is lost
        """Whoever still waits gets no answer."""
        if self._reader is not None:
            self._settle(self._reader.cut_off())
        self.closed.set()
        self._on_lost(self)

    def pause_writing(self) -> None:
        """The other side takes no more for now."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """The other side takes more again, or nothing more is to be sent."""
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None
