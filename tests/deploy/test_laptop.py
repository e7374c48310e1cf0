"""What the compose file starts works together: its programs, settings and files, as processes where no engine is."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import grpc
import yaml
from conversation_gateway.v1 import message_pb2_grpc

from gateway.cli.processes import child
from tests.conftest import REPOSITORY
from tests.integration.test_send import text
from tests.processes import gateway_process
from tests.requirements import require
from tests.valkey_server import running_server

FOLDER = REPOSITORY / "deploy" / "compose"
SERVICES: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))["services"]


def valkey_options() -> dict[str, str]:
    """What Valkey is told, by name."""
    words = SERVICES["valkey"]["command"][1:]
    return {name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)}


def test_valkey_has_every_append_on_disk_and_never_forgets() -> None:
    safe = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "bind": "127.0.0.1"}

    assert valkey_options() == safe


def test_prometheus_takes_its_configuration_and_the_alerts(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    require(promtool, "promtool (Debian package prometheus) is not installed")
    assert promtool
    for volume in SERVICES["prometheus"]["volumes"][:2]:
        source, target, _ = volume.split(":")
        shutil.copy(FOLDER / source, tmp_path / Path(target).name)

    done = subprocess.run(
        [promtool, "check", "config", tmp_path / "prometheus.yaml"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_that_is_mounted_is_there() -> None:
    sources = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if volume.startswith(".")
    ]

    assert len(sources) == 6
    assert [source for source in sources if not (FOLDER / source).is_file()] == []


async def test_the_gateway_of_the_file_sends_through_its_simulator_over_its_valkey(tmp_path: Path) -> None:
    command = [word if word != "8081" else "0" for word in SERVICES["simulator"]["command"]]

    with running_server(tmp_path, **valkey_options()) as valkey:
        async with child(*command, environment={}, ready_on="stdout") as simulator:
            environment = {
                name: value.replace("http://127.0.0.1:8081", simulator["url"])
                for name, value in SERVICES["gateway"]["environment"].items()
            }
            environment |= {f"GATEWAY_{door}_ADDRESS": "127.0.0.1:0" for door in ("GRPC", "WEBHOOK", "ADMIN")}
            environment |= {"GATEWAY_STATE_URL": valkey.url, "GATEWAY_LOG_FORMAT": "json"}
            async with gateway_process(environment) as gateway:
                addresses = await gateway.line("ready")
                async with grpc.aio.insecure_channel(addresses["grpc"]) as channel:
                    sent = await message_pb2_grpc.MessageServiceStub(channel).SendMessage(text(), timeout=10)

    assert sent.message_id
