"""Reads small files again when they change: secrets, tokens and certificates that are replaced while the gateway runs.

Looked at by name every few seconds, because that works where change notices do not: a mounted Kubernetes secret is a
link to a link, and what is swapped is the one in the middle.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.clock import Clock
from gateway.telemetry.logs import logger

INTERVAL_S = 2.0
# A chain of certificates is the largest thing that is kept in such a file.
MOST_BYTES = 256 * 1024

Changed = Callable[[bytes], None]
_Identity = tuple[int, int, int, int]

log = logger("watched_file")


@dataclass(slots=True)
class _Watched:
    """One file, and what is known of it."""

    path: Path
    changed: Changed
    seen: _Identity | None = None
    """What it was at the last look."""
    taken: _Identity | None = None
    """What it was when it was last read to its end."""
    trouble: str = ""
    """What was last complained of, so that it is said once."""


class WatchedFiles:
    """Tells whoever uses a file when there is something new in it.

    A file is read when it has looked the same twice, so that one being written is left alone. One that is missing,
    too large or of no use keeps whatever was in force, and a warning says so, by its name and never its content.
    """

    def __init__(self, *, clock: Clock, interval_s: float = INTERVAL_S) -> None:
        """Look every `interval_s` seconds once started."""
        self._clock = clock
        self._interval_s = interval_s
        self._files: list[_Watched] = []
        self._task: asyncio.Task[None] | None = None

    def watch(self, path: Path, changed: Changed) -> None:
        """Have `changed` called on the event loop with the file's content, after each change and once at first.

        The first call closes the gap since its user read the file, so it is usually no news. `changed` raises
        `ValueError`, whose text is logged and quotes nothing of the file, for content that it cannot use.
        """
        self._files.append(_Watched(path, changed))

    def start(self) -> None:
        """Begin to look, in a task that ends with `close`."""
        if self._files:
            self._task = asyncio.create_task(self._follow(), name="watched-files")

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            for file in self._files:
                await self._look(file)
            await self._clock.sleep(self._interval_s)

    async def _look(self, file: _Watched) -> None:
        try:
            # In a thread, because a mounted volume can take its time.
            content = await asyncio.to_thread(_news, file)
            if content is None:
                return
            file.changed(content)
        except OSError as error:
            _complain(file, error.strerror or type(error).__name__)
        except ValueError as error:
            _complain(file, str(error))
        else:
            file.trouble = ""


def secret_text(content: bytes) -> str:
    """The secret in a file, without the end of its last line; `ValueError` when there is none."""
    try:
        text = content.decode().strip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    if not text:
        raise ValueError("is empty")
    return text


def _news(file: _Watched) -> bytes | None:
    """The content, if the file has changed and has been left alone since the last look; raises `OSError`."""
    try:
        before = _identity(file.path.stat())
    except OSError:
        file.seen = None
        raise
    settled, file.seen = before == file.seen, before
    if before == file.taken or not settled:
        return None
    with file.path.open("rb") as opened:
        # The link may have been swapped since; what was opened is what counts.
        identity = _identity(os.fstat(opened.fileno()))
        content = opened.read(MOST_BYTES + 1)
        if identity != before or _identity(os.fstat(opened.fileno())) != before:
            return None
    file.taken = before
    if len(content) > MOST_BYTES:
        raise ValueError(f"is larger than {MOST_BYTES} bytes")
    return content


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _complain(file: _Watched, trouble: str) -> None:
    if trouble != file.trouble:
        file.trouble = trouble
        log.warning("file_not_taken", path=str(file.path), trouble=trouble)
