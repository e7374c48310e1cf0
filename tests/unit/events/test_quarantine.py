"""A damaged log is set aside under a name that is said, and nobody goes on in the new one with a cursor of the old."""

from pathlib import Path

import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb
from structlog.testing import capture_logs

from gateway.errors import GatewayError
from tests.unit.events.reading import opened_feed
from tests.unit.state.sample import append_all, new_event


async def test_a_damaged_log_is_named_and_its_cursors_are_refused(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 50)
        before = await it.feed.get_feed(pb.GetFeedRequest())
        cursor = before.newest_cursor
        await it.feed.commit(pb.CommitRequest(subscription="worker", cursor=cursor))
    damaged, posted = tmp_path / "log.db", new_event(50).raw
    damaged.write_bytes(content := damaged.read_bytes().replace(posted, posted[::-1]))

    with capture_logs() as lines:
        async with opened_feed(tmp_path) as it:
            with pytest.raises(GatewayError) as resumed:
                await it.drained(after_cursor=cursor)
            with pytest.raises(GatewayError) as committed:
                await it.feed.commit(pb.CommitRequest(subscription="worker", cursor=cursor))
            after = await it.feed.get_feed(pb.GetFeedRequest())

    [said] = [line for line in lines if line["event"] == "event_log_set_aside"]
    assert (said["log_level"], said["path"]) == ("error", str(damaged))
    assert (tmp_path / said["aside"]).read_bytes() == content
    assert (resumed.value.reason, committed.value.reason) == ("CURSOR_EPOCH_MISMATCH", "CURSOR_EPOCH_MISMATCH")
    assert after.epoch != before.epoch
    assert (after.event_count, list(after.subscriptions)) == (0, [])
