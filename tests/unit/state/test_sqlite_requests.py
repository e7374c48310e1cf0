"""The file of request ids: durable, checked, bounded, and never a reason to send twice."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.state.checkpointer import PAGE_BYTES
from gateway.state.lock import StateLocked
from gateway.state.request_schema import DamagedRequestsError
from gateway.state.requests import RequestKey, RequestState
from gateway.state.schema import ForeignDatabaseError
from gateway.state.sqlite_requests import SqliteRequestStore
from gateway.state.writer import WriterLimits
from tests.unit.upstream.request_ids_stage import PROJECT, HeldClock, key

DAY_S = 24 * 60 * 60
Open = Callable[[], Awaitable[SqliteRequestStore]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "requests.db"


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
async def open_store(path: Path, clock: HeldClock) -> AsyncIterator[Open]:
    """Opens the file and closes it after the test; closing it earlier is allowed."""
    async with AsyncExitStack() as stack:

        async def open_store() -> SqliteRequestStore:
            store = await SqliteRequestStore.open(path, clock=clock)
            stack.push_async_callback(store.close)
            return store

        yield open_store


async def dispatch(store: SqliteRequestStore, *keys: RequestKey) -> None:
    for each in keys:
        assert await store.reserve(each) is None
        await store.dispatched(each)


def count_rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        count: int = connection.execute("SELECT count(*) FROM requests").fetchone()[0]
    return count


def change(path: Path, statement: str) -> None:
    """Damage the file as a bad disk might, behind the store's back."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def put(path: Path, contents: bytes) -> None:
    path.write_bytes(contents)


def take_away(path: Path) -> None:
    path.rename(path.with_name("taken-away"))


def spoil_leaves(path: Path) -> None:
    """Overwrite every page after the roots of the tables, which are what a start reads."""
    contents = path.read_bytes()
    roots = contents[: 6 * PAGE_BYTES]
    path.write_bytes(roots + b"\xff" * (len(contents) - len(roots)))


async def test_a_reserved_id_of_nobody_is_taken_over(open_store: Open) -> None:
    store = await open_store()
    await store.reserve(key(body=b'{"a":1}'))

    assert await store.reserve(key(body=b'{"a":2}')) is None


async def test_a_record_that_stands_in_the_way_is_given_whole(open_store: Open) -> None:
    store = await open_store()
    await dispatch(store, key())
    await store.conclude(key(), RequestState.DONE, b"answer")

    standing = await store.reserve(key(body=b'{"other":true}'))

    assert standing is not None
    assert (standing.project_id, standing.request_id) == (PROJECT, "id-1")
    assert (standing.fingerprint, standing.state) == (key().fingerprint, RequestState.DONE)
    assert (standing.answer, standing.message_id) == (b"answer", "")


async def test_only_a_reserved_id_can_be_dispatched(open_store: Open) -> None:
    store = await open_store()
    await dispatch(store, key("twice"))

    for each in (key("never reserved"), key("twice")):
        with pytest.raises(StoreError):
            await store.dispatched(each)


async def test_a_start_releases_what_was_reserved_and_doubts_what_was_dispatched(open_store: Open) -> None:
    store = await open_store()
    await store.reserve(key("reserved"))
    await dispatch(store, key("dispatched"), key("done"), key("released"))
    await store.conclude(key("done"), RequestState.DONE, b"answer")
    await store.release(key("released"))
    await store.close()

    store = await open_store()

    found = {name: await store.reserve(key(name)) for name in ("reserved", "dispatched", "done", "released")}
    assert {name: record.state for name, record in found.items() if record} == {
        "dispatched": RequestState.UNKNOWN,
        "done": RequestState.DONE,
    }


async def test_an_unknown_outcome_can_be_settled_after_a_restart(open_store: Open) -> None:
    store = await open_store()
    await dispatch(store, key())
    await store.close()
    store = await open_store()

    assert await store.settle(PROJECT, "id-1", "message-9")

    standing = await store.reserve(key())
    assert standing is not None
    assert (standing.state, standing.message_id, standing.answer) == (RequestState.DONE, "message-9", None)


async def test_a_second_store_on_the_same_file_is_refused(open_store: Open) -> None:
    await open_store()

    with pytest.raises(StateLocked):
        await open_store()


async def test_the_file_can_be_opened_again_after_closing(open_store: Open) -> None:
    store = await open_store()
    await store.close()

    assert (await open_store()).usable


async def test_a_closed_store_refuses(open_store: Open) -> None:
    store = await open_store()
    await store.close()

    with pytest.raises(StoreError):
        await store.reserve(key())


async def test_nobody_else_on_the_machine_can_read_the_file(open_store: Open, path: Path) -> None:
    await dispatch(await open_store(), key())

    assert {file.name: file.stat().st_mode & 0o077 for file in path.parent.iterdir()} == {
        "requests.db": 0,
        "requests.db-shm": 0,
        "requests.db-wal": 0,
        "requests.db.lock": 0,
    }


async def test_nothing_of_the_request_is_in_the_file(open_store: Open, path: Path) -> None:
    store = await open_store()
    private = key(body=b'{"text":"canary-4711","to":"+46700000000"}')
    await dispatch(store, private)
    await store.conclude(private, RequestState.DONE, b"answer")

    contents = b"".join(file.read_bytes() for file in path.parent.iterdir())

    assert b"answer" in contents
    assert b"canary-4711" not in contents
    assert b"+46700000000" not in contents


async def test_the_store_refuses_rather_than_queue_without_bound(path: Path, clock: HeldClock) -> None:
    store = await SqliteRequestStore.open(path, clock=clock, limits=WriterLimits(queue_count=8))
    calls = [asyncio.create_task(store.reserve(key(f"id-{number}"))) for number in range(9)]

    results = await asyncio.gather(*calls, return_exceptions=True)

    await store.close()
    assert results[:8] == [None] * 8
    assert isinstance(results[8], StoreError)


async def test_ids_are_forgotten_after_a_day_and_leave_no_row(open_store: Open, path: Path, clock: HeldClock) -> None:
    store = await open_store()
    await dispatch(store, *(key(f"old-{number}") for number in range(5)))

    clock.advance(DAY_S)
    await store.reserve(key("new"))

    assert count_rows(path) == 1


async def test_a_day_is_counted_from_the_reservation_whatever_happens_later(open_store: Open, clock: HeldClock) -> None:
    store = await open_store()
    await dispatch(store, key())
    clock.advance(DAY_S - 1)
    await store.conclude(key(), RequestState.UNKNOWN, None)
    await store.settle(PROJECT, "id-1", "message-9")

    clock.advance(1)

    assert await store.reserve(key()) is None


@pytest.mark.parametrize(
    "damage",
    ["state = 1", "state = 3", "state = 9", "fingerprint = zeroblob(32)", "expires_us = 1", "expires_us = 'soon'"],
)
async def test_a_damaged_row_counts_as_sent(open_store: Open, path: Path, damage: str) -> None:
    store = await open_store()
    await dispatch(store, key())
    change(path, f"UPDATE requests SET {damage}")

    standing = await store.reserve(key())

    assert standing is not None
    assert (standing.state, standing.fingerprint) == (RequestState.UNKNOWN, b"")


async def test_a_damaged_row_counts_as_sent_after_a_restart_and_can_be_settled(open_store: Open, path: Path) -> None:
    store = await open_store()
    await dispatch(store, key())
    await store.close()
    change(path, "UPDATE requests SET state = 1")
    store = await open_store()
    before = await store.reserve(key())

    await store.settle(PROJECT, "id-1", "message-9")

    after = await store.reserve(key())
    assert before is not None
    assert after is not None
    assert (before.state, after.state, after.message_id) == (RequestState.UNKNOWN, RequestState.DONE, "message-9")


async def test_once_damage_is_found_no_id_is_taken_any_more(open_store: Open, path: Path) -> None:
    store = await open_store()
    keys = [key(f"id-{number:04}") for number in range(200)]
    await asyncio.gather(*(store.reserve(each) for each in keys))
    await asyncio.gather(*(store.conclude(each, RequestState.DONE, b"answer") for each in keys))
    await store.close()
    spoil_leaves(path)
    store = await open_store()

    with pytest.raises(StoreError):
        await store.reserve(keys[0])

    assert not store.usable
    with pytest.raises(StoreError, match="damaged"):
        await store.reserve(key("another"))


@pytest.mark.parametrize("contents", [b"", b"not a database at all" * 500])
async def test_a_file_that_lost_its_contents_is_never_taken_for_a_new_one(
    open_store: Open, path: Path, contents: bytes
) -> None:
    await (await open_store()).close()
    put(path, contents)

    for _ in range(2):
        with pytest.raises(DamagedRequestsError, match="is damaged"):
            await open_store()


async def test_a_file_without_its_table_stops_the_start(open_store: Open, path: Path) -> None:
    await (await open_store()).close()
    change(path, "DROP INDEX requests_unfinished")

    with pytest.raises(DamagedRequestsError):
        await open_store()


async def test_a_database_of_something_else_is_left_alone(open_store: Open, path: Path) -> None:
    path.parent.mkdir()
    change(path, "CREATE TABLE somebody_elses (id INTEGER)")

    with pytest.raises(ForeignDatabaseError):
        await open_store()

    change(path, "INSERT INTO somebody_elses VALUES (1)")


async def test_a_file_of_a_newer_version_is_left_alone(open_store: Open, path: Path) -> None:
    await (await open_store()).close()
    change(path, "PRAGMA user_version = 2")

    with pytest.raises(ForeignDatabaseError, match="newer version"):
        await open_store()


async def test_a_start_that_failed_can_be_repeated(open_store: Open, path: Path) -> None:
    await (await open_store()).close()
    change(path, "PRAGMA user_version = 2")
    with pytest.raises(ForeignDatabaseError):
        await open_store()
    change(path, "PRAGMA user_version = 1")

    assert (await open_store()).usable


async def test_what_a_crash_left_of_creating_the_file_does_no_harm(open_store: Open, path: Path) -> None:
    path.parent.mkdir()
    path.with_name("requests.db.new").write_bytes(b"half a database")

    store = await open_store()

    assert await store.reserve(key()) is None
    assert not path.with_name("requests.db.new").exists()


async def test_the_log_of_a_file_that_was_taken_away_is_not_replayed_into_a_new_one(
    open_store: Open, path: Path
) -> None:
    store = await open_store()
    await dispatch(store, key())
    log = path.with_name("requests.db-wal").read_bytes()
    await store.close()
    take_away(path)
    put(path.with_name("requests.db-wal"), log)

    store = await open_store()

    assert await store.reserve(key()) is None
