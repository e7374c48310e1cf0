"""Invariant: whatever is posted, the door answers once; 200 exactly when an event with the very bytes was appended and
every subscriber can parse it; never 4xx for a genuine post; never 5xx but for trouble of our own.

`make fuzz` tries a million posts. `FUZZ_COUNT` is their number, `FUZZ_SEED` where they start: a failure names its own.
"""

import asyncio
import json
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conversation_gateway.v1.event_feed_pb2 import EventBatch, FeedEvent, SubscribeResponse

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.http_server import HttpLimits
from gateway.state.events import Appended, NewEvent
from gateway.webhooks.envelope import MAX_TYPED_BYTES, Composer
from gateway.webhooks.intake import IntakeLimits
from gateway.webhooks.receiver import WebhookReceiver
from gateway.webhooks.source import WebhookSource
from gateway.webhooks.spellings import KEY_OF_TRIGGER
from tests.integration.webhook_door import SECRET, MemoryLog, open_door, peer_of, post, signature_lines, source
from tests.unit.webhooks.callbacks import ENVELOPE, PAYLOADS, callback

FUZZ_COUNT = int(os.environ.get("FUZZ_COUNT", "3000"))
FUZZ_SEED = int(os.environ.get("FUZZ_SEED", "1"))
MAX_BODY_BYTES = 100_000

Headers = list[tuple[bytes, bytes]]


def deep(levels: int, kind: str) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"x": value} if kind == "object" else [value]
    return value


STRANGE: list[Callable[[random.Random], Any]] = [
    lambda _: None,
    lambda _: True,
    lambda r: r.randint(-(10**30), 10**30),
    lambda r: r.choice([0, -1, 2**31, 2**53 + 1, 2**63, 2**64, 1e300, -0.0, 1e-320, float("inf"), float("nan")]),
    lambda r: r.choice(
        ["", "\x00", "\ud800", "\udfff\ud800", "😀", "0000-00-00T00:00:00Z", "9999-12-31T23:59:60Z", "s" * 5000]
    ),
    lambda r: "".join(chr(r.randrange(0x110000)) for _ in range(r.randrange(8))),
    lambda r: deep(r.choice([3, 24, 25, 26, 34, 100, 253, 500]), r.choice(["object", "array"])),
    lambda r: [r.choice([1, None, "x", {}, []])] * r.randrange(4),
    lambda r: {r.choice(["id", "text", "\ud800", "", "x" * 300]): r.choice([1, None, "x", {}, []])},
    lambda r: r.choice(list(PAYLOADS.values()))[1],
    lambda _: [1] * 2_000,
]
KEYS = [
    *KEY_OF_TRIGGER.values(),
    *ENVELOPE,
    *(
        "duplicated_identities",
        "channel_event",
        "unsupported",
        "batch_status_update",
        "duplicated_identities_notification",
    ),
    *(
        "cursor",
        "raw",
        "event_id",
        "trigger",
        "webhook",
        "possible_duplicate",
        "partially_typed",
        "received_time",
        "new",
    ),
]


def mutate_json(value: Any, chances: random.Random) -> Any:
    """Change something somewhere in a document."""
    if isinstance(value, dict) and value and chances.random() < 0.8:
        key = chances.choice(list(value))
        return value | {key: mutate_json(value[key], chances)}
    if isinstance(value, list) and value and chances.random() < 0.8:
        at = chances.randrange(len(value))
        return [*value[:at], mutate_json(value[at], chances), *value[at + 1 :]]
    return chances.choice(STRANGE)(chances)


def mutate_bytes(raw: bytes, chances: random.Random) -> bytes:
    """Change some of the bytes."""
    at, to = sorted(chances.randrange(len(raw) + 1) for _ in range(2))
    return chances.choice(
        [
            raw[:at],
            raw[:at] + raw[to:],
            raw[:to] + raw[at:],
            raw[:at] + chances.randbytes(chances.randrange(1, 9)) + raw[at:],
            raw[:at]
            + chances.choice([b'"', b"\\", b"{", b"}", b",", b"\\ud83d", b"1e999", b"\xed\xa0\x80", b"\x00"])
            + raw[to:],
            b"\xef\xbb\xbf" + raw,
            raw[:-1] + b"," + raw[1:],
            raw + raw,
        ]
    )


def strange_body(chances: random.Random) -> bytes:
    document: Any = callback(chances.choice(list(PAYLOADS)))
    for _ in range(chances.randrange(4)):
        if chances.random() < 0.3:
            document = {**document, chances.choice(KEYS): chances.choice(STRANGE)(chances)}
        document = mutate_json(document, chances)
        if not isinstance(document, dict):
            break
    raw = json.dumps(document).encode()
    for _ in range(chances.choice([0, 0, 0, 1, 1, 2, 3])):
        raw = mutate_bytes(raw, chances)
    return chances.randbytes(chances.randrange(200)) if chances.random() < 0.02 else raw


def strange_headers(headers: Headers, chances: random.Random) -> Headers:
    at = chances.randrange(len(headers))
    name, value = headers[at]
    junk = chances.randbytes(chances.randrange(60)).translate(None, b"\r\n\x00")
    return chances.choice(
        [
            headers[:at] + headers[at + 1 :],
            [*headers, headers[at]],
            [*headers[:at], (name, junk), *headers[at + 1 :]],
            [*headers[:at], (name, value + chances.choice([b" ", b",", b"=", b"\xff", value])), *headers[at + 1 :]],
            [*headers[:at], (name, value[:-1]), *headers[at + 1 :]],
            [*headers, (junk.lower() or b"x", junk)],
        ]
    )


class StrictComposer(Composer):
    """Remembers what the receiver's fence would hide."""

    def __init__(self) -> None:
        super().__init__()
        self.defects: list[Exception] = []

    def compose(self, raw: bytes, *, source: WebhookSource, received: datetime, typed: bool = True) -> NewEvent:
        try:
            return super().compose(raw, source=source, received=received, typed=typed)
        except Exception as defect:
            self.defects.append(defect)
            raise


@dataclass
class FuzzLog:
    """Takes one event at a time, or fails."""

    failing: bool = False
    events: list[NewEvent] = field(default_factory=list)

    async def append(self, event: NewEvent) -> Appended:
        if self.failing:
            raise StoreError.unavailable("away")
        self.events.append(event)
        return Appended(position=1, duplicate=False)


@dataclass
class Exchange:
    """One post on the way through the receiver, without a network."""

    headers: Headers
    chunks: list[bytes]
    leaves: bool
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def receive(self) -> dict[str, Any]:
        if self.chunks:
            chunk = self.chunks.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(self.chunks) or self.leaves}
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int | None:
        starts = [message["status"] for message in self.sent if message["type"] == "http.response.start"]
        ends = [
            message for message in self.sent if message["type"] == "http.response.body" and not message["more_body"]
        ]
        assert len(starts) == len(ends) <= 1
        return starts[0] if starts else None


def signed(body: bytes) -> Headers:
    lines = signature_lines(body).decode("latin-1").splitlines()
    headers = [line.partition(": ")[::2] for line in lines]
    return [
        *((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers),
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
    ]


def in_pieces(body: bytes, chances: random.Random) -> list[bytes]:
    if chances.random() < 0.7:
        return [body]
    cuts = sorted(chances.randrange(len(body) + 1) for _ in range(3))
    return [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]


def check_event(event: NewEvent, body: bytes) -> None:
    typed = FeedEvent.FromString(event.encoded)
    frame = SubscribeResponse(batch=EventBatch(events=[typed])).SerializeToString()
    assert SubscribeResponse.FromString(frame).batch.events[0] == typed
    assert event.raw == body
    assert len(event.encoded) <= MAX_TYPED_BYTES + len(body)
    assert (typed.webhook, event.project_id, len(event.dedupe_key)) == ("default", "p1", 32)
    assert (typed.raw, typed.cursor, typed.possible_duplicate) == (b"", b"", False)
    assert typed.event_id == event.dedupe_key.hex()
    assert typed.trigger == event.index.trigger
    assert typed.WhichOneof("payload") == KEY_OF_TRIGGER.get(typed.trigger)


async def test_every_post_is_answered_for_what_it_is() -> None:
    log = FuzzLog()
    receiver = WebhookReceiver(
        sources=(source(),), log=log, clock=Clock(), limits=IntakeLimits(max_body_bytes=MAX_BODY_BYTES)
    )
    composer = receiver._composer = StrictComposer()
    scope = {"type": "http", "method": "POST", "path": "/webhooks/default"}
    for number in range(FUZZ_SEED, FUZZ_SEED + FUZZ_COUNT):
        chances = random.Random(number)
        body = strange_body(chances)
        genuine = chances.random() < 0.8
        headers = signed(body) if genuine else strange_headers(signed(body), chances)
        exchange = Exchange(headers, in_pieces(body, chances), leaves=chances.random() < 0.02)
        leaves = exchange.leaves
        log.failing = chances.random() < 0.02

        await receiver(scope | {"headers": headers}, exchange.receive, exchange.send)

        assert not composer.defects, f"FUZZ_SEED={number}"
        assert (exchange.status == 200) == bool(log.events), f"FUZZ_SEED={number}"
        assert exchange.status is None or exchange.status < 500 or log.failing, f"FUZZ_SEED={number}"
        if genuine and len(body) <= MAX_BODY_BYTES and not leaves:
            assert exchange.status == (503 if log.failing else 200), f"FUZZ_SEED={number}"
        for event in log.events:
            check_event(event, body)
        log.events.clear()
    assert receiver.posts_in_flight == 0


FRAGMENTS = [
    post(),
    post(b"{}"),
    post(secret=b"guess"),
    b"POST /webhooks/default HTTP/1.1\r\n",
    b"GET / HTTP/1.0\r\n",
    b"Host: h\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 99999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked, identity\r\n",
    b"Expect: 100-continue\r\n",
    b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
    b"Connection: close\r\n",
    b"Content-Type: text/plain\r\n",
    b"X: " + b"y" * 3000 + b"\r\n",
    b"\r\n",
    b"5\r\nhello\r\n",
    b"0\r\n\r\n",
    b"0\r\nX-Trailer: 1\r\n\r\n",
    b"ffffffffffffffffffff\r\n",
    b"hello",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00",
    b"\x00",
    b"\n",
]


async def test_no_bytes_on_a_connection_upset_the_door() -> None:
    log = MemoryLog()
    upset: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: upset.append(context))
    limits = HttpLimits(max_framing_bytes=10_000)

    async with open_door(log, http_limits=limits) as door:
        for number in range(FUZZ_SEED, FUZZ_SEED + min(FUZZ_COUNT, 20_000) // 10):
            chances = random.Random(number)
            pieces = [chances.choice(FRAGMENTS) for _ in range(chances.randrange(1, 8))]
            if chances.random() < 0.3:
                pieces = [mutate_bytes(b"".join(pieces), chances)]
            async with peer_of(door.server) as peer:
                await peer.send(b"".join(pieces))
                if chances.random() < 0.5:
                    peer.hang_up()
                else:
                    await peer.finish()
            assert not upset, f"FUZZ_SEED={number}"
        async with peer_of(door.server) as peer:
            assert (await peer.ask(post())).status == 200
        await door.server.stop(30.0)

    assert door.receiver.posts_in_flight == 0
    assert {event.raw for event in log.events} <= {b"{}", post().partition(b"\r\n\r\n")[2]}
    assert SECRET not in b"".join(event.encoded for event in log.events)
