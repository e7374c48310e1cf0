"""Several projects in one gateway: the calls and webhooks of each keep to themselves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from conversation_gateway.v1 import app_message_pb2, event_feed_pb2, event_feed_pb2_grpc, message_pb2, raw_pb2
from conversation_gateway.v1.message_pb2_grpc import MessageServiceStub
from conversation_gateway.v1.raw_pb2_grpc import RawServiceStub

from gateway import app
from gateway.configuration import load
from tests.conftest import RunningGateway
from tests.integration.recording_sinch import RecordingSinch, Sent, recording_sinch
from tests.integration.webhook_door import BODY, peer_at, post
from tests.rich_status import info, violations

FILE = """
region = "eu"
grpc_address = "127.0.0.1:0"
webhook_address = "127.0.0.1:0"
admin_address = ""
raw_calls = true

[[projects]]
project_id = "shop"
key_id = "shop-key"
key_secret = "shop-secret"
app_id = "SHOP"

[[projects]]
project_id = "bank"
key_id = "bank-key"
key_secret = "bank-secret"
region = "br"
app_id = "BANK"

[[projects.apps]]
app_id = "BANK-US"
region = "us"
webhook_secret = "secret-of-the-app"

[[webhooks]]
name = "shop"
secrets = ["shop-hook"]

[[webhooks]]
name = "bank"
project_id = "bank"
secrets = ["bank-hook", "bank-hook-to-be"]
"""


@asynccontextmanager
async def running(folder: Path, sinch: RecordingSinch, **environment: str) -> AsyncIterator[RunningGateway]:
    file = folder / "gateway.toml"
    file.write_text(FILE)
    state = {"GATEWAY_STATE_URL": f"sqlite://{folder / 'state.db'}", "GATEWAY_CONFIG_FILE": str(file)}
    settings = load({**sinch.environment(), **state, **environment}).settings
    async with app.running(settings) as addresses, grpc.aio.insecure_channel(addresses.grpc) as channel:
        yield RunningGateway(addresses, channel)


@pytest.fixture
async def sinch() -> AsyncIterator[RecordingSinch]:
    async with recording_sinch(**{"shop-key": "shop-secret", "bank-key": "bank-secret", "own-key": "own"}) as it:
        yield it


def text(
    project_id: str = "", app_id: str = "", region: str = "", request_id: str = ""
) -> message_pb2.SendMessageRequest:
    message = app_message_pb2.AppMessage(text_message={"text": "Hello"})
    request = message_pb2.SendMessageRequest(project_id=project_id, app_id=app_id, message=message)
    request.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity="+46700000001")
    if region:
        request.options.region = region
    if request_id:
        request.options.request_id = request_id
    return request


async def send(gateway: RunningGateway, request: message_pb2.SendMessageRequest) -> message_pb2.SendMessageResponse:
    return await MessageServiceStub(gateway.channel).SendMessage(request, timeout=10)


async def feed_of(gateway: RunningGateway, project_id: str) -> list[bytes]:
    request = event_feed_pb2.ListFeedEventsRequest(project_id=project_id, view="FEED_VIEW_RAW")
    page = await event_feed_pb2_grpc.EventFeedServiceStub(gateway.channel).ListFeedEvents(request)
    return [event.raw for event in page.events]


async def posted(gateway: RunningGateway, name: str, secret: bytes, body: bytes = BODY) -> int:
    async with peer_at(gateway.addresses.webhooks) as peer:
        return (await peer.ask(post(body, path=b"/webhooks/" + name.encode(), secret=secret))).status


async def test_calls_of_each_project_go_out_with_its_own_token_and_to_its_own_region(
    tmp_path: Path, sinch: RecordingSinch
) -> None:
    async with running(tmp_path, sinch) as gateway:
        for request in (text(), text("shop"), text("bank"), text("bank")):
            await send(gateway, request)

    assert sinch.sends == [
        Sent("eu", "shop", "shop-key-1"),
        Sent("eu", "shop", "shop-key-1"),
        Sent("br", "bank", "bank-key-2"),
        Sent("br", "bank", "bank-key-2"),
    ]


async def test_the_region_of_an_app_in_the_settings_wins_over_the_request_and_the_project(
    tmp_path: Path, sinch: RecordingSinch
) -> None:
    async with running(tmp_path, sinch) as gateway:
        await send(gateway, text("bank", "BANK-US"))
        await send(gateway, text("bank", "BANK-US", region="eu"))
        await send(gateway, text("bank", "BANK", region="eu"))

    assert [sent.region for sent in sinch.sends] == ["us", "us", "eu"]


async def test_a_project_that_nobody_configured_is_refused_beside_whatever_else_is_wrong(
    tmp_path: Path, sinch: RecordingSinch
) -> None:
    request = text("stranger")
    request.ClearField("message")

    async with running(tmp_path, sinch) as gateway:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await send(gateway, request)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert info(caught.value).reason == "PROJECT_UNKNOWN"
    assert set(violations(caught.value)) == {"project_id", "message"}
    assert sinch.sends == []


async def test_one_request_id_stands_for_one_request_in_each_project(tmp_path: Path, sinch: RecordingSinch) -> None:
    async with running(tmp_path, sinch) as gateway:
        first = await send(gateway, text("shop", "A", request_id="id-1"))
        again = await send(gateway, text("shop", "A", request_id="id-1"))
        other = await send(gateway, text("bank", "A", request_id="id-1"))

    assert first.message_id == again.message_id != other.message_id
    assert [sent.project for sent in sinch.sends] == ["shop", "bank"]


async def test_a_raw_call_stays_inside_the_project_that_it_names(tmp_path: Path, sinch: RecordingSinch) -> None:
    def call(project_id: str, path: str) -> raw_pb2.CallRequest:
        return raw_pb2.CallRequest(
            project_id=project_id, host=raw_pb2.RAW_HOST_CONVERSATION, method="POST", path=path, json="{}"
        )

    async with running(tmp_path, sinch) as gateway:
        raw = RawServiceStub(gateway.channel)
        await raw.Call(call("bank", "/v1/projects/bank/messages:send"))
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await raw.Call(call("bank", "/v1/projects/shop/messages:send"))

    assert info(caught.value).reason == "RAW_CALL_FORBIDDEN"
    assert sinch.sends == [Sent("br", "bank", "bank-key-1")]


async def test_webhooks_reach_the_feed_of_their_project_and_no_other(tmp_path: Path, sinch: RecordingSinch) -> None:
    async with running(tmp_path, sinch) as gateway:
        statuses = [
            await posted(gateway, "shop", b"shop-hook", b'{"for":"shop"}'),
            await posted(gateway, "bank", b"bank-hook-to-be", b'{"for":"bank"}'),
        ]
        feeds = [await feed_of(gateway, project_id) for project_id in ("", "shop", "bank")]

    assert statuses == [200, 200]
    assert feeds == [[b'{"for":"shop"}'], [b'{"for":"shop"}'], [b'{"for":"bank"}']]


async def test_an_event_of_one_project_is_no_duplicate_of_the_same_bytes_in_another(
    tmp_path: Path, sinch: RecordingSinch
) -> None:
    async with running(tmp_path, sinch) as gateway:
        await posted(gateway, "shop", b"shop-hook")
        await posted(gateway, "bank", b"bank-hook")
        feeds = [await feed_of(gateway, project_id) for project_id in ("shop", "bank")]

    assert feeds == [[BODY], [BODY]]


async def test_an_apps_secret_signs_callbacks_to_its_own_projects_webhooks_only(
    tmp_path: Path, sinch: RecordingSinch
) -> None:
    async with running(tmp_path, sinch) as gateway:
        statuses = [
            await posted(gateway, "bank", b"secret-of-the-app"),
            await posted(gateway, "shop", b"secret-of-the-app"),
            await posted(gateway, "shop", b"bank-hook"),
            await posted(gateway, "default", b"shop-hook"),
        ]

    assert statuses == [200, 401, 401, 404]


async def test_a_feed_of_a_project_that_nobody_configured_is_refused(tmp_path: Path, sinch: RecordingSinch) -> None:
    async with running(tmp_path, sinch) as gateway:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await feed_of(gateway, "stranger")

    assert info(caught.value).reason == "PROJECT_UNKNOWN"


async def test_the_project_of_the_environment_is_the_default_beside_those_of_the_file(
    tmp_path: Path, sinch: RecordingSinch
) -> None:
    own = {"SINCH_PROJECT_ID": "own", "SINCH_KEY_ID": "own-key", "SINCH_KEY_SECRET": "own", "SINCH_APP_ID": "OWN"}

    async with running(tmp_path, sinch, **own) as gateway:
        await send(gateway, text())
        await send(gateway, text("shop"))

    assert sinch.sends == [Sent("eu", "own", "own-key-1"), Sent("eu", "shop", "shop-key-2")]


async def test_the_environment_may_name_a_project_of_the_file_and_wins_over_its_table(
    tmp_path: Path, sinch: RecordingSinch
) -> None:
    sinch.secrets["bank-key"] = "rotated"

    async with running(tmp_path, sinch, SINCH_PROJECT_ID="bank", SINCH_KEY_SECRET="rotated") as gateway:
        await send(gateway, text())
        await send(gateway, text(app_id="BANK-US"))

    assert sinch.sends == [Sent("br", "bank", "bank-key-1"), Sent("us", "bank", "bank-key-1")]
