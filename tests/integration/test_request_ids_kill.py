"""A gateway killed at any step of a send never sends it a second time."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.clock import Clock
from gateway.state.sqlite_requests import SqliteRequestStore
from gateway.upstream.outcome import Outcome
from gateway.upstream.request_ids import Dispatching, RequestIds
from tests.integration.request_ids_driver import key, send
from tests.requirements import require

DRIVER = Path(__file__).with_name("request_ids_driver.py")
REPOSITORY = DRIVER.parents[2]
UNKNOWN, REFUSED, FIRST, SENT_NOW = "OUTCOME_UNKNOWN", "UPSTREAM_REJECTED", b"first", b"second life"


@dataclass(frozen=True, slots=True)
class Folder:
    """Where a life leaves what the next one finds."""

    path: Path
    tracing: list[str] = field(default_factory=list)

    @property
    def sends(self) -> Path:
        return self.path / "sends"

    def sent(self) -> list[str]:
        return self.sends.read_text().split() if self.sends.exists() else []

    @contextmanager
    def driver(self, mode: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A first life, which ends by SIGKILL."""
        command = [sys.executable, str(DRIVER), mode, str(self.path / "requests.db"), str(self.sends), *arguments]
        with subprocess.Popen(
            [*self.tracing, *command], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env={"PYTHONPATH": "."}
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    async def second_life(self, *request_ids: str) -> list[Outcome]:
        """Ask again for every id, one after the other."""
        store = await SqliteRequestStore.open(self.path / "requests.db", clock=Clock())
        ids = RequestIds(store=store, clock=Clock())
        outcomes = []
        for request_id in request_ids:

            async def dispatch(dispatching: Dispatching, request_id: str = request_id) -> bytes:
                await dispatching.mark()
                send(self.sends, request_id)
                return SENT_NOW

            outcomes.append(await ids.run(key(request_id), dispatch))
        await store.close()
        return outcomes


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def told(outcome: Outcome) -> bytes | str | None:
    return outcome.error.reason if outcome.error else outcome.response


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.mark.parametrize(
    ("point", "ending", "sent_count", "answers"),
    [
        ("reserve:before", "answer", 1, {SENT_NOW}),
        ("reserve:during", "answer", 1, {SENT_NOW}),
        ("reserve:after", "answer", 1, {SENT_NOW}),
        ("dispatched:before", "answer", 1, {SENT_NOW}),
        ("dispatched:after", "answer", 0, {UNKNOWN}),
        ("send:after", "answer", 1, {UNKNOWN}),
        ("conclude:before", "answer", 1, {UNKNOWN}),
        ("conclude:during", "answer", 1, {UNKNOWN, FIRST}),
        ("conclude:after", "answer", 1, {FIRST}),
        ("conclude:before", "refuse", 1, {UNKNOWN}),
        ("conclude:during", "refuse", 1, {UNKNOWN, REFUSED}),
        ("conclude:after", "refuse", 1, {REFUSED}),
        ("release:before", "throttle", 1, {UNKNOWN}),
        # The API refused the first one; the second is the first that can act.
        ("release:after", "throttle", 2, {SENT_NOW}),
    ],
)
async def test_a_send_killed_at_any_step_is_not_sent_again(
    folder: Folder, point: str, ending: str, sent_count: int, answers: set[bytes | str]
) -> None:
    with folder.driver("one", point, ending) as process:
        assert line_of(process) == point

    (outcome,) = await folder.second_life("id-1")

    assert told(outcome) in answers
    assert folder.sent() == ["id-1"] * sent_count


async def test_a_send_killed_while_its_mark_is_written_is_sent_at_most_once(folder: Folder) -> None:
    with folder.driver("one", "dispatched:during", "answer") as process:
        line_of(process)

    (outcome,) = await folder.second_life("id-1")

    assert (told(outcome), len(folder.sent())) in {(SENT_NOW, 1), (UNKNOWN, 0)}


async def test_an_outcome_that_was_told_survives_a_kill_and_a_second_restart(folder: Folder) -> None:
    with folder.driver("one", "none", "answer") as process:
        assert line_of(process) == "finished"

    outcomes = [*await folder.second_life("id-1"), *await folder.second_life("id-1")]

    assert outcomes == [Outcome(response=FIRST, replayed=True)] * 2
    assert folder.sent() == ["id-1"]


@pytest.mark.parametrize("sends_before_kill", [1, 9, 30, 100])
async def test_many_sends_at_once_killed_at_any_moment_are_each_sent_once_at_most(
    folder: Folder, sends_before_kill: int
) -> None:
    request_ids = [f"id-{number}" for number in range(120)]
    with folder.driver("many", str(len(request_ids))) as process:
        for _ in range(sends_before_kill):
            line_of(process)

    outcomes = await folder.second_life(*request_ids)

    sent = Counter(folder.sent())
    assert max(sent.values()) == 1
    for request_id, outcome in zip(request_ids, outcomes, strict=True):
        assert told(outcome) in {SENT_NOW, UNKNOWN, request_id.encode()}
        # A send that nobody knows the outcome of may or may not have left; every other one has.
        assert told(outcome) == UNKNOWN or sent[request_id] == 1


async def test_nothing_is_sent_before_the_disk_has_its_mark(tmp_path: Path) -> None:
    require(shutil.which("strace"), "strace, which shows the system calls of another process, is not installed")
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,write,pwrite64"
    folder = Folder(tmp_path, tracing=["strace", "-D", "-f", "-y", "-o", str(trace), "-e", calls])

    with folder.driver("one", "none", "answer") as process:
        line_of(process)

    story = [
        "sync" if "sync(" in line else "send" if "/sends>" in line else "write"
        for line in trace.read_text().splitlines()
        if re.search(r"requests\.db-wal>|/sends>", line) and "resumed" not in line
    ]
    sent = story.index("send")
    # What was reserved and marked is synced before the send, and nothing that was written waits for a sync meanwhile.
    assert story[sent - 1] == "sync"
    assert re.search("(write )+sync (write )+sync $", " ".join(story[:sent]) + " ")
    assert story[-1] == "sync"
