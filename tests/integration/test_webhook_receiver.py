"""The webhook door: 200 means the event is on disk, 4xx means that it was not genuine, 503 means come again."""

import asyncio
import gzip
import hashlib

import pytest

from gateway.errors import StoreError
from gateway.http_server import HttpLimits
from gateway.webhooks.intake import IntakeLimits
from gateway.webhooks.outcome import Outcome
from tests.integration.webhook_door import (
    BODY,
    SECRET,
    MemoryLog,
    open_door,
    peer_of,
    post,
    signature_lines,
    source,
)

CHUNKED = (
    b"POST /webhooks/default HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
)


async def test_a_genuine_post_is_answered_only_after_its_event_is_durable() -> None:
    log = MemoryLog()
    log.gate.clear()

    async with open_door(log) as door, peer_of(door.server) as peer:
        await peer.send(post())
        await log.arrived.wait()
        answered = asyncio.create_task(peer.answer())
        # A second peer goes all the way through the door and is answered, the first is not.
        async with peer_of(door.server) as other:
            await other.ask(post(method=b"GET"))
        assert not answered.done()
        log.gate.set()
        answer = await answered

    assert (answer.status, answer.body) == (200, b"")
    assert [event.raw for event in log.events] == [BODY]
    assert door.observed.verdicts == [("method_not_allowed", ""), ("accepted", "MESSAGE_INBOUND")]


async def test_an_identical_repeat_is_a_duplicate_and_no_attack() -> None:
    log = MemoryLog()

    async with open_door(log) as door, peer_of(door.server) as peer:
        request = post()
        statuses = [(await peer.ask(request)).status for _ in range(3)]

    assert statuses == [200, 200, 200]
    assert len(log.events) == 1
    assert [verdict for verdict, _ in door.observed.verdicts] == ["accepted", "duplicate", "duplicate"]


async def test_two_webhooks_with_a_shared_trigger_make_one_event() -> None:
    log = MemoryLog()

    async with (
        open_door(log, source(), source(name="second", secrets=(b"other",))) as door,
        peer_of(door.server) as peer,
    ):
        await peer.ask(post())
        await peer.ask(post(path=b"/webhooks/second", secret=b"other"))

    assert len(log.events) == 1


@pytest.mark.parametrize(
    ("request_bytes", "status", "outcome"),
    [
        (post(secret=b"guess"), 401, Outcome.BAD_SIGNATURE),
        (post(lines=b"X-Sinch-Webhook-Signature-Nonce: again\r\n"), 401, Outcome.MALFORMED),
        (
            post().replace(b"HmacSHA256", b"HmacSHA512"),
            401,
            Outcome.UNKNOWN_ALGORITHM,
        ),
        (post().replace(b"X-Sinch-Webhook-Signature-Nonce", b"X-Other"), 401, Outcome.MISSING_HEADER),
        (post().replace(BODY, BODY.replace(b"hello", b"hallo")), 401, Outcome.BAD_SIGNATURE),
    ],
    ids=["wrong secret", "header twice", "algorithm", "header missing", "body changed"],
)
async def test_what_is_not_genuine_is_refused_without_a_reason_and_leaves_nothing(
    request_bytes: bytes, status: int, outcome: Outcome
) -> None:
    log = MemoryLog()

    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(request_bytes)
        still_open = await peer.ask(post())

    assert (answer.status, answer.body) == (status, b"not authorized\n")
    assert still_open.status == 200
    assert len(log.events) == 1
    assert door.observed.verdicts[0] == (outcome, "")


async def test_a_signature_older_than_the_memory_for_repeats_is_refused() -> None:
    log = MemoryLog()
    old = signature_lines(BODY, at_s=1_700_000_000)
    head = b"POST /webhooks/default HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n" % len(BODY)

    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(head + old + b"\r\n" + BODY)

    assert answer.status == 401
    assert door.observed.verdicts == [(Outcome.STALE, "")]
    assert log.events == []


@pytest.mark.parametrize(
    "path", [b"/", b"/webhooks", b"/webhooks/", b"/webhooks/other", b"/webhooks/default/", b"/x/webhooks/default"]
)
async def test_a_webhook_that_does_not_exist_is_404(path: bytes) -> None:
    log = MemoryLog()

    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(post(path=path))

        assert (answer.status, answer.body) == (404, b"no such webhook\n")
        assert await peer.closed() == b""
    assert log.events == []


@pytest.mark.parametrize(
    ("request_bytes", "status"), [(post(b"x" * 200_000, path=b"/webhooks/other"), 404), (post(b"x" * 2_000_000), 413)]
)
async def test_a_refusal_reaches_a_peer_that_is_still_sending(request_bytes: bytes, status: int) -> None:
    async with open_door(MemoryLog()) as door, peer_of(door.server) as peer:
        answer = await peer.ask(request_bytes)
        # Closing on bytes that nobody reads resets the connection, and what was answered may be lost.
        end = await peer._reader.read()

    assert (answer.status, end) == (status, b"")


@pytest.mark.parametrize("method", [b"GET", b"PUT", b"DELETE", b"PATCH", b"OPTIONS"])
async def test_only_post_is_allowed(method: bytes) -> None:
    async with open_door(MemoryLog()) as door, peer_of(door.server) as peer:
        answer = await peer.ask(post(method=method))

    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("content_type", [b"text/plain", b"application/x-www-form-urlencoded", b"", b"json"])
async def test_another_content_type_is_415(content_type: bytes) -> None:
    log = MemoryLog()

    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(post(content_type=content_type))

    assert answer.status == 415
    assert log.events == []


@pytest.mark.parametrize("encoding", [b"gzip", b"identity, gzip", b"br", b"GZIP", b"x-anything"])
async def test_a_compressed_body_is_415_and_told_why(encoding: bytes) -> None:
    log = MemoryLog()

    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(post(gzip.compress(BODY), lines=b"Content-Encoding: %b\r\n" % encoding))

    assert answer.status == 415
    assert answer.body == b"a compressed body is not taken; send it without content-encoding\n"
    assert answer.headers["accept-encoding"] == "identity"
    assert door.observed.verdicts == [("unsupported_encoding", "")]
    assert log.events == []


async def test_a_body_that_says_it_is_not_compressed_is_taken() -> None:
    async with open_door(MemoryLog()) as door, peer_of(door.server) as peer:
        answer = await peer.ask(post(lines=b"Content-Encoding: identity\r\n"))

    assert answer.status == 200


@pytest.mark.parametrize(
    "content_type", [b"application/json; charset=utf-8", b"Application/JSON", b"application/problem+json"]
)
async def test_json_by_any_of_its_names_is_taken(content_type: bytes) -> None:
    async with open_door(MemoryLog()) as door, peer_of(door.server) as peer:
        assert (await peer.ask(post(content_type=content_type))).status == 200


async def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    async with open_door(MemoryLog()) as door, peer_of(door.server) as peer:
        head = b"POST /webhooks/default HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\nExpect: 100-continue\r\n\r\n"
        answer = await peer.ask(head)

    assert answer.status == 413


async def test_a_body_that_does_not_say_so_is_refused_once_it_is_too_large() -> None:
    log = MemoryLog()

    async with open_door(log, limits=IntakeLimits(max_body_bytes=1000)) as door, peer_of(door.server) as peer:
        await peer.send(CHUNKED + b"\r\n" + b"3e9\r\n" + b"x" * 1001 + b"\r\n")
        answer = await peer.answer()

    assert answer.status == 413
    assert log.events == []


async def test_the_largest_body_is_taken() -> None:
    log = MemoryLog()
    body = b'{"message_metadata":"' + b"x" * (1024 * 1024 - 23) + b'"}'

    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(post(body))

    assert len(body) == 1024 * 1024
    assert answer.status == 200
    assert log.events[0].raw == body


async def test_a_chunked_body_is_verified_as_a_whole() -> None:
    log = MemoryLog()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (BODY[:7], BODY[7:100], BODY[100:]))

    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(CHUNKED + signature_lines(BODY) + b"\r\n" + chunks + b"0\r\n\r\n")

    assert answer.status == 200
    assert log.events[0].raw == BODY


async def test_a_signature_in_trailers_is_no_signature() -> None:
    log = MemoryLog()
    chunked = CHUNKED + b"\r\n%x\r\n%b\r\n0\r\n" % (len(BODY), BODY) + signature_lines(BODY) + b"\r\n"

    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(chunked)

    assert answer.status == 401
    assert door.observed.verdicts == [(Outcome.MISSING_HEADER, "")]


async def test_a_slow_body_is_408_and_leaves_nothing() -> None:
    log = MemoryLog()

    async with open_door(log, http_limits=HttpLimits(body_timeout_s=0.02)) as door, peer_of(door.server) as peer:
        await peer.send(post()[:-1])
        answer = await peer.answer()

        assert await peer.closed() == b""
    assert answer.status == 408
    assert log.events == []
    assert door.observed.verdicts == [(Outcome.DISCONNECTED, "")]


async def test_a_length_that_is_too_short_is_never_a_success() -> None:
    log = MemoryLog()
    lying = post().replace(b"Content-Length: %d" % len(BODY), b"Content-Length: %d" % (len(BODY) - 5))

    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(lying)

    assert 400 <= answer.status < 500
    assert log.events == []


async def test_a_peer_that_leaves_before_the_end_leaves_nothing_behind() -> None:
    log = MemoryLog()

    async with open_door(log) as door:
        async with peer_of(door.server) as peer, peer_of(door.server) as other:
            await peer.send(post()[:-1])
            await other.ask(post(method=b"GET"))
            peer.hang_up()
        await door.server.stop(30.0)

    assert log.events == []
    assert (Outcome.DISCONNECTED, "") in door.observed.verdicts


async def test_a_store_that_cannot_take_it_is_503_with_a_time_to_come_again() -> None:
    log = MemoryLog(failure=StoreError.unavailable("the disk is full"))

    async with open_door(log) as door, peer_of(door.server) as peer:
        refused = await peer.ask(post())
        log.failure = None
        taken = await peer.ask(post())

    assert (refused.status, refused.headers["retry-after"], refused.body) == (503, "1", b"try again later\n")
    assert taken.status == 200
    assert door.observed.verdicts[0] == (Outcome.STORE_UNAVAILABLE, "MESSAGE_INBOUND")


async def test_a_defect_of_the_log_is_503_and_not_a_word_about_it() -> None:
    log = MemoryLog(failure=RuntimeError("canary"))

    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(post())

    assert (answer.status, answer.headers["retry-after"], answer.body) == (503, "1", b"try again later\n")


async def test_a_defect_of_the_mapping_costs_the_typed_form_and_not_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    log = MemoryLog()

    def broken(_body: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr("gateway.webhooks.envelope._parse", broken)
    async with open_door(log) as door, peer_of(door.server) as peer:
        answer = await peer.ask(post())

    assert answer.status == 200
    assert (log.events[0].raw, log.events[0].index.trigger) == (BODY, "")


async def test_one_post_too_many_is_503_and_the_others_are_taken() -> None:
    log = MemoryLog()
    log.gate.clear()

    async with (
        open_door(log, limits=IntakeLimits(max_posts=1)) as door,
        peer_of(door.server) as first,
        peer_of(door.server) as second,
    ):
        await first.send(post())
        await log.arrived.wait()
        refused = await second.ask(post())
        log.gate.set()
        taken = await first.answer()

    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
    assert taken.status == 200
    assert door.receiver.posts_in_flight == 0


async def test_large_bodies_run_out_of_room_without_costing_small_ones_theirs() -> None:
    log = MemoryLog()
    log.gate.clear()
    large = b'{"message_metadata":"' + b"x" * 200_000 + b'"}'

    async with (
        open_door(log, limits=IntakeLimits(max_large_bytes=200_000)) as door,
        peer_of(door.server) as first,
        peer_of(door.server) as second,
        peer_of(door.server) as third,
    ):
        await first.send(post(large))
        await log.arrived.wait()
        refused = await second.ask(post(large))
        await third.send(post())
        log.gate.set()
        taken = [(await first.answer()).status, (await third.answer()).status]
        async with peer_of(door.server) as later:
            taken.append((await later.ask(post(large))).status)

    assert refused.status == 503
    assert taken == [200, 200, 200]


async def test_secrets_are_rotated_without_a_restart() -> None:
    async with open_door(MemoryLog(), source(secrets=(b"old",))) as door, peer_of(door.server) as peer:
        before = (await peer.ask(post(secret=b"new"))).status
        door.receiver.configure([source(secrets=(b"old", b"new"))])
        during = [(await peer.ask(post(secret=secret))).status for secret in (b"old", b"new")]
        door.receiver.configure([source(secrets=(b"new",))])
        after = [(await peer.ask(post(secret=secret))).status for secret in (b"old", b"new")]

    assert (before, during, after) == (401, [200, 200], [401, 200])


async def test_unsigned_posts_are_taken_only_where_there_is_no_secret() -> None:
    unsigned = b"POST /webhooks/default HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY

    async with open_door(MemoryLog(), source(secrets=(), accept_unsigned=True)) as door, peer_of(door.server) as peer:
        open_door_status = (await peer.ask(unsigned)).status
        door.receiver.configure([source(accept_unsigned=True)])
        locked_door_status = (await peer.ask(unsigned)).status

    assert (open_door_status, locked_door_status) == (200, 401)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (b"Authorization: Bearer token-1\r\n", 200),
        (b"authorization: bearer token-2\r\n", 200),
        (b"", 401),
        (b"Authorization: Bearer token-3\r\n", 401),
        (b"Authorization: Basic token-1\r\n", 401),
        (b"Authorization: Bearer token-1\r\nAuthorization: Bearer token-1\r\n", 401),
    ],
)
async def test_an_access_token_is_asked_for_where_one_is_configured(lines: bytes, status: int) -> None:
    hashes = tuple(hashlib.sha256(token).digest() for token in (b"token-1", b"token-2"))

    async with open_door(MemoryLog(), source(bearer_hashes=hashes)) as door, peer_of(door.server) as peer:
        answer = await peer.ask(post(lines=lines))

    assert answer.status == status


async def test_refusals_are_logged_once_and_hold_nothing_of_the_post(capfd: pytest.CaptureFixture[str]) -> None:
    async with open_door(MemoryLog()) as door, peer_of(door.server) as peer:
        for _ in range(5):
            await peer.ask(post(secret=b"guess"))
        await peer.ask(post(path=b"/webhooks/canary-path"))
    printed = capfd.readouterr()
    lines = printed.out + printed.err

    assert lines.count("webhook_rejected") == 2
    assert not any(word in lines for word in ("hello", "46700000001", "canary-path", SECRET.decode()))


async def test_stopping_lets_a_post_in_flight_become_durable_and_answers_it() -> None:
    log = MemoryLog()
    log.gate.clear()

    async with open_door(log) as door, peer_of(door.server) as peer:
        await peer.send(post())
        await log.arrived.wait()
        stopping = asyncio.create_task(door.server.stop(30.0))
        log.gate.set()
        answer = await peer.answer()
        await stopping

    assert answer.status == 200
    assert len(log.events) == 1


async def test_a_head_that_never_ends_never_reaches_the_receiver() -> None:
    async with (
        open_door(MemoryLog(), http_limits=HttpLimits(head_timeout_s=0.02)) as door,
        peer_of(door.server) as peer,
    ):
        await peer.send(post()[:50])

        assert await peer.closed() == b""
    assert door.observed.verdicts == []
