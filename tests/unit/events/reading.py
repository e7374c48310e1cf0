"""A feed over a fresh log, and its answers as messages."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.clock import Clock
from gateway.events.feed import Feed
from gateway.events.limits import FeedLimits
from gateway.events.stream import FeedStream
from tests.unit.state.sample import PROJECT, HeldClock, opened_log


@dataclass(frozen=True, slots=True)
class OpenFeed:
    log: Any
    feed: Feed
    clock: HeldClock

    @asynccontextmanager
    async def stream(self, caller: str = "caller", **request: Any) -> AsyncIterator["Answers"]:
        async with aclosing(self.feed.subscribe(pb.SubscribeRequest(**request), caller=caller)) as stream:
            yield Answers(stream)

    async def drained(self, **request: Any) -> list[pb.SubscribeResponse]:
        """Everything there is now: the answers of a stream that stops at the newest event."""
        async with self.stream(stop_at_newest={}, **request) as answers:
            return [answer async for answer in answers]


class Answers:
    """The answers of a stream, parsed."""

    def __init__(self, stream: FeedStream) -> None:
        self.stream = stream

    def __aiter__(self) -> "Answers":
        return self

    async def __anext__(self) -> pb.SubscribeResponse:
        return pb.SubscribeResponse.FromString(await anext(self.stream))

    async def next(self, *kinds: str) -> pb.SubscribeResponse:
        """The next answer, after checking that the answers up to it are of these kinds."""
        for kind in kinds:
            answer = await anext(self)
            assert answer.WhichOneof("answer") == kind
        return answer

    async def positions(self, count: int) -> list[int]:
        """The positions of the next `count` events, whatever else is said between them."""
        return [position_of(event.cursor) for event in await self.events(count)]

    async def events(self, count: int) -> list[pb.FeedEvent]:
        """The next `count` events, in however many batches they come, whatever else is said between them."""
        found: list[pb.FeedEvent] = []
        while len(found) < count:
            found += (await anext(self)).batch.events
        return found


@asynccontextmanager
async def opened_feed(
    folder: Path, *, limits: FeedLimits | None = None, clock: Clock | None = None, **options: Any
) -> AsyncIterator[OpenFeed]:
    held = clock or HeldClock()
    async with opened_log(folder / "log.db", clock=held, **options) as log:
        feed = Feed(log=log, clock=held, project_id=PROJECT, limits=limits)
        yield OpenFeed(log, feed, held)  # type: ignore[arg-type]  # a test that gives its own clock does not move it
        await feed.close()


def kinds(answers: list[pb.SubscribeResponse]) -> list[str | None]:
    return [answer.WhichOneof("answer") for answer in answers]


def batch_positions(answer: pb.SubscribeResponse) -> list[int]:
    return [position_of(event.cursor) for event in answer.batch.events]


def all_positions(answers: list[pb.SubscribeResponse]) -> list[int]:
    return [position for answer in answers for position in batch_positions(answer)]


def position_of(cursor: bytes) -> int:
    return int.from_bytes(cursor[9:17], "big")
