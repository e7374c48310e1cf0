"""A disk that takes no more: events are refused, none is lost, and they are taken again as soon as there is room."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.state.events import Appended
from gateway.state.transaction import Transaction
from tests.integration.log_process import start
from tests.patience import PATIENCE_S
from tests.unit.state.sample import new_event, opened_log, read_all


async def test_a_file_size_limit_refuses_events_until_it_is_lifted(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    child = await start("starve", path)
    said, complaint = await asyncio.wait_for(child.communicate(), PATIENCE_S)

    assert child.returncode == 0, complaint.decode()
    refused, *still, taken = said.decode().splitlines()
    _, count, reason = refused.split()
    assert reason == "STORE_UNAVAILABLE"
    assert still == ["still refused"] * 3
    assert taken == f"taken {int(count) + 1}"
    async with opened_log(path) as log:
        assert [event.position for event in await read_all(log)] == list(range(1, int(count) + 2))


async def test_a_full_database_refuses_events_until_it_may_grow(tmp_path: Path) -> None:
    def limit_pages(transaction: Transaction, pages: int) -> None:
        transaction.connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()

    async with opened_log(tmp_path / "log.db") as log:
        await log.write(lambda transaction: limit_pages(transaction, 40))
        outcomes = [await _try(log.append(new_event(n, body=b"x" * 5000))) for n in range(1, 60)]
        usable_when_full = log.usable
        await log.write(lambda transaction: limit_pages(transaction, 100_000))
        afterwards = await log.append(new_event(1000))
        usable_again = log.usable
        events = await read_all(log)

    assert (usable_when_full, usable_again) == (False, True)
    taken = outcomes.index("STORE_UNAVAILABLE")
    assert set(outcomes[taken:]) == {"STORE_UNAVAILABLE"}
    assert afterwards.position == taken + 1
    assert len(events) == taken + 1


async def test_a_group_that_does_not_fit_is_refused_whole(tmp_path: Path) -> None:
    def limit_pages(transaction: Transaction) -> None:
        transaction.connection.execute("PRAGMA max_page_count = 40").fetchall()

    async with opened_log(tmp_path / "log.db") as log:
        await log.write(limit_pages)

        outcomes = await asyncio.gather(*(_try(log.append(new_event(n, body=b"x" * 5000))) for n in range(60)))

        assert outcomes.count("taken") == log.tail.position
        assert len(await read_all(log)) == log.tail.position
        with pytest.raises(StoreError):
            await log.append(new_event(999, body=b"x" * 200_000))


async def _try(appended: Awaitable[Appended]) -> str:
    try:
        await appended
    except StoreError as error:
        return error.reason
    return "taken"
