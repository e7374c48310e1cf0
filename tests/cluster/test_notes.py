"""The call that the chart's notes print works as printed, but for the address."""

import asyncio
import os
import re

from tests.cluster.renders import Render
from tests.conftest import REPOSITORY, RunningGateway


def call(render: Render) -> str:
    """The one call of the notes."""
    [line] = re.findall(r"^ *(buf curl .*)$", render.notes, re.MULTILINE)
    return str(line)


async def output_of(command: str, **environment: str) -> str:
    """Run a command as pasted, in a shell that finds the checkout's own tools."""
    path = f"{REPOSITORY / '.venv' / 'bin'}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_shell(
        command,
        env={**os.environ, "PATH": path, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def test_the_sidecars_call_works_as_printed(gateway: RunningGateway, renders: dict[str, Render]) -> None:
    printed = call(renders["sidecar-monitoring"])

    answer = await output_of(printed.replace("127.0.0.1:50051", gateway.addresses.grpc))

    assert '"SERVING"' in answer
