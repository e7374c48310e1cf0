"""A server that comes back without its newest writes: no subscription stays where the log has never been.

Nobody who reads the log has noticed yet, as in the moment after a failover; the next events get the same positions. And
where just a take-over was lost, there is nothing to notice, but its number belongs to nobody else.
"""

from typing import Any, NamedTuple

import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb
from structlog.testing import capture_logs

from gateway.errors import GatewayError, StoreError
from gateway.state.log import Keep
from gateway.state.subscriptions import Subscription
from gateway.state.valkey_log import ValkeyEventLog
from tests.integration.shared.opening import replica
from tests.integration.shared.test_replicas import replica_feed
from tests.unit.events.reading import all_positions, kinds
from tests.unit.state.sample import PROJECT, append_all
from tests.valkey_server import ValkeyServer

LOG, EVENTS = f"cgw:{{{PROJECT}}}:log", f"cgw:{{{PROJECT}}}:events"
SUBSCRIPTIONS = f"cgw:{{{PROJECT}}}:subscriptions"

pasts = pytest.mark.parametrize("after", [0, 5], ids=["shorter", "overwritten"])
"""How many other events were taken after the loss."""


class Copy(NamedTuple):
    """What a server held of a log, in the client's own types."""

    header: Any
    entries: Any


def copied(server: ValkeyServer) -> Copy:
    return Copy(server.do("HGETALL", LOG), server.do("XRANGE", EVENTS, "-", "+"))


def restore(server: ValkeyServer, copy: Copy) -> None:
    """Have the server hold of the log what it held then, and all else as it is."""
    with server.client() as client, client.pipeline(transaction=True) as takeover:
        takeover.delete(LOG, EVENTS)
        takeover.hset(LOG, mapping=copy.header)
        for entry_id, fields in copy.entries:
            takeover.xadd(EVENTS, fields, id=entry_id)
        takeover.execute()


async def lost(server: ValkeyServer, log: ValkeyEventLog) -> Copy:
    """Append six events; a copy of the server as it was after three of them."""
    await append_all(log, 3)
    copy = copied(server)
    await append_all(log, 3, first=4)
    return copy


async def come_back(server: ValkeyServer, copy: Copy, *, after: int) -> None:
    """Hold what the copy holds, and so many other events after it."""
    restore(server, copy)
    async with replica(server) as other:
        await append_all(other, after, first=100)


async def commit(log: ValkeyEventLog, held: Subscription) -> None:
    """Commit the newest event that the log knows."""
    position, mark = log.tail.position, log.tail.mark
    await log.commit(project_id=PROJECT, name="worker", position=position, mark=mark, fence=held.fence, most=1)


async def acquire(log: ValkeyEventLog) -> Subscription:
    return await log.acquire(project_id=PROJECT, name="worker", new="earliest", most=1)


@pasts
async def test_a_commit_of_what_was_just_lost_is_refused_and_skips_nothing(valkey: ValkeyServer, after: int) -> None:
    async with replica(valkey) as log:
        held = await acquire(log)
        copy = await lost(valkey, log)
        # It follows no more, so that it does not notice by itself.
        await log.close()
        await come_back(valkey, copy, after=after)

        with pytest.raises(StoreError):
            await commit(log, held)
    async with replica_feed(valkey) as it, it.stream(subscription="worker") as answers:
        await append_all(it.log, 5, first=200)
        received = await answers.positions(8 + after)

    assert received == list(range(1, 9 + after))


@pasts
async def test_a_subscription_that_got_further_than_the_log_begins_anew(valkey: ValkeyServer, after: int) -> None:
    async with replica(valkey) as log:
        copy = await lost(valkey, log)
        await commit(log, await acquire(log))
    await come_back(valkey, copy, after=after)

    with capture_logs() as lines:
        async with replica_feed(valkey) as it:
            anew = await it.drained(subscription="worker")
            again = await it.drained(subscription="worker")

    assert all_positions(anew) == all_positions(again) == list(range(1, 4 + after))
    assert [line["subscription"] for line in lines if line["event"] == "subscription_begun_anew"] == ["worker"]


@pytest.mark.parametrize("kept", [2, 1], ids=["before it", "up to it"])
async def test_a_subscription_that_begins_anew_has_a_gap_where_events_are_no_longer_kept(
    valkey: ValkeyServer, kept: int
) -> None:
    async with replica(valkey) as log:
        copy = await lost(valkey, log)
        await commit(log, await acquire(log))
    await come_back(valkey, copy, after=4)
    async with replica_feed(valkey) as it:
        keep = Keep(age_s=1e9, size_bytes=1 << 40, count=kept)
        await it.log.trim(keep=keep, held=keep)

        with pytest.raises(GatewayError) as refusal:
            await it.drained(subscription="worker")
        skipping = await it.drained(subscription="worker", on_gap=pb.ON_GAP_RESUME_AT_OLDEST)

    assert refusal.value.reason == "CURSOR_COMPACTED"
    assert kinds(skipping) == ["opened", "gap_skipped", "batch"]
    assert all_positions(skipping) == list(range(8 - kept, 8))


@pytest.mark.parametrize("is_next", ["held", "deleted and created"])
async def test_a_fence_that_was_lost_is_not_given_again(valkey: ValkeyServer, is_next: str) -> None:
    async with replica(valkey) as log:
        await acquire(log)
        before = valkey.do("HGETALL", SUBSCRIPTIONS)
        forgotten = await acquire(log)
        with valkey.client() as client:
            client.hset(SUBSCRIPTIONS, mapping=before)

        above = 0
        if is_next == "deleted and created":
            above = await log.delete_subscription(project_id=PROJECT, name="worker")
        current = await acquire(log)
        with pytest.raises(GatewayError) as refusal:
            await commit(log, forgotten)

    assert forgotten.fence < (above or current.fence)
    assert refusal.value.reason == "FENCED"
