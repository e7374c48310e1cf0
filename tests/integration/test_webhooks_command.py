"""`conversation-gateway webhooks ensure` says a line a webhook, or a line why not, and nothing that is secret."""

import asyncio
import os
import sys
from typing import Any, NamedTuple

import orjson

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, WEBHOOK_SECRET, RunningGateway, StartGateway
from tests.patience import PATIENCE_S
from tests.simulator_faults import misbehave

TARGET = "https://gateway.example.com/webhooks/default"


class Ended(NamedTuple):
    """A command that has ended."""

    code: int
    lines: list[str]
    complaints: list[str]

    @property
    def objects(self) -> list[dict[str, Any]]:
        """What was said, of lines for programs."""
        return [orjson.loads(line) for line in self.lines]


async def ensure(address: str, *arguments: str, **environment: str) -> Ended:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONVERSATION_GATEWAY_")}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "gateway.cli", "webhooks", "ensure", *arguments),
        env={**inherited, "CONVERSATION_GATEWAY_ADDRESS": address, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_S):
        said, complained = await child.communicate()
    assert WEBHOOK_SECRET not in f"{said!r} {complained!r}"
    return Ended(child.returncode or 0, said.decode().splitlines(), complained.decode().splitlines())


async def test_each_webhook_is_a_line_and_a_repeat_changes_nothing(gateway: RunningGateway) -> None:
    address, triggers = gateway.addresses.grpc, ("--trigger", "OPT_IN", "--trigger", "OPT_OUT")

    planned = await ensure(address, "--target", TARGET, *triggers, "--dry-run")
    made = await ensure(address, "--target", TARGET, *triggers)
    repeated = await ensure(address, "--target", TARGET, *triggers)
    widened = await ensure(address, "--target", TARGET)

    assert planned == Ended(0, [f"would be CREATED  {APP_ID}  {TARGET}"], [])
    assert made == Ended(0, [f"CREATED  {APP_ID}  {TARGET}"], [])
    assert repeated == Ended(0, [f"UNCHANGED  {APP_ID}  {TARGET}"], [])
    assert widened == Ended(0, [f"UPDATED (triggers)  {APP_ID}  {TARGET}"], [])


async def test_programs_read_an_object_a_line(gateway: RunningGateway) -> None:
    port = gateway.addresses.webhooks.rpartition(":")[2]
    here = f"http://127.0.0.1:{port}/webhooks/default"

    ended = await ensure(gateway.addresses.grpc, "--app-id", APP_ID, "--target", here, "--prove", "--output", "json")

    (said,) = ended.objects
    assert ended.code == 0
    assert said.pop("webhook_id")
    assert said == {
        "app_id": APP_ID,
        "target": here,
        "dry_run": False,
        "change": "CREATED",
        "changed_fields": [],
        "proof": "PROVEN",
        "proof_hint": "",
    }


async def test_a_target_that_is_not_proven_fails_and_says_what_to_look_at(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"path": "capability:query"}, {"status": 403})

    ended = await ensure(gateway.addresses.grpc, "--target", TARGET, "--prove")

    assert (ended.code, ended.complaints) == (1, [])
    assert ended.lines[0].startswith(f"CREATED  {APP_ID}  {TARGET}  NOT POSSIBLE: ")


async def test_every_failure_is_one_line(start_gateway: StartGateway) -> None:
    async with start_gateway() as gateway:
        elsewhere = await ensure(gateway.addresses.grpc, "--target", "https://gateway.example.com/elsewhere")
    gone = await ensure(gateway.addresses.grpc, "--target", TARGET)
    untrusted = await ensure("127.0.0.1:1", "--target", TARGET, CONVERSATION_GATEWAY_TOKEN="no-tls")

    assert [each.code for each in (elsewhere, gone, untrusted)] == [1, 1, 1]
    assert [len(each.complaints) for each in (elsewhere, gone, untrusted)] == [1, 1, 1]
    assert "WEBHOOK_UNKNOWN: webhooks[0].target: " in elsewhere.complaints[0]
    assert f"no gateway answers at {gateway.addresses.grpc}" in gone.complaints[0]
    assert "token" in untrusted.complaints[0]
    assert "no-tls" not in untrusted.complaints[0]
