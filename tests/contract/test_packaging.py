"""What is installed: two wheels that hold what they should, on dependencies that are pinned and nothing else."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import conversation_gateway
import pytest

import gateway
from tests.conftest import REPOSITORY

LOCKS = sorted((REPOSITORY / "requirements").glob("*.lock"))
# What a lock must not hold: addresses, paths, and what breaks OTLP exporters (xds-protos ships stale copies of theirs).
FORBIDDEN = re.compile(r"://|--index|--find-links|^-e |file:|xds-protos", re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.name))
def test_a_lock_pins_everything_by_hash_and_names_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9][\w.\-]*==[^\n]*(?:\n    --hash=\S+ ?\\?)+", text, re.MULTILINE)

    assert FORBIDDEN.search(text) is None
    assert len(pins) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 0


def test_the_build_backend_is_pinned_too() -> None:
    text = (REPOSITORY / "requirements" / "dev.lock").read_text(encoding="utf-8")

    assert re.search(r"^hatchling==", text, re.MULTILINE)
    assert re.search(r"^editables==", text, re.MULTILINE)


def wheel(folder: Path, project: Path) -> zipfile.ZipFile:
    """The wheel of a project, built without asking an index for anything."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=project,
        check=True,
        capture_output=True,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_gateways_wheel_holds_the_package_and_its_command(tmp_path: Path) -> None:
    with wheel(tmp_path, REPOSITORY) as built:
        names = set(built.namelist())
        points = next(built.read(name).decode() for name in names if name.endswith("entry_points.txt"))

    assert {"gateway/py.typed", "gateway/app.py", "gateway/simulator/program.py"} <= names
    assert "conversation-gateway = gateway.cli:main" in points
    assert {name.split("/")[0].split("-")[0] for name in names} == {"gateway", "conversation_gateway"}
    assert not any(name.startswith("conversation_gateway/") for name in names)


def test_the_clients_wheel_holds_the_stubs_and_their_types(tmp_path: Path) -> None:
    with wheel(tmp_path, REPOSITORY / "clients" / "python") as built:
        names = set(built.namelist())

    stubs = "conversation_gateway/v1/message_pb2"
    assert {"conversation_gateway/py.typed", f"{stubs}.py", f"{stubs}.pyi", f"{stubs}_grpc.py"} <= names
    assert not any(name.startswith("google/") for name in names)


def test_the_gateway_starts_without_any_extra() -> None:
    # None in `sys.modules` is as good as not installed.
    extras = ["redis", "cryptography", "opentelemetry.exporter"]
    code = f"import sys; sys.modules.update(dict.fromkeys({extras!r})); import gateway.app, gateway.cli as c; c.main()"

    result = subprocess.run(
        [sys.executable, "-c", code, "check-config"], capture_output=True, text=True, check=False, env={"HOME": "/"}
    )

    # It gets as far as to read its settings, of which there are none.
    assert "SINCH_PROJECT_ID" in result.stderr + result.stdout
    assert "Traceback" not in result.stderr


def test_the_two_versions_agree() -> None:
    assert conversation_gateway.__version__ == gateway.__version__


def test_no_committed_file_names_a_package_host() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    hosts = re.compile(r"(files\.)?py" r"thonhosted\.org|py" r"pi\.org|registry\.npm" r"js\.org|repo\d?\.maven")

    naming = [
        name
        for name in listed.splitlines()
        if (path := REPOSITORY / name).is_file() and hosts.search(path.read_bytes().decode("utf-8", "replace"))
    ]

    assert naming == []
