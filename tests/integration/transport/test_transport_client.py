"""Under `httpx.AsyncClient` ours behaves as httpx's own, down to the exceptions; any other can take its place."""

import socket
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from gateway.clock import Clock
from gateway.upstream.exchange import BadAnswer, ExchangeError, Fault, Limits, NothingSent, Origin, SentNoAnswer
from gateway.upstream.httpx_seam import HttpxTransport, PooledHttpxTransport
from gateway.upstream.transport import PooledTransport
from tests.integration.transport.misbehaving import Act, Part, RawServer, ask


def over(transport: PooledTransport) -> PooledHttpxTransport:
    return PooledHttpxTransport(transport=transport, clock=Clock())


ANYWHERE = Origin(scheme="https", host="api.example", port=443)


async def test_a_client_gets_what_it_asked_for(pooled: PooledTransport) -> None:
    answer = b"HTTP/1.1 201 Created\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with RawServer([answer + b"2\r\n{}\r\n0\r\n\r\n"]) as server:
        async with httpx.AsyncClient(transport=over(pooled), base_url=f"http://127.0.0.1:{server.port}") as client:
            response = await client.post("/v1/a%2Fb", params={"q": "x y"}, json={"a": 1}, headers={"X-Own": "1"})

        lines = server.requests[0].lines
        assert (response.status_code, response.json()) == (201, {})
        assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]
        assert dict(response.cookies) == {"a": "1", "b": "2"}
        assert lines[0] == "POST /v1/a%2Fb?q=x+y HTTP/1.1"
        assert server.requests[0].body == b'{"a":1}'
        assert f"Host: 127.0.0.1:{server.port}" in lines
        assert "X-Own: 1" in lines
        assert sum(line.lower().startswith("host:") for line in lines) == 1
        assert not any(line.lower().startswith("accept-encoding:") for line in lines)


async def test_a_client_may_stream_both_ways(pooled: PooledTransport) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    async with RawServer() as server, httpx.AsyncClient(transport=over(pooled)) as client:
        async with client.stream("PUT", f"http://127.0.0.1:{server.port}/", content=parts()) as response:
            received = b"".join([part async for part in response.aiter_bytes()])

        assert received == b"again"
        assert server.requests[0].body == b"one two"


@pytest.mark.parametrize(
    ("parts", "expected", "timeout_s"),
    [
        ((Act.HANG,), httpx.ReadTimeout, 0.2),
        ((Act.CLOSE,), httpx.ReadError, 20),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", Act.CLOSE), httpx.RemoteProtocolError, 20),
        ((b"nonsense\r\n\r\n",), httpx.RemoteProtocolError, 20),
    ],
    ids=["timeout", "closed", "truncated", "malformed"],
)
async def test_a_client_gets_the_exceptions_it_knows(
    pooled: PooledTransport, parts: tuple[Part, ...], expected: type[httpx.TransportError], timeout_s: float
) -> None:
    async with RawServer(parts) as server, httpx.AsyncClient(transport=over(pooled), timeout=timeout_s) as client:
        with pytest.raises(expected) as caught:
            await client.get(f"http://127.0.0.1:{server.port}/")

        assert caught.value.request.url.port == server.port


async def test_a_client_that_cannot_connect_is_told_so(pooled: PooledTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    async with httpx.AsyncClient(transport=over(pooled)) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/")
        with pytest.raises(httpx.UnsupportedProtocol):
            await client.get("ftp://127.0.0.1/")


async def test_a_client_without_timeouts_is_served(pooled: PooledTransport) -> None:
    async with RawServer() as server, httpx.AsyncClient(transport=over(pooled), timeout=None) as client:
        response = await client.get(f"http://127.0.0.1:{server.port}/")

        assert response.text == "again"


async def test_a_mock_takes_the_place_of_the_wire() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"path": request.url.path, "sent": request.content.decode()})

    transport = HttpxTransport(transport=httpx.MockTransport(answer))

    response = await ask(transport, ANYWHERE, target="/v1/x", body=b"hello")

    assert response.body == b'{"path":"/v1/x","sent":"hello"}'
    assert response.header(b"content-type") == b"application/json"


@pytest.mark.parametrize(
    ("raised", "expected", "kind"),
    [
        (httpx.PoolTimeout("canary"), NothingSent, Fault.POOL_TIMEOUT),
        (httpx.ConnectTimeout("canary"), NothingSent, Fault.CONNECT_TIMEOUT),
        (httpx.ConnectError("canary"), NothingSent, Fault.CONNECT),
        (httpx.ProxyError("canary"), NothingSent, Fault.CONNECT),
        (httpx.WriteTimeout("canary"), SentNoAnswer, Fault.TIMEOUT),
        (httpx.ReadTimeout("canary"), SentNoAnswer, Fault.TIMEOUT),
        (httpx.WriteError("canary"), SentNoAnswer, Fault.CLOSED),
        (httpx.ReadError("canary"), SentNoAnswer, Fault.CLOSED),
        (httpx.RemoteProtocolError("canary"), SentNoAnswer, Fault.CLOSED),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_what_another_transport_raises_is_told_by_what_it_proves(
    raised: httpx.TransportError, expected: type[ExchangeError], kind: Fault
) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise raised

    transport = HttpxTransport(transport=httpx.MockTransport(fail))

    with pytest.raises(expected) as caught:
        await ask(transport, ANYWHERE)

    assert caught.value.kind is kind
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (lambda: httpx.Response(200, content=b"x" * 11), Fault.TOO_LARGE),
        (lambda: httpx.Response(200, stream=httpx.ByteStream(b"x"), headers={"content-encoding": "br"}), Fault.ENCODED),
    ],
    ids=["too large", "compressed"],
)
async def test_an_answer_of_another_transport_is_held_to_the_same_limits(
    response: Callable[[], httpx.Response], kind: Fault
) -> None:
    mock = httpx.MockTransport(lambda _request: response())
    transport = HttpxTransport(transport=mock, limits=Limits(max_body_bytes=10))

    with pytest.raises(BadAnswer) as caught:
        await ask(transport, ANYWHERE)

    assert (caught.value.kind, caught.value.status) == (kind, 200)
