"""Every shape of answer that HTTP/1.1 allows is read whole, and the connection kept exactly when it may be."""

from dataclasses import dataclass

import pytest

from gateway.upstream.transport import PooledTransport
from tests.integration.transport.misbehaving import Act, AnyTransport, Part, RawServer, ask


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sends, and what must come of it; `kept` is whether the next request reuses the connection."""

    parts: tuple[Part, ...]
    status: int = 200
    body: bytes = b""
    kept: bool = True
    method: str = "POST"


ANSWERS = {
    "with a length": Answer((b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"{}"), body=b"{}"),
    "byte by byte": Answer(tuple(bytes([b]) for b in b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), body=b"{}"),
    "empty": Answer((b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",)),
    "without a reason phrase": Answer((b"HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\n1",), body=b"1"),
    "chunked": Answer(
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"3\r\n{} \r\n", b"a\r\n0123456789\r\n0\r\n\r\n"),
        body=b"{} 0123456789",
    ),
    "chunked, with extensions and trailers": Answer(
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nChecksum: 99\r\n\r\n",),
        body=b"{}",
    ),
    "ended by the connection": Answer((b"HTTP/1.1 200 OK\r\n\r\n{", b"}", Act.CLOSE), body=b"{}", kept=False),
    "the last on its connection": Answer(
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", Act.HANG), body=b"{}", kept=False
    ),
    "of HTTP/1.0": Answer((b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", Act.HANG), body=b"{}", kept=False),
    "after interim answers": Answer(
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        ),
        body=b"{}",
    ),
    "204": Answer((b"HTTP/1.1 204 No Content\r\n\r\n",), status=204),
    "304": Answer((b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",), status=304, method="GET"),
    "to HEAD": Answer(
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n",), method="HEAD", kept=False
    ),
    "a redirect, not followed": Answer(
        (b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",), status=307
    ),
    "an error with a body": Answer((b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\n{}",), status=503, body=b"{}"),
    "said to be identity": Answer(
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",), body=b"{}"
    ),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_is_read_whole_and_its_connection_kept_only_if_it_may_be(
    transport: AnyTransport, answer: Answer
) -> None:
    async with RawServer(answer.parts) as server:
        response = await ask(transport, server.origin(), method=answer.method)
        following = await ask(transport, server.origin())

        assert (response.status, response.body) == (answer.status, answer.body)
        assert following.body == b"again"
        assert server.connections == (1 if answer.kept else 2)
        assert len(server.requests) == 2


async def test_bytes_after_an_answer_never_become_the_next_answer(pooled: PooledTransport) -> None:
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    async with RawServer([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" + forged]) as server:
        first = await ask(pooled, server.origin())
        second = await ask(pooled, server.origin())

        assert (first.body, second.body) == (b"{}", b"again")
        assert server.connections == 2


async def test_headers_are_found_in_any_case_and_keep_their_order(transport: AnyTransport) -> None:
    async with RawServer([b"HTTP/1.1 200 OK\r\nRETRY-After: 3\r\nX: 1\r\nx: 2\r\nContent-Length: 0\r\n\r\n"]) as server:
        response = await ask(transport, server.origin())

        assert response.header(b"Retry-After") == b"3"
        assert response.header(b"absent") is None
        assert [value for name, value in response.headers if name == b"x"] == [b"1", b"2"]


async def test_a_request_arrives_as_it_was_given(transport: AnyTransport) -> None:
    target = "/v1/a%2Fb/c%20d:send?x=%C3%A9&y=a+b&z="
    async with RawServer() as server:
        await ask(
            transport,
            server.origin(),
            target=target,
            body=b'{"a":1}',
            headers=((b"Authorization", b"Bearer secret"), (b"Content-Type", b"application/json")),
        )

        (request,) = server.requests
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in request.lines[1:])}
        assert request.lines[0] == f"POST {target} HTTP/1.1"
        assert request.body == b'{"a":1}'
        assert fields == {
            "host": f"127.0.0.1:{server.port}",
            "authorization": "Bearer secret",
            "content-type": "application/json",
            "content-length": "7",
        }


@pytest.mark.parametrize(("method", "length"), [("GET", 0), ("DELETE", 0), ("POST", 1), ("PUT", 1), ("PATCH", 1)])
async def test_an_empty_body_is_announced_where_one_is_expected(
    transport: AnyTransport, method: str, length: int
) -> None:
    async with RawServer() as server:
        await ask(transport, server.origin(), method=method)

        assert server.requests[0].lines.count("Content-Length: 0") == length
