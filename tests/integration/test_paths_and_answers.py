"""What callers put into paths stays inside its segment, and what the API answers badly becomes a clear error."""

import asyncio

import grpc
import httpx
import pytest
from conversation_gateway.v1 import (
    app_pb2,
    app_pb2_grpc,
    consent_pb2,
    consent_pb2_grpc,
    message_pb2,
    message_pb2_grpc,
    template_pb2,
    template_pb2_grpc,
)

from gateway.simulator.server import Simulator
from tests.conftest import RunningGateway, StartGateway
from tests.rich_status import info, violations


async def get(gateway: RunningGateway, message_id: str) -> message_pb2.GetMessageResponse:
    stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
    return await stub.GetMessage(message_pb2.GetMessageRequest(message_id=message_id), timeout=10)


async def refusal(gateway: RunningGateway, message_id: str) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await get(gateway, message_id)
    return caught.value


async def answer_with(simulator: Simulator, **answer: object) -> None:
    rule = {"match": {"host": "conversation"}, "answer": answer}
    async with httpx.AsyncClient() as client:
        (await client.post(f"{simulator.url}/_simulator/faults", json=rule)).raise_for_status()


@pytest.mark.parametrize(
    ("given", "encoded"),
    [
        ("a/b", "a%2Fb"),
        ("a?b#c", "a%3Fb%23c"),
        ("../apps", "..%2Fapps"),
        ("100%", "100%25"),
        ("é", "%C3%A9"),
        ("a:b", "a%3Ab"),
    ],
)
async def test_a_path_variable_is_encoded_as_one_segment(
    gateway: RunningGateway, simulator: Simulator, given: str, encoded: str
) -> None:
    await refusal(gateway, given)

    assert simulator.requests[-1].path.endswith(f"/messages/{encoded}")


async def test_an_identity_with_a_plus_survives_the_path(gateway: RunningGateway, simulator: Simulator) -> None:
    request = consent_pb2.ListAuditRecordsFromConsentRequest(identity="+46700000001")

    await consent_pb2_grpc.ConsentServiceStub(gateway.channel).ListAuditRecordsFromConsent(request, timeout=10)

    assert simulator.requests[-1].path.endswith("/consents/identities/%2B46700000001")


@pytest.mark.parametrize("message_id", ["", ".", ".."])
async def test_an_empty_or_climbing_path_variable_is_refused(
    gateway: RunningGateway, simulator: Simulator, message_id: str
) -> None:
    error = await refusal(gateway, message_id)

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violations(error).keys() == {"message_id"}
    assert simulator.requests == []


async def test_deleting_an_app_needs_its_id_and_never_takes_the_gateways_own(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await app_pb2_grpc.AppServiceStub(gateway.channel).DeleteApp(app_pb2.DeleteAppRequest(), timeout=10)

    assert violations(caught.value).keys() == {"app_id"}
    assert simulator.requests == []


@pytest.mark.parametrize("body", ["invalid_json", "proxy"])
async def test_an_answer_that_is_not_json_is_internal_and_not_quoted(
    gateway: RunningGateway, simulator: Simulator, body: str
) -> None:
    await answer_with(simulator, status=200, body=body)

    error = await refusal(gateway, "m-1")

    assert error.code() is grpc.StatusCode.INTERNAL
    assert info(error).reason == "UPSTREAM_BAD_RESPONSE"
    assert info(error).metadata["http_status"] == "200"
    assert "html" not in str(error.details())


async def test_an_answer_over_the_cap_is_internal(start_gateway: StartGateway, simulator: Simulator) -> None:
    await answer_with(simulator, status=200, body="oversized", size_bytes=2_000_000)

    async with start_gateway(GATEWAY_MAX_RESPONSE_BYTES="1000000") as gateway:
        error = await refusal(gateway, "m-1")

    assert error.code() is grpc.StatusCode.INTERNAL
    assert info(error).reason == "UPSTREAM_RESPONSE_TOO_LARGE"


async def test_a_quoted_id_that_no_trailer_can_carry_does_not_turn_a_success_into_a_failure(
    start_gateway: StartGateway,
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nx-request-id: caf\xe9\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/{{region}}"
    async with start_gateway(GATEWAY_CONVERSATION_URL=url) as gateway:
        response = await get(gateway, "m-1")
    server.close()
    await server.wait_closed()

    assert not response.message.id


async def test_an_answer_larger_than_a_grpc_message_says_what_to_do(
    start_gateway: StartGateway,
) -> None:
    body = b'{"messages":[' + b",".join([b'{"id":"%b"}' % (b"x" * 1_000_000)] * 5) + b"]}"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (len(body), body))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/{{region}}"
    async with start_gateway(GATEWAY_CONVERSATION_URL=url) as gateway:
        stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.ListMessages(message_pb2.ListMessagesRequest(), timeout=10)
    server.close()
    await server.wait_closed()

    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert info(caught.value).reason == "UPSTREAM_RESPONSE_TOO_LARGE"


async def test_a_stale_template_version_is_aborted(gateway: RunningGateway) -> None:
    stub = template_pb2_grpc.TemplateServiceStub(gateway.channel)
    template = template_pb2.TemplateV2(id="pickup", default_translation="en-US")
    translation = template.translations.add(language_code="en-US", version="1")
    translation.text_message.text = "Your bike is ready"
    await stub.CreateTemplate(template_pb2.CreateTemplateRequest(template=template), timeout=10)
    template.version = 77
    request = template_pb2.UpdateTemplateRequest(template_id="pickup", template=template)

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.UpdateTemplate(request, timeout=10)

    assert caught.value.code() is grpc.StatusCode.ABORTED
    assert info(caught.value).reason == "UPSTREAM_CONFLICT"
