"""A server on a raw socket that answers exactly what it was told to, and a short way to ask it.

It imitates no real server: it reads one whole request at a time, and then sends bytes, hangs, closes or resets.
"""

import asyncio
import os
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Self

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.upstream.exchange import InboundResponse, Origin, OutboundRequest
from gateway.upstream.httpx_seam import HttpxTransport
from gateway.upstream.transport import PooledTransport
from tests.patience import PATIENCE_S

AnyTransport = PooledTransport | HttpxTransport


class Act(Enum):
    """What a server may do besides sending bytes."""

    CLOSE = auto()
    RESET = auto()
    HANG = auto()


# An event is waited for.
Part = bytes | Act | asyncio.Event
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived: its lines, without the empty one, and its body."""

    lines: tuple[str, ...]
    body: bytes


ReadRequest = Callable[[asyncio.StreamReader], Awaitable[Received]]


class RawServer:
    """Answers the n-th request, on whatever connection it comes, with the n-th answer, and later ones with `OK`."""

    def __init__(
        self, *answers: Sequence[Part], tls: ssl.SSLContext | None = None, read: ReadRequest | None = None
    ) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self._answers = list(answers)
        self._tls = tls
        self._read = read or read_request
        self._serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        # A client that keeps a connection without reading it never answers the end of TLS: do not wait for that.
        patience_s = 0.1 if self._tls else None
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._tls, ssl_shutdown_timeout=patience_s
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._serving.values():
            writer.transport.abort()
        await asyncio.gather(*self._serving)
        await self._server.wait_closed()

    def origin(self, host: str = "127.0.0.1", pool: str = "") -> Origin:
        return Origin(scheme="https" if self._tls else "http", host=host, port=self.port, pool=pool)

    def answer_to(self, request: Received) -> Sequence[Part]:  # noqa: ARG002 - for those that look at it
        return self._answers.pop(0) if self._answers else [OK]

    async def until(self, *, requests: int = 0, open: int | None = None) -> None:  # noqa: A002
        """Wait until so many requests have arrived, and exactly so many connections are open; not for long."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: len(self.requests) >= requests and (open is None or self.open == open))

    async def _note(self, *, opened: int = 0) -> None:
        async with self._changed:
            self.open += opened
            self.most_open = max(self.most_open, self.open)
            self._changed.notify_all()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving[task] = writer
        self.connections += 1
        await self._note(opened=1)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                while True:
                    request = await self._read(reader)
                    self.requests.append(request)
                    await self._note()
                    for part in self.answer_to(request):
                        await self._play(part, reader, writer)
        finally:
            writer.transport.abort()
            del self._serving[task]
            await self._note(opened=-1)

    async def _play(self, part: Part, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if isinstance(part, bytes):
            writer.write(part)
            await writer.drain()
        elif isinstance(part, asyncio.Event):
            await part.wait()
        elif part is Act.HANG:
            await reader.read()
            raise ConnectionAbortedError
        elif part is Act.RESET:
            reset_on_close(writer)
            raise ConnectionAbortedError
        else:
            writer.close()
            await writer.wait_closed()
            raise ConnectionAbortedError


class EchoServer(RawServer):
    """Answers each request with its own target, so that a mixed-up answer shows."""

    def answer_to(self, request: Received) -> Sequence[Part]:
        target = request.lines[0].split()[1].encode()
        return [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(target), target]


async def read_head(reader: asyncio.StreamReader) -> Received:
    return Received(tuple((await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")[:-2]), b"")


async def read_request(reader: asyncio.StreamReader) -> Received:
    lines = (await read_head(reader)).lines
    lengths = [int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:")]
    return Received(lines, await reader.readexactly(sum(lengths)))


def reset_on_close(writer: asyncio.StreamWriter) -> None:
    """Make the coming close a reset (RST) instead of an end (FIN)."""
    with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as twin:
        twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def ask(
    transport: AnyTransport,
    origin: Origin,
    *,
    method: str = "POST",
    target: str = "/",
    body: bytes = b"",
    headers: tuple[tuple[bytes, bytes], ...] = (),
    timeout_s: float = 20.0,
) -> InboundResponse:
    request = OutboundRequest(method=method, origin=origin, target=target, headers=headers, body=body)
    return await transport.exchange(request, Deadline.after(timeout_s, Clock()))
