"""Secrets are replaced under a running gateway, as Kubernetes does it, and nothing that works is dropped."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from conversation_gateway.v1.message_pb2_grpc import MessageServiceStub

from tests.integration.recording_sinch import RecordingSinch, recording_sinch
from tests.integration.test_send import text
from tests.integration.webhook_door import BODY, peer_at, post
from tests.processes import Process, gateway_process
from tests.unit.test_watched_file import mounted, swap

DOORS = {
    "SINCH_APP_ID": "APP",
    "GATEWAY_GRPC_ADDRESS": "127.0.0.1:0",
    "GATEWAY_WEBHOOK_ADDRESS": "127.0.0.1:0",
    "GATEWAY_ADMIN_ADDRESS": "",
    "GATEWAY_REREAD_S": "0.02",
    "GATEWAY_LOG_FORMAT": "json",
}
OWN = {"SINCH_PROJECT_ID": "shop", "SINCH_KEY_ID": "key"}


@asynccontextmanager
async def started(folder: Path, sinch: RecordingSinch, **settings: str) -> AsyncIterator[Process]:
    state = {"GATEWAY_STATE_URL": f"sqlite://{folder / 'state.db'}"}
    async with gateway_process({**DOORS, **OWN, **state, **sinch.environment(), **settings}) as process:
        await process.line("ready")
        yield process


async def send(process: Process) -> None:
    ready = await process.line("ready")
    async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
        await MessageServiceStub(channel).SendMessage(text(), timeout=10)


async def posted(process: Process, name: str, secret: bytes) -> int:
    ready = await process.line("ready")
    async with peer_at(ready["webhooks"]) as peer:
        return (await peer.ask(post(BODY, path=b"/webhooks/" + name.encode(), secret=secret))).status


async def test_a_new_key_secret_serves_the_next_token_request_and_the_old_token_stays_until_then(
    tmp_path: Path,
) -> None:
    file = mounted(tmp_path, "old-secret")
    settings = {"SINCH_KEY_SECRET_FILE": str(file), "GATEWAY_WEBHOOK_ADDRESS": ""}

    async with recording_sinch(key="old-secret") as sinch, started(tmp_path, sinch, **settings) as process:
        await send(process)
        sinch.secrets["key"] = "new-secret"
        swap(tmp_path, "new-secret\n")
        await process.line("key_secret_replaced")
        await send(process)
        # Now the API wants another token, which only the new secret can fetch.
        sinch.refused.add("key-1")
        await send(process)

    assert [sent.token for sent in sinch.sends] == ["key-1", "key-1", "key-2"]
    assert "secret" not in process.text.replace("key_secret_replaced", "")


async def test_a_key_secret_that_was_refused_is_replaced_at_once(tmp_path: Path) -> None:
    file = mounted(tmp_path, "mistyped")
    settings = {"SINCH_KEY_SECRET_FILE": str(file), "GATEWAY_WEBHOOK_ADDRESS": ""}

    async with recording_sinch(key="right") as sinch, started(tmp_path, sinch, **settings) as process:
        with pytest.raises(grpc.aio.AioRpcError):
            await send(process)
        swap(tmp_path, "right")
        await process.line("key_secret_replaced")
        await send(process)

    assert [sent.token for sent in sinch.sends] == ["key-1"]


async def test_webhook_secrets_are_swapped_whole(tmp_path: Path) -> None:
    file = mounted(tmp_path, "first")
    settings = {"SINCH_KEY_SECRET": "hush", "GATEWAY_WEBHOOK_SECRET_FILE": str(file)}

    async with recording_sinch(key="hush") as sinch, started(tmp_path, sinch, **settings) as process:
        before = [await posted(process, "default", secret) for secret in (b"first", b"second", b"third")]
        swap(tmp_path, "second,third\n")
        await process.line("webhook_secrets_replaced")
        after = [await posted(process, "default", secret) for secret in (b"first", b"second", b"third")]

    assert before == [200, 401, 401]
    assert after == [401, 200, 200]


async def test_files_that_the_settings_file_names_are_read_again_too(tmp_path: Path) -> None:
    for name in ("key", "hook", "app"):
        (tmp_path / name).mkdir()
    files = {name: mounted(tmp_path / name, f"old-{name}") for name in ("key", "hook", "app")}
    config = tmp_path / "gateway.toml"
    config.write_text(f"""
        [[projects]]
        project_id = "bank"
        key_id = "bank-key"
        key_secret_file = "{files["key"]}"
        apps = [{{ app_id = "BANK", webhook_secret_file = "{files["app"]}" }}]
        [[webhooks]]
        name = "bank"
        project_id = "bank"
        secrets_file = "{files["hook"]}"
    """)
    settings = {"SINCH_PROJECT_ID": "bank", "GATEWAY_CONFIG_FILE": str(config), "SINCH_KEY_ID": "bank-key"}

    async with recording_sinch(**{"bank-key": "old-key"}) as sinch, started(tmp_path, sinch, **settings) as process:
        await send(process)
        sinch.secrets["bank-key"] = "new-key"
        sinch.refused.add("bank-key-1")
        swap(tmp_path / "key", "new-key")
        await process.line("key_secret_replaced")
        await send(process)
        swap(tmp_path / "hook", "new-hook")
        await process.line("webhook_secrets_replaced")
        statuses = [await posted(process, "bank", secret) for secret in (b"old-hook", b"new-hook", b"old-app")]

    assert [sent.token for sent in sinch.sends] == ["bank-key-1", "bank-key-2"]
    assert statuses == [401, 200, 200]


async def test_a_secret_file_that_is_emptied_keeps_the_secret_in_force(tmp_path: Path) -> None:
    file = mounted(tmp_path, "first")
    settings = {"SINCH_KEY_SECRET": "hush", "GATEWAY_WEBHOOK_SECRET_FILE": str(file)}

    async with recording_sinch(key="hush") as sinch, started(tmp_path, sinch, **settings) as process:
        swap(tmp_path, "")
        warning = await process.line("file_not_taken")
        status = await posted(process, "default", b"first")

    assert (warning["level"], warning["trouble"], status) == ("warning", "is empty", 200)
