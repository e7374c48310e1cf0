"""A canary: secrets, tokens, texts and phone numbers are planted everywhere, and none of them comes out."""

import asyncio
import base64
from typing import Any

import grpc
import httpx
import pytest
from conversation_gateway.v1 import app_message_pb2, contact_pb2, contact_pb2_grpc, message_pb2, message_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, Environment
from tests.integration.webhook_door import signature_lines
from tests.otlp_collector import collecting
from tests.patience import PATIENCE_S
from tests.processes import gateway_process

SECRETS = ("canary-key-secret", "canary-webhook-secret", "canary-text", "canary-metadata", "46709876543", "canary.jwt")


def message(identity: str = "+46709876543") -> message_pb2.SendMessageRequest:
    body = app_message_pb2.AppMessage(text_message={"text": "canary-text"})
    request = message_pb2.SendMessageRequest(message=body, message_metadata="canary-metadata")
    request.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=identity)
    return request


async def failure(stub: "message_pb2_grpc.MessageServiceAsyncStub", request: message_pb2.SendMessageRequest) -> str:
    """Everything a failed call says, details and trailers included."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.SendMessage(request, timeout=10)
    error = caught.value
    return f"{error!r} {error.details()} {error.trailing_metadata()}"


async def fault(simulator: Simulator, **answer: object) -> None:
    rule = {"match": {"path": "*messages:send", "nth": [1]}, "answer": answer}
    async with httpx.AsyncClient() as client:
        await client.delete(f"{simulator.url}/_simulator/faults")
        (await client.post(f"{simulator.url}/_simulator/faults", json=rule)).raise_for_status()


async def test_nothing_private_comes_out_of_a_whole_run_with_failures(
    environment: Environment, simulator: Simulator
) -> None:
    planted = {
        **environment,
        "SINCH_KEY_SECRET": "demo-secret",
        "GATEWAY_WEBHOOK_SECRET": "canary-webhook-secret",
        "GATEWAY_LOG_LEVEL": "debug",
    }
    said: list[str] = []
    async with gateway_process(planted) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel, httpx.AsyncClient() as client:
            stub = message_pb2_grpc.MessageServiceStub(channel)
            await stub.SendMessage(message(), timeout=10)
            unknown_app = message()
            unknown_app.app_id = "01DEM0APP0000000000CANARY0"
            said.append(await failure(stub, unknown_app))
            bad = message()
            bad.ttl.nanos = 1
            said.append(await failure(stub, bad))
            await fault(simulator, status=400, message="cannot send 'canary-text' to +46709876543 (canary-metadata)")
            said.append(await failure(stub, message()))
            await fault(simulator, body="invalid_json", status=200)
            said.append(await failure(stub, message()))
            for body in (b'{"message":"canary-text"}', b"canary-text 46709876543"):
                posted = await client.post(
                    f"http://{ready['webhooks']}/webhooks/default",
                    content=body,
                    headers={"content-type": "application/json", "authorization": "Bearer canary.jwt"},
                )
                said.append(f"{posted.status_code} {posted.headers} {posted.text}")
            said.append((await client.get(f"http://{ready['admin']}/metrics")).text)
        process.child.terminate()
        await process.ended()
        said.append(process.text)

    everything = " ".join(said)
    assert "demo-secret" not in everything
    assert base64.b64encode(b"demo-key:demo-secret").decode() not in everything
    assert [secret for secret in SECRETS if secret in everything] == []
    assert "UPSTREAM_INVALID_ARGUMENT" in everything


async def test_refused_credentials_are_never_quoted(environment: Environment) -> None:
    planted = {**environment, "SINCH_KEY_SECRET": "canary-key-secret", "GATEWAY_LOG_LEVEL": "debug"}
    async with gateway_process(planted) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            said = await failure(message_pb2_grpc.MessageServiceStub(channel), message())
        process.child.terminate()
        await process.ended()

    assert "UPSTREAM_CREDENTIALS" in said
    assert "canary" not in said + process.text
    assert APP_ID not in process.text


# What a caller may put anywhere: a text, a number, a token. None of it is ours to show.
TEXT, NUMBER, TOKEN = "canary-text", "46709876543", "canary.jwt"
PLANTED: tuple[tuple[str, str], ...] = (
    ("x-request-id", f"user:{NUMBER}"),
    ("x-canary", TEXT),
    ("authorization", f"Bearer {TOKEN}"),
    ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    ("tracestate", f"canary={TEXT},phone={NUMBER}"),
    ("baggage", f"phone={NUMBER},text={TEXT}"),
)
AGENT = (("grpc.primary_user_agent", f"{TEXT} +{NUMBER} teller/1.2 {TEXT}/{NUMBER}"),)


async def plant_in_calls(channel: grpc.aio.Channel) -> list[str]:
    """Call with something private in everything that a call can hold; every failure's whole text."""
    said = []
    messages = message_pb2_grpc.MessageServiceStub(channel)
    contacts = contact_pb2_grpc.ContactServiceStub(channel)
    unknown: Any = channel.unary_unary(f"/{TEXT}/{NUMBER}")
    unreadable: Any = channel.unary_unary("/conversation_gateway.v1.MessageService/SendMessage")
    sent = message()
    sent.options.request_id = NUMBER
    await messages.SendMessage(sent, timeout=10, metadata=PLANTED)
    other = message()
    other.options.request_id = NUMBER
    other.ttl.seconds = 60
    for call in (
        messages.SendMessage(other, timeout=10, metadata=PLANTED),
        messages.GetMessage(message_pb2.GetMessageRequest(message_id=NUMBER), timeout=10, metadata=PLANTED),
        contacts.GetContact(contact_pb2.GetContactRequest(contact_id=NUMBER), timeout=10, metadata=PLANTED),
        messages.ListMessages(
            message_pb2.ListMessagesRequest(contact_id=NUMBER, page_token=TEXT, page_size=-1), metadata=PLANTED
        ),
        unknown(TEXT.encode(), timeout=10, metadata=PLANTED),
        unreadable(b"\xff" + NUMBER.encode(), timeout=10, metadata=PLANTED),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        # The trailers echo nothing either; the path that was asked for is in no status.
        said.append(f"{caught.value.details()} {caught.value.trailing_metadata()}")
    return said


async def plant_in_webhooks(webhooks: str, admin: str) -> list[str]:
    """Post, signed and not, with something private in every part of a request."""
    body = (
        f'{{"app_id":"{APP_ID}","project_id":"demo-project","message":{{"id":"{NUMBER}","metadata":"{TEXT}",'
        f'"contact_message":{{"text_message":{{"text":"{TEXT}"}}}},'
        f'"channel_identity":{{"channel":"SMS","identity":"{NUMBER}"}}}}}}'
    ).encode()
    lines = signature_lines(body, secret=b"canary-webhook-secret", nonce=TEXT.encode()).decode().splitlines()
    signed = dict(line.split(": ", 1) for line in lines)
    planted = dict(PLANTED) | {"content-type": "application/json", "user-agent": f"{TEXT} {NUMBER}"}
    urls = (f"http://{webhooks}/webhooks/default?{TEXT}={NUMBER}", f"http://{webhooks}/webhooks/{NUMBER}/{TEXT}")
    said = []
    async with httpx.AsyncClient() as client:
        for url in urls:
            for headers in (planted | signed, planted):
                answer = await client.post(url, content=body, headers=headers)
                said.append(f"{answer.status_code} {answer.headers} {answer.text}")
        for accept in (TEXT, "application/openmetrics-text"):
            answer = await client.get(f"http://{admin}/metrics?{NUMBER}={TEXT}", headers=planted | {"accept": accept})
            said.append(f"{answer.headers} {answer.text}")
    return said


async def test_nothing_private_comes_out_of_any_input_there_is(environment: Environment, simulator: Simulator) -> None:
    async with collecting() as collector:
        planted = {
            **environment,
            **collector.environment,
            "GATEWAY_WEBHOOK_SECRET": "canary-webhook-secret",
            "GATEWAY_LOG_LEVEL": "debug",
        }
        async with gateway_process(planted) as process:
            ready = await process.line("ready")
            async with grpc.aio.insecure_channel(ready["grpc"], options=AGENT) as channel:
                said = await plant_in_calls(channel)
                for answer in (
                    {"status": 500, "message": TEXT},
                    {"fault": "reset"},
                    {"status": 400, "message": NUMBER},
                ):
                    await fault(simulator, **answer)
                    said.append(await failure_or_success(channel))
            said += await plant_in_webhooks(ready["webhooks"], ready["admin"])
            await collector.find("POST /webhooks/{name}", count=3)
            process.child.terminate()
            assert await process.ended() == 0
        said += [process.text, collector.text, " ".join(map(str, collector.spans))]

    everything = " ".join(said)
    assert [secret for secret in SECRETS if secret in everything] == []
    assert "teller/1.2" in process.text
    assert "4bf92f3577b34da6a3ce929d0e0e4736" in process.text
    assert "messages:send" in collector.text


async def failure_or_success(channel: grpc.aio.Channel) -> str:
    """What is said of a send that the API may spoil."""
    try:
        await message_pb2_grpc.MessageServiceStub(channel).SendMessage(message(), timeout=10, metadata=PLANTED)
    except grpc.aio.AioRpcError as error:
        return f"{error.details()} {error.trailing_metadata()}"
    return ""


async def test_a_log_that_nobody_reads_any_more_is_counted_and_holds_nobody_up(environment: Environment) -> None:
    async with gateway_process(environment) as process:
        ready = await process.line("ready")
        process.hang_up()
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel, httpx.AsyncClient() as client:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    await message_pb2_grpc.MessageServiceStub(channel).SendMessage(message(), timeout=10)
                    page = (await client.get(f"http://{ready['admin']}/metrics")).text
                    if "gateway_log_lines_lost_total 0.0" not in page:
                        break
        process.child.terminate()
        code = await process.ended()

    assert code == 0
