# Whatever repeats, re-orderings and restarts happen, the log holds each pair of identity and body exactly once, in an
# order that no reader ever sees change, and marks those whose identity was there before.

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.state.events import Appended
from tests.unit.state.sample import new_event, opened_log, read_all

# An event is its identity and which of its bodies it has; a burst arrives together; between runs the log is reopened.
posts = st.tuples(st.integers(0, 6), st.integers(0, 2))
bursts = st.lists(posts, min_size=1, max_size=8)
runs = st.lists(bursts, min_size=1, max_size=4)

Post = tuple[int, int]


@settings(max_examples=20, deadline=None)
@given(st.lists(runs, min_size=1, max_size=3))
def test_each_event_is_stored_exactly_once(history: list[list[list[Post]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_live_through(Path(folder) / "log.db", history))


async def _live_through(path: Path, history: Sequence[Sequence[Sequence[Post]]]) -> None:
    positions: dict[Post, int] = {}
    seen: list[tuple[int, bytes]] = []
    for run in history:
        async with opened_log(path) as log:
            for burst in run:
                answers = await asyncio.gather(*(log.append(new_event(n, body=b"%d.%d" % (n, m))) for n, m in burst))
                _check_answers(burst, answers, positions)
                found = [(event.position, event.raw) for event in await read_all(log)]
                assert found[: len(seen)] == seen
                seen = found
            events = await read_all(log)

    assert {raw: position for position, raw in seen} == {b"%d.%d" % post: at for post, at in positions.items()}
    known: set[bytes] = set()
    for event in events:
        identity = event.raw.split(b".")[0]
        assert event.possible_duplicate == (identity in known)
        known.add(identity)


def _check_answers(burst: Sequence[Post], answers: Sequence[Appended], positions: dict[Post, int]) -> None:
    for post, answer in zip(burst, answers, strict=True):
        assert answer.duplicate == (post in positions)
        assert positions.setdefault(post, answer.position) == answer.position
