"""`kill -9` at any moment: what was acknowledged is there, exactly once, in the order that was seen before."""

import os
import random
from pathlib import Path

from tests.integration.log_process import append_until_killed
from tests.unit.state.sample import new_event, opened_log, read_all

KILLS = int(os.environ.get("LOG_KILLS", "10"))


async def test_every_acknowledged_event_survives_exactly_once(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    chance = random.Random(4)
    acknowledged: dict[int, int] = {}
    seen_before: list[tuple[int, bytes]] = []

    for _ in range(KILLS):
        # What was not acknowledged before the kill is sent again, as the sender of a webhook does.
        first = max(acknowledged, default=0) - 20
        acknowledged |= await append_until_killed(path, max(first, 1), after=chance.randint(1, 150))
        async with opened_log(path) as log:
            events = await read_all(log)
        seen = [(event.position, event.raw) for event in events]

        assert seen[: len(seen_before)] == seen_before
        assert len({raw for _, raw in seen}) == len(seen)
        assert {(position, new_event(number).raw) for number, position in acknowledged.items()} <= set(seen)
        seen_before = seen
