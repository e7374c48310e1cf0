import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gateway.state.checkpointer import PAGE_BYTES
from gateway.state.log import EventLog, Keep
from gateway.state.trimming import CHUNK_ROWS, SPARE_PAGES, forget, give_back
from tests.unit.state.sample import PROJECT, HeldClock, append_all, new_event, opened_log, read_all


def keeping(**limits: Any) -> Keep:
    return Keep(**{"age_s": 1e9, "size_bytes": 1 << 40, "count": 1 << 40} | limits)


async def test_what_is_beyond_the_count_goes(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 20)

        trimmed = await log.trim(keep=keeping(count=5), held=keeping())
        events = await read_all(log)

    assert trimmed.count == 15
    assert [event.position for event in events] == [16, 17, 18, 19, 20]


async def test_what_is_too_old_goes(tmp_path: Path) -> None:
    clock = HeldClock()

    async with opened_log(tmp_path / "log.db", clock=clock) as log:
        for number in range(1, 11):
            await log.append(new_event(number))
            clock.advance(60)
        await log.trim(keep=keeping(age_s=200), held=keeping())
        events = await read_all(log)

    assert [event.position for event in events] == [8, 9, 10]


async def test_what_is_beyond_the_size_goes(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        for number in range(1, 11):
            await log.append(new_event(number, body=b"x" * 10_000))

        await log.trim(keep=keeping(size_bytes=35_000), held=keeping())
        events = await read_all(log)

    assert [event.position for event in events] == [7, 8, 9, 10]


async def test_a_step_is_bounded_and_steps_add_up(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, CHUNK_ROWS + 100)

        counts = [(await log.trim(keep=keeping(count=10), held=keeping())).count for _ in range(3)]

    assert counts == [CHUNK_ROWS, 90, 0]


async def test_an_emptied_log_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, 3)
        await log.trim(keep=keeping(count=0), held=keeping())

    async with opened_log(path) as log:
        assert (log.head.trimmed_through, log.tail.position) == (3, 3)
        assert (await log.append(new_event(4))).position == 4
        assert [event.position for event in await read_all(log)] == [4]


async def test_a_trimmed_position_has_no_page(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 10)
        await log.trim(keep=keeping(count=5), held=keeping())

        page = await log.read_page(after=4, count=10, size_bytes=1 << 20)
        found = await log.read_event(4)

    assert (page.events, page.head.trimmed_through) == ((), 5)
    assert found is None


async def test_a_subscription_holds_back_what_it_needs(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 20)
        await _commit(log, position=8)

        trimmed = await log.trim(keep=keeping(count=5), held=keeping(count=15))

    assert (trimmed.head.trimmed_through, trimmed.lost) == (8, ())


async def test_a_subscription_that_is_too_far_behind_loses_and_is_named_once(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 20)
        await _commit(log, position=8)

        first = await log.trim(keep=keeping(count=5), held=keeping(count=10))
        await append_all(log, 5, first=21)
        second = await log.trim(keep=keeping(count=5), held=keeping(count=10))

    assert (first.head.trimmed_through, [lost.name for lost in first.lost]) == (10, ["worker"])
    assert (second.head.trimmed_through, second.lost) == (15, ())


@pytest.mark.embedded
async def test_identities_outlive_their_events_until_their_time_is_over(tmp_path: Path) -> None:
    clock = HeldClock()

    async with opened_log(tmp_path / "log.db", clock=clock) as log:
        await append_all(log, 2)
        await log.trim(keep=keeping(count=0), held=keeping())
        remembered = await log.append(new_event(1))
        clock.advance(100)
        early = await log.write(partial(forget, after_s=200))
        clock.advance(101)
        forgotten = await log.write(partial(forget, after_s=200))
        repeat = await log.append(new_event(1))

    assert remembered.duplicate
    assert (early, forgotten) == (0, 2)
    assert (repeat.position, repeat.duplicate) == (3, False)


@pytest.mark.embedded
async def test_identities_of_retained_events_are_kept_for_look_up(tmp_path: Path) -> None:
    clock = HeldClock()

    async with opened_log(tmp_path / "log.db", clock=clock) as log:
        await append_all(log, 1)
        clock.advance(1_000_000)
        forgotten = await log.write(partial(forget, after_s=1))
        found = await log.read_by_key(new_event(1).dedupe_key)

    assert forgotten == 0
    assert found is not None


@pytest.mark.embedded
async def test_freed_pages_go_back_to_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        for number in range(300):
            await log.append(new_event(number, body=b"x" * 40_000))
        while (await log.trim(keep=keeping(count=0), held=keeping())).count:
            pass
        while (left := await log.write(give_back)) > SPARE_PAGES:
            pass
        overview = await log.read_overview(PROJECT)

    assert left == SPARE_PAGES
    assert overview.size_bytes < (SPARE_PAGES + 100) * PAGE_BYTES


@pytest.mark.embedded
async def test_a_damaged_row_is_never_a_reason_to_delete_its_neighbours(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path, clock=HeldClock()) as log:
        await append_all(log, 2000)
    # Every eighth old row now claims to be ancient, the newest thousand are not touched.
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE events SET stored_us = 1 WHERE position % 8 = 0 AND position < 900")

    async with opened_log(path, clock=HeldClock()) as log:
        trimmed = await log.trim(keep=keeping(age_s=3600), held=keeping())

    assert trimmed.count == 0


@pytest.mark.embedded
async def test_a_damaged_row_goes_with_the_next_intact_one(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, 1200)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE events SET raw = x'00' WHERE position BETWEEN 3 AND 5")

    async with opened_log(path) as log:
        trimmed = await log.trim(keep=keeping(count=1195), held=keeping())
        more = await log.trim(keep=keeping(count=1190), held=keeping())

    assert trimmed.head.trimmed_through == 2
    assert more.head.trimmed_through == 10


async def test_a_subscription_that_was_deleted_holds_nothing_back(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 10)
        await _commit(log, position=3)
        held = await log.trim(keep=keeping(count=2), held=keeping())

        await log.delete_subscription(project_id=PROJECT, name="worker")
        trimmed = await log.trim(keep=keeping(count=2), held=keeping())

    assert held.head.trimmed_through == 3
    assert (trimmed.head.trimmed_through, trimmed.lost) == (8, ())


async def _commit(log: EventLog, *, position: int) -> None:
    await log.acquire(project_id=PROJECT, name="worker", new="earliest", most=1)
    await log.commit(project_id=PROJECT, name="worker", position=position, mark=0, fence=0, most=1)
