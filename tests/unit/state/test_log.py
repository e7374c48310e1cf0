import asyncio
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.state.events import Appended
from gateway.state.writer import WriterLimits
from tests.unit.state.sample import HeldClock, append_all, new_event, opened_log, read_all


async def test_an_event_is_read_back_as_it_was_appended(tmp_path: Path) -> None:
    event = new_event(1, app_id="app-1", channel="SMS", metadata="m\0ü")

    async with opened_log(tmp_path / "log.db") as log:
        appended = await log.append(event)
        (found,) = await read_all(log)

    assert appended == Appended(position=1, duplicate=False)
    assert (found.project_id, found.encoded, found.raw) == (event.project_id, event.encoded, event.raw)
    assert (found.trigger, found.app_id, found.channel, found.metadata) == ("MESSAGE_DELIVERY", "app-1", "SMS", "m\0ü")
    assert found.possible_duplicate == 0


async def test_positions_have_no_holes_whatever_is_repeated(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await asyncio.gather(*(log.append(new_event(number % 40)) for number in range(120)))
        events = await read_all(log)

    assert [event.position for event in events] == list(range(1, 41))


async def test_an_identical_repeat_is_answered_with_the_first_ones_position(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 3)

        repeat = await log.append(new_event(2))

        assert repeat == Appended(position=2, duplicate=True)
        assert log.tail.position == 3


async def test_repeats_that_arrive_together_are_stored_once(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        answers = await asyncio.gather(*(log.append(new_event(1)) for _ in range(20)))

    assert {answer.position for answer in answers} == {1}
    assert sorted(answer.duplicate for answer in answers) == [False] + [True] * 19


async def test_a_repeat_with_another_body_is_stored_and_marked(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await log.append(new_event(1))

        other = await log.append(new_event(1, body=b"{}"))
        again = await log.append(new_event(1, body=b"{}"))
        events = await read_all(log)

    assert other == Appended(position=2, duplicate=False)
    assert again == Appended(position=2, duplicate=True)
    assert [event.possible_duplicate for event in events] == [0, 1]


async def test_repeats_are_recognised_after_a_restart(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 2)
        epoch = log.epoch

    async with opened_log(tmp_path / "log.db") as log:
        repeat = await log.append(new_event(1))
        following = await log.append(new_event(3))

        assert log.epoch == epoch
        assert repeat == Appended(position=1, duplicate=True)
        assert following.position == 3


async def test_an_event_that_no_row_can_hold_leaves_its_neighbours_alone(tmp_path: Path) -> None:
    unspeakable = new_event(2, metadata="\ud800")

    async with opened_log(tmp_path / "log.db") as log:
        outcomes = await asyncio.gather(
            log.append(new_event(1)), log.append(unspeakable), log.append(new_event(3)), return_exceptions=True
        )
        events = await read_all(log)

    assert isinstance(outcomes[1], ValueError)
    assert [event.raw for event in events] == [new_event(1).raw, new_event(3).raw]


async def test_what_exceeds_the_queue_is_refused_and_what_was_taken_is_kept(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db", limits=WriterLimits(queue_count=10)) as log:
        outcomes = await asyncio.gather(*(log.append(new_event(n)) for n in range(30)), return_exceptions=True)
        events = await read_all(log)

    refusals = [outcome for outcome in outcomes if isinstance(outcome, StoreError)]
    assert len(refusals) == 20
    assert {refusal.reason for refusal in refusals} == {"STORE_UNAVAILABLE"}
    assert len(events) == 10


async def test_the_queue_is_bounded_in_bytes_too(tmp_path: Path) -> None:
    large = [new_event(n, body=b"x" * 1000) for n in range(3)]

    async with opened_log(tmp_path / "log.db", limits=WriterLimits(queue_bytes=2500)) as log:
        outcomes = await asyncio.gather(*(log.append(event) for event in large), return_exceptions=True)

    assert [isinstance(outcome, StoreError) for outcome in outcomes] == [False, False, True]


async def test_a_cancelled_caller_disturbs_nobody(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        given_up = asyncio.ensure_future(log.append(new_event(1)))
        await asyncio.sleep(0)
        given_up.cancel()
        following = await log.append(new_event(2))

        assert given_up.cancelled()
        assert following.position == log.tail.position
        assert log.waiting_count == 0


async def test_a_closed_log_takes_nothing(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        pass

    with pytest.raises(StoreError):
        await log.append(new_event(1))
    with pytest.raises(StoreError):
        await log.read_event(1)
    assert not log.usable


async def test_what_was_taken_before_closing_is_committed(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        pending = [asyncio.ensure_future(log.append(new_event(number))) for number in range(50)]
        await asyncio.sleep(0)
    answers = await asyncio.gather(*pending)

    async with opened_log(tmp_path / "log.db") as log:
        assert [answer.position for answer in answers] == list(range(1, 51))
        assert log.tail.position == 50


@pytest.mark.embedded
async def test_below_the_free_space_floor_only_repeats_are_answered(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await log.append(new_event(1))
    log = await type(log).open(path, clock=HeldClock(), free_space_floor_bytes=1 << 62)

    repeat = await log.append(new_event(1))
    with pytest.raises(StoreError) as refusal:
        await log.append(new_event(2))
    usable = log.usable
    await log.close()

    assert not usable
    assert repeat.duplicate
    assert refusal.value.reason == "STORE_UNAVAILABLE"


async def test_stored_times_never_decrease_though_the_clock_steps_back(tmp_path: Path) -> None:
    clock = HeldClock()

    async with opened_log(tmp_path / "log.db", clock=clock) as log:
        await log.append(new_event(1))
        clock.advance(-3600)
        await log.append(new_event(2))
        first, second = await read_all(log)

    assert first.stored_us == second.stored_us


async def test_a_time_finds_the_last_event_before_it(tmp_path: Path) -> None:
    clock = HeldClock()
    times = []

    async with opened_log(tmp_path / "log.db", clock=clock) as log:
        for number in range(1, 11):
            times.append(clock.now_us())
            await log.append(new_event(number))
            clock.advance(10)
        before = [await log.read_time_start(time_us) for time_us in (times[0], times[0] + 1, times[6], times[9] + 1)]

    assert [event and event.position for event in before] == [None, 1, 6, 10]


async def test_a_page_ends_with_the_event_that_fills_it(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        for number in range(1, 6):
            await log.append(new_event(number, body=b"x" * 1000))

        by_size = await log.read_page(after=1, count=100, size_bytes=1500)
        by_count = await log.read_page(after=1, count=3, size_bytes=1 << 20)

    assert [event.position for event in by_size.events] == [2, 3]
    assert [event.position for event in by_count.events] == [2, 3, 4]


async def test_an_identity_finds_the_newest_event_that_has_it(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await log.append(new_event(1))
        await log.append(new_event(1, body=b"{}"))

        found = await log.read_by_key(new_event(1).dedupe_key)
        missing = await log.read_by_key(b"unknown")

    assert found is not None
    assert found.position == 2
    assert missing is None
