"""One connection of the HTTP server: requests are read from it one after the other, and answered in that order.

The rule it keeps is that a peer costs a bounded number of bytes and seconds, whatever it sends or withholds.
"""

import asyncio
import re
from collections import deque
from typing import Literal
from urllib.parse import unquote

import httptools

from gateway.http_exchange import Exchange, Header, Scope
from gateway.http_hub import Hub

_CLOSING = b"content-length: 0\r\nconnection: close\r\n\r\n"
_MALFORMED = b"HTTP/1.1 400 Bad Request\r\n" + _CLOSING
_OVERLOADED = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n" + _CLOSING
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\n" + _CLOSING
_HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\n" + _CLOSING
# Bytes of a body that may lie here before its app asks for them.
_UNREAD_BYTES = 64 * 1024
# Whole lines only, which leaves the request line and the halves of a line that was cut alone.
_UPGRADE_LINE = re.compile(rb"(?<=\n)upgrade:[^\n]*\n", re.IGNORECASE)


# How far the request is that is being read, and what the peer owes us next, each thing within a time of its own.
_Phase = Literal["between", "head", "body"]
_Owed = Literal["nothing", "request", "head", "body"]


class Connection(asyncio.Protocol):
    """Reads requests with `httptools`, which calls the `on_…` methods, and has them answered one at a time."""

    transport: asyncio.Transport

    def __init__(self, hub: Hub) -> None:
        """Not connected yet."""
        self._hub = hub
        self._limits = hub.limits
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        # What follows a request that asks to close is dropped with the connection; without this it would be an error.
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._about_peer: Scope = {}
        self._phase: _Phase = "between"
        self._framing_bytes = 0
        self._url = b""
        self._headers: list[Header] = []
        self._expects_continue = False
        # The request that is being read or was read last, the one that is being answered, and those in between.
        self._newest: Exchange | None = None
        self._current: Exchange | None = None
        self._queue: deque[Exchange] = deque()
        self._paused = False
        self._owed: _Owed = "nothing"
        self._allowed_s: dict[_Owed, float] = {
            "request": hub.limits.idle_timeout_s,
            "head": hub.limits.head_timeout_s,
            "body": hub.limits.body_timeout_s,
        }
        self._due_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    # What the transport tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet nobody; refuse one connection too many."""
        self.transport = transport  # type: ignore[assignment]
        self._hub.connections.add(self)
        if self._hub.stopping:
            self.transport.close()
        elif len(self._hub.connections) > self._limits.max_connections:
            self._hub.refused("connections")
            self.transport.write(_OVERLOADED)
            self.transport.close()
        else:
            self._about_peer = {
                "type": "http",
                "asgi": {"version": "3.0", "spec_version": "2.3"},
                "scheme": "https" if transport.get_extra_info("sslcontext") else "http",
                "client": _address(transport.get_extra_info("peername")),
                "server": _address(transport.get_extra_info("sockname")),
                "root_path": "",
            }
            self._owe("head")

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell everybody who waits for the peer."""
        self._owe("nothing")
        self._stop_timers()
        self._leave()
        self._queue.clear()
        self._writable.set()
        self._hub.lose(self)

    def data_received(self, data: bytes) -> None:
        """Read on, and see what the peer owes us then."""
        if self.transport.is_closing():
            return
        if self._phase != "body" and (b"pgrade" in data or b"PGRADE" in data):
            data = _without_upgrade(data)
        self._framing_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # An offer that was cut in two slipped through. Its body is lost, so the sender has to try again.
            self._abort()
        except httptools.HttpParserError:
            if self._current is not None and self._phase != "body":
                # What follows whole requests is no request: those are answered before the end.
                self._owe("nothing")
                self.shut_down()
            else:
                self._refuse(_MALFORMED)
        else:
            self._judge()

    def pause_writing(self) -> None:
        """The peer does not read: the app waits, and not for ever."""
        self._writable.clear()
        self._write_timer = self._loop.call_later(self._limits.write_timeout_s, self._give_up_writing)

    def resume_writing(self) -> None:
        """The peer reads again."""
        self._writable.set()
        self._stop_write_timer()

    # What the parser tells.

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._phase = "head"
        self._url = b""
        self._headers = []
        self._expects_continue = False

    def on_url(self, url: bytes) -> None:
        """Take a part of the request's target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. After the head these are trailers, which must not pass for headers."""
        if self._phase == "head":
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self._expects_continue = True
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Have the request answered, now or when those before it are."""
        exchange = Exchange(
            self,
            self._scope(),
            # An old client that asks to be kept may not be understood; it knows what to do without.
            keep_alive=self._parser.should_keep_alive() and self._parser.get_http_version() != "1.0",
            expects_continue=self._expects_continue,
        )
        self._newest = exchange
        self._phase = "body"
        if self._current is None:
            self._begin(exchange)
        else:
            self._queue.append(exchange)
            self._pause()

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body on."""
        self._framing_bytes -= len(body)
        if self._newest is not None and not self._newest.complete and self._newest.feed(body) > _UNREAD_BYTES:
            self._pause()

    def on_message_complete(self) -> None:
        """End a request."""
        self._phase = "between"
        self._framing_bytes = 0
        self._owed = "nothing"
        if self._newest is not None:
            self._newest.end()

    # What an exchange asks for.

    def date_line(self) -> bytes:
        """The `Date` header."""
        return self._hub.date_line()

    def write(self, data: bytes) -> None:
        """Send bytes, unless the connection ends already."""
        if not self.transport.is_closing():
            self.transport.write(data)

    async def writable(self) -> None:
        """Return once the peer reads, or is gone."""
        await self._writable.wait()

    def want_body(self) -> None:
        """Read on."""
        if self._paused and not self.transport.is_closing():
            self._paused = False
            self.transport.resume_reading()

    def answered(self, *, intact: bool) -> None:
        """Go on with the next request, or end with this one."""
        exchange, self._current = self._current, None
        if exchange is None or self.transport.is_closing():
            return
        if not intact:
            self._abort()
        elif not exchange.keep_alive:
            self._close()
        elif self._queue:
            self._begin(self._queue.popleft())
        else:
            self.want_body()
            if self._phase == "between":
                self._owe("request")

    # What the server asks for.

    def shut_down(self) -> None:
        """End once the requests that were read so far are answered."""
        if self._current is None:
            self._close()
        elif self._newest is not None:
            self._newest.keep_alive = False

    # Our own doing.

    def _scope(self) -> Scope:
        target = httptools.parse_url(self._url)
        path: str = target.path.decode("ascii")
        return {
            **self._about_peer,
            "http_version": self._parser.get_http_version(),
            "method": self._parser.get_method().decode("ascii"),
            "path": unquote(path) if "%" in path else path,
            "raw_path": target.path,
            "query_string": target.query or b"",
            "headers": self._headers,
        }

    def _begin(self, exchange: Exchange) -> None:
        self._current = exchange
        self._hub.start(exchange)

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self.transport.pause_reading()

    def _judge(self) -> None:
        """What the peer owes after what it has sent."""
        if self._framing_bytes > self._limits.max_framing_bytes:
            self._hub.refused("large_head")
            if self._current is None:
                self._refuse(_HEAD_TOO_LARGE)
            else:
                self._abort()
        elif self._phase == "body":
            self._owe("body")
        elif self._phase == "between" and self._current is not None:
            self._owe("nothing")
        else:
            # Stray line ends between two requests are the beginning of a head as well.
            self._owe("head")

    def _owe(self, owed: _Owed) -> None:
        """Give the peer its time, once: what it owes already does not begin anew.

        A timer that is due too early is left to run, so that quick requests, one after the other, set none at all.
        """
        if owed == self._owed:
            return
        self._owed = owed
        if owed == "nothing":
            return
        self._due_s = self._loop.time() + self._allowed_s[owed]
        if self._timer is None or self._timer.when() > self._due_s:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._due_s, self._wake)

    def _wake(self) -> None:
        self._timer = None
        if self._owed != "nothing":
            if self._loop.time() < self._due_s:
                self._set_timer()
            else:
                self._give_up()

    def _give_up(self) -> None:
        if self._owed == "body":
            self._hub.refused("slow_body")
            self._refuse(_TOO_SLOW)
            return
        if self._owed == "head":
            self._hub.refused("slow_head")
        self._abort()

    def _give_up_writing(self) -> None:
        self._hub.refused("slow_reader")
        self._abort()

    def _refuse(self, answer: bytes) -> None:
        """End with an answer to the request that is being read, never in place of the answer to another one."""
        if self._phase == "body":
            in_turn = self._current is not None and self._current is self._newest and not self._current.started
        else:
            in_turn = self._current is None
        if not in_turn:
            self._abort()
            return
        self._leave()
        self.transport.write(answer)
        self._close()

    def _leave(self) -> None:
        for exchange in (self._current, self._newest):
            if exchange is not None:
                exchange.leave()

    def _close(self) -> None:
        """Close once everything is written. A peer that never reads it would keep the connection for ever."""
        self.transport.close()
        self._owe("request")

    def _abort(self) -> None:
        self._leave()
        self.transport.abort()

    def _stop_timers(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._stop_write_timer()

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None


def _address(found: object) -> tuple[str, int] | None:
    """Host and port; None for a Unix socket."""
    return (str(found[0]), int(found[1])) if isinstance(found, tuple) else None


def _without_upgrade(data: bytes) -> bytes:
    """Take upgrade offers out of a request head, which may be cut anywhere; what follows the head is untouched.

    A server may ignore such an offer, and Java's clients make one on every plain-text request. httptools, however,
    then drops the request's body, and a genuine post would look like one with a bad signature.
    """
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return _UPGRADE_LINE.sub(b"", head)
    return _UPGRADE_LINE.sub(b"", head + b"\r\n") + b"\r\n" + body
