"""What is told of a reservation concerns that one alone, however late the server hears of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway.errors import StoreError
from gateway.state.requests import RequestState
from gateway.state.valkey_requests import ValkeyRequestStore
from gateway.state.valkey_scripts import Script, script
from gateway.state.valkey_store import ValkeyStore
from tests.integration.shared.opening import PATIENT_S, opened_store
from tests.unit.state.sample import PROJECT
from tests.unit.upstream.request_ids_stage import HeldClock, key
from tests.valkey_server import ValkeyServer

DAY_S = 24 * 60 * 60.0


class Line:
    """Between a process and the server: keeps one script's words, or its answers, back for as long as it is told to."""

    def __init__(self, store: ValkeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self._call = store.call
        self._kept: list[tuple[Script, Sequence[bytes | str], Sequence[bytes | str | int]]] = []
        self.stalled = ""
        self.silent = ""
        self.garbled: list[str] = []
        self.answered: dict[Script, asyncio.Event] = {}
        monkeypatch.setattr(store, "call", self._pass)

    def heard(self, name: str) -> asyncio.Event:
        """Set once the server has carried the script out."""
        return self.answered.setdefault(script(name), asyncio.Event())

    async def deliver(self) -> None:
        """What was written while the line stalled reaches the server after all."""
        assert self._kept
        for work, keys, arguments in self._kept:
            await self._call(work, keys, arguments)

    async def _pass(self, work: Script, keys: Sequence[bytes | str], arguments: Sequence[bytes | str | int]) -> Any:
        if self.stalled and work is script(self.stalled):
            self._kept.append((work, keys, arguments))
            raise StoreError.unavailable("the shared store did not answer in time")
        answer = await self._call(work, keys, arguments)
        if work in map(script, self.garbled):
            self.garbled.clear()
            raise ValueError
        self.answered.setdefault(work, asyncio.Event()).set()
        if self.silent and work is script(self.silent):
            await asyncio.Event().wait()
        return answer


@asynccontextmanager
async def process(
    server: ValkeyServer, monkeypatch: pytest.MonkeyPatch, clock: HeldClock | None = None
) -> AsyncIterator[tuple[ValkeyRequestStore, Line]]:
    """The request ids as one process has them, and its line to the server."""
    async with opened_store(server, project_id=PROJECT) as store:
        line = Line(store, monkeypatch)
        requests = ValkeyRequestStore(store=store, clock=clock or HeldClock())
        yield requests, line
        await requests.close()


async def test_a_release_told_again_leaves_the_next_reservation_alone(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with process(valkey, monkeypatch) as (one, line), process(valkey, monkeypatch) as (two, _):
        line.silent = "reserve"
        given_up = asyncio.create_task(one.reserve(key(body=b"first")))
        await line.heard("reserve").wait()
        given_up.cancel()
        await asyncio.wait({given_up})
        line.silent = ""
        await one.reserve(key(body=b"second"))
        await one.dispatched(key(body=b"second"))
        async with asyncio.timeout(PATIENT_S):
            await line.heard("release").wait()

        standing = await two.reserve(key(body=b"third"))

    assert standing is not None
    assert (standing.state, standing.fingerprint) == (RequestState.DISPATCHED, key(body=b"second").fingerprint)


async def test_a_release_that_a_stalled_line_delivers_late_leaves_the_next_reservation_alone(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with process(valkey, monkeypatch) as (one, line), process(valkey, monkeypatch) as (two, _):
        await one.reserve(key())
        line.stalled = "release"
        with pytest.raises(StoreError):
            await one.release(key())
        await one.reserve(key())
        await one.dispatched(key())
        await line.deliver()

        standing = await two.reserve(key(body=b"other"))

    assert standing is not None
    assert (standing.state, standing.fingerprint) == (RequestState.DISPATCHED, key().fingerprint)


async def test_a_mark_that_a_stalled_line_delivers_late_does_not_send_the_next_reservation(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with process(valkey, monkeypatch) as (one, line), process(valkey, monkeypatch) as (two, _):
        await one.reserve(key())
        line.stalled = "dispatched"
        with pytest.raises(StoreError):
            await one.dispatched(key())
        await one.release(key())
        await one.reserve(key())
        await line.deliver()

        standing = await two.reserve(key(body=b"other"))

    assert standing is not None
    assert standing.state is RequestState.RESERVED


async def test_an_outcome_that_comes_late_is_not_taken_for_that_of_the_next_reservation(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = HeldClock()
    later.advance(DAY_S + 1)
    async with process(valkey, monkeypatch) as (one, line), process(valkey, monkeypatch, later) as (two, _):
        await one.reserve(key())
        await one.dispatched(key())
        line.stalled = "conclude"
        with pytest.raises(StoreError):
            await one.conclude(key(), RequestState.DONE, b"answer of the first")
        await two.reserve(key(body=b"second"))
        await two.dispatched(key(body=b"second"))
        await line.deliver()

        standing = await two.reserve(key(body=b"second"))

    assert standing is not None
    assert (standing.state, standing.fingerprint) == (RequestState.DISPATCHED, key(body=b"second").fingerprint)


async def test_an_outcome_that_the_server_had_no_record_of_is_remembered(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with process(valkey, monkeypatch) as (one, _), process(valkey, monkeypatch) as (two, _):
        await one.reserve(key())
        await one.dispatched(key())
        valkey.do("FLUSHALL")
        await one.conclude(key(), RequestState.DONE, b"answer")

        standing = await two.reserve(key())

    assert standing is not None
    assert (standing.state, standing.answer) == (RequestState.DONE, b"answer")


async def test_an_answer_that_nobody_understands_does_not_keep_other_outcomes_untold(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with process(valkey, monkeypatch) as (one, line), process(valkey, monkeypatch) as (two, _):
        await one.reserve(key("id-1"))
        await one.reserve(key("id-2"))
        line.stalled = "release"
        for request_id in ("id-1", "id-2"):
            with pytest.raises(StoreError):
                await one.release(key(request_id))
        line.garbled = ["release"]
        line.stalled = ""
        async with asyncio.timeout(PATIENT_S):
            await line.heard("release").wait()

        standing = await two.reserve(key("id-2"))

    assert standing is None


async def test_orders_of_one_group_keep_their_own_answers_when_the_server_knows_only_some_scripts(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with process(valkey, monkeypatch) as (one, _):
        # Restarted, and another process is about to load its scripts.
        valkey.do("SCRIPT", "FLUSH")
        valkey.do("SCRIPT", "LOAD", script("dispatched").text)

        reserved, dispatched = await asyncio.gather(
            one.reserve(key("id-1")), one.dispatched(key("id-never-reserved")), return_exceptions=True
        )

    assert reserved is None
    assert isinstance(dispatched, StoreError)


async def test_a_lone_order_is_carried_out_by_a_server_that_has_lost_its_scripts(valkey: ValkeyServer) -> None:
    async with opened_store(valkey) as store:
        valkey.do("SCRIPT", "FLUSH")
        await store.beat()

        assert store.usable
