import asyncio

from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.events.tail import Tail
from gateway.state.events import StoredEvent
from tests.unit.events.test_frame import stored


def events(first: int, last: int, *, size_bytes: int = 100) -> list[StoredEvent]:
    template = stored(pb.FeedEvent(), raw=b"x" * size_bytes)
    return [template._replace(position=position) for position in range(first, last + 1)]


def window(**bounds: int) -> Tail:
    return Tail(epoch=b"epoch-00", position=10, **({"max_count": 100, "max_bytes": 1 << 20} | bounds))


def positions(tail: Tail, *, after: int, count: int = 1000) -> list[int] | None:
    entries = tail.read(after=after, count=count)
    return None if entries is None else [entry.event.position for entry in entries]


def test_a_fresh_window_knows_only_what_comes() -> None:
    tail = window()

    assert positions(tail, after=10) == []
    assert positions(tail, after=9) is None


def test_the_window_is_read_from_any_position_in_it() -> None:
    tail = window()
    tail.extend(events(11, 20))

    assert positions(tail, after=10) == list(range(11, 21))
    assert positions(tail, after=15, count=2) == [16, 17]
    assert positions(tail, after=20) == []


def test_the_window_keeps_no_more_than_its_count() -> None:
    tail = window(max_count=5)
    for position in range(11, 200):
        tail.extend(events(position, position))

    assert (tail.after, tail.position) == (194, 199)
    assert positions(tail, after=194) == [195, 196, 197, 198, 199]
    assert positions(tail, after=193) is None


def test_the_window_keeps_no_more_than_its_bytes() -> None:
    tail = window(max_bytes=450)
    tail.extend(events(11, 30))

    assert positions(tail, after=26) == [27, 28, 29, 30]
    assert positions(tail, after=25) is None
    assert len(tail._entries) == 4


def test_an_event_larger_than_the_window_is_read_from_the_log() -> None:
    tail = window(max_bytes=50)
    tail.extend(events(11, 11))

    assert positions(tail, after=10) is None
    assert positions(tail, after=11) == []


def test_an_event_is_encoded_once_for_everybody() -> None:
    tail = window()
    tail.extend(events(11, 11))

    first, second = tail.read(after=10, count=1), tail.read(after=10, count=5)

    assert first is not None
    assert second is not None
    assert first[0].answer(raw=False) is second[0].answer(raw=False)
    assert first[0].element(raw=True) is second[0].element(raw=True)


def test_a_restarted_window_has_forgotten_everything() -> None:
    tail = window()
    tail.extend(events(11, 20))

    tail.restart(epoch=b"epoch-01", position=3)

    assert positions(tail, after=3) == []
    assert positions(tail, after=2) is None


async def test_the_bell_wakes_everybody_who_sleeps() -> None:
    tail = window()
    asleep = [asyncio.ensure_future(tail.sleeper().sleep(60)) for _ in range(10)]
    await asyncio.sleep(0)

    tail.ring()

    await asyncio.gather(*asleep)


async def test_sleep_ends_with_its_time() -> None:
    sleeper = window().sleeper()

    await sleeper.sleep(0)
    await sleeper.sleep(0.001)


async def test_the_bell_is_heard_again_after_it_was_heard() -> None:
    tail = window()
    sleeper = tail.sleeper()
    for _ in range(3):
        asleep = asyncio.ensure_future(sleeper.sleep(60))
        await asyncio.sleep(0)
        tail.ring()
        await asleep
    sleeper.close()


async def test_a_cancelled_sleeper_leaves_the_others_asleep() -> None:
    tail = window()
    given_up, asleep = (asyncio.ensure_future(tail.sleeper().sleep(60)) for _ in range(2))
    await asyncio.sleep(0)

    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    still_asleep = not asleep.done()
    tail.ring()
    await asleep

    assert still_asleep
