"""What everybody gets wrong once: filled in where the gateway knows better, refused by name where it cannot."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import batch_pb2, batch_pb2_grpc, call_options_pb2, message_pb2
from google.rpc import error_details_pb2

from gateway.configuration import ConfigurationError, load
from gateway.simulator.options import AppOptions, SimulatorOptions
from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, Environment, RunningGateway, StartGateway
from tests.integration.test_app_queue import POLL, known_eta
from tests.integration.test_send import refusal, send, sends, text
from tests.rich_status import detail, info, violations

SENDER = {"SINCH_SMS_SENDER_ID": "46700000099"}
Change = Callable[[message_pb2.SendMessageRequest], object]


def to(*channels: str) -> message_pb2.SendMessageRequest:
    request = text()
    del request.recipient.identified_by.channel_identities[:]
    for channel in channels:
        request.recipient.identified_by.channel_identities.add(channel=channel, identity="+46700000001")
    return request


def to_contact() -> message_pb2.SendMessageRequest:
    request = text()
    request.recipient.contact_id = "01C0NTACT00000000000000000"
    return request


def by_order(request: message_pb2.SendMessageRequest, *channels: str) -> message_pb2.SendMessageRequest:
    request.channel_priority_order.extend(channels)
    return request


def with_sender(request: message_pb2.SendMessageRequest, sender: str) -> message_pb2.SendMessageRequest:
    request.channel_properties["SMS_SENDER"] = sender
    return request


@pytest.mark.parametrize(
    ("request_", "sender"),
    [
        (to("SMS"), "46700000099"),
        (to("WHATSAPP", "SMS"), "46700000099"),
        (by_order(to("WHATSAPP", "SMS"), "WHATSAPP"), None),
        (by_order(to_contact(), "RCS", "SMS"), "46700000099"),
        (to_contact(), "46700000099"),
        (to("WHATSAPP"), None),
        (with_sender(to("SMS"), "mine"), "mine"),
    ],
)
async def test_the_sms_sender_is_filled_in_where_sms_may_be_tried_and_none_is_named(
    start_gateway: StartGateway, simulator: Simulator, request_: message_pb2.SendMessageRequest, sender: str | None
) -> None:
    async with start_gateway(**SENDER) as gateway:
        await send(gateway, request_)

    (body,) = sends(simulator)
    assert isinstance(body, dict)
    assert body.get("channel_properties", {}).get("SMS_SENDER") == sender


async def test_a_batch_gets_its_sms_sender_too(start_gateway: StartGateway, simulator: Simulator) -> None:
    request = batch_pb2.SendBatchRequest(message={"text_message": {"text": "Hello"}})
    request.recipient_and_params.add().recipient.CopyFrom(to("SMS").recipient)

    async with start_gateway(**SENDER) as gateway:
        await batch_pb2_grpc.BatchServiceStub(gateway.channel).SendBatch(request, timeout=10)

    (body,) = [r.json for r in simulator.requests if r.host == "batch"]
    assert body["channel_properties"] == {"SMS_SENDER": "46700000099"}


@pytest.mark.parametrize(
    ("setting", "priority", "queue", "arrives"),
    [
        ("true", call_options_pb2.PRIORITY_URGENT, "", "HIGH_PRIORITY"),
        ("true", call_options_pb2.PRIORITY_URGENT, "NORMAL_PRIORITY", "NORMAL_PRIORITY"),
        ("true", call_options_pb2.PRIORITY_NORMAL, "", None),
        ("false", call_options_pb2.PRIORITY_URGENT, "", None),
    ],
)
async def test_urgent_sends_use_the_apps_fast_queue_by_setting(
    start_gateway: StartGateway, simulator: Simulator, setting: str, priority: Any, queue: str, arrives: str | None
) -> None:
    request = text()
    request.options.priority = priority
    if queue:
        request.queue = queue

    async with start_gateway(GATEWAY_URGENT_HIGH_PRIORITY=setting) as gateway:
        await send(gateway, request)

    (body,) = sends(simulator)
    assert isinstance(body, dict)
    assert body.get("queue") == arrives


async def test_the_default_region_is_us(gateway: RunningGateway, simulator: Simulator) -> None:
    await send(gateway, text())

    assert {r.region for r in simulator.requests if r.path.endswith("messages:send")} == {"us"}


def test_an_app_id_that_is_the_project_id_is_refused_at_the_start(environment: Environment) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({**environment, "SINCH_APP_ID": environment["SINCH_PROJECT_ID"]})

    assert any("SINCH_APP_ID" in mistake for mistake in caught.value.mistakes)


async def test_a_channel_to_try_without_an_identity_is_named(gateway: RunningGateway, simulator: Simulator) -> None:
    error = await refusal(gateway, by_order(to("WHATSAPP"), "WHATSAPP", "SMS"))

    assert violations(error).keys() == {"channel_priority_order[1]"}
    assert simulator.requests == []


async def test_a_contact_is_refused_once_the_app_is_known_to_be_in_dispatch_mode(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    batch = batch_pb2.SendBatchRequest(message={"text_message": {"text": "Hello"}})
    batch.recipient_and_params.add().recipient.contact_id = "01C0NTACT00000000000000000"
    async with start_gateway(**POLL) as gateway:
        await known_eta(gateway, simulator)
        before = len(sends(simulator))

        error = await refusal(gateway, to_contact())
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await batch_pb2_grpc.BatchServiceStub(gateway.channel).SendBatch(batch, timeout=10)

    assert violations(error).keys() == {"recipient.contact_id"}
    assert violations(refused.value).keys() == {"recipient_and_params[0].recipient.contact_id"}
    assert len(sends(simulator)) == before


class TestAnAppInConversationMode:
    @pytest.fixture
    def simulator_options(self, simulator_options: SimulatorOptions) -> SimulatorOptions:
        return replace(simulator_options, apps=(AppOptions(APP_ID, processing_mode="CONVERSATION"),))

    async def test_takes_contacts(self, start_gateway: StartGateway, simulator: Simulator) -> None:
        async with start_gateway(**POLL) as gateway:
            await known_eta(gateway, simulator)

            response = await send(gateway, to_contact())

        assert response.message_id


def nonsense_priority(request: message_pb2.SendMessageRequest) -> None:
    request.options.priority = 99  # type: ignore[assignment]  # what another contract might send


def negative_wait(request: message_pb2.SendMessageRequest) -> None:
    request.options.max_queue_wait.seconds = -1


def long_id(request: message_pb2.SendMessageRequest) -> None:
    request.options.request_id = "x" * 65


def unprintable_id(request: message_pb2.SendMessageRequest) -> None:
    request.options.request_id = "a\nb"


def unknown_region(request: message_pb2.SendMessageRequest) -> None:
    request.options.region = "mars"


@pytest.mark.parametrize(
    ("spoil", "field", "reason"),
    [
        (nonsense_priority, "options.priority", "INVALID_REQUEST"),
        (negative_wait, "options.max_queue_wait", "INVALID_REQUEST"),
        (long_id, "options.request_id", "INVALID_REQUEST"),
        (unprintable_id, "options.request_id", "INVALID_REQUEST"),
        (unknown_region, "options.region", "REGION_UNKNOWN"),
        (lambda request: setattr(request, "project_id", "other"), "project_id", "PROJECT_UNKNOWN"),
        (lambda request: request.ClearField("message"), "message", "REQUIRED_FIELD_MISSING"),
    ],
)
async def test_a_bad_option_is_named_without_a_call_upstream(
    gateway: RunningGateway, simulator: Simulator, spoil: Change, field: str, reason: str
) -> None:
    request = text()
    spoil(request)

    error = await refusal(gateway, request)

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert info(error).reason == reason
    assert violations(error).keys() == {field}
    assert detail(error, error_details_pb2.RetryInfo) is None
    assert simulator.requests == []


@pytest.mark.parametrize("path", ["/conversation_gateway.v1.MessageService/SendLater", "/other.v9.Service/Call"])
async def test_a_method_that_nobody_serves_is_explained_too(gateway: RunningGateway, path: str) -> None:
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = gateway.channel.unary_unary(path)

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(b"", timeout=10)

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert info(caught.value).reason == "METHOD_UNKNOWN"
