"""A consumer that resumes by its cursor misses and repeats nothing, however often the log's process is killed."""

import os
import random
from pathlib import Path

from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.events.cursor import Cursor
from tests.integration.log_process import append_until_killed
from tests.unit.events.reading import opened_feed
from tests.unit.state.sample import new_event

KILLS = int(os.environ.get("LOG_KILLS", "10"))


async def test_what_was_acknowledged_is_delivered_exactly_once_over_kills(tmp_path: Path) -> None:
    chance = random.Random(5)
    acknowledged: set[int] = set()
    delivered: list[str] = []
    cursor = b""

    for _ in range(KILLS):
        first = max(max(acknowledged, default=0) - 20, 1)
        acknowledged |= set(await append_until_killed(tmp_path / "log.db", first, after=chance.randint(1, 100)))
        async with opened_feed(tmp_path) as it:
            answers = await it.drained(after_cursor=cursor or Cursor(it.log.epoch, 0, 0).encode())
        events: list[pb.FeedEvent] = [event for answer in answers for event in answer.batch.events]
        delivered += [event.event_id for event in events]
        cursor = events[-1].cursor if events else cursor

    assert len(set(delivered)) == len(delivered)
    assert {new_event(number).dedupe_key.hex() for number in acknowledged} <= set(delivered)
