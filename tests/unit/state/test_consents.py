"""The file of consents: what is written together is there together, and what is damaged is set aside."""

import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.state.consents import ConsentChanges, ConsentFile, Scope
from gateway.state.schema import ForeignDatabaseError

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SCOPE = Scope("project", "app")
CHANGES = ConsentChanges(
    epoch=b"epoch", position=7, said={b"a": 5, b"b": -6}, listed={(SCOPE, b"c"): 3}, refreshed_us={SCOPE: 9}
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is to be."""
    return tmp_path / "state.db.consents"


def damage(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def write(path: Path | None, *changes: ConsentChanges) -> None:
    file = await ConsentFile.open(path, now=NOW)
    for each in changes:
        await file.write(each)
    await file.close()


async def test_what_was_written_is_there_again_under_the_same_key(path: Path) -> None:
    first = await ConsentFile.open(path, now=NOW)
    await first.write(CHANGES)
    await first.close()

    again = await ConsentFile.open(path, now=NOW)
    await again.close()

    kept = again.kept
    assert (kept.key, kept.epoch, kept.position) == (first.kept.key, b"epoch", 7)
    assert (kept.said, kept.listed, kept.refreshed_us) == ({b"a": 5, b"b": -6}, {SCOPE: {b"c": 3}}, {SCOPE: 9})


async def test_nothing_in_place_of_a_value_removes_it(path: Path) -> None:
    gone = ConsentChanges(epoch=b"epoch", position=8, said={b"a": 0}, listed={(SCOPE, b"c"): 0})

    await write(path, CHANGES, gone)

    file = await ConsentFile.open(path, now=NOW)
    await file.close()
    assert (file.kept.said, file.kept.listed, file.kept.position) == ({b"b": -6}, {}, 8)


async def test_a_write_that_fails_half_way_changes_nothing(path: Path) -> None:
    file = await ConsentFile.open(path, now=NOW)
    await file.write(CHANGES)
    wrong = ConsentChanges(epoch=b"epoch", position=9, said={b"z": 1}, refreshed_us={SCOPE: 2**70})

    with pytest.raises((StoreError, OverflowError)):
        await file.write(wrong)

    await file.close()
    again = await ConsentFile.open(path, now=NOW)
    await again.close()
    assert (again.kept.position, b"z" in again.kept.said) == (7, False)


async def test_a_damaged_file_is_set_aside_and_begun_anew(path: Path) -> None:
    damage(path)

    await write(path, CHANGES)

    assert f"{path.name}.damaged-20260102T000000000000Z" in names(path.parent)
    file = await ConsentFile.open(path, now=NOW)
    await file.close()
    assert file.kept.position == 7


async def test_a_database_of_something_else_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    connection.close()

    with pytest.raises(ForeignDatabaseError):
        await ConsentFile.open(path, now=NOW)

    assert names(path.parent) == {path.name}


async def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    await write(path)

    assert mode(path) == 0o600


async def test_without_a_path_nothing_is_left(tmp_path: Path) -> None:
    await write(None, CHANGES)

    file = await ConsentFile.open(None, now=NOW)
    await file.close()
    assert file.kept.said == {}
    assert names(tmp_path) == set()
