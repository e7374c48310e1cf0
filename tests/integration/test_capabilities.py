"""A capability lookup and its answer are one call; equal lookups are one lookup, and answers are remembered."""

import asyncio
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import capability_pb2, capability_pb2_grpc, webhook_pb2, webhook_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, WEBHOOK_SECRET, RunningGateway, StartGateway
from tests.rich_status import info
from tests.simulator_faults import arrived, misbehave, tell

CAPABLE, INCAPABLE, SILENT = "46700000001", "99960010001", "99960040001"


@pytest.fixture
async def fed(gateway: RunningGateway) -> RunningGateway:
    """A gateway that gets the answers to its lookups."""
    await register(gateway)
    return gateway


async def register(gateway: RunningGateway) -> None:
    target = f"http://{gateway.addresses.webhooks}/webhooks/default"
    webhook = webhook_pb2.NewWebhook(
        app_id=APP_ID, target=target, target_type="HTTP", secret=WEBHOOK_SECRET, triggers=["CAPABILITY"]
    )
    stub = webhook_pb2_grpc.WebhookServiceStub(gateway.channel)
    await stub.CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=webhook))


def about(*identities: str, **fields: Any) -> capability_pb2.AwaitCapabilityRequest:
    request = capability_pb2.AwaitCapabilityRequest(**fields)
    for channel, identity in zip(("RCS", "WHATSAPP", "SMS"), identities, strict=False):
        request.recipient.identified_by.channel_identities.add(channel=channel, identity=identity)
    return request


async def ask(gateway: RunningGateway, request: Any, timeout_s: float = 10) -> capability_pb2.AwaitCapabilityResponse:
    answer: capability_pb2.AwaitCapabilityResponse = await capability_pb2_grpc.CapabilityServiceStub(
        gateway.channel
    ).AwaitCapability(request, timeout=timeout_s)
    return answer


def lookups(simulator: Simulator) -> int:
    return arrived(simulator, "POST", "/capability:query")


async def test_the_answer_of_each_channel_comes_in_one_call(fed: RunningGateway) -> None:
    answer = await ask(fed, about(CAPABLE, INCAPABLE))

    found = [(each.channel, each.capability_status, each.remembered) for each in answer.capabilities]
    assert found == [("RCS", "CAPABILITY_FULL", False), ("WHATSAPP", "NO_CAPABILITY", False)]


async def test_equal_lookups_at_the_same_time_are_one(fed: RunningGateway, simulator: Simulator) -> None:
    answers = await asyncio.gather(*(ask(fed, about(CAPABLE)) for _ in range(20)))

    assert {each.capabilities[0].capability_status for each in answers} == {"CAPABILITY_FULL"}
    assert lookups(simulator) == 1


async def test_an_answer_is_remembered_however_the_number_is_written(fed: RunningGateway, simulator: Simulator) -> None:
    await ask(fed, about(CAPABLE))

    again = await ask(fed, about(f"+{CAPABLE}"))

    assert again.capabilities[0].remembered
    assert lookups(simulator) == 1


async def test_whoever_wants_a_fresh_answer_gets_one(fed: RunningGateway, simulator: Simulator) -> None:
    await ask(fed, about(CAPABLE))

    fresh = await ask(fed, about(CAPABLE, max_age={"seconds": 0}))

    assert not fresh.capabilities[0].remembered
    assert lookups(simulator) == 2


async def test_nothing_is_remembered_where_the_settings_say_so(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    async with start_gateway(GATEWAY_CAPABILITY_MEMORY_S="0") as gateway:
        await register(gateway)
        await ask(gateway, about(CAPABLE))
        await ask(gateway, about(CAPABLE))

    assert lookups(simulator) == 2


async def test_an_answer_that_stays_away_names_the_lookup(fed: RunningGateway, simulator: Simulator) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as missing:
        await ask(fed, about(SILENT), timeout_s=1)

    sent = next(r for r in simulator.requests if r.path.endswith("capability:query"))
    assert missing.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert info(missing.value).reason == "CAPABILITY_MISSING"
    assert info(missing.value).metadata["lookup_request_ids"] == sent.json["request_id"]


async def test_an_answer_that_comes_too_late_serves_the_next_who_asks(
    fed: RunningGateway, simulator: Simulator
) -> None:
    await tell(simulator, "faults", {"match": {"trigger": "CAPABILITY"}, "callback": {"delay_s": 30}})
    with pytest.raises(grpc.aio.AioRpcError):
        await ask(fed, about(CAPABLE), timeout_s=1)
    await tell(simulator, "clock", {"advance_s": 60})

    answer = await ask(fed, about(CAPABLE))

    assert answer.capabilities[0].capability_status == "CAPABILITY_FULL"
    assert lookups(simulator) == 1


async def test_a_lookup_that_the_api_refuses_fails_everybody_who_shares_it(
    fed: RunningGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"path": "capability:query"}, {"status": 403})

    results = await asyncio.gather(*(ask(fed, about(CAPABLE)) for _ in range(3)), return_exceptions=True)

    assert {each.code() for each in results if isinstance(each, grpc.aio.AioRpcError)} == {
        grpc.StatusCode.PERMISSION_DENIED
    }
    assert len(results) == 3


async def test_one_who_gives_up_does_not_take_the_answer_from_the_others(fed: RunningGateway) -> None:
    impatient = asyncio.create_task(ask(fed, about(CAPABLE)))
    patient = asyncio.create_task(ask(fed, about(CAPABLE)))
    await asyncio.sleep(0)
    impatient.cancel()

    answer = await patient

    assert answer.capabilities[0].capability_status == "CAPABILITY_FULL"


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (capability_pb2.AwaitCapabilityRequest(), "recipient"),
        (about(CAPABLE, channels=["SMS"]), "channels"),
        (capability_pb2.AwaitCapabilityRequest(recipient={"contact_id": "C"}, channels=["SMS"] * 11), "channels"),
        (about(CAPABLE, max_age={"seconds": -1}), "max_age"),
    ],
)
async def test_what_cannot_be_looked_up_is_refused_before_anything_is_sent(
    fed: RunningGateway, simulator: Simulator, request_: Any, field: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await ask(fed, request_)

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert field in (refused.value.details() or "")
    assert lookups(simulator) == 0
