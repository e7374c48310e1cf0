"""Files that are read again: when, what is left alone, and what is said of it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog.testing

from gateway.clock import Clock
from gateway.watched_file import MOST_BYTES, WatchedFiles, secret_text


class Steps(Clock):
    """Sleeps end when told: one look at every file is one step."""

    def __init__(self) -> None:
        self._asleep = asyncio.Semaphore(0)
        self._wake = asyncio.Semaphore(0)

    async def sleep(self, delay_s: float) -> None:  # noqa: ARG002 - a step is a step
        self._asleep.release()
        await self._wake.acquire()

    async def looked(self) -> None:
        await self._asleep.acquire()

    async def look(self) -> None:
        self._wake.release()
        await self.looked()


@asynccontextmanager
async def watching(path: Path, taken: list[bytes]) -> AsyncIterator[Steps]:
    """A watcher that has taken what is there, if anything."""
    steps = Steps()

    def take(content: bytes) -> None:
        if content == b"of no use":
            raise ValueError("is of no use")
        taken.append(content)

    files = WatchedFiles(clock=steps)
    files.watch(path, take)
    files.start()
    try:
        await steps.looked()
        await steps.look()
        yield steps
    finally:
        await files.close()


def mounted(folder: Path, content: str) -> Path:
    """A secret as Kubernetes mounts it: a link to a file below a link to a folder."""
    (folder / "..1").mkdir()
    (folder / "..1" / "secret").write_text(content)
    (folder / "..data").symlink_to("..1")
    (folder / "secret").symlink_to("..data/secret")
    return folder / "secret"


def swap(folder: Path, content: str) -> None:
    """Replace it as Kubernetes does: a new folder, and a link that is renamed over the old one."""
    (folder / "..2").mkdir()
    (folder / "..2" / "secret").write_text(content)
    (folder / "..data_tmp").symlink_to("..2")
    (folder / "..data_tmp").rename(folder / "..data")


async def test_a_swapped_link_is_noticed_and_told_once(tmp_path: Path) -> None:
    taken: list[bytes] = []

    async with watching(mounted(tmp_path, "old"), taken) as steps:
        swap(tmp_path, "new")
        for _ in range(4):
            await steps.look()

    assert taken == [b"old", b"new"]


async def test_a_file_that_is_still_being_written_is_left_alone(tmp_path: Path) -> None:
    path, taken = tmp_path / "secret", list[bytes]()
    path.write_text("old")

    async with watching(path, taken) as steps:
        for half in ("n", "ne", "new"):
            path.write_text(half)
            os.utime(path, ns=(0, len(half)))
            await steps.look()
        halfway = list(taken)
        await steps.look()

    assert halfway == [b"old"]
    assert taken == [b"old", b"new"]


async def test_a_missing_file_keeps_the_old_value_and_is_said_once(tmp_path: Path) -> None:
    path, taken = tmp_path / "secret", list[bytes]()
    path.write_text("hush")

    with structlog.testing.capture_logs() as lines:
        async with watching(path, taken) as steps:
            path.unlink()
            await steps.look()
            await steps.look()
            path.write_text("back")
            await steps.look()
            await steps.look()

    assert taken == [b"hush", b"back"]
    assert [(line["log_level"], line["event"], line["trouble"]) for line in lines] == [
        ("warning", "file_not_taken", "No such file or directory")
    ]


@pytest.mark.parametrize("content", ["of no use", "x" * (MOST_BYTES + 1)])
async def test_content_of_no_use_is_named_and_never_quoted(tmp_path: Path, content: str) -> None:
    path, taken = tmp_path / "secret", list[bytes]()
    path.write_text("old")

    with structlog.testing.capture_logs() as lines:
        async with watching(path, taken) as steps:
            path.write_text(content)
            for _ in range(3):
                await steps.look()

    assert taken == [b"old"]
    assert [line["event"] for line in lines] == ["file_not_taken"]
    assert content not in str(lines).replace("is of no use", "")


async def test_closing_ends_the_task(tmp_path: Path) -> None:
    before = asyncio.all_tasks()

    async with watching(tmp_path / "secret", []):
        during = asyncio.all_tasks() - before

    assert [task.get_name() for task in during] == ["watched-files"]
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("content", [b"", b"\r\n", b"\xff\xfe"])
def test_a_secret_is_text_and_not_empty(content: bytes) -> None:
    with pytest.raises(ValueError, match="is "):
        secret_text(content)


def test_the_end_of_the_last_line_is_no_part_of_a_secret() -> None:
    assert secret_text(b" hush \r\n") == " hush "
