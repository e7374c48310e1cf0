"""The image as buildah makes it, without a daemon and, where no base can be pulled, over a Debian made here.

`IMAGE_BASE` names a base to pull instead. `build/image` keeps the Debian and the layers of the last run.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway import __version__
from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "build" / "image"
TOOLS = ("buildah", "debootstrap", "bwrap")
# What the base of the Dockerfile brings, as Debian packages.
BASE_PACKAGES = "python3,python3-venv,python3-pip,ca-certificates"
BUILD_LIMIT_S = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltImage:
    """An image that was built, and its files."""

    root: Path
    config: dict[str, Any]
    """What a container engine starts it by: user, entry point, labels."""
    size_bytes: int
    base_size_bytes: int

    @property
    def user(self) -> int:
        """The numeric user that the image asks for."""
        return int(self.config["User"].partition(":")[0])

    def command(self, *arguments: str, state: Path | None = None, temporary: bool = False) -> list[str]:
        """What runs the image as a cluster's `restricted` level does: its user, a read-only root, no capability.

        `state` is mounted where events are kept; `temporary` adds a `/tmp` in memory. The network is this machine's.
        The program is process 1, as in a container, where signals have no default action.
        """
        user = str(self.user)
        volumes = ["--bind", str(state), "/var/lib/conversation-gateway"] if state else []
        scratch = ["--perms", "1777", "--tmpfs", "/tmp"] if temporary else []
        settings = [part for line in self.config["Env"] for part in ("--setenv", *line.split("=", 1))]
        return [
            "bwrap", "--ro-bind", str(self.root), "/", "--proc", "/proc", "--dev", "/dev", *scratch, *volumes,
            "--unshare-pid", "--as-pid-1", "--clearenv", *settings,
            "setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs", "--bounding-set", "-all",
            "--inh-caps", "-all", *self.config["Entrypoint"], *arguments,
        ]  # fmt: skip


@contextmanager
def built_image() -> Iterator[BuiltImage]:
    """Build the image; its files stay mounted until the end."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    base = os.environ.get("IMAGE_BASE") or _debian()
    (FOLDER / "pip.conf").write_text(_pip_settings(), encoding="utf-8")
    tag = f"localhost/conversation-gateway:{__version__}"
    _buildah(
        "bud", "--quiet", "--isolation", "chroot", *_POLICY, "--build-arg", f"BASE={base}",
        "--build-arg", f"VERSION={__version__}", "--build-arg", "REVISION=test", *_reach_of_this_machine(),
        "--file", str(REPOSITORY / "deploy" / "Dockerfile"), "--tag", tag, str(REPOSITORY),
    )  # fmt: skip
    container = _buildah("from", *_POLICY, "--pull-never", tag)
    try:
        yield BuiltImage(
            root=Path(_buildah("mount", container)),
            config=json.loads(_buildah("inspect", "--type", "image", tag))["OCIv1"]["config"],
            size_bytes=_size_of(_buildah("mount", container)),
            base_size_bytes=_base_size(base),
        )
    finally:
        _buildah("rm", container)


_POLICY = ("--signature-policy", str(FOLDER / "policy.json"))


def _debian() -> str:
    """A base of Debian's own packages, made once and kept: 300 MB, under a minute."""
    name = "localhost/python:3.11-slim-bookworm"
    if _run("buildah", "images", "--quiet", name, check=False).stdout.strip():
        return name
    root = FOLDER / "debian"
    shutil.rmtree(root, ignore_errors=True)
    _run("debootstrap", "--variant=minbase", f"--include={BASE_PACKAGES}", "bookworm", str(root))
    container = _buildah("from", *_POLICY, "scratch")
    _buildah("add", "--quiet", container, str(root), "/")
    _buildah("commit", "--quiet", *_POLICY, container, name)
    _buildah("rm", container)
    shutil.rmtree(root)
    return name


def _reach_of_this_machine() -> list[str]:
    """How this machine reaches a package index, mounted for the build: none of it stays in the image."""
    mounts = [(FOLDER / "pip.conf", "/etc/pip.conf"), (Path("/etc/resolv.conf"), "/etc/resolv.conf")]
    certificates = os.environ.get("PIP_CERT")
    if certificates:
        mounts.append((Path(certificates), certificates))
    return [part for source, target in mounts for part in ("--volume", f"{source}:{target}:ro")]


def _pip_settings() -> str:
    """pip's settings of this machine that matter for reaching an index, as a file for the build."""
    names = {"PIP_CERT": "cert", "PIP_INDEX_URL": "index-url", "PIP_DEFAULT_TIMEOUT": "timeout"}
    lines = [f"{name} = {os.environ[variable]}" for variable, name in names.items() if os.environ.get(variable)]
    return "\n".join(["[global]", *lines, ""])


def _buildah(*arguments: str) -> str:
    return _run("buildah", *arguments).stdout.strip()


def _run(*command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    (FOLDER / "policy.json").write_text('{"default": [{"type": "insecureAcceptAnything"}]}', encoding="utf-8")
    storage = FOLDER / "storage.conf"
    # No overlay file system and none of the machine's own images: works as root in a container too.
    storage.write_text(
        f'[storage]\ndriver = "vfs"\ngraphroot = "{FOLDER}/layers"\nrunroot = "{FOLDER}/run"\n', encoding="utf-8"
    )
    environment = {**os.environ, "CONTAINERS_STORAGE_CONF": str(storage), "STORAGE_DRIVER": "vfs"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, timeout=BUILD_LIMIT_S, cwd=REPOSITORY
    )
    assert not check or done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done


def _base_size(base: str) -> int:
    container = _buildah("from", *_POLICY, "--pull-never", base)
    try:
        return _size_of(_buildah("mount", container))
    finally:
        _buildah("rm", container)


def _size_of(root: str) -> int:
    """Bytes on disk of a mounted image, as its unpacked size is usually told."""
    return int(_run("du", "--summarize", "--block-size=1", root).stdout.split()[0])
