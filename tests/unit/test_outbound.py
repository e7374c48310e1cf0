"""What the projects of one gateway share, and what they do not."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from conversation_gateway.v1 import message_pb2

from gateway import outbound
from gateway.clock import Clock
from gateway.configuration import load
from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from gateway.grace import Grace
from gateway.state.sqlite_log import SqliteEventLog
from gateway.telemetry.metrics import Metrics
from gateway.upstream.breaker import LEAST_CALLS
from gateway.upstream.contract import methods
from gateway.upstream.exchange import Fault, InboundResponse, OutboundRequest, SentNoAnswer
from gateway.watched_file import WatchedFiles

SEND = "/conversation_gateway.v1.MessageService/SendMessage"
FILE = """
webhook_address = ""
[[projects]]
project_id = "first"
key_id = "k"
key_secret = "s"
[[projects]]
project_id = "second"
key_id = "k"
key_secret = "s"
"""


class NoAnswerFromUs:
    """A transport to an API whose host in the US never answers."""

    def __init__(self, **_options: Any) -> None:
        """Take what the real one takes."""

    async def exchange(self, request: OutboundRequest, _deadline: Deadline) -> InboundResponse:
        if request.origin.host.startswith("us."):
            raise SentNoAnswer(Fault.CLOSED)
        token = request.target == "/oauth2/token"
        return InboundResponse(status=200, body=b'{"access_token":"t"}' if token else b'{"message_id":"M"}')

    async def aclose(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def calling(folder: Path) -> AsyncIterator[Any]:
    """Sends a message for a project in a region, and gives the reason why that failed, if it did."""
    (folder / "gateway.toml").write_text(FILE)
    state = {"GATEWAY_STATE_URL": f"sqlite://{folder}/state.db"}
    settings = load({"GATEWAY_CONFIG_FILE": str(folder / "gateway.toml"), **state}).settings
    clock = Clock()
    async with AsyncExitStack() as stack:
        events = await SqliteEventLog.open(settings.state_path, clock=clock)
        stack.push_async_callback(events.close)
        ground = outbound.Ground(
            settings=settings,
            clock=clock,
            metrics=Metrics(),
            events=events,
            shared=None,
            grace=Grace(total_s=1.0, clock=clock),
            files=WatchedFiles(clock=clock),
        )
        calls = await outbound.build(ground, stack)
        operation = calls.operation(next(method for method in methods() if method.path == SEND))

        async def call(project_id: str, region: str) -> str:
            message = {"text_message": {"text": "Hello"}}
            request = message_pb2.SendMessageRequest(project_id=project_id, app_id="A", message=message)
            request.recipient.identified_by.channel_identities.add(channel="RCS", identity="+46700000001")
            request.options.region = region
            try:
                await calls.call(operation, request, Deadline.after(5, clock), caller="test")
            except UpstreamError as error:
                return error.reason
            return ""

        yield call


async def test_an_outage_of_one_region_is_known_to_every_project_and_leaves_the_other_regions_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.outbound.PooledTransport", NoAnswerFromUs)

    async with calling(tmp_path) as call:
        failures = {await call("first", "us") for _ in range(LEAST_CALLS)}
        after = [await call(project, region) for project in ("first", "second") for region in ("us", "eu")]

    assert failures == {"OUTCOME_UNKNOWN"}
    assert after == ["CIRCUIT_OPEN", "", "CIRCUIT_OPEN", ""]


def test_the_contract_is_compiled_once_for_all_projects_and_doors() -> None:
    assert methods() is methods()
