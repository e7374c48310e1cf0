"""What waits for a webhook is told whichever replica the webhook lands on, and whichever dies meanwhile."""

import asyncio
import signal

import pytest
from conversation_gateway.v1 import message_pb2

from gateway.simulator.server import Simulator
from tests.conftest import Environment, RunningGateway
from tests.integration.shared.test_gateways import replica, replicas, shared_environment
from tests.integration.test_capabilities import CAPABLE, about, lookups
from tests.integration.test_capabilities import ask as ask_capability
from tests.integration.test_capabilities import register as register_for_capabilities
from tests.integration.test_receipts import register
from tests.integration.test_send import text
from tests.integration.test_tracking import hurried, send_and_track, statuses, stub, track
from tests.patience import PATIENCE_S

__all__ = ["replicas", "shared_environment"]


async def test_a_message_is_followed_on_another_replica_than_its_webhooks_come_to(
    replicas: list[RunningGateway],
) -> None:
    one, two = replicas
    await register(one)

    states, end = await send_and_track(two)

    assert statuses(states)[-1] == "READ"
    assert end.reason == message_pb2.TRACKING_END_REASON_FINAL


async def test_a_message_is_followed_on_when_the_replica_that_sent_it_is_killed(
    shared_environment: Environment, simulator: Simulator
) -> None:
    async with replica(shared_environment) as (_, survivor):
        await register(survivor)
        async with replica(shared_environment) as (process, doomed):
            request = message_pb2.SendAndTrackRequest(send=text())
            request.send.recipient.identified_by.channel_identities[0].identity = "9994002"
            answers = stub(doomed).SendAndTrack(request).__aiter__()
            first = await anext(answers)
            process.child.send_signal(signal.SIGKILL)
            await process.ended()

        tracked = track(survivor, first.state.message_id, after=first.state.cursor)
        states, end = await hurried(simulator, tracked)

    assert statuses(states)[-1] == "READ"
    assert end.reason == message_pb2.TRACKING_END_REASON_FINAL


async def test_a_lookup_is_answered_on_another_replica_and_then_known_to_both(
    replicas: list[RunningGateway], simulator: Simulator
) -> None:
    one, two = replicas
    await register_for_capabilities(one)

    await ask_capability(two, about(CAPABLE))
    again = await ask_capability(two, about(CAPABLE))
    async with asyncio.timeout(PATIENCE_S):
        while not (elsewhere := await ask_capability(one, about(CAPABLE))).capabilities[0].remembered:
            pass

    assert again.capabilities[0].remembered
    assert elsewhere.capabilities[0].capability_status == "CAPABILITY_FULL"
    assert lookups(simulator) <= 2


async def test_a_replica_without_a_webhook_door_follows_what_others_take(
    shared_environment: Environment,
) -> None:
    async with (
        replica(shared_environment) as (_, ingress),
        replica({**shared_environment, "GATEWAY_WEBHOOK_ADDRESS": ""}) as (_, sender),
    ):
        await register(ingress)

        states, _ = await send_and_track(sender)

    assert statuses(states)[-1] == "READ"


@pytest.mark.parametrize("until", ["DELIVERED", "READ"])
async def test_an_embedded_gateway_that_is_killed_goes_on_after_its_restart(
    environment: Environment, simulator: Simulator, until: str
) -> None:
    async with replica(environment) as (process, doomed):
        await register(doomed)
        request = message_pb2.SendAndTrackRequest(send=text())
        request.send.recipient.identified_by.channel_identities[0].identity = "9994002"
        answers = stub(doomed).SendAndTrack(request).__aiter__()
        first = await anext(answers)
        port = doomed.addresses.webhooks
        process.child.send_signal(signal.SIGKILL)
        await process.ended()
    async with replica({**environment, "GATEWAY_WEBHOOK_ADDRESS": port}) as (_, restarted):
        tracked = track(restarted, first.state.message_id, after=first.state.cursor, until=until)
        states, end = await hurried(simulator, tracked)

    # What is posted again comes late, and READ may be there before DELIVERED is.
    assert statuses(states)[-1] in {until, "READ"}
    assert end.reason == message_pb2.TRACKING_END_REASON_FINAL
