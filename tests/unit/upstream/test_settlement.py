"""A webhook that carries our stamp settles a write whose outcome nobody knew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.deadline import Deadline
from gateway.state.sqlite_log import SqliteEventLog
from gateway.state.sqlite_requests import SqliteRequestStore
from gateway.upstream import settlement
from gateway.upstream.outcome import Outcome
from gateway.upstream.request_ids import RequestIds
from gateway.upstream.settlement import Settlement
from tests.unit.state.sample import PROJECT, HeldClock, new_event, opened_log
from tests.unit.upstream.request_ids_stage import Api, key, outcome_unknown


class Told(RequestIds):
    """Request ids that say what they were told, and when there was something."""

    def __init__(self, *, store: SqliteRequestStore, clock: HeldClock) -> None:
        super().__init__(store=store, clock=clock)
        self.told: list[tuple[str, str, bool]] = []
        self.heard = asyncio.Event()

    async def settle(self, *, project_id: str, request_id: str, message_id: str) -> bool:
        news = await super().settle(project_id=project_id, request_id=request_id, message_id=message_id)
        self.told.append((request_id, message_id, news))
        self.heard.set()
        return news


@asynccontextmanager
async def following(ids: RequestIds, log: SqliteEventLog) -> AsyncIterator[None]:
    subject = Settlement(request_ids=ids, log=log)
    subject.start()
    try:
        yield
    finally:
        await subject.close()


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteEventLog]:
    async with opened_log(tmp_path / "events.db") as opened:
        yield opened


@pytest.fixture
async def ids(tmp_path: Path) -> AsyncIterator[Told]:
    """Request ids with one write, `id-1`, of unknown outcome."""
    clock = HeldClock()
    store = await SqliteRequestStore.open(tmp_path / "requests.db", clock=clock)
    opened = Told(store=store, clock=clock)
    unknown = await opened.run(key(), Api().fail(outcome_unknown()).dispatch)
    assert unknown.error is not None
    yield opened
    await opened.close(Deadline.after(0, clock))
    await store.close()


async def receipt(log: SqliteEventLog, number: int = 1, **index: str) -> None:
    facts: dict[str, Any] = {"metadata": "cgw:id-1", "message_id": "01M", **index}
    await log.append(new_event(number, project_id=PROJECT, **facts))


async def asked_again(ids: RequestIds) -> Outcome:
    return await ids.run(key(), Api().dispatch)


async def test_a_receipt_with_the_stamp_settles_the_write(ids: Told, log: SqliteEventLog) -> None:
    async with following(ids, log):
        await receipt(log)
        await ids.heard.wait()

    assert await asked_again(ids) == Outcome(message_id="01M", replayed=True)


async def test_a_receipt_that_came_just_before_the_end_of_the_last_process_counts(
    ids: Told, log: SqliteEventLog
) -> None:
    await receipt(log)

    async with following(ids, log):
        await ids.heard.wait()

    assert await asked_again(ids) == Outcome(message_id="01M", replayed=True)


@pytest.mark.parametrize(
    "index",
    [
        {"trigger": "MESSAGE_INBOUND"},
        {"message_id": ""},
        {"metadata": "mine"},
        {"metadata": "cgw:"},
        {"metadata": "cgw:" + "x" * 65},
    ],
)
async def test_what_proves_nothing_settles_nothing(ids: Told, log: SqliteEventLog, index: dict[str, str]) -> None:
    async with following(ids, log):
        await receipt(log, 1, **index)
        await receipt(log, 2, metadata="cgw:another-id")
        await ids.heard.wait()

    assert ids.told == [("another-id", "01M", False)]


async def test_what_waits_is_bounded_and_a_later_receipt_serves_as_well(
    ids: Told, log: SqliteEventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settlement, "MAX_WAITING", 0)
    async with following(ids, log):
        await receipt(log, 1)
        monkeypatch.setattr(settlement, "MAX_WAITING", 1)
        await receipt(log, 2)
        await ids.heard.wait()

    assert ("id-1", "01M", True) in ids.told


async def test_after_the_end_the_log_is_not_followed(ids: Told, log: SqliteEventLog) -> None:
    async with following(ids, log):
        pass

    await receipt(log)

    assert ids.told == []
