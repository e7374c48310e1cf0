"""HTTP on the wire, as odd clients speak it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.simulator import Simulator, SimulatorOptions
from tests.patience import PATIENCE_S

_TOKEN_BODY = b"grant_type=client_credentials"
_TOKEN_HEAD = (
    b"POST /auth/oauth2/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ZGVtby1rZXk6ZGVtby1zZWNyZXQ=\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
)
_TOKEN = _TOKEN_HEAD + b"Content-Length: 29\r\n\r\n" + _TOKEN_BODY

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
def options() -> SimulatorOptions:
    return SimulatorOptions(max_body_bytes=1000)


@pytest.fixture
async def streams(simulator: Simulator) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(simulator.url.rpartition(":")[2]))
    yield reader, writer
    writer.transport.abort()


async def status_line(reader: asyncio.StreamReader) -> bytes:
    """Read one whole answer, and return its first line."""
    async with asyncio.timeout(PATIENCE_S):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (
                int(line.partition(b":")[2])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            ),
            0,
        )
        await reader.readexactly(length)
    return head.partition(b"\r\n")[0]


async def test_pipelined_requests_are_answered_in_order(streams: Streams) -> None:
    reader, writer = streams

    writer.write(_TOKEN + b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" + _TOKEN)
    lines = [await status_line(reader) for _ in range(3)]

    assert [line.split(b" ")[1] for line in lines] == [b"200", b"404", b"200"]


async def test_a_request_may_arrive_a_byte_at_a_time(streams: Streams) -> None:
    reader, writer = streams

    for byte in _TOKEN:
        writer.write(bytes([byte]))
        await writer.drain()

    assert await status_line(reader) == b"HTTP/1.1 200 OK"


async def test_a_chunked_body_is_understood(streams: Streams) -> None:
    reader, writer = streams

    writer.write(_TOKEN_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1d\r\n" + _TOKEN_BODY + b"\r\n0\r\n\r\n")

    assert await status_line(reader) == b"HTTP/1.1 200 OK"


async def test_a_client_that_asks_first_is_invited(streams: Streams) -> None:
    reader, writer = streams

    writer.write(_TOKEN_HEAD + b"Expect: 100-continue\r\nContent-Length: 29\r\n\r\n")
    invitation = await status_line(reader)
    writer.write(_TOKEN_BODY)

    assert invitation == b"HTTP/1.1 100 Continue"
    assert await status_line(reader) == b"HTTP/1.1 200 OK"


async def test_an_oversized_body_is_refused_and_the_connection_closed(streams: Streams) -> None:
    reader, writer = streams

    writer.write(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001)

    assert (await status_line(reader)).split(b" ")[1] == b"413"
    assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""


async def test_an_endless_head_is_refused(streams: Streams) -> None:
    reader, writer = streams

    writer.write(b"GET /x HTTP/1.1\r\n" + b"".join(b"x-%d: %s\r\n" % (n, b"y" * 1000) for n in range(70)))

    assert (await status_line(reader)).split(b" ")[1] == b"400"


async def test_what_is_no_http_is_refused_and_the_connection_closed(streams: Streams) -> None:
    reader, writer = streams

    writer.write(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")

    assert (await status_line(reader)).split(b" ")[1] == b"400"
    assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""


async def test_a_client_that_wants_to_close_gets_its_answer_first(streams: Streams) -> None:
    reader, writer = streams

    writer.write(b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert (await status_line(reader)).split(b" ")[1] == b"404"
    assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""


class TestSilence:
    @pytest.fixture
    def options(self) -> SimulatorOptions:
        return SimulatorOptions(idle_timeout_s=0.01)

    async def test_a_silent_connection_is_dropped(self, streams: Streams) -> None:
        reader, _ = streams

        assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
