import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import GatewayError
from gateway.events.cursor import Cursor
from gateway.events.limits import FeedLimits
from gateway.events.pages import Gap, Pages
from gateway.events.tail import Entry
from gateway.state.log import EventLog, Keep
from gateway.state.sqlite_log import SqliteEventLog
from gateway.state.valkey_log import ValkeyEventLog
from tests.unit.events.reading import opened_feed
from tests.unit.state.sample import append_all, new_event, opened_log


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The positions after which pages were read from disk."""
    found: list[int] = []

    def counting(log_type: Any) -> None:
        read_page = log_type.read_page

        async def counted(self: EventLog, **request: int) -> Any:
            found.append(request["after"])
            return await read_page(self, **request)

        monkeypatch.setattr(log_type, "read_page", counted)

    counting(SqliteEventLog)
    counting(ValkeyEventLog)
    return found


def pages_of(log: EventLog, *, page_count: int = 10, max_bytes: int = 1 << 20) -> Pages:
    return Pages(log=log, page_count=page_count, page_bytes=1 << 20, max_bytes=max_bytes)


def at(log: EventLog, position: int) -> Cursor:
    return Cursor(log.epoch, position, 0)


def positions(page: Sequence[Entry] | Gap) -> list[int]:
    assert not isinstance(page, Gap)
    return [entry.event.position for entry in page]


async def test_pages_end_at_round_positions(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 25)
        pages = pages_of(log)

        found = [positions(await pages.read(at(log, after))) for after in (3, 10, 20)]

    assert found == [list(range(4, 11)), list(range(11, 21)), list(range(21, 26))]


async def test_a_page_is_read_once_for_everybody(tmp_path: Path, reads: list[int]) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 25)
        pages = pages_of(log)

        together = await asyncio.gather(*(pages.read(at(log, 10)) for _ in range(20)))
        later = await pages.read(at(log, 10))

    assert reads == [10]
    assert all(page is later for page in together)


async def test_no_more_pages_are_kept_than_fit(tmp_path: Path, reads: list[int]) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        for number in range(30):
            await log.append(new_event(number, body=b"x" * 1000))
        pages = pages_of(log, max_bytes=25_000)
        for after in (0, 10, 20, 20, 10, 0):
            await pages.read(at(log, after))

    assert reads == [0, 10, 20, 0]


async def test_a_reader_that_gives_up_leaves_the_page_to_the_others(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 5)
        pages = pages_of(log)
        given_up, patient = (asyncio.ensure_future(pages.read(at(log, 0))) for _ in range(2))
        await asyncio.sleep(0)

        given_up.cancel()

        assert positions(await patient) == [1, 2, 3, 4, 5]
        assert given_up.cancelled()


async def test_a_failure_is_everybodys_and_is_not_kept(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 5)
        pages = pages_of(log)
        foreign = Cursor(b"another!", 0, 0)

        outcomes = await asyncio.gather(*(pages.read(foreign) for _ in range(3)), return_exceptions=True)

        assert [isinstance(outcome, GatewayError) for outcome in outcomes] == [True] * 3
        assert positions(await pages.read(at(log, 0))) == [1, 2, 3, 4, 5]


async def test_a_gap_is_not_kept(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 10)
        nothing = Keep(age_s=0, size_bytes=0, count=0)
        await log.trim(keep=Keep(age_s=1e9, size_bytes=1 << 40, count=4), held=nothing)
        pages = pages_of(log)

        first = await pages.read(at(log, 2))
        await log.trim(keep=Keep(age_s=1e9, size_bytes=1 << 40, count=2), held=nothing)
        second = await pages.read(at(log, 2))

    assert isinstance(first, Gap)
    assert isinstance(second, Gap)
    assert (first.oldest.position, second.oldest.position) == (6, 8)


async def test_closing_gives_up_what_is_being_read(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 5)
        pages = pages_of(log)
        reading = asyncio.ensure_future(pages.read(at(log, 0)))
        await asyncio.sleep(0)

        await pages.close()

        with pytest.raises(asyncio.CancelledError):
            await reading


async def test_subscribers_that_replay_side_by_side_share_their_reads(tmp_path: Path, reads: list[int]) -> None:
    limits = FeedLimits(window_count=1, page_count=50)
    async with opened_feed(tmp_path, limits=limits) as it:
        await append_all(it.log, 500)

        await asyncio.gather(*(it.drained(earliest={}) for _ in range(20)))

    assert reads == list(range(0, 500, 50))
