"""The vendor's own Node SDK, pointed at the simulator, performs every operation it has and parses the answers."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.simulator import AppOptions, Simulator, SimulatorOptions
from tests.requirements import require
from tests.simulator.api_client import ApiClient, send_body
from tests.simulator.receiver import Receiver
from tests.simulator.schema import API_FACTS, request_complaints

_APP = "01C0NVERSAT10N000000000000"
_FOLDER = Path(__file__).parent / "node"
_TIMEOUT_S = 60


@pytest.fixture
def options() -> SimulatorOptions:
    return SimulatorOptions(apps=(AppOptions(_APP, "us", "CONVERSATION"),), receipt_delay_s=0, replies="all")


@pytest.fixture(autouse=True)
def node() -> None:
    require(shutil.which("node"), "node")
    require((_FOLDER / "node_modules" / "@sinch").is_dir(), "the vendor's Node SDK: make node-sdk")


async def test_the_sdk_performs_every_operation_and_parses_its_answer(simulator: Simulator) -> None:
    finding = await ask_sdk("operations", simulator.url, _APP)

    assert {name: result for name, result in finding["results"].items() if "error" in result} == {}
    assert finding["strangers"] == []
    assert len(finding["results"]) >= 67


async def test_what_the_sdk_asks_is_what_the_published_schemas_say(simulator: Simulator) -> None:
    require(API_FACTS.is_dir(), f"the published schemas in {API_FACTS}")

    finding = await ask_sdk("operations", simulator.url, _APP)

    complaints = {
        name: found
        for name, result in finding["results"].items()
        for request in result["requests"]
        if request["json"] is not None and not name.startswith("templatesV1.")
        if (found := request_complaints(request["method"], request["path"], request["json"]))
    }
    assert complaints == {}


async def test_the_sdk_accepts_the_signature_of_a_callback_and_no_other(receiver: Receiver, api: ApiClient) -> None:
    await api.subscribe(receiver.url, "MESSAGE_DELIVERY", "MESSAGE_INBOUND", "MESSAGE_SUBMIT", app_id=_APP)
    await api.send(**send_body(app_id=_APP))
    received = await receiver.wait_for(5)  # the submission, three states and the reply
    callbacks = [{"headers": callback.headers, "body": callback.body.decode()} for callback in received]

    verdicts = await ask_sdk("callbacks", "hook-secret", lines=callbacks)

    assert [verdict["rightful"] for verdict in verdicts] == [True] * 5
    assert [verdict["stranger"] for verdict in verdicts] == [False] * 5
    assert {verdict["trigger"] for verdict in verdicts} == {"MESSAGE_DELIVERY", "MESSAGE_INBOUND", "MESSAGE_SUBMIT"}


async def ask_sdk(*arguments: str, lines: list[Any] | None = None) -> Any:
    """Run the program beside the SDK, and read its finding."""
    process = await asyncio.create_subprocess_exec(
        "node", "sdk.mjs", *arguments, cwd=_FOLDER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            output, _ = await process.communicate(b"\n".join(orjson.dumps(line) for line in lines or []))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    return orjson.loads(output.splitlines()[-1])
