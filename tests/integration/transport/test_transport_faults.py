"""Whatever a server does, a call ends by its deadline with a whole answer or with the failure that tells what is known.

`NothingSent` is claimed only where not a byte of the request was written, nothing is ever sent twice, and the next
call finds the transport in order.
"""

import asyncio
import socket
import threading
from dataclasses import dataclass

import pytest

from gateway.upstream.connection import Connection
from gateway.upstream.exchange import (
    BadAnswer,
    ExchangeError,
    Fault,
    Origin,
    SentNoAnswer,
)
from gateway.upstream.transport import PooledTransport
from tests.integration.transport.misbehaving import (
    OK,
    Act,
    AnyTransport,
    Part,
    RawServer,
    Received,
    ask,
    read_head,
    read_request,
)

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ENOUGH = 2_000


@dataclass(frozen=True, slots=True)
class Misdeed:
    """What the server does with the request, and what is to be known about it afterwards."""

    parts: tuple[Part, ...]
    error: type[ExchangeError]
    kind: Fault
    timeout_s: float = 20.0


MISDEEDS = {
    "closes before an answer": Misdeed((Act.CLOSE,), SentNoAnswer, Fault.CLOSED),
    "resets before an answer": Misdeed((Act.RESET,), SentNoAnswer, Fault.CLOSED),
    "closes after an interim answer": Misdeed(
        (b"HTTP/1.1 100 Continue\r\n\r\n", Act.CLOSE), SentNoAnswer, Fault.TRUNCATED
    ),
    "closes inside the head": Misdeed((HEAD + b"Content-Le", Act.CLOSE), SentNoAnswer, Fault.TRUNCATED),
    "closes inside a body with a length": Misdeed(
        (HEAD + b"Content-Length: 9\r\n\r\n{}", Act.CLOSE), SentNoAnswer, Fault.TRUNCATED
    ),
    "closes inside a chunk": Misdeed((CHUNKED + b"9\r\n{}", Act.CLOSE), SentNoAnswer, Fault.TRUNCATED),
    "closes before the last chunk": Misdeed((CHUNKED + b"2\r\n{}\r\n", Act.CLOSE), SentNoAnswer, Fault.TRUNCATED),
    "resets inside a body with a length": Misdeed(
        (HEAD + b"Content-Length: 9\r\n\r\n{}", Act.RESET), SentNoAnswer, Fault.TRUNCATED
    ),
    "resets a body that the end would complete": Misdeed((HEAD + b"\r\n{}", Act.RESET), SentNoAnswer, Fault.TRUNCATED),
    "never answers": Misdeed((Act.HANG,), SentNoAnswer, Fault.TIMEOUT, timeout_s=0.1),
    "stops inside the head": Misdeed((HEAD + b"X: ", Act.HANG), SentNoAnswer, Fault.TIMEOUT, timeout_s=0.1),
    "stops inside the body": Misdeed(
        (HEAD + b"Content-Length: 9\r\n\r\n{}", Act.HANG), SentNoAnswer, Fault.TIMEOUT, timeout_s=0.1
    ),
    "speaks another protocol": Misdeed((b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Act.HANG), BadAnswer, Fault.MALFORMED),
    "breaks a header": Misdeed((HEAD + b"Con tent: 1\r\n\r\n", Act.HANG), BadAnswer, Fault.MALFORMED),
    "gives two lengths": Misdeed(
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", Act.HANG), BadAnswer, Fault.MALFORMED
    ),
    "breaks the chunking": Misdeed((CHUNKED + b"zz\r\n{}\r\n", Act.HANG), BadAnswer, Fault.MALFORMED),
    "announces a body that is too large": Misdeed(
        (HEAD + b"Content-Length: 40000\r\n\r\n" + b"x" * 40_000, Act.HANG), BadAnswer, Fault.TOO_LARGE
    ),
    "sends too large a body in chunks": Misdeed(
        (CHUNKED, *[b"400\r\n" + b"x" * 1024 + b"\r\n"] * ENOUGH, Act.HANG), BadAnswer, Fault.TOO_LARGE
    ),
    "sends too large a body until it closes": Misdeed(
        (HEAD + b"\r\n", *[b"x" * 1024] * ENOUGH, Act.CLOSE), BadAnswer, Fault.TOO_LARGE
    ),
    "sends a head without end": Misdeed(
        (HEAD, *[b"X: " + b"x" * 1021 + b"\r\n"] * ENOUGH, Act.HANG), BadAnswer, Fault.TOO_LARGE
    ),
    "sends one header without end": Misdeed((HEAD + b"X: ", *[b"x" * 1024] * ENOUGH), BadAnswer, Fault.TOO_LARGE),
    "compresses unasked": Misdeed(
        (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",), BadAnswer, Fault.ENCODED
    ),
}
# What only our own transport notices, or notices before the deadline.
SUBTLE_MISDEEDS = {
    "says twice how long the body is": Misdeed(
        (HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",),
        BadAnswer,
        Fault.MALFORMED,
    ),
    "switches protocols": Misdeed((b"HTTP/1.1 101 Switching Protocols\r\n\r\n", Act.HANG), BadAnswer, Fault.MALFORMED),
    "sends interim answers without end": Misdeed(
        (*[b"HTTP/1.1 100 Continue\r\n\r\n"] * ENOUGH, Act.HANG), BadAnswer, Fault.TOO_LARGE
    ),
    "sends trailers without end": Misdeed(
        (CHUNKED + b"2\r\n{}\r\n0\r\n", *[b"X: " + b"x" * 1021 + b"\r\n"] * ENOUGH, Act.HANG),
        BadAnswer,
        Fault.TOO_LARGE,
    ),
    "sends a chunk extension without end": Misdeed(
        (CHUNKED + b"2\r\n{}\r\n2;x=", *[b"x" * 1024] * ENOUGH, Act.HANG), BadAnswer, Fault.TOO_LARGE
    ),
    "compresses the transfer": Misdeed(
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",), BadAnswer, Fault.ENCODED
    ),
}


@pytest.mark.parametrize("misdeed", MISDEEDS.values(), ids=MISDEEDS)
async def test_a_server_that_misbehaves_is_reported_and_asked_once(transport: AnyTransport, misdeed: Misdeed) -> None:
    # httpx does not tell an answer that is no HTTP from one that was cut off, which makes no difference to a repeat.
    expected = misdeed.error if isinstance(transport, PooledTransport) else (BadAnswer, SentNoAnswer)
    async with RawServer([OK], misdeed.parts) as server:
        await ask(transport, server.origin())  # so that the deadline is not spent on connecting

        with pytest.raises(expected):
            await ask(transport, server.origin(), timeout_s=misdeed.timeout_s)
        following = await ask(transport, server.origin())

        assert following.body == b"again"
        assert len(server.requests) == 3


@pytest.mark.parametrize("misdeed", (MISDEEDS | SUBTLE_MISDEEDS).values(), ids=MISDEEDS | SUBTLE_MISDEEDS)
async def test_our_transport_says_exactly_what_went_wrong(pooled: PooledTransport, misdeed: Misdeed) -> None:
    async with RawServer([OK], misdeed.parts) as server:
        await ask(pooled, server.origin())  # so that the deadline is not spent on connecting

        with pytest.raises(misdeed.error) as caught:
            await ask(pooled, server.origin(), timeout_s=misdeed.timeout_s)
        following = await ask(pooled, server.origin())

        assert caught.value.kind is misdeed.kind
        assert following.body == b"again"
        assert server.connections == 2


async def test_a_bad_answer_tells_its_status_when_that_much_was_readable(pooled: PooledTransport) -> None:
    async with RawServer([b"HTTP/1.1 502 Bad\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"]) as server:
        with pytest.raises(BadAnswer) as caught:
            await ask(pooled, server.origin())

        assert caught.value.status == 502


async def test_a_failure_says_nothing_that_was_sent_or_received(transport: AnyTransport) -> None:
    async with RawServer([b"HTTP/1.1 200 OK\r\ncanary-received\r\n\r\n"]) as server:
        with pytest.raises(ExchangeError) as caught:
            await ask(
                transport,
                server.origin(),
                target="/canary-target",
                body=b"canary-body",
                headers=((b"Authorization", b"canary-token"),),
            )

        assert "canary" not in f"{caught.value!s}{caught.value!r}{caught.value.__cause__!r}"


async def test_a_kept_connection_that_closes_under_a_request_is_not_asked_again(transport: AnyTransport) -> None:
    async with RawServer([OK], [Act.CLOSE]) as server:
        await ask(transport, server.origin())

        with pytest.raises(SentNoAnswer):
            await ask(transport, server.origin())

        assert server.connections == 1
        assert len(server.requests) == 2


async def test_a_kept_connection_found_closed_is_replaced_unnoticed(transport: AnyTransport) -> None:
    async with RawServer([OK, Act.CLOSE]) as server:
        await ask(transport, server.origin())
        await server.until(open=0)

        response = await ask(transport, server.origin())

        assert response.body == b"again"
        assert len(server.requests) == 2


async def test_a_connection_that_closed_while_the_loop_was_busy_is_not_written_to(transport: AnyTransport) -> None:
    may_close, closed = threading.Event(), threading.Event()
    received = []

    def serve(listening: socket.socket) -> None:
        for _ in range(2):
            connection, _ = listening.accept()
            with connection:
                received.append(connection.recv(10_000))
                connection.sendall(OK)
                may_close.wait()
            closed.set()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=serve, args=(listening,))
        server.start()
        origin = Origin(scheme="http", host="127.0.0.1", port=listening.getsockname()[1])
        await ask(transport, origin)
        may_close.set()
        closed.wait()  # in this thread, so that the event loop has no chance to notice

        response = await ask(transport, origin)
        server.join()

    assert response.body == b"again"
    assert len(received) == 2


async def test_an_answer_nobody_asked_for_is_never_taken_for_one(transport: AnyTransport) -> None:
    unasked = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    async with RawServer([OK, unasked, Act.CLOSE]) as server:
        await ask(transport, server.origin())
        await server.until(open=0)

        response = await ask(transport, server.origin())

        assert (response.status, response.body) == (200, b"again")


async def test_a_connection_on_which_a_server_speaks_unasked_is_ended(pooled: PooledTransport) -> None:
    answered = asyncio.Event()
    async with RawServer([OK, answered, b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"]) as server:
        await ask(pooled, server.origin())
        answered.set()
        await server.until(open=0)

        response = await ask(pooled, server.origin())

        assert response.body == b"again"


async def test_the_deadline_of_one_call_never_ends_another(transport: AnyTransport) -> None:
    short_s = 0.3

    async def read_the_third_slowly(reader: asyncio.StreamReader) -> Received:
        request = await read_request(reader)
        await asyncio.sleep(2 * short_s if len(server.requests) == 2 else 0)
        return request

    async with RawServer(read=read_the_third_slowly) as server:
        await ask(transport, server.origin())
        await ask(transport, server.origin(), timeout_s=short_s)
        response = await ask(transport, server.origin())

        assert response.body == b"again"
        assert server.connections == 1


async def test_a_large_request_waits_for_a_slow_reader_without_piling_up(
    pooled: PooledTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = bytes(range(256)) * 64 * 1024
    may_read, paused = asyncio.Event(), asyncio.Event()
    pause_writing = Connection.pause_writing

    def pause_and_tell(connection: Connection) -> None:
        pause_writing(connection)
        paused.set()

    async def read_late(reader: asyncio.StreamReader) -> Received:
        await may_read.wait()
        return await read_request(reader)

    monkeypatch.setattr(Connection, "pause_writing", pause_and_tell)
    async with RawServer(read=read_late) as server:
        asking = asyncio.create_task(ask(pooled, server.origin(), body=body))
        await paused.wait()
        (connection,) = pooled._pools[server.origin()]._open
        buffered = connection._transport.get_write_buffer_size()
        may_read.set()
        response = await asking

        assert buffered <= 2 * 64 * 1024
        assert response.body == b"again"
        assert server.requests[0].body == body


async def test_an_answer_before_the_request_has_left_is_taken_and_ends_the_connection(pooled: PooledTransport) -> None:
    refusal = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"
    async with RawServer([refusal, Act.HANG], read=read_head) as server:
        response = await ask(pooled, server.origin(), body=b"x" * 64 * 1024 * 1024)
        following = await ask(pooled, server.origin())

        assert response.status == 413
        assert following.body == b"again"
        assert server.connections == 2
