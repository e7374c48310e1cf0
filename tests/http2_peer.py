"""A peer that speaks HTTP/2 frame by frame, and so can do what no gRPC library would."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.patience import PATIENCE_S

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0x0, 0x1, 0x3, 0x4, 0x6, 0x7
ACK, END_STREAM, END_HEADERS = 0x1, 0x1, 0x4
INITIAL_WINDOW_SIZE = 0x4


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    """One frame."""
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def head(path: str, *fields: tuple[str, str]) -> bytes:
    """The header block of a gRPC call: literals only, without a table."""
    pairs = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("te", "trailers")]
    pairs += [("content-type", "application/grpc"), *fields]
    return b"".join(b"\0" + _text(name) + _text(value) for name, value in pairs)


def _text(value: str) -> bytes:
    assert len(value) < 127
    return bytes([len(value)]) + value.encode()


@dataclass
class Peer:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def write(self, *frames: bytes) -> None:
        """Send frames, or anything else."""
        self.writer.write(b"".join(frames))

    async def next(self) -> tuple[int, int, int, bytes]:
        """The next frame: its type, flags, stream and payload."""
        size, kind, flags, stream = struct.unpack(">IBBI", b"\0" + await self.reader.readexactly(9))
        return kind, flags, stream, await self.reader.readexactly(size)

    async def until(self, wanted: int, stream: int | None = None) -> bytes:
        """Read on to a frame of this type; its payload."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                kind, _, number, payload = await self.next()
                if kind == wanted and stream in {None, number}:
                    return payload

    async def closed(self) -> None:
        """Read on until the other side has closed the connection."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while await self.reader.read(65536):
                    pass
            except ConnectionError:
                pass


@asynccontextmanager
async def peer(address: str, *, greets: bool = True, window: int = 65535) -> AsyncIterator[Peer]:
    """Connect, and exchange settings unless told to say nothing; `window` is what each stream may be sent."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    it = Peer(reader, writer)
    if greets:
        it.write(
            PREFACE, frame(SETTINGS, payload=struct.pack(">HI", INITIAL_WINDOW_SIZE, window)), frame(SETTINGS, ACK)
        )
    try:
        yield it
    finally:
        writer.transport.abort()
