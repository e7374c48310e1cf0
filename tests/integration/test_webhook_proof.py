"""A target is proven to reach the feed by an event that comes that way, or it is said what stands in between."""

from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import webhook_pb2 as pb
from conversation_gateway.v1 import webhook_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, RunningGateway, StartGateway
from tests.rich_status import info
from tests.simulator_faults import misbehave, tell

PROVEN, NOT_SEEN = pb.WEBHOOK_PROOF_PROVEN, pb.WEBHOOK_PROOF_NOT_SEEN
UNDECIDED, NOT_POSSIBLE = pb.WEBHOOK_PROOF_UNDECIDED, pb.WEBHOOK_PROOF_NOT_POSSIBLE


def here(gateway: RunningGateway, host: str = "127.0.0.1", **fields: Any) -> pb.DesiredWebhook:
    port = gateway.addresses.webhooks.rpartition(":")[2]
    return pb.DesiredWebhook(target=f"http://{host}:{port}/webhooks/default", **fields)


def nowhere(**fields: Any) -> pb.DesiredWebhook:
    """A target that nothing listens at."""
    return pb.DesiredWebhook(target="http://127.0.0.1:9/webhooks/default", **fields)


async def proofs(gateway: RunningGateway, *webhooks: pb.DesiredWebhook, timeout_s: float = 10) -> list[tuple[int, str]]:
    request = pb.EnsureWebhooksRequest(webhooks=webhooks, prove=True)
    stub = webhook_pb2_grpc.WebhookServiceStub(gateway.channel)
    answer = await stub.EnsureWebhooks(request, timeout=timeout_s)
    return [(each.proof, each.proof_hint) for each in answer.webhooks]


async def test_a_target_that_reaches_the_feed_is_proven_at_once_and_again(gateway: RunningGateway) -> None:
    first = await proofs(gateway, here(gateway))
    second = await proofs(gateway, here(gateway))

    assert first == second == [(PROVEN, "")]


async def test_nothing_is_proven_unless_that_was_asked_for(gateway: RunningGateway, simulator: Simulator) -> None:
    request = pb.EnsureWebhooksRequest(webhooks=[here(gateway)])
    answer = await webhook_pb2_grpc.WebhookServiceStub(gateway.channel).EnsureWebhooks(request)

    assert answer.webhooks[0].proof == pb.WEBHOOK_PROOF_UNSPECIFIED
    assert [each for each in simulator.requests if each.path.endswith("capability:query")] == []


@pytest.mark.parametrize("manner", [{"signature": "wrong"}, {"signature": "missing"}, {"delay_s": 30}])
async def test_an_event_that_does_not_come_in_time_is_not_seen(
    gateway: RunningGateway, simulator: Simulator, manner: dict[str, Any]
) -> None:
    await tell(simulator, "faults", {"match": {"trigger": "CAPABILITY"}, "callback": manner})

    ((proof, hint),) = await proofs(gateway, here(gateway), timeout_s=1.5)

    assert proof == NOT_SEEN
    assert "gateway_webhook_posts_total" in hint


async def test_a_target_that_leads_elsewhere_is_not_seen(gateway: RunningGateway) -> None:
    ((proof, _),) = await proofs(gateway, nowhere(), timeout_s=1.5)

    assert proof == NOT_SEEN


async def test_a_first_event_that_is_lost_does_not_decide(gateway: RunningGateway, simulator: Simulator) -> None:
    late = {"match": {"trigger": "CAPABILITY", "nth": [1]}, "callback": {"delay_s": 300}}
    await tell(simulator, "faults", late)

    assert await proofs(gateway, here(gateway), timeout_s=3) == [(PROVEN, "")]


async def test_targets_that_could_stand_for_each_other_are_undecided(gateway: RunningGateway) -> None:
    found = await proofs(gateway, here(gateway), nowhere(), timeout_s=5)

    assert [proof for proof, _ in found] == [UNDECIDED, UNDECIDED]


async def test_webhooks_of_others_leave_no_doubt(gateway: RunningGateway) -> None:
    crm = pb.NewWebhook(
        app_id=APP_ID, target="http://127.0.0.1:9/webhooks/crm", target_type="HTTP", triggers=["CAPABILITY"]
    )
    await webhook_pb2_grpc.WebhookServiceStub(gateway.channel).CreateWebhook(pb.CreateWebhookRequest(webhook=crm))

    assert await proofs(gateway, here(gateway)) == [(PROVEN, "")]


async def test_without_the_trigger_no_proof_is_possible(gateway: RunningGateway, simulator: Simulator) -> None:
    ((proof, hint),) = await proofs(gateway, here(gateway, triggers=["MESSAGE_INBOUND"]))

    assert (proof, "CAPABILITY" in hint) == (NOT_POSSIBLE, True)
    assert [each for each in simulator.requests if each.path.endswith("capability:query")] == []


async def test_a_lookup_that_the_api_refuses_is_told_and_the_webhook_stays(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"path": "capability:query"}, {"status": 403})

    ((proof, hint),) = await proofs(gateway, here(gateway))

    assert (proof, "UPSTREAM_PERMISSION_DENIED" in hint) == (NOT_POSSIBLE, True)


async def test_a_lookup_that_hangs_does_not_take_the_answer_with_it(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"path": "capability:query"}, {"ending": "hang"})

    ((proof, _),) = await proofs(gateway, here(gateway), timeout_s=1.5)

    assert proof == NOT_POSSIBLE


async def test_a_gateway_that_no_webhook_can_reach_says_so_before_it_changes_anything(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    async with start_gateway(GATEWAY_WEBHOOK_ADDRESS="") as gateway:
        with pytest.raises(grpc.aio.AioRpcError) as closed:
            await proofs(gateway, nowhere())

    assert (closed.value.code(), info(closed.value).reason) == (grpc.StatusCode.FAILED_PRECONDITION, "FEED_CLOSED")
    assert simulator.requests == []
