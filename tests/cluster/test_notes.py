"""The call that the chart's notes print works as printed, but for the address."""

import asyncio
import hashlib
import os
import re
from pathlib import Path

import trustme

from tests.cluster.renders import Render
from tests.conftest import REPOSITORY, WEBHOOK_SECRET, RunningGateway
from tests.patience import PATIENCE_S
from tests.processes import gateway_process


def call(render: Render) -> str:
    """The one call of the notes."""
    [line] = re.findall(r"^ *(buf curl .*)$", render.notes, re.MULTILINE)
    return str(line)


async def output_of(command: str, folder: Path = REPOSITORY, **environment: str) -> str:
    """Run a command as pasted, in a folder and a shell that finds the checkout's own tools."""
    path = f"{REPOSITORY / '.venv' / 'bin'}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_shell(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_S):
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def test_the_sidecars_call_works_as_printed(gateway: RunningGateway, renders: dict[str, Render]) -> None:
    printed = call(renders["sidecar-monitoring"])

    answer = await output_of(printed.replace("127.0.0.1:50051", gateway.addresses.grpc))

    assert '"SERVING"' in answer


async def test_the_services_call_works_as_printed_over_tls_with_a_token(
    renders: dict[str, Render], tmp_path: Path
) -> None:
    printed = call(renders["standalone-by-token"])
    certificate = trustme.CA().issue_cert("gateway-grpc")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "gateway.crt")
    certificate.private_key_pem.write_to_path(tmp_path / "gateway.key")
    settings = {
        "SINCH_PROJECT_ID": "a-project",
        "SINCH_KEY_ID": "a-key",
        "SINCH_KEY_SECRET": "of-a-test",
        "GATEWAY_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "GATEWAY_GRPC_ADDRESS": "0.0.0.0:0",
        "GATEWAY_WEBHOOK_ADDRESS": "",
        "GATEWAY_ADMIN_ADDRESS": "127.0.0.1:0",
        "GATEWAY_GRPC_TLS_CERT_FILE": str(tmp_path / "gateway.crt"),
        "GATEWAY_GRPC_TLS_KEY_FILE": str(tmp_path / "gateway.key"),
        "GATEWAY_CALLER_TOKENS_SHA256": hashlib.sha256(b"a-callers-token").hexdigest(),
        "GATEWAY_STATE_URL": f"sqlite://{tmp_path}/state.db",
        "GATEWAY_LOG_FORMAT": "json",
    }

    async with gateway_process(settings) as gateway:
        port = (await gateway.line("ready"))["grpc"].rpartition(":")[2]
        command = printed.replace("127.0.0.1:50051", f"127.0.0.1:{port}")
        answer = await output_of(command, tmp_path, CALLER_TOKEN="a-callers-token")

    assert '"SERVING"' in answer
