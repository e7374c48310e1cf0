"""Reading answers and writing heads, without a socket."""

import gc
import weakref

import pytest

from gateway.upstream.connection import AnswerReader, render_head
from gateway.upstream.exchange import (
    DEFAULT_LIMITS,
    BadAnswer,
    Fault,
    InboundResponse,
    Limits,
    Origin,
    OutboundRequest,
    SentNoAnswer,
)

HEAD = b"HTTP/1.1 200 OK\r\n"
LIMITS = Limits(max_head_bytes=300, max_body_bytes=100)


def read(*pieces: bytes, method: str = "POST", limits: Limits = DEFAULT_LIMITS) -> tuple[object, bool]:
    """The first outcome of these pieces, and whether the connection may be used again."""
    reader = AnswerReader(method, limits)
    for piece in pieces:
        if (outcome := reader.feed(piece)) is not None:
            return outcome, reader.reusable
    return None, reader.reusable


def test_an_answer_is_known_with_its_last_byte() -> None:
    reader = AnswerReader("POST", DEFAULT_LIMITS)

    assert reader.feed(HEAD + b"Content-Length: 2\r\n\r\n{") is None
    assert reader.feed(b"}") == InboundResponse(status=200, headers=((b"content-length", b"2"),), body=b"{}")
    assert reader.reusable


@pytest.mark.parametrize(
    "rest",
    [b"HTTP/1.1 200 OK\r\n", b"H", b"garbage", b"\x00"],
    ids=["another answer", "a letter", "garbage", "a null byte"],
)
def test_what_follows_an_answer_spoils_the_connection_but_not_the_answer(rest: bytes) -> None:
    outcome, reusable = read(HEAD + b"Content-Length: 2\r\n\r\n{}" + rest)

    assert isinstance(outcome, InboundResponse)
    assert outcome.body == b"{}"
    assert not reusable


def test_an_answer_to_head_has_no_body_and_ends_the_connection() -> None:
    outcome, reusable = read(HEAD + b"Content-Length: 5\r\nContent-Encoding: identity\r\n\r\nstray", method="HEAD")

    assert isinstance(outcome, InboundResponse)
    assert outcome.body == b""
    assert not reusable


def test_trailers_are_not_headers() -> None:
    outcome, _ = read(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Late: 1\r\n\r\n")

    assert isinstance(outcome, InboundResponse)
    assert outcome.header(b"x-late") is None


def test_interim_answers_leave_nothing_behind() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
    outcome, reusable = read(interim + HEAD + b"Content-Length: 2\r\n\r\n{}")

    assert outcome == InboundResponse(status=200, headers=((b"content-length", b"2"),), body=b"{}")
    assert reusable


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 099 Low\r\n\r\n", Fault.MALFORMED),
        (b"HTTP/1.1 101 Switching\r\n\r\n", Fault.MALFORMED),
        (b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", Fault.MALFORMED),
        (b"HTTP/3.0 200 OK\r\n\r\n", Fault.MALFORMED),
        (HEAD + b"Content-Length: -1\r\n\r\n", Fault.MALFORMED),
        (HEAD + b"Content-Length: 1e3\r\n\r\n", Fault.MALFORMED),
        (HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n", Fault.MALFORMED),
        (HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", Fault.MALFORMED),
        (HEAD + b"X: a\r\n folded\r\n\r\n", Fault.MALFORMED),
        (HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n", Fault.ENCODED),
        (HEAD + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", Fault.ENCODED),
        (HEAD + b"Content-Encoding: GZIP\r\nContent-Length: 0\r\n\r\n", Fault.ENCODED),
        (HEAD + b"X: " + b"x" * 300 + b"\r\nContent-Length: 0\r\n\r\n", Fault.TOO_LARGE),
        (HEAD + b"Content-Length: 101\r\n\r\n", Fault.TOO_LARGE),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n65\r\n" + b"x" * 101 + b"\r\n0\r\n\r\n", Fault.TOO_LARGE),
        (HEAD + b"\r\n" + b"x" * 101, Fault.TOO_LARGE),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 20, Fault.TOO_LARGE),
    ],
    ids=lambda value: repr(value[:60]) if isinstance(value, bytes) else value.name,
)
def test_an_answer_that_cannot_be_used_is_refused(answer: bytes, kind: Fault) -> None:
    outcome, reusable = read(answer, limits=LIMITS)

    assert isinstance(outcome, BadAnswer)
    assert outcome.kind is kind
    assert not reusable


@pytest.mark.parametrize("body_bytes", [99, 100], ids=["under the limit", "at the limit"])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_body_up_to_the_limit_is_taken(body_bytes: int, chunked: bool) -> None:
    body = b"x" * body_bytes
    if chunked:
        answer = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * body_bytes + b"0\r\n\r\n"
    else:
        answer = HEAD + b"Content-Length: %d\r\n\r\n" % body_bytes + body

    outcome, _ = read(answer, limits=LIMITS)

    assert isinstance(outcome, InboundResponse)
    assert outcome.body == body


@pytest.mark.parametrize(
    ("received", "kind"),
    [((), Fault.CLOSED), ((b"H",), Fault.TRUNCATED), ((HEAD + b"Content-Length: 2\r\n\r\n{",), Fault.TRUNCATED)],
    ids=["nothing", "a letter", "half a body"],
)
def test_an_end_too_early_is_no_answer(received: tuple[bytes, ...], kind: Fault) -> None:
    reader = AnswerReader("POST", DEFAULT_LIMITS)
    for piece in received:
        reader.feed(piece)

    outcome = reader.feed_eof()

    assert isinstance(outcome, SentNoAnswer)
    assert outcome.kind is kind


def test_an_end_completes_an_answer_that_has_no_other() -> None:
    reader = AnswerReader("POST", DEFAULT_LIMITS)
    reader.feed(HEAD + b"\r\n{}")

    outcome = reader.feed_eof()

    assert isinstance(outcome, InboundResponse)
    assert outcome.body == b"{}"
    assert not reader.reusable


def test_an_answer_leaves_nothing_to_the_garbage_collector() -> None:
    gc.disable()
    try:
        reader = AnswerReader("POST", DEFAULT_LIMITS)
        reader.feed(HEAD + b"Content-Length: 2\r\n\r\n{}")
        left = weakref.ref(reader)
        del reader

        assert left() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (Origin(scheme="https", host="us.conversation.api.sinch.com", port=443), "us.conversation.api.sinch.com"),
        (Origin(scheme="http", host="localhost", port=8080), "localhost:8080"),
        (Origin(scheme="https", host="localhost", port=80), "localhost:80"),
        (Origin(scheme="http", host="::1", port=80), "[::1]"),
        (Origin(scheme="http", host="::1", port=81), "[::1]:81"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_host_is_named_as_browsers_do(origin: Origin, host: str) -> None:
    head = render_head(OutboundRequest(method="GET", origin=origin, target="/v1?x=1"))

    assert head == f"GET /v1?x=1 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


@pytest.mark.parametrize(
    "request_parts",
    [
        {"target": "/a b"},
        {"target": "/a\r\nX: 1"},
        {"target": "/a\n"},
        {"target": "/\u00e9"},
        {"method": "GET /other HTTP/1.1\r\nX:"},
        {"headers": ((b"X", b"1\r\nY: 2"),)},
        {"headers": ((b"X", b"1\n"),)},
        {"headers": ((b"X\r", b"1"),)},
    ],
    ids=repr,
)
def test_a_head_carries_exactly_the_lines_it_was_given(request_parts: dict[str, object]) -> None:
    parts = {"method": "GET", "target": "/", **request_parts}
    request = OutboundRequest(origin=Origin(scheme="http", host="a", port=80), **parts)  # type: ignore[arg-type]

    with pytest.raises(ValueError, match="characters") as caught:
        render_head(request)

    assert "/a" not in str(caught.value)
