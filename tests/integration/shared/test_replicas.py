"""Several processes on one Valkey are one gateway: one order, one memory, one consumer of a subscription."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.clock import Clock
from gateway.errors import GatewayError
from gateway.events.feed import Feed
from gateway.state.events import Appended
from gateway.state.log import EventLog, Keep
from gateway.state.requests import RequestState
from gateway.state.valkey_requests import ValkeyRequestStore
from gateway.state.valkey_store import ValkeyStore
from gateway.upstream.request_ids import RequestIds
from tests.integration.shared.opening import opened_store, replica
from tests.patience import until
from tests.unit.events.reading import Answers, OpenFeed, position_of
from tests.unit.state.sample import PROJECT, append_all, new_event, read_all
from tests.unit.upstream.request_ids_stage import Api, HeldClock, key
from tests.valkey_server import ValkeyServer


@asynccontextmanager
async def replica_feed(server: ValkeyServer) -> AsyncIterator[OpenFeed]:
    async with replica(server) as log:
        feed = Feed(log=log, clock=Clock(), project_id=PROJECT)
        yield OpenFeed(log, feed, Clock())  # type: ignore[arg-type]  # nobody holds this clock
        await feed.close()


@asynccontextmanager
async def replica_requests(server: ValkeyServer) -> AsyncIterator[ValkeyRequestStore]:
    async with opened_store(server, project_id=PROJECT) as shared:
        store = ValkeyRequestStore(store=shared, clock=HeldClock())
        yield store
        await store.close()


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """While it is not set, what readers hear of the server is late."""
    follow, prompt = ValkeyStore.follow, asyncio.Event()

    async def follow_late(store: ValkeyStore, **wish: Any) -> Any:
        answer = await follow(store, **wish)
        await prompt.wait()
        return answer

    monkeypatch.setattr(ValkeyStore, "follow", follow_late)
    prompt.set()
    return prompt


async def test_a_webhook_taken_by_one_replica_reaches_a_subscriber_of_another(valkey: ValkeyServer) -> None:
    async with replica(valkey) as one, replica_feed(valkey) as two, two.stream() as answers:
        await answers.next("opened", "caught_up")

        await append_all(one, 3)
        received = await answers.positions(3)

    assert received == [1, 2, 3]


async def test_one_reader_of_a_process_feeds_all_its_subscribers(valkey: ValkeyServer) -> None:
    async with replica_feed(valkey) as one, AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(one.stream()) for _ in range(5)]
        for answers in streams:
            await answers.next("opened", "caught_up")
        await append_all(one.log, 3)
        received = [await answers.positions(3) for answers in streams]
        reader_count = valkey.do("CLIENT", "LIST").count(b" cmd=xread ")

    assert received == [[1, 2, 3]] * 5
    assert reader_count <= 1


async def test_a_repeat_that_lands_on_another_replica_is_recognised(valkey: ValkeyServer) -> None:
    async with replica(valkey) as one, replica(valkey) as two:
        await one.append(new_event(1))

        repeat = await two.append(new_event(1))

    assert repeat == Appended(position=1, duplicate=True)


async def test_an_identity_is_remembered_as_long_after_its_last_contents_as_after_its_first(
    valkey: ValkeyServer,
) -> None:
    seen = f"cgw:{{{PROJECT}}}:seen:{new_event(1).dedupe_key.hex()}"
    async with replica(valkey) as log:
        await log.append(new_event(1, body=b"first"))
        remembered_ms = valkey.do("PTTL", seen)
        valkey.do("PEXPIRE", seen, remembered_ms // 2)

        await log.append(new_event(1, body=b"second"))

    assert valkey.do("PTTL", seen) > remembered_ms * 0.9


async def test_replicas_that_append_at_once_agree_on_one_order(valkey: ValkeyServer) -> None:
    async with replica_feed(valkey) as one, replica_feed(valkey) as two, replica_feed(valkey) as three:
        async with one.stream() as first, two.stream() as second:
            await first.next("opened", "caught_up")
            await second.next("opened", "caught_up")
            await asyncio.gather(*(each.log.append(new_event(n)) for n in range(60) for each in (one, two, three)))
            received = await asyncio.gather(first.positions(60), second.positions(60))
        events = [[event.raw for event in await read_all(each.log)] for each in (one, two)]

    assert [*received] == [list(range(1, 61))] * 2
    assert events[0] == events[1]
    assert len(set(events[0])) == 60


async def test_a_cursor_from_one_replica_resumes_on_another(valkey: ValkeyServer) -> None:
    async with replica_feed(valkey) as one, replica_feed(valkey) as two:
        await append_all(one.log, 5)
        async with one.stream(earliest={}) as answers:
            batch = (await answers.next("opened", "batch")).batch
        await append_all(one.log, 5, first=6)

        await reached(two.log, 5)
        async with two.stream(after_cursor=batch.events[2].cursor) as answers:
            received = await answers.positions(7)

    assert received == [4, 5, 6, 7, 8, 9, 10]


async def test_a_subscription_moves_to_another_replica_and_the_former_holder_gets_nothing_more(
    valkey: ValkeyServer,
) -> None:
    async with replica_feed(valkey) as one, replica_feed(valkey) as two, one.stream(subscription="worker") as former:
        await append_all(one.log, 3)
        epoch = (await former.next("opened")).opened.fencing_epoch
        before = await former.positions(3)
        waiting = asyncio.ensure_future(everything(former))
        async with two.stream(subscription="worker") as current:
            opened = (await current.next("opened")).opened
            await append_all(two.log, 3, first=4)
            after = await current.positions(6)
            late, refusal = await waiting

    assert before == [1, 2, 3]
    assert position_of(opened.cursor) == 0
    assert opened.fencing_epoch > epoch > 0
    assert after == [1, 2, 3, 4, 5, 6]
    assert late == []
    assert refusal.reason == "FENCED"


async def test_an_event_waits_where_it_is_appended_for_the_fence_before_it(
    valkey: ValkeyServer, reader: asyncio.Event
) -> None:
    async with replica_feed(valkey) as one, replica_feed(valkey) as two, one.stream(subscription="worker") as former:
        await former.next("opened", "caught_up")
        reader.clear()
        async with two.stream(subscription="worker") as current:
            await current.next("opened")
            waiting = asyncio.ensure_future(everything(former))
            await append_all(one.log, 3)
            reader.set()
            late, refusal = await waiting
            received = await current.positions(3)

    assert (late, refusal.reason) == ([], "FENCED")
    assert received == [1, 2, 3]


async def test_an_event_is_told_at_once_where_it_is_appended_when_every_fence_was(
    valkey: ValkeyServer, reader: asyncio.Event
) -> None:
    async with replica_feed(valkey) as one, one.stream(subscription="worker") as answers:
        await answers.next("opened", "caught_up")
        # Told behind the fence of this stream itself.
        await append_all(one.log, 1)
        await answers.positions(1)
        reader.clear()

        await append_all(one.log, 3, first=2)
        received = await answers.positions(3)

    assert received == [2, 3, 4]


async def test_a_consumer_who_is_answered_late_is_fenced_off_by_whoever_came_since(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, answered = asyncio.Event(), asyncio.Event()
    async with replica_feed(valkey) as one, replica_feed(valkey) as two, one.stream() as bystander:
        acquire = one.log.acquire

        async def acquire_late(**wish: Any) -> Any:
            found = await acquire(**wish)
            taken.set()
            await answered.wait()
            return found

        monkeypatch.setattr(one.log, "acquire", acquire_late)
        await bystander.next("opened", "caught_up")
        async with one.stream(subscription="worker") as former, two.stream(subscription="worker") as current:
            waiting = asyncio.ensure_future(everything(former))
            await taken.wait()
            await current.next("opened")
            # Whoever has heard of the event has heard of the fence before it.
            await append_all(two.log, 1)
            await bystander.positions(1)
            answered.set()
            late, refusal = await asyncio.wait_for(waiting, 20)
            received = await current.positions(1)

    assert (late, refusal.reason) == ([], "FENCED")
    assert received == [1]


async def test_a_fenced_holder_on_another_replica_cannot_commit(valkey: ValkeyServer) -> None:
    async with replica_feed(valkey) as one, replica_feed(valkey) as two, one.stream(subscription="worker") as former:
        await append_all(one.log, 1)
        epoch = (await former.next("opened")).opened.fencing_epoch
        cursor = (await former.next("batch")).batch.events[0].cursor
        async with two.stream(subscription="worker") as current:
            await current.next("opened")
            with pytest.raises(GatewayError) as refusal:
                await one.feed.commit(pb.CommitRequest(subscription="worker", cursor=cursor, fencing_epoch=epoch))

    assert refusal.value.reason == "FENCED"


@pytest.mark.parametrize("how", ["rewound", "deleted"])
async def test_a_subscription_that_one_replica_changes_is_taken_from_its_holder_on_another(
    valkey: ValkeyServer, how: str
) -> None:
    quiet = {"seconds": 60}
    async with replica_feed(valkey) as one, replica_feed(valkey) as two:
        await append_all(one.log, 3)
        async with two.stream(subscription="worker", heartbeat_interval=quiet) as former:
            epoch = (await former.next("opened")).opened.fencing_epoch
            first, _, last = await former.events(3)
            waiting = asyncio.ensure_future(everything(former))
            await asyncio.sleep(0)
            if how == "rewound":
                await one.feed.commit(pb.CommitRequest(subscription="worker", cursor=first.cursor, rewind=True))
            else:
                await one.feed.delete_subscription(pb.DeleteSubscriptionRequest(subscription="worker"))
            # Told by way of the shared log, long before the next heartbeat.
            late, told = await asyncio.wait_for(waiting, 20)
            with pytest.raises(GatewayError) as refusal:
                await two.feed.commit(pb.CommitRequest(subscription="worker", cursor=last.cursor, fencing_epoch=epoch))
        async with two.stream(subscription="worker") as current:
            opened = (await current.next("opened")).opened
            again = await current.positions(2)

    assert (late, told.reason, refusal.value.reason) == ([], "FENCED", "FENCED")
    assert opened.fencing_epoch > epoch
    assert again == ([2, 3] if how == "rewound" else [1, 2, 3])


async def test_what_another_replica_trimmed_is_a_gap_here(valkey: ValkeyServer) -> None:
    few = Keep(age_s=1e9, size_bytes=1 << 40, count=2)
    async with replica(valkey) as one, replica_feed(valkey) as two:
        await append_all(one, 10)
        await reached(two.log, 10)
        async with two.stream(earliest={}) as answers:
            cursor = (await answers.next("opened", "batch")).batch.events[0].cursor
        await one.trim(keep=few, held=few)
        await two.log.trim(keep=few, held=few)
        two.feed.restarted()

        with pytest.raises(GatewayError) as refusal:
            await two.drained(after_cursor=cursor)

    assert refusal.value.reason == "CURSOR_COMPACTED"


async def test_the_same_request_id_at_two_replicas_at_once_reaches_upstream_once(valkey: ValkeyServer) -> None:
    async with replica_requests(valkey) as one, replica_requests(valkey) as two:
        api = Api()
        first = asyncio.create_task(RequestIds(store=one, clock=HeldClock()).run(key(), api.dispatch))
        await api.sent.wait()
        second = asyncio.create_task(RequestIds(store=two, clock=HeldClock()).run(key(), api.dispatch))
        await asyncio.wait({second}, timeout=0.1)
        api.answer(b"answer")
        outcomes = await asyncio.gather(first, second)

    assert api.sent_count == 1
    assert [(each.response, each.replayed) for each in outcomes] == [(b"answer", False), (b"answer", True)]


async def test_what_a_dead_replica_had_only_reserved_is_free_again(valkey: ValkeyServer) -> None:
    async with replica_requests(valkey) as one, replica_requests(valkey) as two:
        await one.reserve(key())
        bury(valkey)

        standing = await two.reserve(key())

    assert standing is None


async def test_what_a_dead_replica_had_dispatched_is_unknown_and_never_sent_again(valkey: ValkeyServer) -> None:
    async with replica_requests(valkey) as one, replica_requests(valkey) as two:
        await one.reserve(key())
        await one.dispatched(key())
        bury(valkey)
        api = Api()

        outcome = await RequestIds(store=two, clock=HeldClock()).run(key(), api.dispatch)

    assert api.sent_count == 0
    assert outcome.error is not None
    assert outcome.error.reason == "OUTCOME_UNKNOWN"


async def test_a_replica_that_was_taken_for_dead_does_not_send(valkey: ValkeyServer) -> None:
    async with replica_requests(valkey) as one, replica_requests(valkey) as two:
        await one.reserve(key())
        bury(valkey)
        await two.reserve(key())

        with pytest.raises(GatewayError) as refusal:
            await one.dispatched(key())

    assert refusal.value.reason == "STORE_UNAVAILABLE"


async def test_another_request_under_an_id_in_flight_elsewhere_is_refused(valkey: ValkeyServer) -> None:
    async with replica_requests(valkey) as one, replica_requests(valkey) as two:
        await one.reserve(key())

        standing = await two.reserve(key(body=b"other"))

    assert standing is not None
    assert (standing.state, standing.fingerprint) == (RequestState.RESERVED, key().fingerprint)


def bury(server: ValkeyServer) -> None:
    """Every lease of every process is over."""
    server.do("DEL", f"cgw:{{{PROJECT}}}:owners")


async def reached(log: EventLog, position: int) -> None:
    """Wait until a replica has heard of what others appended."""
    await until(lambda: log.tail.position >= position)


async def everything(answers: Answers) -> tuple[list[int], GatewayError]:
    """The positions of everything that still comes, and how it ended."""
    found: list[int] = []
    try:
        while True:
            answer = await anext(answers)
            found += [position_of(event.cursor) for event in answer.batch.events]
    except GatewayError as error:
        return found, error
