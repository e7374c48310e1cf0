"""A peer of the HTTP server costs a bounded number of bytes and seconds, whatever it sends or withholds."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest
import trustme

from gateway.http_server import HttpLimits, HttpServer, Receive, Scope, Send
from gateway.listener import Listener
from tests.integration.webhook_door import peer_of, serving

QUICK = HttpLimits(head_timeout_s=0.05, body_timeout_s=0.05)


async def respond(send: Send, body: bytes, status: int = 200) -> None:
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the method, the path and the body."""
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        more = message["more_body"]
    await respond(send, f"{scope['method']} {scope['path']} ".encode() + body)


class Recorder:
    """Keeps the headers of a request as they are once its body is complete."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await echo(scope, receive, send)
        self.headers = list(scope["headers"])


class Gate:
    """An app that answers when told to."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.opened = asyncio.Event()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.arrived.set()
        await self.opened.wait()
        await respond(send, b"done")


async def test_a_request_is_answered_with_a_date_and_no_server_name() -> None:
    async with serving(echo) as server, peer_of(server) as peer:
        answer = await peer.ask(b"POST /a%20b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")

    assert answer.body == b"POST /a b hi"
    assert set(answer.headers) == {"content-length", "date"}


async def test_one_connection_carries_many_requests_also_sent_at_once() -> None:
    request = b"POST /%d HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"

    async with serving(echo) as server, peer_of(server) as peer:
        await peer.send(b"".join(request % number for number in range(20)))
        bodies = [(await peer.answer()).body for _ in range(20)]

    assert bodies == [b"POST /%d x" % number for number in range(20)]


@pytest.mark.parametrize(
    "start",
    [b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: h\r\n", b"\r\n\r\n"],
    ids=["silence", "line", "head", "blank"],
)
async def test_a_head_that_never_ends_closes_the_connection(start: bytes) -> None:
    async with serving(echo, QUICK) as server, peer_of(server) as peer:
        await peer.send(start)

        assert await peer.closed() == b""


async def test_a_second_head_on_a_connection_has_no_more_time_than_the_first() -> None:
    async with serving(echo, QUICK) as server, peer_of(server) as peer:
        await peer.ask(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await peer.send(b"GET / HT")

        assert await peer.closed() == b""


async def test_stray_line_ends_do_not_keep_a_connection_open() -> None:
    async with serving(echo, QUICK) as server, peer_of(server) as peer:
        await peer.ask(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await peer.send(b"\r\n")

        assert await peer.closed() == b""


async def test_a_body_that_never_ends_is_408_and_for_the_app_its_sender_left() -> None:
    seen = []

    async def spy(_scope: Scope, receive: Receive, _send: Send) -> None:
        seen.extend([await receive(), await receive()])

    async with serving(spy, QUICK) as server, peer_of(server) as peer:
        answer = await peer.ask(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx")

        assert await peer.closed() == b""
    assert answer.status == 408
    assert [message["type"] for message in seen] == ["http.request", "http.disconnect"]


async def test_a_second_body_that_never_ends_does_not_disturb_the_answer_to_the_first() -> None:
    gate = Gate()

    async with serving(gate, QUICK) as server, peer_of(server) as peer:
        await peer.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\nPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx")

        assert await peer.closed() == b""


async def test_a_body_that_never_ends_closes_the_connection_even_after_the_answer() -> None:
    async def hasty(_scope: Scope, _receive: Receive, send: Send) -> None:
        await respond(send, b"no")

    async with serving(hasty, QUICK) as server, peer_of(server) as peer:
        await peer.ask(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx")

        assert await peer.closed() == b""


async def test_an_idle_connection_is_closed() -> None:
    async with serving(echo, HttpLimits(idle_timeout_s=0)) as server, peer_of(server) as peer:
        await peer.ask(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")

        assert await peer.closed() == b""


async def test_a_request_that_takes_its_time_to_be_answered_is_not_cut_off() -> None:
    gate = Gate()

    async with serving(gate, QUICK) as server, peer_of(server) as peer:
        await peer.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await gate.arrived.wait()
        # Another connection lives through the whole of its head's time meanwhile.
        async with peer_of(server) as other:
            await other.closed()
        gate.opened.set()
        answer = await peer.answer()

    assert answer.body == b"done"


async def test_a_head_beyond_its_bytes_is_refused() -> None:
    async with serving(echo, HttpLimits(max_framing_bytes=1000)) as server, peer_of(server) as peer:
        answer = await peer.ask(b"GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + b"x" * 1000)

        assert answer.status == 431
        assert await peer.closed() == b""


@pytest.mark.parametrize(
    "flood",
    [b"0\r\n" + b"X-Trailer: x\r\n" * 200, b"1\r\nx\r\n" * 400, b"1;extension=" + b"x" * 2000],
    ids=["trailers", "tiny chunks", "chunk extensions"],
)
async def test_chunk_framing_beyond_its_bytes_closes_the_connection(flood: bytes) -> None:
    async with serving(echo, HttpLimits(max_framing_bytes=1000)) as server, peer_of(server) as peer:
        await peer.send(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        await peer.send(flood)

        assert await peer.closed() == b""


async def test_a_long_body_is_not_taken_for_framing() -> None:
    body = b"x" * 300_000

    async with serving(echo, HttpLimits(max_framing_bytes=1000)) as server, peer_of(server) as peer:
        answer = await peer.ask(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    assert answer.body == b"POST / " + body


async def test_trailers_do_not_become_headers() -> None:
    recorder = Recorder()
    chunked = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Late: 1\r\n\r\n"

    async with serving(recorder) as server, peer_of(server) as peer:
        answer = await peer.ask(chunked)

    assert answer.body == b"POST / x"
    assert [name for name, _ in recorder.headers] == [b"host", b"transfer-encoding"]


async def test_one_connection_too_many_is_told_to_come_again() -> None:
    async with serving(echo, HttpLimits(max_connections=1)) as server, peer_of(server) as first:
        await first.ask(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        async with peer_of(server) as second:
            refused = await second.answer()
            rest = await second.closed()
        answer = await first.ask(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")

    assert (refused.status, refused.headers["retry-after"], rest) == (503, "1", b"")
    assert answer.status == 200


@pytest.mark.parametrize("name", [b"Upgrade", b"upgrade", b"UPGRADE"])
@pytest.mark.parametrize(
    "framing", [(b"Content-Length: 5", b"hello"), (b"Transfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n\r\n")]
)
async def test_an_offer_to_upgrade_is_ignored_and_the_body_kept(name: bytes, framing: tuple[bytes, bytes]) -> None:
    head = b"POST /upgrade HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\n%b: h2c\r\nHTTP2-Settings: AAEA\r\n"
    request = head % name + framing[0] + b"\r\n\r\n" + framing[1]

    async with serving(echo) as server, peer_of(server) as peer:
        first = await peer.ask(request)
        second = await peer.ask(request)

    assert (first.body, second.body) == (b"POST /upgrade hello",) * 2


async def test_a_body_that_looks_like_an_offer_to_upgrade_is_left_alone() -> None:
    body = b"x\r\nUpgrade: h2c\r\n\r\nUpgrade: h2c\r\n"

    async with serving(echo) as server, peer_of(server) as peer:
        answer = await peer.ask(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    assert answer.body == b"POST / " + body


async def test_an_offer_to_upgrade_that_slips_through_never_passes_for_an_empty_body() -> None:
    seen = []

    async def spy(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            await respond(send, b"")
        else:
            seen.append(await receive())

    async with serving(spy) as server, peer_of(server) as peer, peer_of(server) as other:
        await peer.send(b"POST / HTTP/1.1\r\nConnection: Upgrade\r\nUpgr")
        # Once another peer is answered, the server has read the first half by itself.
        await other.ask(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await peer.send(b"ade: h2c\r\nContent-Length: 5\r\n\r\nhello")
        rest = await peer.closed()

    assert rest == b""
    assert [message["type"] for message in seen] == ["http.disconnect"]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length : 1\r\n\r\nx",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"CONNECT h:1 HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_refused_and_the_connection_closed(request_bytes: bytes) -> None:
    async with serving(echo) as server, peer_of(server) as peer:
        answer = await peer.ask(request_bytes)

        assert answer.status == 400
        assert await peer.closed() == b""


async def test_what_follows_a_whole_request_and_is_none_does_not_take_its_answer_away() -> None:
    gate = Gate()

    async with serving(gate) as server, peer_of(server) as peer:
        await peer.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\nnonsense\r\n\r\n")
        await gate.arrived.wait()
        gate.opened.set()
        answer = await peer.answer()

        assert (answer.status, answer.body) == (200, b"done")
        assert await peer.closed() == b""


async def test_chunks_that_are_none_are_refused_and_for_the_app_their_sender_left() -> None:
    seen = []

    async def spy(_scope: Scope, receive: Receive, _send: Send) -> None:
        seen.extend([await receive(), await receive()])

    async with serving(spy) as server, peer_of(server) as peer, peer_of(server) as other:
        await peer.send(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        # The app of the first has its first part once another connection was made and refused.
        await other.ask(b"nonsense\r\n\r\n")
        answer = await peer.ask(b"z\r\n")

        assert await peer.closed() == b""
    assert answer.status == 400
    assert [message["type"] for message in seen] == ["http.request", "http.disconnect"]


async def test_an_answer_to_head_has_no_body_and_the_connection_goes_on() -> None:
    async with serving(echo) as server, peer_of(server) as peer:
        await peer.send(b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        head, _, rest = (await peer.closed()).partition(b"\r\n\r\n")

    assert b"content-length: 7" in head
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n")
    assert rest.endswith(b"\r\n\r\nGET /next ")


async def test_an_answer_of_unknown_length_ends_with_the_connection() -> None:
    async def endless(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    async with serving(endless) as server, peer_of(server) as peer:
        await peer.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        answer = await peer.closed()

    assert b"connection: close\r\n" in answer
    assert answer.endswith(b"\r\n\r\nab")


@pytest.mark.parametrize("length", [b"1", b"9"])
async def test_an_answer_of_another_length_than_declared_is_no_answer_to_the_next_request(length: bytes) -> None:
    async def lying(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": b"abc"})

    async with serving(lying) as server, peer_of(server) as peer:
        await peer.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 2)
        answers = await peer.closed()

    assert answers.count(b"HTTP/1.1") <= 1


@pytest.mark.parametrize("value", [b"a\r\nx-b: c", b"a\nx-b: c", b"a\rx-b: c"])
async def test_a_header_never_breaks_out_of_its_line(value: bytes) -> None:
    async def split(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-a", value)]})
        await send({"type": "http.response.body", "body": b""})

    async with serving(split) as server, peer_of(server) as peer:
        answer = await peer.ask(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")

    assert answer.status == 500
    assert "x-b" not in answer.headers


async def test_an_exception_of_the_app_is_a_bare_500(capfd: pytest.CaptureFixture[str]) -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("canary")

    async with serving(broken) as server, peer_of(server) as peer:
        answer = await peer.ask(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    printed = capfd.readouterr()

    assert answer.status == 500
    assert b"canary" not in answer.body
    assert "canary" not in printed.out + printed.err


async def test_stopping_finishes_what_is_in_flight_and_takes_no_more() -> None:
    gate = Gate()

    async with serving(gate) as server, peer_of(server) as busy, peer_of(server) as idle:
        await busy.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await gate.arrived.wait()
        stopping = asyncio.create_task(server.stop(30.0))
        assert await idle.closed() == b""
        with pytest.raises(ConnectionRefusedError):
            async with peer_of(server):
                pass
        gate.opened.set()
        answer = await busy.answer()
        await stopping

    assert (answer.body, answer.headers["connection"]) == (b"done", "close")


async def test_stopping_cuts_off_what_does_not_finish_in_time() -> None:
    gate = Gate()

    async with serving(gate) as server, peer_of(server) as peer:
        await peer.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await gate.arrived.wait()
        await server.stop(0.01)

        assert await peer.closed() == b""


async def test_stopping_does_not_wait_for_half_a_request() -> None:
    async with serving(echo) as server, peer_of(server) as peer:
        await peer.ask(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await peer.send(b"GET / HT")
        await server.stop(30.0)

        assert await peer.closed() == b""


async def test_stopping_twice_or_before_starting_is_harmless() -> None:
    server = HttpServer(app=echo, listener=Listener.open("127.0.0.1:0"))

    await server.stop(1.0)
    await server.stop(1.0)


async def test_connections_made_between_binding_and_starting_are_served() -> None:
    server = HttpServer(app=echo, listener=Listener.open("127.0.0.1:0"))

    async with peer_of(server) as peer:
        await peer.send(b"GET /early HTTP/1.1\r\nHost: h\r\n\r\n")
        await server.start()
        answer = await peer.answer()
    await server.stop(1.0)

    assert answer.body == b"GET /early "


async def test_tls_is_served_when_given() -> None:
    authority = trustme.CA()
    serving_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(serving_tls)
    asking_tls = ssl.create_default_context()
    authority.configure_trust(asking_tls)
    server = HttpServer(app=echo, listener=Listener.open("127.0.0.1:0"), tls=serving_tls)
    await server.start()

    port = int(server.address.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=asking_tls, server_hostname="localhost")
    writer.write(b"GET /tls HTTP/1.0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await server.stop(1.0)

    assert answer.endswith(b"GET /tls ")


async def test_a_unix_socket_serves_owner_and_group_and_is_gone_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "door.sock"
    server = HttpServer(app=echo, listener=Listener.open(f"unix:{path}"))
    await server.start()

    mode = path.stat().st_mode & 0o777
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(b"GET /unix HTTP/1.0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await server.stop(1.0)

    assert answer.endswith(b"GET /unix ")
    assert mode == 0o660
    assert not path.exists()


def test_a_live_unix_socket_is_not_taken_over_and_a_dead_one_is(tmp_path: Path) -> None:
    address = f"unix:{tmp_path / 'door.sock'}"
    abandoned = socket.socket(socket.AF_UNIX)
    abandoned.bind(str(tmp_path / "door.sock"))
    abandoned.close()

    first = Listener.open(address)
    with pytest.raises(OSError, match=r"cannot listen on unix:.*another process"):
        Listener.open(address)
    first.close()
    Listener.open(address).close()


def test_a_taken_port_is_named() -> None:
    first = Listener.open("127.0.0.1:0")

    with pytest.raises(OSError, match=f"cannot listen on {first.address}: Address already in use"):
        Listener.open(first.address)

    first.close()


def test_a_file_that_is_no_socket_is_never_removed(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("data")

    with pytest.raises(OSError, match="Address already in use"):
        Listener.open(f"unix:{path}")

    assert path.read_text() == "data"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:http", "", "127.0.0.1:٣", "127.0.0.1:65536"])
def test_a_malformed_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        Listener.open(address)


def test_ipv6_addresses_are_shown_in_brackets() -> None:
    listener = Listener.open("[::1]:0")
    shown = listener.address
    listener.close()

    assert shown.startswith("[::1]:")
    assert not shown.endswith(":0")
