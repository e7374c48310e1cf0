"""The image is what the Dockerfile promises: small, unprivileged, read-only, and able to send."""

import asyncio
import os
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import httpx
import orjson
import pytest
from conversation_gateway.v1 import message_pb2, message_pb2_grpc

from gateway import __version__
from tests.image.built_image import BuiltImage
from tests.patience import PATIENCE_S

COMPILERS = re.compile(r"^((.*-)?(gcc|g\+\+|cc|c\+\+|clang|tcc|ld|as)(-[\d.]+)?|make|rustc|cargo|go)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A program of the image."""

    sandbox: asyncio.subprocess.Process
    pid: int
    """The program itself; the sandbox is its parent and ends with its exit code."""
    ready: dict[str, Any]
    """The line it wrote when it was ready."""


@asynccontextmanager
async def running(command: list[str], ready: str) -> AsyncIterator[Running]:
    """Run a program of the image and read the named stream up to its `ready` line; it is gone at the end."""
    child = await asyncio.create_subprocess_exec(
        *command, env=dict(os.environ), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    stream = child.stdout if ready == "stdout" else child.stderr
    assert stream is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                line = await stream.readline()
                assert line, "ended before it was ready"
                if line.startswith(b"{") and orjson.loads(line).get("event") == "ready":
                    break
        yield Running(sandbox=child, pid=inner(child), ready=orjson.loads(line))
    finally:
        if child.returncode is None:
            os.kill(inner(child), signal.SIGKILL)
        async with asyncio.timeout(PATIENCE_S):
            await child.communicate()


def inner(sandbox: asyncio.subprocess.Process) -> int:
    """The program in a sandbox, which passes no signal on."""
    return int(Path(f"/proc/{sandbox.pid}/task/{sandbox.pid}/children").read_text(encoding="ascii"))


def privileges(pid: int) -> str:
    """What the kernel says that a process may do."""
    return Path(f"/proc/{pid}/status").read_text(encoding="utf-8")


def settings(simulator: str) -> list[str]:
    """Flags that point a gateway at the simulator and let it choose its ports."""
    named = {
        "project-id": "demo-project",
        "key-id": "demo-key",
        "app-id": "01DEM0APP00000000000000000",
        "conversation-url": simulator + "/{region}/conversation",
        "batch-url": simulator + "/{region}/batch",
        "template-url": simulator + "/{region}/template",
        "auth-url": simulator + "/auth",
        "grpc-address": "127.0.0.1:0",
        "webhook-address": "127.0.0.1:0",
        "admin-address": "127.0.0.1:0",
        "log-format": "json",
    }
    return [part for name, value in named.items() for part in (f"--{name}", value)]


@pytest.fixture
def state(tmp_path: Path, image: BuiltImage) -> Path:
    """A volume that belongs to the image's user, with the secrets as files beside nothing else."""
    folder = tmp_path / "state"
    folder.mkdir()
    for name, secret in {"key-secret": "demo-secret", "webhook-secret": "of-a-test"}.items():
        (folder / name).write_text(secret, encoding="utf-8")
    for path in (folder, *folder.iterdir()):
        os.chown(path, image.user, image.user)
    return folder


def with_secrets(command: list[str]) -> list[str]:
    """Name the files of the secrets in the environment of the image."""
    at = command.index("setpriv")
    where = "/var/lib/conversation-gateway"
    named = ("SINCH_KEY_SECRET_FILE", f"{where}/key-secret", "GATEWAY_WEBHOOK_SECRET_FILE", f"{where}/webhook-secret")
    return [*command[:at], "--setenv", *named[:2], "--setenv", *named[2:], *command[at:]]


async def test_the_image_sends_as_an_unprivileged_user_over_a_read_only_root(
    image: BuiltImage, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(image.command("simulator"), "stdout") as simulator:
        command = with_secrets(image.command("serve", *settings(simulator.ready["url"]), state=state))
        started = time.monotonic()
        async with running(command, "stderr") as gateway:
            ready_s = time.monotonic() - started
            status = privileges(gateway.pid)
            async with httpx.AsyncClient() as client:
                startup = await client.get(f"http://{gateway.ready['admin']}/startup")
            async with grpc.aio.insecure_channel(gateway.ready["grpc"]) as channel:
                request = message_pb2.SendMessageRequest(message={"text_message": {"text": "Hello"}})
                request.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity="+46700000001")
                sent = await message_pb2_grpc.MessageServiceStub(channel).SendMessage(request, timeout=10)
            os.kill(gateway.pid, signal.SIGTERM)
            async with asyncio.timeout(PATIENCE_S):
                code = await gateway.sandbox.wait()

    with capsys.disabled():
        own = image.size_bytes - image.base_size_bytes
        print(f"\nimage: {image.size_bytes / 1e6:.0f} MB, of which {own / 1e6:.0f} MB are not the base", end="")  # noqa: T201
        memory = re.findall(r"VmRSS:\s+(.+)", status)[0]
        print(f"; ready {ready_s:.2f} s after its start, with {memory} of memory")  # noqa: T201
    assert startup.status_code == 200
    assert sent.message_id
    assert re.search(r"^Uid:\t65532\t65532\t65532\t65532$", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE)
    assert (state / "state.db").stat().st_uid == 65532
    assert code == 0


def test_the_whole_demo_runs_inside_the_image(image: BuiltImage) -> None:
    done = subprocess.run(
        image.command("demo", "--output", "json", temporary=True),
        capture_output=True, text=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert orjson.loads(done.stdout.splitlines()[-1])["replied"] is True


def test_nothing_of_the_root_can_be_written(image: BuiltImage) -> None:
    command = image.command()
    command[command.index("conversation-gateway") :] = ["touch", "/opt/conversation-gateway/written"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)

    assert done.returncode != 0
    assert "Read-only file system" in done.stderr


def test_the_image_is_started_without_a_shell_as_a_number_and_ends_on_sigterm(image: BuiltImage) -> None:
    config = image.config

    assert config["User"] == "65532:65532"
    assert config["Entrypoint"] == ["conversation-gateway"]
    assert config["Cmd"] == ["serve"]
    assert config["StopSignal"] == "SIGTERM"


def test_the_label_the_command_and_the_package_tell_one_version(image: BuiltImage) -> None:
    told = subprocess.run(image.command("--version"), capture_output=True, text=True, check=True, timeout=PATIENCE_S)

    labels = image.config["Labels"]
    assert labels["org.opencontainers.image.version"] == __version__
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert labels["org.opencontainers.image.revision"] == "test"
    assert told.stdout.strip() == f"conversation-gateway, version {__version__}"


def test_no_compiler_and_no_installer_of_ours_is_left_in_the_image(image: BuiltImage) -> None:
    folders = [image.root / part for part in ("usr/bin", "usr/local/bin", "opt/conversation-gateway/bin")]

    names = {path.name for folder in folders if folder.is_dir() for path in folder.iterdir()}

    assert "conversation-gateway" in names
    assert {name for name in names if COMPILERS.match(name)} == set()
    assert not list((image.root / "opt").glob("**/site-packages/pip"))
    assert not list((image.root / "opt").glob("**/tests/conftest.py"))
