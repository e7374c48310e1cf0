"""Every dependency that is locked exists ready-made for each platform the image is built for."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

UV = REPOSITORY / ".venv" / "bin" / "uv"


@pytest.mark.parametrize("platform", ["x86_64-manylinux_2_28", "aarch64-manylinux_2_28"])
def test_every_locked_dependency_has_a_wheel(platform: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            UV, "pip", "install", "--dry-run", "--quiet", "--no-cache", "--target", tmp_path, "--require-hashes",
            "--python-version", "3.11", "--python-platform", platform, "--only-binary", ":all:",
            "-r", REPOSITORY / "requirements" / "runtime.lock",
        ],
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
