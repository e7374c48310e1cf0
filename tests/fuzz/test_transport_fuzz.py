"""Whatever a server sends, and however it is cut, a call ends in time with a whole answer or a classified failure.

And whoever gives up at whatever moment, all others get their own answers, and no place in the pool is lost.
"""

import asyncio
import ssl
from collections.abc import Sequence
from itertools import pairwise

import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.upstream.connection import AnswerReader
from gateway.upstream.exchange import (
    DEFAULT_LIMITS,
    BadAnswer,
    ExchangeError,
    InboundResponse,
    Limits,
    NothingSent,
    SentNoAnswer,
)
from gateway.upstream.transport import PooledTransport
from tests.integration.transport.misbehaving import Act, EchoServer, Part, Received, ask

FRAGMENTS = [
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 200 OK\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n",
    b"Content-Length: 99999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Connection: close\r\n",
    b"Connection: upgrade\r\nUpgrade: h2c\r\n",
    b"X: y\r\n",
    b"\r\n",
    b"5\r\nhello\r\n",
    b"ffffffffffffffff\r\n",
    b"0\r\n\r\n",
    b"hello",
    b"\n",
    b"\x00",
]
ANSWERS = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=12), max_size=10).map(b"".join)
METHODS = st.sampled_from(["GET", "POST", "HEAD"])
# Made once: nothing here is encrypted, and loading the authorities takes longer than a whole example.
UNUSED = ssl.create_default_context()
Verdict = tuple[object, ...] | None


def outcome_of(pieces: Sequence[bytes], method: str) -> Verdict:
    """What comes of these pieces and the end of the connection after them, as a value to compare."""
    reader = AnswerReader(method, DEFAULT_LIMITS)
    outcome: InboundResponse | BadAnswer | SentNoAnswer | None = None
    for piece in pieces:
        outcome = outcome or reader.feed(piece)
    outcome = outcome or reader.feed_eof()
    if isinstance(outcome, InboundResponse):
        return (outcome.status, outcome.headers, outcome.body)
    return (type(outcome), outcome.kind)


@given(answer=ANSWERS, method=METHODS, cuts=st.sets(st.integers(1, 200)))
@settings(max_examples=500, deadline=None)
def test_how_an_answer_is_cut_changes_nothing(answer: bytes, method: str, cuts: set[int]) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(answer)), len(answer)]
    pieces = [answer[start:end] for start, end in pairwise(edges) if start < end]

    assert outcome_of(pieces, method) == outcome_of([answer] if answer else [], method)


class HostileServer(EchoServer):
    """Answers `/fuzz` with whatever it is told, and all else with an echo."""

    hostile: Sequence[Part] = ()

    def answer_to(self, request: Received) -> Sequence[Part]:
        return self.hostile if "/fuzz" in request.lines[0] else super().answer_to(request)


@given(pieces=st.lists(ANSWERS.filter(bool), max_size=3), ending=st.sampled_from(list(Act)), method=METHODS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_server_makes_a_call_hang_or_spoils_the_next(pieces: list[bytes], ending: Act, method: str) -> None:
    async def call_twice() -> tuple[object, InboundResponse, int]:
        async with HostileServer() as server:
            server.hostile = [*pieces, ending]
            transport = PooledTransport(ssl_context=UNUSED, limits=Limits(max_connections=1))
            try:
                first: object = await ask(transport, server.origin(), method=method, target="/fuzz", timeout_s=0.03)
            except ExchangeError as failure:
                first = failure
            second = await ask(transport, server.origin(), target="/mine")
            await transport.aclose()
            return first, second, len(server.requests)

    first, second, request_count = uvloop.run(call_twice())

    assert isinstance(first, InboundResponse | ExchangeError)
    assert request_count == 1 or not isinstance(first, NothingSent)
    assert second.body == b"/mine"


@given(
    patience=st.lists(st.none() | st.integers(0, 60), min_size=1, max_size=12),
    max_connections=st.integers(1, 3),
    idle_s=st.sampled_from([0.0, 55.0]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whoever_gives_up_the_others_are_answered(
    patience: list[int | None], max_connections: int, idle_s: float
) -> None:
    """Each caller stays, or is cancelled after so many turns of the event loop."""

    async def call_together() -> list[bool]:
        async with EchoServer() as server:
            transport = PooledTransport(limits=Limits(max_connections=max_connections, idle_s=idle_s))
            callers = [
                asyncio.create_task(ask(transport, server.origin(), target=f"/{number}"))
                for number in range(len(patience))
            ]
            for turn in range(61):
                for caller, turns in zip(callers, patience, strict=True):
                    if turns == turn:
                        caller.cancel()
                await asyncio.sleep(0)
            outcomes = await asyncio.gather(*callers, return_exceptions=True)
            together = [ask(transport, server.origin(), target=f"/last{number}") for number in range(max_connections)]
            outcomes += await asyncio.gather(*together)
            most_open = server.most_open
            await transport.aclose()
        expected = [f"/{number}" for number in range(len(patience))]
        expected += [f"/last{number}" for number in range(max_connections)]
        may_give_up = [turns is not None for turns in patience] + [False] * max_connections
        return [
            (isinstance(outcome, asyncio.CancelledError) and gives_up)
            or (isinstance(outcome, InboundResponse) and outcome.body == target.encode())
            for outcome, target, gives_up in zip(outcomes, expected, may_give_up, strict=True)
        ] + [most_open <= max_connections + sum(may_give_up)]

    assert all(uvloop.run(call_together()))
