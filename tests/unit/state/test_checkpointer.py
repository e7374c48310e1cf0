import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from gateway.state.checkpointer import PAGE_BYTES, Checkpointer
from gateway.state.schema import connect
from tests.unit.state.sample import new_event, opened_log, read_all


async def test_the_write_ahead_log_stays_short_under_steady_writing(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        for number in range(600):
            await log.append(new_event(number, body=b"x" * 200_000))
        write_ahead_bytes = path.with_name("log.db-wal").stat().st_size
        events = await read_all(log)

    assert len(events) == 600
    assert write_ahead_bytes < 60_000_000


async def test_reading_goes_on_while_the_log_is_checkpointed(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        for number in range(1, 301):
            await log.append(new_event(number, body=b"x" * 50_000))
            page = await log.read_page(after=number - 1, count=1, size_bytes=1)
            assert page.events[0].position == number


async def test_nobody_waits_for_the_checkpoint_that_follows_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = threading.Event()
    monkeypatch.setattr(Checkpointer, "wrote", lambda _self, _connection, **_written: copied.wait())

    async with opened_log(tmp_path / "log.db") as log:
        appended = await log.append(new_event(1))
        copied.set()

    assert appended.position == 1


def test_a_checkpoint_that_fails_disturbs_nobody(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    with closing(connect(path, synchronous="FULL")) as writing:
        writing.execute("CREATE TABLE t (x)")
        checkpointer = Checkpointer(connect(path, synchronous="FULL"))
        with closing(sqlite3.connect(path)) as reading:
            reading.execute("BEGIN")
            reading.execute("SELECT * FROM t").fetchall()
            writing.execute("INSERT INTO t VALUES (1)")

            checkpointer.wrote(writing, changed_rows=1, size_bytes=100_000 * PAGE_BYTES)
            checkpointer.close()

        assert writing.execute("SELECT x FROM t").fetchall() == [(1,)]
