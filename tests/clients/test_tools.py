"""Tools that people have at hand call the gateway by reflection, without a proto file."""

import asyncio
import json
import shutil
from pathlib import Path

from tests.conftest import REPOSITORY, RunningGateway
from tests.integration.test_receipts import register
from tests.patience import PATIENCE_S
from tests.requirements import require

SERVICE = "conversation_gateway.v1.MessageService"
FEED = "conversation_gateway.v1.EventFeedService"
REQUEST = {
    "recipient": {"identified_by": {"channel_identities": [{"channel": "WHATSAPP", "identity": "+46700000001"}]}},
    "message": {"text_message": {"text": "Hello"}},
}


def tool(name: str) -> Path:
    """A tool of `make client-tools`, else one that is on the path."""
    found = REPOSITORY / ".tools" / name
    path = found if found.exists() else shutil.which(name)
    require(path, f"{name} is not on this machine: make client-tools")
    return Path(str(path))


async def output(*command: str | Path) -> str:
    child = await asyncio.create_subprocess_exec(
        *command, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE_S):
        printed, errors = await child.communicate()
    assert child.returncode == 0, errors.decode()
    return printed.decode()


def stream_of(text: str) -> list[dict[str, object]]:
    """The JSON objects that are printed one after the other."""
    decoder, found = json.JSONDecoder(), []
    while text := text.lstrip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found


async def test_grpcurl_lists_describes_sends_and_follows(gateway: RunningGateway) -> None:
    grpcurl, address = tool("grpcurl"), gateway.addresses.grpc
    await register(gateway)

    services = await output(grpcurl, "-plaintext", address, "list")
    described = await output(grpcurl, "-plaintext", address, "describe", f"{SERVICE}.SendMessage")
    sent = await output(grpcurl, "-plaintext", "-d", json.dumps(REQUEST), address, f"{SERVICE}/SendMessage")
    events = await output(
        grpcurl, "-plaintext", "-d", '{"earliest": {}, "stop_at_newest": {}}', address, f"{FEED}/Subscribe"
    )

    assert {SERVICE, FEED, "grpc.health.v1.Health"} <= set(services.split())
    assert "SendMessageRequest" in described
    assert "message_id" in json.loads(sent)
    assert "opened" in stream_of(events)[0]


async def test_grpcurl_shows_the_details_of_an_error(gateway: RunningGateway) -> None:
    child = await asyncio.create_subprocess_exec(
        tool("grpcurl"), "-plaintext", "-format-error", gateway.addresses.grpc, f"{SERVICE}/SendMessage",
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE_S):
        _, errors = await child.communicate()

    assert b"REQUIRED_FIELD_MISSING" in errors
    assert b"recipient" in errors


async def test_buf_curl_lists_methods_and_sends(gateway: RunningGateway) -> None:
    buf = REPOSITORY / ".venv" / "bin" / "buf"
    require(buf.exists(), "buf is not installed in .venv")
    by_reflection = (buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge")
    url = f"http://{gateway.addresses.grpc}"

    methods = await output(*by_reflection, "--list-methods", url)
    sent = await output(*by_reflection, "-d", json.dumps(REQUEST), f"{url}/{SERVICE}/SendMessage")

    assert f"{SERVICE}/SendMessage" in methods.split()
    assert "messageId" in json.loads(sent)


async def test_ghz_sends_a_hundred_messages(gateway: RunningGateway) -> None:
    report = json.loads(
        await output(
            tool("ghz"), "--insecure", "--call", f"{SERVICE}.SendMessage", "--data", json.dumps(REQUEST),
            "--total", "100", "--concurrency", "4", "--format", "json", gateway.addresses.grpc,
        )
    )  # fmt: skip

    assert report["statusCodeDistribution"] == {"OK": 100}
