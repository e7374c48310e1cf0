"""Invariant: however posts of several webhooks and apps are repeated and re-ordered, and the process killed under them,
the log holds each distinct body once that was answered, in an order that no crash changes, and marks a possible
duplicate exactly where the same event came with other bytes before.
"""

import asyncio
import json
import random
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections import defaultdict
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway.webhooks.source import WebhookSource
from tests.property.test_webhook_repeats import SOURCES, TOLD, Told, read_all

REPOSITORY = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("append_program.py")

Post = tuple[Told, WebhookSource]
# Posts that come in, and after how many answers the process is killed, which is before the end nearly always.
RUNS = st.lists(
    st.tuples(st.lists(st.tuples(TOLD, st.sampled_from(SOURCES)), min_size=15, max_size=40), st.integers(1, 12)),
    min_size=2,
    max_size=3,
)


# A crash is never the same twice, so nothing can be made smaller.
@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(runs=RUNS, at_once=st.integers(1, 6), seed=st.integers(0, 1 << 16))
def test_every_answered_callback_is_stored_once_over_crashes(
    runs: list[tuple[list[Post], int]], at_once: int, seed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live_through(Path(folder) / "state.db", runs, at_once, random.Random(seed)))


async def live_through(path: Path, runs: list[tuple[list[Post], int]], at_once: int, order: random.Random) -> None:
    unanswered: list[Post] = []
    answered: set[bytes] = set()
    seen: list[bytes] = []
    for posts, killed_after in [*runs, ([], None)]:
        # What was not answered is posted again, among what is new.
        waiting = [*unanswered, *posts]
        order.shuffle(waiting)
        done = await append(path, waiting, at_once, killed_after)
        unanswered = [post for number, post in enumerate(waiting) if number not in done]
        answered |= {waiting[number][0].body() for number in done}
        stored = await read_all(path)
        bodies = [event.raw for event in stored]
        assert bodies[: len(seen)] == seen
        assert answered <= set(bodies)
        seen = bodies

    distinct = {told.body(): told.event for posts, _ in runs for told, _ in posts}
    assert unanswered == []
    assert sorted(seen) == sorted(distinct)
    marks = defaultdict(list)
    for event in stored:
        marks[distinct[event.raw]].append(event.possible_duplicate)
    assert all(marked == [0, *[1] * (len(marked) - 1)] for marked in marks.values())


async def append(path: Path, posts: list[Post], at_once: int, killed_after: int | None) -> set[int]:
    """Have a process append these; the numbers of those that it had answered when it was killed, or at its end."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), str(path), str(at_once),
        cwd=REPOSITORY, env={"PYTHONPATH": str(REPOSITORY)}, stdin=PIPE, stdout=PIPE,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(json.dumps([(source.name, told.body().decode()) for told, source in posts]).encode())
    child.stdin.close()
    lines: list[bytes] = []
    while (killed_after is None or len(lines) < killed_after) and (line := await child.stdout.readline()):
        lines.append(line)
    if killed_after is not None and child.returncode is None:
        child.kill()
    rest = await child.stdout.read()
    code = await child.wait()
    assert code == 0 or killed_after is not None
    return {int(line) for line in (b"".join(lines) + rest).splitlines(keepends=True) if line.endswith(b"\n")}
