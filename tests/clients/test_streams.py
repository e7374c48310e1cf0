"""Every client replaces a stream that breaks, falls silent or is sent away by one after its cursor."""

import grpc
import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb

from tests.clients.programs import PROGRAMS, programs, run
from tests.integration.scripted_gateway import Act, opened, says, scripted_gateway


def receipt(number: int, status: str) -> pb.SubscribeResponse:
    event = pb.FeedEvent(event_id=str(number), cursor=str(number).encode())
    event.message_delivery_report.status = status
    return pb.SubscribeResponse(batch=pb.EventBatch(events=[event]))


DELIVERED, READ = receipt(1, "DELIVERED"), receipt(2, "READ")
PASSED = pb.SubscribeResponse(heartbeat=pb.Heartbeat(cursor=b"1b"))
LEAVING = pb.SubscribeResponse(draining=pb.Draining(cursor=b"1c"))
ENDS: dict[str, tuple[Act, bytes]] = {
    "it breaks": (says(opened(), DELIVERED, then=grpc.StatusCode.UNAVAILABLE), b"1"),
    "it breaks after a heartbeat": (says(opened(), DELIVERED, PASSED, then=grpc.StatusCode.INTERNAL), b"1b"),
    "it falls silent": (says(opened(heartbeat_s=0.1), DELIVERED, silent=True), b"1"),
    "the gateway drains": (says(opened(), DELIVERED, LEAVING), b"1c"),
    "it ends without a word": (says(opened(), DELIVERED), b"1"),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", PROGRAMS)
async def test_the_next_stream_starts_after_the_cursor_when(name: str, end: str) -> None:
    client = programs(name)
    first, cursor = ENDS[end]

    async with scripted_gateway(first, says(opened(cursor), READ, silent=True)) as gateway:
        ended = await run((*client.example, "+46700000001"), address=gateway.address)

    assert ended.lines == ["DELIVERED", "READ"], ended.errors
    assert [request.after_cursor for request in gateway.subscriptions] == [b"", cursor]


@pytest.mark.parametrize("name", PROGRAMS)
async def test_leaving_the_loop_cancels_the_call_at_the_gateway(name: str) -> None:
    client = programs(name)

    async with scripted_gateway(says(opened(), READ, silent=True)) as gateway:
        await run((*client.example, "+46700000001"), address=gateway.address)

        await gateway.left.wait()

    assert gateway.left.is_set()
