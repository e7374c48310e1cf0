"""Whatever happens to the shared store: nothing acknowledged is lost silently, and nobody waits for it for long."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import GatewayError, StoreError
from gateway.events.feed import Feed
from gateway.state import valkey_requests
from gateway.state.fallback_requests import FallbackRequestStore
from gateway.state.log import EventLog, Keep
from gateway.state.requests import RequestKey, RequestRecord, RequestState, RequestStore
from gateway.state.valkey_log import ValkeyEventLog
from gateway.state.valkey_requests import ValkeyRequestStore
from gateway.state.valkey_server import Servers
from gateway.state.valkey_store import ValkeyStore
from tests.integration.shared.opening import opened_store, replica
from tests.patience import PATIENCE_S, until
from tests.unit.events.reading import Answers, OpenFeed
from tests.unit.state.sample import PROJECT, append_all, new_event, read_all
from tests.unit.upstream.request_ids_stage import HeldClock, key
from tests.valkey_server import ValkeyServer, free_port, running_server

# Short, so that a stalled server is noticed soon; long enough for a machine that stalls itself.
SHORT = {"group_s": 1.0, "wait_s": 0.2}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A server that the test may ruin."""
    with running_server(tmp_path / "own") as running:
        yield running


@asynccontextmanager
async def opened(server: ValkeyServer) -> AsyncIterator[tuple[ValkeyStore, ValkeyEventLog]]:
    async with opened_store(server, **SHORT) as store:
        log = await ValkeyEventLog.open(store, clock=Clock(), memory_s=86_400)
        yield store, log
        await log.close()


async def test_a_stopped_server_refuses_at_once_and_serves_again_when_it_is_back(server: ValkeyServer) -> None:
    async with opened(server) as (store, log):
        await append_all(log, 3)
        server.stop()
        await refused(log)
        with pytest.raises(StoreError):
            await log.append(new_event(4))
        assert not log.usable

        server.start()
        await back(store)
        appended = await persistently(log, 4)

        assert appended == 4
        assert [event.position for event in await read_all(log)] == [1, 2, 3, 4]


async def test_what_was_acknowledged_survives_a_kill_and_the_epoch_stays(server: ValkeyServer) -> None:
    async with opened(server) as (store, log):
        epoch = log.epoch
        acknowledged: list[int] = []
        fifty = asyncio.Event()
        writing = asyncio.create_task(write(log, acknowledged, fifty))
        await fifty.wait()
        server.kill()
        await writing
        server.start()
        await back(store)
        repeats = [await log.append(new_event(number)) for number in acknowledged]

        assert [repeat.duplicate for repeat in repeats] == [True] * len(acknowledged)
        assert log.epoch == epoch


async def test_a_paused_server_costs_a_send_no_more_than_its_bound(server: ValkeyServer) -> None:
    async with opened(server) as (store, log):
        requests = ValkeyRequestStore(store=store, clock=HeldClock())
        server.do("CLIENT", "PAUSE", 60_000, "ALL")
        with pytest.raises(StoreError) as refusal:
            await requests.reserve(key())
        with pytest.raises(StoreError):
            await log.append(new_event(1))
        failure = store.failure
        server.kill()
        server.start()
        await back(store)
        standing = await requests.reserve(key())
        await requests.close()

    assert refusal.value.reason == "STORE_UNAVAILABLE"
    assert failure == "slow"
    assert standing is None


async def test_a_full_server_takes_no_event_and_forgets_none(server: ValkeyServer) -> None:
    async with opened(server) as (store, log):
        await append_all(log, 3)
        server.do("CONFIG", "SET", "maxmemory", "1mb")
        await refused(log)
        failure = store.failure
        server.do("CONFIG", "SET", "maxmemory", "0")
        await back(store)
        appended = await persistently(log, 4)
        events = await read_all(log)

    assert failure == "out_of_memory"
    assert appended == 4
    assert len(events) == 4


@pytest.mark.parametrize("was_read_only", [False, True])
async def test_a_full_server_is_trimmed_and_then_takes_events_again(server: ValkeyServer, was_read_only: bool) -> None:
    nothing = Keep(age_s=1e9, size_bytes=1, count=1)
    async with opened(server) as (store, log):
        for number in range(1, 201):
            await log.append(new_event(number, body=b"x" * 20_000))
        if was_read_only:
            server.do("REPLICAOF", "127.0.0.1", free_port())
            await refused(log)
        with server.client() as client:
            used_bytes = client.info("memory")["used_memory"]
        server.do("CONFIG", "SET", "maxmemory", used_bytes - 2_000_000)
        server.do("REPLICAOF", "NO", "ONE")
        await refused(log)
        told_count = 0
        async with asyncio.timeout(PATIENCE_S):
            while not store.usable:
                with contextlib.suppress(StoreError):
                    told_count += (await log.trim(keep=nothing, held=nothing)).count
                await asyncio.sleep(0.05)

        appended = await persistently(log, 1_001)

    assert told_count >= 100
    assert appended > 200


async def test_a_server_that_turned_read_only_takes_no_event(server: ValkeyServer, tmp_path: Path) -> None:
    with running_server(tmp_path / "other") as other:
        async with opened(server) as (store, log):
            await append_all(log, 3)
            server.do("REPLICAOF", "127.0.0.1", other.port)
            await refused(log)

            assert store.failure in {"read_only", "away", "moved"}
            assert not log.usable


async def test_a_promoted_replica_that_has_everything_goes_on_with_the_same_epoch(
    server: ValkeyServer, tmp_path: Path
) -> None:
    with running_server(tmp_path / "replica") as follower:
        await follow(follower, server)
        async with opened_store(server, replica_count=1) as store:
            log = await ValkeyEventLog.open(store, clock=Clock(), memory_s=86_400)
            await append_all(log, 5)
            epoch, tail = log.epoch, log.tail
            await log.close()
        server.kill()
        follower.do("REPLICAOF", "NO", "ONE")

        async with replica(follower) as log:
            assert (log.epoch, log.tail) == (epoch, tail)


async def test_an_event_that_too_few_replicas_confirmed_is_not_acknowledged(server: ValkeyServer) -> None:
    async with opened_store(server, **SHORT, replica_count=1) as store:
        # Beginning the log is a write like any other.
        with pytest.raises(StoreError, match="confirmed"):
            await ValkeyEventLog.open(store, clock=Clock(), memory_s=86_400)


async def test_a_replica_that_is_well_confirms_every_event(server: ValkeyServer, tmp_path: Path) -> None:
    with running_server(tmp_path / "replica") as follower:
        await follow(follower, server)
        async with opened_store(server, group_s=1.0, replica_count=1) as store:
            log = await ValkeyEventLog.open(store, clock=Clock(), memory_s=86_400)
            await append_all(log, 50)
            await log.close()

            assert follower.do("XLEN", events_key()) == 50


async def test_a_repeat_is_not_acknowledged_before_the_event_that_it_repeats(
    server: ValkeyServer, tmp_path: Path
) -> None:
    with running_server(tmp_path / "replica") as follower:
        await follow(follower, server)
        async with (
            opened_store(server, **SHORT, replica_count=1) as one,
            opened_store(server, **SHORT, replica_count=1) as two,
        ):
            logs = [await ValkeyEventLog.open(store, clock=Clock(), memory_s=86_400) for store in (one, two)]
            follower.signal(signal.SIGSTOP)
            answers = await asyncio.gather(*(log.append(new_event(1)) for log in logs), return_exceptions=True)
            follower.signal(signal.SIGCONT)
            for log in logs:
                await log.close()

    assert [type(answer) for answer in answers] == [StoreError, StoreError]


async def test_an_event_is_not_acknowledged_while_the_servers_file_is_not_whole(tmp_path: Path) -> None:
    with running_server(tmp_path, appendonly="no") as server:
        server.do("MSET", *(word for number in range(3_000) for word in (f"key-{number}", "")))
        # Every key takes its time, so that the file is begun and not done.
        server.do("CONFIG", "SET", "rdb-key-save-delay", 3_000)
        server.do("CONFIG", "SET", "appendonly", "yes")
        async with opened_store(server, **SHORT) as store:
            with pytest.raises(StoreError, match="confirmed"):
                await ValkeyEventLog.open(store, clock=Clock(), memory_s=86_400)


async def test_any_number_of_reads_at_once_leaves_the_store_usable(server: ValkeyServer) -> None:
    async with opened(server) as (store, log):
        await append_all(log, 3)
        found = await asyncio.gather(*(log.read_event(1 + number % 3) for number in range(200)))

        assert store.usable
    assert all(event is not None for event in found)


async def test_a_server_that_goes_silent_once_it_is_connected_is_tried_again(
    server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def silent(_client: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    async with opened(server) as (store, log):
        with monkeypatch.context() as patch:
            patch.setattr(store._servers, "_prepare", silent)
            server.do("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES")
            await refused(log)
            async with asyncio.timeout(PATIENCE_S):
                await asked.wait()
        await back(store)
        appended = await persistently(log, 4)

    assert appended


async def test_a_lost_tail_ends_every_stream_with_another_epoch(server: ValkeyServer) -> None:
    async with opened(server) as (store, log), following(log) as answers:
        await append_all(log, 3)
        epoch = log.epoch
        header, oldest = server.do("HGETALL", log_key()), server.do("XRANGE", events_key(), "-", "+", "COUNT", 1)
        await append_all(log, 3, first=4)
        assert len(await answers.positions(6)) == 6
        with server.client() as client, client.pipeline(transaction=True) as takeover:
            # As after a failover to a replica that had only seen the first event.
            first = oldest[0][1][b"n"].split()
            takeover.hset(log_key(), mapping=header | {b"position": b"1", b"mark": first[-1]})
            takeover.delete(events_key())
            takeover.xadd(events_key(), oldest[0][1], id="1-0")
            takeover.execute()
        server.do("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES")
        refusal = await ending(answers)
        await back(store)
        appended = await persistently(log, 7)

        assert refusal.reason in {"CURSOR_EPOCH_MISMATCH", "STORE_UNAVAILABLE"}
        assert log.epoch != epoch
        assert appended == 2


async def test_a_tail_that_was_lost_and_overwritten_by_others_is_noticed_by_those_who_had_read_it(
    server: ValkeyServer,
) -> None:
    async with opened(server) as (_, log):
        await append_all(log, 3)
        epoch = log.epoch
        last = server.do("XREVRANGE", events_key(), "+", "-", "COUNT", 1)[0][1]
        numbers = last[b"n"].split()
        forged = b" ".join([b"4", *numbers[1:4], b"12345", b"1"])
        server.do("HSET", log_key(), "position", "4", "mark", "1")
        server.do("XADD", events_key(), "4-0", "n", forged, "t", last[b"t"], "e", last[b"e"], "r", last[b"r"])

        await until(lambda: log.epoch != epoch or log.tail.position == 4)

        assert log.tail.position == 4


async def test_a_stream_says_that_the_store_is_away_instead_of_being_silent(server: ValkeyServer) -> None:
    async with opened(server) as (_, log), following(log, heartbeat_interval={"seconds": 1}) as answers:
        await answers.next("opened", "caught_up")
        server.stop()

        refusal = await ending(answers)

    assert refusal.reason == "STORE_UNAVAILABLE"


async def test_an_outcome_that_could_not_be_told_is_told_when_the_server_is_back(server: ValkeyServer) -> None:
    async with opened(server) as (store, _), opened_store(server, **SHORT) as other:
        requests = ValkeyRequestStore(store=store, clock=HeldClock())
        elsewhere = ValkeyRequestStore(store=other, clock=HeldClock())
        await requests.reserve(key())
        server.stop()
        with pytest.raises(StoreError):
            await requests.release(key())
        server.start()
        await back(store)
        await back(other)

        async with asyncio.timeout(PATIENCE_S):
            standing = await elsewhere.reserve(key())
        await requests.close()
        await elsewhere.close()

    assert standing is None


async def test_the_outcome_of_what_was_sent_is_told_after_an_outage_in_which_many_ids_were_refused(
    server: ValkeyServer,
) -> None:
    async with both_requests(server) as (requests, elsewhere):
        await requests.reserve(key("sent"))
        await requests.dispatched(key("sent"))
        server.stop()
        for number in range(10_001):
            with pytest.raises(StoreError):
                await requests.reserve(key(f"refused-{number}"))
        answer = await concluded_while_away(server, requests, elsewhere)

    assert answer == b"answer"


async def test_the_outcome_of_what_was_sent_is_told_beside_any_number_of_releases(
    server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey_requests, "_MOST_UNTOLD", 2)
    async with both_requests(server) as (requests, elsewhere):
        for request_id in ("sent", "id-1", "id-2"):
            await requests.reserve(key(request_id))
        await requests.dispatched(key("sent"))
        server.stop()
        for request_id in ("id-1", "id-2"):
            with pytest.raises(StoreError):
                await requests.release(key(request_id))
        answer = await concluded_while_away(server, requests, elsewhere)

    assert answer == b"answer"


async def test_a_process_that_remembers_ids_by_itself_does_not_send_what_another_was_at_when_the_server_went_away(
    server: ValkeyServer,
) -> None:
    async with both_requests(server) as (requests, elsewhere):
        fallback = FallbackRequestStore(shared=elsewhere, clock=HeldClock())
        await requests.reserve(key("sent"))
        await requests.dispatched(key("sent"))
        waiting = asyncio.create_task(fallback.reserve(key("sent")))
        await asyncio.wait({waiting}, timeout=0.3)
        server.stop()
        for attempt in (waiting, fallback.reserve(key("sent"))):
            with pytest.raises(StoreError):
                await attempt
        unheard_of = await fallback.reserve(key("other"))
        server.start()
        await conclude(requests, key("sent"), b"answer")

        standing = await known(fallback, key("sent"))
        fallback.close()

    assert unheard_of is None
    assert standing is not None
    assert standing.answer == b"answer"


async def test_a_server_is_checked_with_every_connection_though_nobody_saw_the_last_one_end(
    server: ValkeyServer,
) -> None:
    async with opened_store(server, **SHORT) as store:
        server.do("CONFIG", "SET", "appendfsync", "everysec")
        server.do("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES")
        # The first may find the connection dead, the second finds another; no third takes that one for checked.
        for _ in range(3):
            with pytest.raises(StoreError):
                await store.beat()
        assert store.failure == "unsafe"

        server.do("CONFIG", "SET", "appendfsync", "always")
        await back(store)
        await store.beat()


async def test_a_server_that_answers_nonsense_is_asked_again(
    server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = Servers.connect
    answers = iter([ValueError("no number"), None])

    async def puzzled(servers: Servers) -> Any:
        if error := next(answers, None):
            raise error
        return await connect(servers)

    async with opened(server) as (store, log):
        monkeypatch.setattr(Servers, "connect", puzzled)
        server.do("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES")
        await refused(log)
        await back(store)
        appended = await persistently(log, 4)

    assert appended


@asynccontextmanager
async def both_requests(server: ValkeyServer) -> AsyncIterator[tuple[ValkeyRequestStore, ValkeyRequestStore]]:
    """The request ids as two processes have them."""
    async with opened_store(server) as one, opened_store(server) as two:
        requests = [ValkeyRequestStore(store=store, clock=HeldClock()) for store in (one, two)]
        yield requests[0], requests[1]
        for each in requests:
            await each.close()


async def conclude(requests: ValkeyRequestStore, name: RequestKey, answer: bytes) -> None:
    """End a request; what the store cannot be told now is told later."""
    with contextlib.suppress(StoreError):
        await requests.conclude(name, RequestState.DONE, answer)


async def known(requests: RequestStore, name: RequestKey) -> RequestRecord | None:
    """What stands in the way of an id, as soon as the store can say."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with contextlib.suppress(StoreError):
                return await requests.reserve(name)
            await asyncio.sleep(0.05)


async def concluded_while_away(
    server: ValkeyServer, requests: ValkeyRequestStore, elsewhere: ValkeyRequestStore
) -> bytes | None:
    """Conclude what was sent, and start the server; the answer that another process knows then."""
    with pytest.raises(StoreError):
        await requests.conclude(key("sent"), RequestState.DONE, b"answer")
    server.start()
    standing = await known(elsewhere, key("sent"))
    assert standing is not None
    return standing.answer


def log_key() -> str:
    return f"cgw:{{{PROJECT}}}:log"


def events_key() -> str:
    return f"cgw:{{{PROJECT}}}:events"


@asynccontextmanager
async def following(log: EventLog, **request: Any) -> AsyncIterator[Answers]:
    feed = Feed(log=log, clock=Clock(), project_id=PROJECT)
    it = OpenFeed(log, feed, Clock())  # type: ignore[arg-type]  # nobody holds this clock
    async with it.stream(**request) as answers:
        if request:
            yield answers
        else:
            await answers.next("opened", "caught_up")
            yield answers
    await feed.close()


async def refused(log: EventLog) -> None:
    """Append until the log refuses."""
    async with asyncio.timeout(PATIENCE_S):
        with contextlib.suppress(StoreError):
            while True:
                await log.append(new_event(1, body=b"x" * 1000))
                await log.append(new_event(1000, body=b"y"))


async def ending(answers: Answers) -> GatewayError:
    """How a stream ends, whatever it says before."""
    async with asyncio.timeout(PATIENCE_S):
        try:
            while True:
                await anext(answers)
        except GatewayError as error:
            return error


async def back(store: ValkeyStore) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await store.recovered()


async def persistently(log: EventLog, number: int) -> int:
    """Append as a sender of webhooks does, who comes again after a refusal; the position it has in the end."""
    deadline = Deadline.after(PATIENCE_S, Clock())
    while deadline.remaining_s() > 0:
        with contextlib.suppress(StoreError):
            return (await log.append(new_event(number))).position
        await asyncio.sleep(0.05)
    raise TimeoutError


async def write(log: EventLog, acknowledged: list[int], fifty: asyncio.Event) -> None:
    """Append until the log refuses, noting what it acknowledged, and when that were fifty."""
    with contextlib.suppress(StoreError):
        for number in range(1, 100_000):
            await log.append(new_event(number))
            acknowledged.append(number)
            if number == 50:
                fifty.set()


async def follow(follower: ValkeyServer, leader: ValkeyServer) -> None:
    """Make one server the replica of another, and wait until it is in step."""
    follower.do("REPLICAOF", "127.0.0.1", leader.port)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with leader.client() as client:
                if client.info("replication").get("slave0", {}).get("state") == "online":
                    return
            await asyncio.sleep(0.05)
