"""A receiver of callbacks on a real socket: it answers as it was told and keeps what it got."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import orjson

NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def kind(self) -> str:
        """The payload key, and the status where there is one."""
        event = self.json
        for key, payload in event.items():
            if isinstance(payload, dict):
                return ":".join(filter(None, (key, str(payload.get("status", "")))))
        return ""


class Receiver:
    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: deque[int] = deque()
        self.documents: dict[str, object] = {}
        """What is answered on a path, as JSON, always with 200."""
        self.speaks_http_1_0 = False
        self._arrived = asyncio.Event()
        self._server: asyncio.Server
        self._peers: set[asyncio.StreamWriter] = set()
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for peer in self._peers:
            peer.transport.abort()
        await self._server.wait_closed()

    @property
    def kinds(self) -> list[str]:
        return [received.kind for received in self.received]

    async def wait_until(self, enough: Callable[[], bool], timeout_s: float = 10.0) -> None:
        async with asyncio.timeout(timeout_s):
            while not enough():
                self._arrived.clear()
                await self._arrived.wait()

    async def wait_for(self, count: int) -> list[Received]:
        await self.wait_until(lambda: len(self.received) >= count)
        return self.received

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._peers.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                path = head[0].split(" ")[1]
                self.received.append(Received(path, headers, body))
                if path in self.documents:
                    document = orjson.dumps(self.documents[path])
                    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(document), document))
                    self._arrived.set()
                    continue
                status = self.statuses.popleft() if self.statuses else 200
                if status == NO_ANSWER:
                    writer.transport.abort()
                    return
                if self.speaks_http_1_0:
                    writer.write(f"HTTP/1.0 {status} Answer\r\n\r\nuntil the end".encode())
                    writer.close()
                    self._arrived.set()
                    return
                writer.write(f"HTTP/1.1 {status} Answer\r\ncontent-length: 0\r\n\r\n".encode())
                self._arrived.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.transport.abort()
