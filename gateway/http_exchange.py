"""One HTTP request and its answer, as an ASGI app sees them.

The head of an answer waits for the first of its body, so that a short answer is one write. An answer whose length is
not declared ends with the connection.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any, Protocol

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_CLOSE = b"connection: close\r\n\r\n"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_ERROR_BODY = b"Internal Server Error"
_ERROR_HEADERS = ((b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(_ERROR_BODY)))


class Wire(Protocol):
    """What an exchange needs of its connection."""

    def date_line(self) -> bytes:
        """The `Date` header of an answer that begins now."""

    def write(self, data: bytes) -> None:
        """Send bytes to the peer."""

    async def writable(self) -> None:
        """Return once the peer takes more, or is gone."""

    def want_body(self) -> None:
        """Read on: what was received of the body is used up."""

    def answered(self, *, intact: bool) -> None:
        """The answer is over. One that is not `intact` is shorter or longer than its head declared."""


class Exchange:
    """A request whose head has been read, and the answer that it gets."""

    def __init__(self, wire: Wire, scope: Scope, *, keep_alive: bool, expects_continue: bool) -> None:
        """The body comes by `feed` and `end`; `keep_alive` is the peer's wish."""
        self.scope = scope
        self.keep_alive = keep_alive
        self.gone = False
        """Whether nobody is left to be answered."""
        self.started = False
        """Whether bytes of the answer may be under way."""
        self.complete = False
        self._wire = wire
        self._expects_continue = expects_continue
        self._body: bytes | bytearray = b""
        self._more_body = True
        self._has_news = False
        self._news: asyncio.Future[None] | None = None
        self._head = b""
        self._left_bytes: int | None = None

    def feed(self, data: bytes) -> int:
        """Take a part of the body; the number of bytes that nobody has asked for yet."""
        if not self._body:
            self._body = data
        else:
            if type(self._body) is bytes:
                self._body = bytearray(self._body)
            self._body += data
        self._tell()
        return len(self._body)

    def end(self) -> None:
        """The body is complete."""
        self._more_body = False
        self._tell()

    def leave(self) -> None:
        """The peer is gone, or not worth waiting for."""
        self.gone = True
        self._tell()

    async def run(self, app: App, failed: Callable[[Exception], None]) -> None:
        """Have the app answer. Where it does not, a bare 500 does, or an end of the connection halfway through."""
        try:
            await app(self.scope, self.receive, self.send)
        except Exception as error:  # noqa: BLE001 - the door: whatever it is, the peer learns nothing of it
            failed(error)
        if self.complete or self.gone:
            return
        if self.started:
            self._finish(intact=False)
            return
        self.keep_alive = False
        self._head = self._render(500, _ERROR_HEADERS)
        await self.send({"type": "http.response.body", "body": _ERROR_BODY})

    async def receive(self) -> Message:
        """The next part of the body; after its end, once the exchange is over, that the peer has left."""
        if self._expects_continue and not self.gone:
            self._expects_continue = False
            self._wire.write(_CONTINUE)
        if not (self._has_news or self.gone or self.complete):
            self._wire.want_body()
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        if self.gone or self.complete:
            return {"type": "http.disconnect"}
        self._has_news = False
        body, self._body = bytes(self._body), b""
        return {"type": "http.request", "body": body, "more_body": self._more_body}

    async def send(self, message: Message) -> None:
        """Answer, head first; a no-op once the peer is gone."""
        if message["type"] == "http.response.start":
            self._expects_continue = False
            self._head = self._render(message["status"], message.get("headers", ()))
            return
        await self._wire.writable()
        if self.gone:
            return
        body: bytes = message.get("body", b"")
        more: bool = message.get("more_body", False)
        if self._left_bytes is not None:
            self._left_bytes -= len(body)
        if self.scope["method"] == "HEAD":
            self._left_bytes, body = None, b""
        head, self._head = self._head, b""
        self.started = True
        if head or body:
            self._wire.write(head + body)
        if not more:
            self._finish(intact=not self._left_bytes)

    def _finish(self, *, intact: bool) -> None:
        self.complete = True
        self._tell()
        self._wire.answered(intact=intact)

    def _tell(self) -> None:
        self._has_news = True
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def _render(self, status: int, headers: Iterable[Header]) -> bytes:
        """The head of an answer; `ValueError` for a header that would break out of its line."""
        self._left_bytes = None
        lines = [_STATUS_LINES[status], self._wire.date_line()]
        for name, value in headers:
            if name == b"content-length":
                self._left_bytes = int(value)
            elif name == b"connection":
                self.keep_alive = self.keep_alive and value != b"close"
                continue
            lines.append(b"%b: %b\r\n" % (name, value))
        if self._left_bytes is None and status not in _BODILESS:
            self.keep_alive = False
        head = b"".join(lines)
        if not head.count(b"\r") == head.count(b"\n") == len(lines):
            raise ValueError("a header holds a line end")
        return head + (b"\r\n" if self.keep_alive else _CLOSE)
