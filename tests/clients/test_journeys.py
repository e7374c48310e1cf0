"""Every client's examples of calls that are whole journeys do what they say, against a gateway."""

import pytest

from tests.clients.programs import PROGRAMS, programs, run
from tests.conftest import RunningGateway
from tests.integration.test_receipts import register

STATES = ["ACCEPTED", "QUEUED_ON_CHANNEL", "DELIVERED", "READ"]
NOT_REACHABLE, ALWAYS_ANSWERS = "+99930010001", "+99950010001"


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_message_is_sent_and_tracked_until_it_is_read(name: str, gateway: RunningGateway) -> None:
    client = programs(name)
    await register(gateway)

    ended = await run((*client.track, "+46700000001"), address=gateway.addresses.grpc)

    assert ended.lines == STATES, ended.errors
    assert ended.code == 0


@pytest.mark.parametrize("name", PROGRAMS)
async def test_tracking_ends_with_a_failure(name: str, gateway: RunningGateway) -> None:
    client = programs(name)
    await register(gateway)

    ended = await run((*client.track, NOT_REACHABLE), address=gateway.addresses.grpc)

    assert ended.lines == ["ACCEPTED", "QUEUED_ON_CHANNEL", "FAILED"], ended.errors
    assert ended.code == 0


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_stream_that_is_refused_fails_with_a_typed_error(name: str, gateway: RunningGateway) -> None:
    client = programs(name)

    ended = await run((*client.track, ""), address=gateway.addresses.grpc)

    assert ended.errors.splitlines()[-1].startswith("InvalidRequest: "), ended.errors
    assert ended.code == 1


@pytest.mark.parametrize("name", [name for name, client in PROGRAMS.items() if client.journeys])
async def test_the_webhook_the_capability_and_the_reply_take_one_call_each(name: str, gateway: RunningGateway) -> None:
    client = programs(name)
    assert client.journeys
    target = f"http://{gateway.addresses.webhooks}/webhooks/default"

    ended = await run((*client.journeys, target, ALWAYS_ANSWERS), address=gateway.addresses.grpc)

    assert ended.lines == [
        "WEBHOOK_CHANGE_CREATED WEBHOOK_PROOF_PROVEN", "WHATSAPP CAPABILITY_FULL", "tea"
    ], ended.errors  # fmt: skip
    assert ended.code == 0
