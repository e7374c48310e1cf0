"""A canary: secrets, tokens, texts and phone numbers are planted everywhere, and none of them comes out."""

import base64

import grpc
import httpx
import pytest
from conversation_gateway.v1 import app_message_pb2, message_pb2, message_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, Environment
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
