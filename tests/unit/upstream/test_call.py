"""A call before it goes out: what stops it there costs nobody anything."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from conversation_gateway.v1 import message_pb2

from gateway import outbound
from gateway.clock import Clock
from gateway.configuration import load
from gateway.deadline import Deadline
from gateway.grace import Grace
from gateway.state.sqlite_log import SqliteEventLog
from gateway.telemetry.metrics import Metrics
from gateway.upstream.contract import methods
from gateway.watched_file import WatchedFiles
from tests.conftest import APP_ID, environment_for

SEND = "/conversation_gateway.v1.MessageService/SendMessage"


def a_send() -> message_pb2.SendMessageRequest:
    request = message_pb2.SendMessageRequest(app_id=APP_ID, message={"text_message": {"text": "Hello"}})
    request.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity="+46700000001")
    return request


@pytest.mark.parametrize("request_id", ["", "id-1"])
async def test_a_deadline_already_past_is_exceeded_without_touching_the_queue(tmp_path: Path, request_id: str) -> None:
    # A port where nobody listens: whatever went out would fail differently.
    settings = load(environment_for("http://127.0.0.1:1", tmp_path)).settings
    clock, metrics = Clock(), Metrics()
    grace = Grace(total_s=1.0, clock=clock)
    events = await SqliteEventLog.open(tmp_path / "events.db", clock=clock)
    request = a_send()
    if request_id:
        request.options.request_id = request_id

    async with AsyncExitStack() as stack:
        stack.push_async_callback(events.close)
        ground = outbound.Ground(
            settings=settings,
            clock=clock,
            metrics=metrics,
            events=events,
            shared=None,
            grace=grace,
            files=WatchedFiles(clock=clock),
        )
        calls = await outbound.build(ground, stack)
        operation = calls.operation(next(method for method in methods() if method.path == SEND))
        with pytest.raises(TimeoutError):
            await calls.call(operation, request, Deadline.after(0, clock), caller="test")
        await metrics.exposition("")
        waiting = metrics.registry.get_sample_value("gateway_rate_limit_waiting", {"priority": "normal"})

    assert waiting == 0
