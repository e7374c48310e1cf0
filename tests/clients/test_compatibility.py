"""A client whose stubs come from the committed baseline of the contract still plays its scenario."""

import shutil
import subprocess
import sys
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from tests.clients.cut import way_to
from tests.clients.programs import CLIENTS, DATA, PYTHON, run
from tests.clients.test_scenario import EXPECTED
from tests.conftest import REPOSITORY, RunningGateway
from tests.integration.test_receipts import register
from tests.requirements import require

BASELINE = REPOSITORY / "proto" / "baseline.binpb"
PROTO_PYTHON = REPOSITORY / ".venv-proto" / "bin" / "python"


def old_client(folder: Path) -> None:
    """The Python client over stubs generated from the baseline."""
    package = folder / "conversation_gateway"
    shutil.copytree(CLIENTS / "python" / "conversation_gateway", package, ignore=shutil.ignore_patterns("*_pb2*"))
    image = FileDescriptorSet.FromString(BASELINE.read_bytes())
    protos = [file.name for file in image.file if file.name.startswith("conversation_gateway/")]
    subprocess.run(
        [PROTO_PYTHON, "-m", "grpc_tools.protoc", f"--descriptor_set_in={BASELINE}",
         f"--python_out={folder}", f"--grpc_python_out={folder}", *protos],
        check=True, capture_output=True,
    )  # fmt: skip


async def test_a_client_of_the_baseline_plays_the_scenario(gateway: RunningGateway, tmp_path: Path) -> None:
    require(PROTO_PYTHON.exists(), "the generator is not installed in .venv-proto")
    old_client(tmp_path)
    await register(gateway)
    imported = "import conversation_gateway; print(conversation_gateway.__file__)"

    where = await run((sys.executable, "-c", imported), address="", PYTHONPATH=str(tmp_path))
    async with way_to(gateway.addresses.grpc) as way:
        ended = await run(
            (sys.executable, PYTHON / "scenario.py", DATA), address=way.address, PYTHONPATH=str(tmp_path),
            on_line=lambda line: way.cut() if line == "disconnect" else None,
        )  # fmt: skip

    assert where.lines == [str(tmp_path / "conversation_gateway" / "__init__.py")]
    assert ended.code == 0, ended.errors
    assert ended.lines == EXPECTED
