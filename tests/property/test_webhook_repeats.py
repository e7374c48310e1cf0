"""Invariant: however callbacks are repeated, re-ordered and multiplied by webhooks and apps, the log holds every
distinct body exactly once, and marks a possible duplicate exactly where the same event came with other bytes before.
"""

import asyncio
import datetime as dt
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.clock import Clock
from gateway.state.events import StoredEvent
from gateway.state.sqlite_log import SqliteEventLog
from gateway.webhooks.envelope import Composer
from gateway.webhooks.source import WebhookSource
from tests.unit.webhooks.callbacks import PAYLOADS, callback, posted

COMPOSER = Composer()
RECEIVED = dt.datetime(2025, 10, 9, 9, tzinfo=dt.UTC)
SOURCES = [WebhookSource(name=name, project_id="P", secrets=(b"s",)) for name in ("first", "second")]
# Events whose identity is an id at a known place, so that the test can tell events apart by itself.
ID_FIELDS = {"MESSAGE_INBOUND": "id", "MESSAGE_DELIVERY": "message_id", "CAPABILITY": "request_id", "UNSUPPORTED": "id"}


class Told(NamedTuple):
    """One event, as one of its callbacks tells it."""

    trigger: str
    app_id: str
    number: int
    telling: int

    @property
    def event(self) -> tuple[str, str, int]:
        return self.trigger, self.app_id, self.number

    def body(self) -> bytes:
        key, payload = PAYLOADS[self.trigger]
        named = payload | {ID_FIELDS[self.trigger]: f"ID-{self.number}"}
        return posted(callback(self.trigger, app_id=self.app_id, correlation_id=str(self.telling), **{key: named}))


TOLD = st.builds(
    Told,
    trigger=st.sampled_from(sorted(ID_FIELDS)),
    app_id=st.sampled_from(["A", "B"]),
    number=st.integers(0, 2),
    telling=st.integers(0, 1),
)
POSTS = st.lists(st.tuples(TOLD, st.sampled_from(SOURCES)), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(posts=POSTS, at_once=st.integers(1, 16), reopened_after=st.integers(0, 40))
def test_every_distinct_callback_is_stored_once(
    posts: list[tuple[Told, WebhookSource]], at_once: int, reopened_after: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        duplicates = asyncio.run(append_all(path, posts[:reopened_after], at_once))
        duplicates += asyncio.run(append_all(path, posts[reopened_after:], at_once))
        stored = asyncio.run(read_all(path))

    distinct = {told.body(): told.event for told, _ in posts}
    assert sorted(event.raw for event in stored) == sorted(distinct)
    assert duplicates == len(posts) - len(distinct)
    marks = defaultdict(list)
    for event in stored:
        marks[distinct[event.raw]].append(event.possible_duplicate)
    assert all(marked == [0, *[1] * (len(marked) - 1)] for marked in marks.values())


async def append_all(path: Path, posts: list[tuple[Told, WebhookSource]], at_once: int) -> int:
    """Append in groups of `at_once`, as concurrent posts would; the number of duplicates is returned."""
    log = await SqliteEventLog.open(path, clock=Clock())
    duplicates = 0
    for start in range(0, len(posts), at_once):
        group = posts[start : start + at_once]
        events = [COMPOSER.compose(told.body(), source=source, received=RECEIVED) for told, source in group]
        duplicates += sum(appended.duplicate for appended in await asyncio.gather(*map(log.append, events)))
    await log.close()
    return duplicates


async def read_all(path: Path) -> tuple[StoredEvent, ...]:
    log = await SqliteEventLog.open(path, clock=Clock())
    try:
        return (await log.read_page(after=0, count=1000, size_bytes=10_000_000)).events
    finally:
        await log.close()
