import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.state.lock import StateLocked
from gateway.state.schema import SCHEMA_VERSION, ForeignDatabaseError
from tests.unit.state.sample import append_all, new_event, opened_log, read_all


async def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "state" / "log.db"

    async with opened_log(path) as log:
        await append_all(log, 1)
        modes = [stat.S_IMODE(found.stat().st_mode) for found in _files(path)]

    assert modes == [0o600] * 4


async def test_a_log_in_use_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "log.db"

    async with opened_log(path) as log:
        with pytest.raises(StateLocked) as refusal:
            async with opened_log(path):
                pass
        still_works = await log.append(new_event(1))

    assert str(refusal.value) == f"the state file {path} is in use by another process"
    assert still_works.position == 1


async def test_a_closed_log_may_be_opened_again(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 3)

    async with opened_log(tmp_path / "log.db") as log:
        assert len(await read_all(log)) == 3


async def test_an_empty_file_becomes_a_log(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    path.touch()

    async with opened_log(path) as log:
        assert (await log.append(new_event(1))).position == 1

    assert not _set_aside(path)


async def test_what_is_no_database_is_set_aside_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    path.write_bytes(b"not a database at all" * 1000)

    async with opened_log(path) as log:
        assert (await log.append(new_event(1))).position == 1

    (aside,) = _set_aside(path)
    assert aside.read_bytes() == b"not a database at all" * 1000


async def test_a_flipped_byte_in_the_newest_events_sets_the_log_aside(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, 50)
        epoch = log.epoch
    _replace(path, new_event(50).raw, b"X" * len(new_event(50).raw))

    async with opened_log(path) as log:
        assert log.epoch != epoch
        assert log.tail.position == 0

    assert len(_set_aside(path)) == 1


async def test_a_missing_row_among_the_newest_sets_the_log_aside(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, 50)
    _execute(path, "DELETE FROM events WHERE position = 40")

    async with opened_log(path) as log:
        assert log.tail.position == 0


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE log SET trimmed_through = 7",
        "DELETE FROM log",
        "UPDATE log SET epoch = 'text'",
        "DROP INDEX seen_by_key",
        "ALTER TABLE events ADD COLUMN extra TEXT",
        "PRAGMA application_id = 7",
    ],
)
async def test_a_log_whose_frame_was_tampered_with_is_set_aside(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, 5)
        epoch = log.epoch
    _execute(path, damage)

    async with opened_log(path) as log:
        assert log.epoch != epoch

    assert len(_set_aside(path)) == 1


async def test_a_file_that_cannot_be_opened_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    (tmp_path / "log.db-wal").mkdir()

    with pytest.raises(StoreError, match=f"the state file {path} cannot be opened"):
        async with opened_log(path):
            pass


@pytest.mark.parametrize("table", ["accounts", "events"])
async def test_a_database_of_something_else_is_left_alone(tmp_path: Path, table: str) -> None:
    path = tmp_path / "log.db"
    _execute(path, f"CREATE TABLE {table} (id)")

    with pytest.raises(ForeignDatabaseError, match="is a database of something else"):
        async with opened_log(path):
            pass

    assert not _set_aside(path)
    _execute(path, f"SELECT * FROM {table}")


async def test_a_log_of_a_newer_version_is_left_alone_and_can_be_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, 1)
    _execute(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")

    for _ in range(2):
        with pytest.raises(ForeignDatabaseError, match="newer version"):
            async with opened_log(path):
                pass

    assert not _set_aside(path)


def _set_aside(path: Path) -> list[Path]:
    return [found for found in _files(path) if ".damaged-" in found.name]


def _files(path: Path) -> list[Path]:
    return list(path.parent.iterdir())


def _replace(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))


def _execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)
