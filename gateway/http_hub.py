"""What the connections of one HTTP server share: their bounds, the app that answers, and how all of it ends."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING

from gateway.http_exchange import App, Exchange

if TYPE_CHECKING:
    from gateway.http_connection import Connection

Refused = Callable[[str], None]

REFUSALS = ("connections", "large_head", "slow_head", "slow_body", "slow_reader")


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
    idle_timeout_s: float = 75
    """Between two requests on one connection."""
    write_timeout_s: float = 30.0
    """For a peer that does not read its answer."""


class Hub:
    """What the connections of one server share."""

    def __init__(self, app: App, limits: HttpLimits, refused: Refused, failed: Callable[[Exception], None]) -> None:
        """No connection yet; `failed` is told of every exception that the app lets out."""
        self.app = app
        self.limits = limits
        self.refused = refused
        self.failed = failed
        self.stopping = False
        self.connections: set[Connection] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self._lost = asyncio.Event()
        self._date_s = 0
        self._date_line = b""

    def start(self, exchange: Exchange) -> None:
        """Have the app answer, in a task of its own."""
        task = asyncio.get_running_loop().create_task(exchange.run(self.app, self.failed))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def lose(self, connection: "Connection") -> None:
        """A connection is closed."""
        self.connections.discard(connection)
        self._lost.set()

    def date_line(self) -> bytes:
        """The `Date` header, at most a second old, without a task that wakes for it."""
        now_s = int(time.time())
        if now_s != self._date_s:
            self._date_s = now_s
            self._date_line = f"date: {formatdate(now_s, usegmt=True)}\r\n".encode()
        return self._date_line

    async def drained(self) -> None:
        """Return once no request is in flight and every connection is closed."""
        while self.tasks or self.connections:
            if self.tasks:
                await asyncio.wait(set(self.tasks))
            else:
                self._lost.clear()
                await self._lost.wait()
