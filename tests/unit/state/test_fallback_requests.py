"""Request ids that a process remembers by itself while the shared store is away."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.state.fallback_requests import FallbackRequestStore
from gateway.state.requests import HeldElsewhereError, RequestState
from gateway.state.sqlite_requests import SqliteRequestStore
from tests.unit.upstream.request_ids_stage import FailingStore, HeldClock, key

DAY_S = 24 * 60 * 60.0
MOST_BYTES = 128 * 1024
MORE_THAN_FIT = 2_000


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
async def shared(tmp_path: Path, clock: HeldClock) -> AsyncIterator[FailingStore]:
    """The store that is away whenever the test says so."""
    opened = await SqliteRequestStore.open(tmp_path / "shared.db", clock=clock)
    yield FailingStore(opened)
    await opened.close()


@pytest.fixture
async def fallback(shared: FailingStore, clock: HeldClock) -> AsyncIterator[FallbackRequestStore]:
    opened = FallbackRequestStore(shared=shared, clock=clock, most_bytes=MOST_BYTES)
    yield opened
    opened.close()


async def fill(fallback: FallbackRequestStore) -> int:
    """Carry requests out until one is refused; how many that were."""
    for number in range(MORE_THAN_FIT):
        try:
            await carry_out(fallback, str(number))
        except StoreError:
            return number
    return MORE_THAN_FIT


async def carry_out(fallback: FallbackRequestStore, request_id: str) -> None:
    await fallback.reserve(key(request_id))
    await fallback.dispatched(key(request_id))
    await fallback.conclude(key(request_id), RequestState.DONE, b"answer")


async def test_what_was_begun_here_is_known_here_when_the_store_is_back(
    fallback: FallbackRequestStore, shared: FailingStore
) -> None:
    shared.failing = {"reserve"}
    await carry_out(fallback, "id-1")
    shared.failing.clear()

    standing = await fallback.reserve(key("id-1"))

    assert standing is not None
    assert (standing.state, standing.answer) == (RequestState.DONE, b"answer")


async def test_a_long_outage_ends_in_refusals_and_forgets_nothing(
    fallback: FallbackRequestStore, shared: FailingStore
) -> None:
    shared.failing = {"reserve"}

    fitting = await fill(fallback)
    standing = [await fallback.reserve(key(str(number))) for number in range(fitting)]

    assert 100 < fitting < MORE_THAN_FIT
    assert {each.state for each in standing if each is not None} == {RequestState.DONE}
    assert None not in standing


async def test_after_a_day_there_is_room_again(
    fallback: FallbackRequestStore, shared: FailingStore, clock: HeldClock
) -> None:
    shared.failing = {"reserve"}
    await fill(fallback)
    clock.advance(DAY_S + 1)

    standing = await fallback.reserve(key("id-of-the-next-day"))

    assert standing is None


async def test_an_id_that_is_forgotten_here_is_the_shared_stores_again(
    fallback: FallbackRequestStore, shared: FailingStore, clock: HeldClock
) -> None:
    shared.failing = {"reserve"}
    await carry_out(fallback, "id-1")
    clock.advance(DAY_S + 1)
    shared.failing.clear()
    await carry_out(fallback, "id-1")

    standing = await shared.reserve(key("id-1"))

    assert standing is not None
    assert standing.state is RequestState.DONE


async def test_an_id_that_is_released_here_is_the_shared_stores_again(
    fallback: FallbackRequestStore, shared: FailingStore
) -> None:
    shared.failing = {"reserve"}
    await fallback.reserve(key("id-1"))
    await fallback.release(key("id-1"))
    shared.failing.clear()

    await fallback.reserve(key("id-1"))
    await fallback.dispatched(key("id-1"))
    standing = await shared.reserve(key("id-1"))

    assert standing is not None
    assert standing.state is RequestState.DISPATCHED


async def test_an_id_that_others_are_at_is_not_taken_here_until_the_store_is_back(
    fallback: FallbackRequestStore, shared: FailingStore
) -> None:
    shared.failing, shared.failure = {"reserve"}, HeldElsewhereError
    with pytest.raises(StoreError):
        await fallback.reserve(key("id-1"))
    shared.failure = StoreError
    with pytest.raises(StoreError):
        await fallback.reserve(key("id-1"))
    others = await fallback.reserve(key("id-2"))

    shared.failing.clear()
    taken = await fallback.reserve(key("id-1"))
    shared.failing = {"reserve"}
    again = await fallback.reserve(key("id-1"))

    assert (others, taken, again) == (None, None, None)


async def test_what_others_were_at_a_day_ago_may_be_taken_here(
    fallback: FallbackRequestStore, shared: FailingStore, clock: HeldClock
) -> None:
    shared.failing, shared.failure = {"reserve"}, HeldElsewhereError
    with pytest.raises(StoreError):
        await fallback.reserve(key("id-1"))
    shared.failure = StoreError
    clock.advance(DAY_S + 1)

    standing = await fallback.reserve(key("id-1"))

    assert standing is None


async def test_of_what_others_were_at_only_the_last_are_remembered(
    fallback: FallbackRequestStore, shared: FailingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.state.fallback_requests.MOST_ELSEWHERE", 2)
    shared.failing, shared.failure = {"reserve"}, HeldElsewhereError
    for name in ("id-1", "id-2", "id-1", "id-3"):
        with pytest.raises(StoreError):
            await fallback.reserve(key(name))

    shared.failure = StoreError
    forgotten = await fallback.reserve(key("id-2"))
    for name in ("id-1", "id-3"):
        with pytest.raises(StoreError):
            await fallback.reserve(key(name))

    assert forgotten is None
