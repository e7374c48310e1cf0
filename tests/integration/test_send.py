"""A message goes out over gRPC: what reaches the API, what is refused before it, and what its refusals become."""

from dataclasses import replace

import grpc
import httpx
import pytest
from conversation_gateway.v1 import app_message_pb2, message_pb2, message_pb2_grpc
from google.rpc import error_details_pb2

from gateway.cli.examples import messages
from gateway.simulator.options import SimulatorOptions
from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, EU_APP_ID, RunningGateway, SilentHost, StartGateway
from tests.rich_status import detail, info, violations

SEND = "/v1/projects/demo-project/messages:send"


def text(app_id: str = "") -> message_pb2.SendMessageRequest:
    message = app_message_pb2.AppMessage(text_message={"text": "Hello"})
    request = message_pb2.SendMessageRequest(app_id=app_id, message=message)
    request.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity="+46700000001")
    return request


async def send(gateway: RunningGateway, request: message_pb2.SendMessageRequest) -> message_pb2.SendMessageResponse:
    return await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(request, timeout=10)


async def refusal(gateway: RunningGateway, request: message_pb2.SendMessageRequest) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await send(gateway, request)
    return caught.value


async def spoil_tokens(simulator: Simulator, action: str) -> None:
    async with httpx.AsyncClient() as client:
        (await client.post(f"{simulator.url}/_simulator/tokens", json={"action": action})).raise_for_status()


async def tokens_issued(simulator: Simulator) -> int:
    async with httpx.AsyncClient() as client:
        return int((await client.get(f"{simulator.url}/_simulator/stats")).json()["tokens_issued"])


def sends(simulator: Simulator) -> list[object]:
    return [request.json for request in simulator.requests if request.path.endswith(SEND)]


async def test_a_send_is_answered_with_the_message_id(gateway: RunningGateway, simulator: Simulator) -> None:
    response = await send(gateway, text())

    assert response.message_id
    assert response.accepted_time.seconds > 0
    assert sends(simulator) == [
        {
            "app_id": APP_ID,
            "recipient": {
                "identified_by": {"channel_identities": [{"channel": "WHATSAPP", "identity": "+46700000001"}]}
            },
            "message": {"text_message": {"text": "Hello"}},
        }
    ]


@pytest.mark.parametrize("kind", list(messages()))
async def test_every_type_of_message_is_accepted(gateway: RunningGateway, kind: str) -> None:
    request = text()
    request.message.CopyFrom(messages()[kind])

    response = await send(gateway, request)

    assert response.message_id


async def test_missing_recipient_and_message_are_both_named_without_a_call_upstream(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    error = await refusal(gateway, message_pb2.SendMessageRequest())

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violations(error).keys() == {"recipient", "message"}
    assert simulator.requests == []


async def test_a_required_field_deep_inside_is_named_by_its_path(gateway: RunningGateway, simulator: Simulator) -> None:
    request = text()
    request.message.card_message.choices.add().call_message.title = "Call"

    error = await refusal(gateway, request)

    assert violations(error).keys() == {"message.card_message.choices[0].call_message.phone_number"}
    assert simulator.requests == []


async def test_a_fractional_ttl_is_named_because_the_wire_has_whole_seconds(gateway: RunningGateway) -> None:
    request = text()
    request.ttl.nanos = 500_000_000

    error = await refusal(gateway, request)

    assert violations(error).keys() == {"ttl"}


async def test_another_project_than_the_gateways_is_refused(gateway: RunningGateway, simulator: Simulator) -> None:
    request = text()
    request.project_id = "somebody-elses"

    error = await refusal(gateway, request)

    assert violations(error).keys() == {"project_id"}
    assert simulator.requests == []


async def test_an_unknown_region_is_refused(gateway: RunningGateway) -> None:
    request = text()
    request.options.region = "mars"

    error = await refusal(gateway, request)

    assert violations(error).keys() == {"options.region"}


async def test_an_app_of_another_region_is_not_found_there_and_found_in_its_own(gateway: RunningGateway) -> None:
    request = text(EU_APP_ID)

    error = await refusal(gateway, request)
    request.options.region = "eu"
    response = await send(gateway, request)

    assert error.code() is grpc.StatusCode.NOT_FOUND
    assert info(error).domain == "conversation.api.sinch.com"
    assert info(error).metadata["http_status"] == "404"
    assert response.message_id


async def test_validate_only_checks_everything_and_calls_nobody(gateway: RunningGateway, simulator: Simulator) -> None:
    good, bad = text(), message_pb2.SendMessageRequest()
    good.options.validate_only = bad.options.validate_only = True

    response = await send(gateway, good)
    error = await refusal(gateway, bad)

    assert response == message_pb2.SendMessageResponse()
    assert violations(error).keys() == {"recipient", "message"}
    assert simulator.requests == []


async def test_refused_credentials_are_the_gateways_fault_not_the_callers(start_gateway: StartGateway) -> None:
    async with start_gateway(SINCH_KEY_SECRET="wrong") as gateway:
        error = await refusal(gateway, text())

    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert info(error).reason == "UPSTREAM_CREDENTIALS"
    assert "wrong" not in str(error.details())


async def test_an_api_that_cannot_be_reached_is_unavailable_and_worth_a_retry(start_gateway: StartGateway) -> None:
    async with start_gateway(GATEWAY_CONVERSATION_URL="http://127.0.0.1:1/{region}") as gateway:
        error = await refusal(gateway, text())

    assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert detail(error, error_details_pb2.RetryInfo) is not None
    assert "grpc-retry-pushback-ms" in dict(error.trailing_metadata() or ())


async def test_undecodable_bytes_are_an_invalid_argument(gateway: RunningGateway) -> None:
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
    call = gateway.channel.unary_unary("/conversation_gateway.v1.MessageService/SendMessage")

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(b"\xff\xff\xff")

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert info(caught.value).reason == "MALFORMED_REQUEST"


async def test_the_callers_request_id_is_quoted_in_success_and_failure(gateway: RunningGateway) -> None:
    stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
    call: grpc.aio.UnaryUnaryCall[message_pb2.SendMessageRequest, message_pb2.SendMessageResponse]
    call = stub.SendMessage(text(), metadata=(("x-request-id", "ticket-7"),))
    await call
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.SendMessage(message_pb2.SendMessageRequest(), metadata=(("x-request-id", "ticket-8"),))

    quoted = detail(caught.value, error_details_pb2.RequestInfo)

    assert dict(await call.trailing_metadata())["x-request-id"] == "ticket-7"
    assert quoted is not None
    assert quoted.request_id == "ticket-8"


async def test_a_deadline_ends_the_wait_for_a_silent_api(start_gateway: StartGateway, silent_host: SilentHost) -> None:
    async with start_gateway(GATEWAY_CONVERSATION_URL=f"http://{silent_host.address}/{{region}}") as gateway:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(text(), timeout=0.2)

    # Whichever of the two clocks is first: the caller's own, or the gateway's, which can say more.
    assert caught.value.code() in {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNKNOWN}


async def test_without_a_deadline_the_servers_cap_ends_the_wait_and_a_sends_outcome_is_unknown(
    start_gateway: StartGateway, silent_host: SilentHost
) -> None:
    url = f"http://{silent_host.address}/{{region}}"
    async with start_gateway(GATEWAY_CONVERSATION_URL=url, GATEWAY_MAX_DEADLINE_S="1") as gateway:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(text())

    assert caught.value.code() is grpc.StatusCode.UNKNOWN
    assert info(caught.value).reason == "OUTCOME_UNKNOWN"


@pytest.mark.parametrize(
    ("hosts", "url", "allowed"),
    [
        # Hosts on this machine where the simulator will post its receipts, as nothing else may be looked up.
        ("*", "https://127.0.0.1:9/hook", True),
        ("localhost", "https://localhost:9/hook", True),
        ("localhost", "https://localhost.evil.test/hook", False),
        ("localhost", "https://evil.test/?localhost", False),
        ("localhost", "https://localhost@evil.test/", False),
        ("", "https://localhost/hook", False),
    ],
)
async def test_a_callback_url_may_name_allowed_hosts_only(
    start_gateway: StartGateway, simulator: Simulator, hosts: str, url: str, allowed: bool
) -> None:
    request = text()
    request.callback_url = url

    async with start_gateway(GATEWAY_CALLBACK_URL_HOSTS=hosts) as gateway:
        if allowed:
            await send(gateway, request)
        else:
            error = await refusal(gateway, request)
            assert error.code() is grpc.StatusCode.PERMISSION_DENIED
            assert info(error).reason == "CALLBACK_URL_FORBIDDEN"

    assert len(sends(simulator)) == int(allowed)


async def test_an_expired_token_is_replaced_and_the_call_repeated_once(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await send(gateway, text())
    await spoil_tokens(simulator, "expire")

    response = await send(gateway, text())

    assert response.message_id
    assert await tokens_issued(simulator) == 2


class TestManyCallers:
    @pytest.fixture
    def simulator_options(self, simulator_options: SimulatorOptions) -> SimulatorOptions:
        return replace(simulator_options, token_burst=1, token_refill_per_s=0.01)

    async def test_share_one_token_request(self, gateway: RunningGateway, simulator: Simulator) -> None:
        stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
        calls = [stub.SendMessage(text(), timeout=10) for _ in range(100)]

        ids = {(await call).message_id for call in calls}

        assert len(ids) == 100
        assert await tokens_issued(simulator) == 1
