"""When a connection may be written to, and when it may be used again, over a transport that does as it is told."""

import asyncio
import os
from collections.abc import Callable, Iterator

import pytest

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.upstream.connection import PIECE_BYTES, Connection
from gateway.upstream.exchange import DEFAULT_LIMITS, Fault, InboundResponse, NothingSent, Origin, OutboundRequest

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class HandTransport(asyncio.Transport):
    """Records what is written; the rest is set by hand. It stands for its own socket, which has nothing to read."""

    def __init__(self, descriptor: int) -> None:
        super().__init__({"socket": self})
        self.written: list[bytes] = []
        self.closing = False
        self.unsent_bytes = 0
        self.on_write: Callable[[], None] = lambda: None
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))
        self.on_write()

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return self.unsent_bytes

    def abort(self) -> None:
        self.closing = True


@pytest.fixture
def hand() -> Iterator[HandTransport]:
    reading, writing = os.pipe()
    yield HandTransport(reading)
    os.close(reading)
    os.close(writing)


def connected(hand: HandTransport) -> Connection:
    connection = Connection(limits=DEFAULT_LIMITS, on_lost=lambda _: None)
    connection.connection_made(hand)
    return connection


async def exchange(connection: Connection, body: bytes = b"") -> InboundResponse:
    origin = Origin(scheme="http", host="a", port=80)
    request = OutboundRequest(method="POST", origin=origin, target="/", body=body)
    return await connection.exchange(request, Deadline.after(20, Clock()))


async def test_a_connection_is_used_again_after_a_whole_exchange(hand: HandTransport) -> None:
    connection = connected(hand)
    hand.on_write = lambda: connection.data_received(ANSWER)

    first = await exchange(connection)
    second = await exchange(connection)

    assert first.body == second.body == b"{}"
    assert connection.reusable
    assert connection.quiet


async def test_a_connection_that_has_ended_is_not_written_to(hand: HandTransport) -> None:
    connection = connected(hand)
    hand.closing = True

    with pytest.raises(NothingSent) as caught:
        await exchange(connection)

    assert caught.value.kind is Fault.CONNECT
    assert not hand.written


async def test_a_request_still_in_the_buffer_when_its_answer_is_in_ends_the_connection(hand: HandTransport) -> None:
    connection = connected(hand)
    hand.on_write = lambda: connection.data_received(ANSWER)
    hand.unsent_bytes = 1

    response = await exchange(connection)

    assert response.body == b"{}"
    assert not connection.reusable


async def test_an_answer_ends_the_sending_and_the_connection(hand: HandTransport) -> None:
    connection = connected(hand)
    hand.on_write = lambda: connection.data_received(ANSWER)

    response = await exchange(connection, b"x" * 3 * PIECE_BYTES)

    assert response.body == b"{}"
    assert len(hand.written) == 1
    assert not connection.reusable


async def test_a_connection_lost_while_sending_is_not_written_to_any_more(hand: HandTransport) -> None:
    connection = connected(hand)
    hand.on_write = hand.abort
    exchanging = asyncio.create_task(exchange(connection, b"x" * 3 * PIECE_BYTES))
    await asyncio.sleep(0)

    connection.connection_lost(None)

    with pytest.raises(Exception, match="closed before an answer"):
        await exchanging
    assert len(hand.written) == 1


async def test_sending_pauses_and_goes_on_as_the_transport_says(hand: HandTransport) -> None:
    connection = connected(hand)
    hand.on_write = connection.pause_writing
    exchanging = asyncio.create_task(exchange(connection, b"x" * 2 * PIECE_BYTES))
    await asyncio.sleep(0)
    written_while_paused = len(hand.written)

    connection.resume_writing()
    await asyncio.sleep(0)
    connection.data_received(ANSWER)
    response = await exchanging

    assert (written_while_paused, len(hand.written)) == (1, 2)
    assert response.body == b"{}"
    assert connection.reusable


async def test_the_answer_to_a_caller_that_has_gone_is_dropped(hand: HandTransport) -> None:
    connection = connected(hand)
    exchanging = asyncio.create_task(exchange(connection))
    await asyncio.sleep(0)

    exchanging.cancel()
    connection.data_received(ANSWER)

    with pytest.raises(asyncio.CancelledError):
        await exchanging
    assert not connection.reusable
