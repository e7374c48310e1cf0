"""On the way out nothing is lost: what was accepted is answered, what was taken is kept, who listens is told where to
go on, whatever was under way when the signal came."""

import signal
from collections import Counter
from dataclasses import replace

import grpc
import pytest
from conversation_gateway.v1 import event_feed_pb2, event_feed_pb2_grpc, message_pb2_grpc

from gateway.simulator.options import AppOptions, SimulatorOptions
from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, Environment, SilentHost
from tests.integration.drain_load import SILENT_RECIPIENT, SUBSCRIBERS, Ledger, load_on
from tests.integration.test_large_batch import sent_to
from tests.integration.test_lifecycle import behind
from tests.integration.test_send import text
from tests.processes import gateway_process
from tests.simulator_faults import misbehave

# Far more than a stop may take here: one that used it up would run into the patience of the test.
GRACE_S = "600"


@pytest.fixture
def simulator_options(simulator_options: SimulatorOptions) -> SimulatorOptions:
    # In this mode messages are kept, so that one can be followed that no receipt tells of.
    apps = (AppOptions(APP_ID, "us", "CONVERSATION"),)
    return replace(simulator_options, apps=apps, recorded_requests=100_000, replies="none")


async def drained(environment: Environment, simulator: Simulator) -> tuple[Ledger, int, list[str]]:
    """Stop a gateway under load of every kind; what everybody was told, its exit code, and the warnings in its log."""
    await misbehave(simulator, {"method": "POST", "path": "messages:send"}, {"delay_s": 1.0})
    await misbehave(simulator, {"host": "batch"}, {"delay_s": 0.2})
    async with gateway_process({**environment, "GATEWAY_DRAIN_TIMEOUT_S": GRACE_S}) as process:
        ready = await process.line("ready")
        followed = await message_to(ready["grpc"], SILENT_RECIPIENT)
        async with load_on(ready, followed) as ledger:
            process.child.send_signal(signal.SIGTERM)
        code = await process.ended()
    return ledger, code, [str(line) for line in process.lines if line["level"] in {"warning", "error"}]


async def message_to(address: str, recipient: str) -> str:
    request = text()
    request.recipient.identified_by.channel_identities[0].identity = recipient
    async with grpc.aio.insecure_channel(address) as channel:
        return str((await message_pb2_grpc.MessageServiceStub(channel).SendMessage(request, timeout=20)).message_id)


async def kept(environment: Environment) -> set[str]:
    """The correlation ids of the log's events, as the next gateway reads them."""
    found: set[str] = set()
    async with gateway_process(environment) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            everything = event_feed_pb2.SubscribeRequest(earliest={}, stop_at_newest={})
            async for answer in event_feed_pb2_grpc.EventFeedServiceStub(channel).Subscribe(everything):
                found.update(event.correlation_id for event in answer.batch.events)
    return found


async def test_a_stop_under_load_loses_nothing_and_tells_everybody(
    environment: Environment, simulator: Simulator
) -> None:
    ledger, code, warnings = await drained(environment, simulator)

    accepted = Counter(
        r.json["correlation_id"]
        for r in simulator.requests
        if r.path.endswith("messages:send") and r.json.get("correlation_id") and r.status == 200
    )
    assert code == 0
    assert accepted == ledger.answered, "every send that was accepted is answered, and none was sent twice"
    assert not accepted.keys() & ledger.failed.keys()
    # The library cancels what reaches it in the very moment in which it stops listening.
    assert set(ledger.failed.values()) <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    assert sum(sent_to(simulator).values()) == ledger.batched
    assert max(sent_to(simulator).values()) == 1
    assert ledger.stored <= await kept(environment)
    assert warnings == []


async def test_health_turns_and_every_stream_is_told_where_to_go_on(
    environment: Environment, simulator: Simulator
) -> None:
    ledger, _, _ = await drained(environment, simulator)

    # Told in this order, and heard in whichever order the wire and the clients' loops have it.
    assert Counter(ledger.goodbyes) == {
        "health": 1,
        "feed": SUBSCRIBERS,
        "follower": 1,
        "message-stream": 1,
        "large-batch": 1,
    }
    assert all(ledger.cursors)
    assert len(ledger.cursors) == SUBSCRIBERS + 1
    assert {ledger.codes[f"subscriber-{number}"] for number in range(SUBSCRIBERS)} == {grpc.StatusCode.OK}
    assert ledger.codes["follower"] is grpc.StatusCode.OK
    # Their callers may have written more than was read, and have to send it again elsewhere.
    assert ledger.codes["message-stream"] is grpc.StatusCode.UNAVAILABLE
    assert ledger.codes["large-batch"] is grpc.StatusCode.UNAVAILABLE


async def test_what_does_not_end_in_time_is_cut_off_and_the_exit_is_clean(
    environment: Environment, silent_host: SilentHost
) -> None:
    never = behind(silent_host, environment, GATEWAY_DRAIN_TIMEOUT_S="1")
    async with gateway_process(never) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            call = message_pb2_grpc.MessageServiceStub(channel).SendMessage(text(), timeout=60)
            await silent_host.asked.wait()
            process.child.send_signal(signal.SIGTERM)

            told = await call.code()

        assert await process.ended() == 0
    assert told in {grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE}
