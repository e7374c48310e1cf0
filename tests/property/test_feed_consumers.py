# However a consumer stops and resumes, and whatever it filters, it sees every event that passes exactly once and in
# order, and every cursor it is given lies at or after what it has seen.

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.events.limits import FeedLimits
from tests.unit.events.reading import OpenFeed, batch_positions, opened_feed, position_of
from tests.unit.state.sample import new_event

# What happens, in order: so many events of a kind are posted, or the consumer takes so many answers, or reconnects.
steps = st.lists(
    st.tuples(st.just("post"), st.integers(1, 30))
    | st.tuples(st.just("take"), st.integers(1, 4))
    | st.just(("leave", 0)),
    max_size=14,
)
windows = st.sampled_from([1, 5, 1000])


@settings(max_examples=20, deadline=None)
@given(steps, windows, st.sampled_from([1, 2, 5]))
def test_a_consumer_misses_and_repeats_nothing(history: list[tuple[str, int]], window: int, every: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_live_through(Path(folder), history, window, every))


async def _live_through(folder: Path, history: list[tuple[str, int]], window: int, every: int) -> None:
    limits = FeedLimits(batch_count=4, page_count=7, window_count=window, behind_count=10)
    async with opened_feed(folder, limits=limits) as it:
        seen: list[int] = []
        cursor, posted = b"", 0
        for step, count in [*history, ("finish", 0)]:
            if step == "post":
                for _ in range(count):
                    posted += 1
                    await it.log.append(new_event(posted, channel="SMS" if posted % every == 0 else "RCS"))
            elif step == "take":
                cursor = await _consume(it, cursor, seen, count)
            elif step == "finish":
                cursor = await _consume(it, cursor, seen, 1_000_000)

        assert seen == list(range(every, posted + 1, every))
        assert not cursor or position_of(cursor) == posted


async def _consume(it: OpenFeed, cursor: bytes, seen: list[int], answers: int) -> bytes:
    start: dict[str, Any] = {"after_cursor": cursor} if cursor else {"earliest": {}}
    async with it.stream(filter={"channels": ["SMS"]}, stop_at_newest={}, **start) as stream:
        async for answer in stream:
            kind = answer.WhichOneof("answer")
            if kind == "batch":
                seen += batch_positions(answer)
                cursor = answer.batch.events[-1].cursor
            else:
                cursor = getattr(answer, str(kind)).cursor
            assert position_of(cursor) >= (seen[-1] if seen else 0)
            answers -= 1
            if not answers:
                break
    return cursor
