"""A gateway that is away, goes away, or speaks another protocol: one clear, typed error in bounded time."""

import re
from pathlib import Path

import pytest
import trustme
from conversation_gateway import connect
from conversation_gateway.v1.webhook_pb2 import CreateWebhookRequest, NewWebhook

from tests.clients.programs import PROGRAMS, Ended, programs, run
from tests.conftest import APP_ID, WEBHOOK_SECRET, Environment, RunningGateway
from tests.processes import gateway_process

NEVER_DELIVERED = "+99930060001"
"""A recipient of the simulator's with whom nothing follows QUEUED_ON_CHANNEL."""

pytestmark = pytest.mark.parametrize("name", PROGRAMS)


def assert_one_typed_error(ended: Ended) -> None:
    """Exit code 1, and a last line that begins with the error's type; before it logs at most, and no trace."""
    *logs, last = ended.errors.splitlines()
    assert ended.code == 1
    assert last.startswith("Unavailable: "), ended.errors
    assert not [line for line in logs if re.match(r"Traceback|Unavailable|panic|\s+at ", line)], ended.errors


async def register(address: str, webhooks: str) -> None:
    """Have receipts posted to a gateway."""
    target = f"http://{webhooks}/webhooks/default"
    webhook = NewWebhook(app_id=APP_ID, target=target, target_type="HTTP", secret=WEBHOOK_SECRET)
    webhook.triggers.append("MESSAGE_DELIVERY")
    async with connect(address) as client:
        await client.webhooks.CreateWebhook(CreateWebhookRequest(webhook=webhook))


async def test_a_gateway_that_is_down_at_start(name: str, unused_tcp_port: int) -> None:
    client = programs(name)

    ended = await run((*client.example, "+46700000001"), address=f"127.0.0.1:{unused_tcp_port}")

    assert_one_typed_error(ended)


async def test_a_gateway_that_goes_away_in_mid_stream(name: str, environment: Environment) -> None:
    client = programs(name)
    async with gateway_process(environment) as process:
        ready = await process.line("ready")
        await register(ready["grpc"], ready["webhooks"])

        ended = await run(
            (*client.example, NEVER_DELIVERED),
            address=ready["grpc"],
            on_line=lambda _: process.child.kill(),
        )

    assert ended.lines == ["QUEUED_ON_CHANNEL"]
    assert_one_typed_error(ended)


async def test_speaking_tls_to_a_gateway_that_does_not(name: str, gateway: RunningGateway, tmp_path: Path) -> None:
    client = programs(name)
    authorities = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(authorities)

    ended = await run(
        (*client.example, "+46700000001"),
        address=gateway.addresses.grpc,
        CONVERSATION_GATEWAY_CA_FILE=str(authorities),
    )

    assert_one_typed_error(ended)
