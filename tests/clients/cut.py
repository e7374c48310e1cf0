"""A way to the gateway that can be cut: a connection through it ends without a word when the test says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(slots=True)
class Way:
    """A forwarder of connections."""

    target: str
    address: str = ""
    cut_count: int = 0
    """How many connections were cut."""
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """End every connection, on both sides; new ones are let through."""
        self.cut_count += len(self._open) // 2
        for writer in self._open:
            writer.transport.abort()

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        host, _, port = self.target.rpartition(":")
        back, forth = await asyncio.open_connection(host, int(port))
        ends = {writer, forth}
        self._open |= ends
        with suppress(ConnectionError):
            await asyncio.wait(
                {asyncio.create_task(_copy(reader, forth)), asyncio.create_task(_copy(back, writer))},
                return_when=asyncio.FIRST_COMPLETED,
            )
        self._open -= ends
        for end in ends:
            end.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def way_to(target: str) -> AsyncIterator[Way]:
    """A way to `target`, on a port of its own."""
    way = Way(target)
    server = await asyncio.start_server(way.forward, "127.0.0.1", 0)
    way.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield way
    finally:
        server.close()
        way.cut()
        await server.wait_closed()
