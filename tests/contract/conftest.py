"""`buf` at work on the contract; tests that need it skip by name where it is missing."""

import subprocess
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2 as pb

from tests.contract.contract import BUF, PROTO, PROTO_PYTHON, ROOT, Element, buf, elements
from tests.requirements import require


@pytest.fixture(scope="session")
def workspace() -> Path:
    """The repository in a state that `buf` can build: with the imports that the contract does not own."""
    require(BUF.exists(), "buf in .venv")
    require(PROTO_PYTHON.exists(), "the generator in .venv-proto")
    subprocess.run([PROTO / "imports.sh"], check=True)
    return ROOT


@pytest.fixture(scope="session")
def image(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> pb.FileDescriptorSet:
    """The contract with its comments, as `buf` builds it."""
    path: Path = tmp_path_factory.mktemp("contract") / "image.binpb"
    built = buf("build", "-o", path, cwd=workspace)
    assert built.returncode == 0, built.stderr
    return pb.FileDescriptorSet.FromString(path.read_bytes())


@pytest.fixture(scope="session")
def contract(image: pb.FileDescriptorSet) -> list[Element]:
    """Every element of the contract."""
    return list(elements(image))
