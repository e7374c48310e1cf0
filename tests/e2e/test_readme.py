"""What the README tells a newcomer to paste works as pasted, but for the address."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, RunningGateway
from tests.integration.test_receipts import register
from tests.patience import PATIENCE_S
from tests.requirements import require

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
ADDRESS = "127.0.0.1:50051"


def calls() -> list[str]:
    """The commands of the block that calls the gateway by reflection."""
    block = next(block for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if "buf curl" in block)
    return [f".venv/bin/buf{part}".strip() for part in block.split(".venv/bin/buf")[1:]]


async def output_of(command: str) -> str:
    """Run a shell command beside this loop, which the simulator needs."""
    process = await asyncio.create_subprocess_shell(
        command, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE_S):
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def test_the_calls_by_reflection_work_as_pasted(gateway: RunningGateway) -> None:
    require((REPOSITORY / ".venv" / "bin" / "buf").exists(), "buf is not installed in .venv")

    sent, followed = [await output_of(call.replace(ADDRESS, gateway.addresses.grpc)) for call in calls()]

    assert '"messageId"' in sent
    assert '"opened"' in followed


async def test_the_python_example_sends_and_follows_its_receipts(gateway: RunningGateway, tmp_path: Path) -> None:
    await register(gateway)
    example = tmp_path / "example.py"
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    example.write_text(code.replace(ADDRESS, gateway.addresses.grpc), encoding="utf-8")

    printed = await output_of(f"{sys.executable} {example}")

    assert printed.split()[-1] == "READ"


def test_every_file_that_the_readme_names_is_there() -> None:
    named = set(re.findall(r"\]\(([^)#]+)\)", README)) | set(re.findall(r"`(tests/[\w/]+\.py)`", README))

    assert [name for name in sorted(named) if not (REPOSITORY / name).exists()] == []


@pytest.mark.parametrize("target", ["demo", "test", "playground", "run", "check", "proto", "bench", "help"])
def test_every_make_target_of_the_readme_exists(target: str) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")

    assert f"make {target}" in README
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
