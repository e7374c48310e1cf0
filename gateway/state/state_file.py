"""The files of one embedded log: locked, checked, and set aside when they are not what was written."""

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.errors import StoreError
from gateway.state.events import Head, Tail
from gateway.state.lock import FileLock
from gateway.state.reader import read_ends
from gateway.state.record import DamagedError, is_damage
from gateway.state.schema import Synchronous, connect, prepare
from gateway.telemetry import logs

_log = logs.logger("state")
_BESIDE = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """A checked log: a connection for each thread, and where it begins and ends."""

    writing: sqlite3.Connection
    reading: sqlite3.Connection
    copying: sqlite3.Connection
    head: Head
    tail: Tail


class StateFile:
    """A database file that this process alone may use, from `acquire` to `release`."""

    def __init__(self, path: Path, *, synchronous: Synchronous) -> None:
        """Name the file; nothing is touched yet."""
        self.path = path
        self._synchronous = synchronous
        self._lock = FileLock(path)

    def acquire(self) -> None:
        """Create the folder and take the lock, or raise `StateLocked`."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock.acquire()

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def open(self, *, now: datetime) -> Connections:
        """Open the log, setting it aside and beginning a new one if it is damaged; blocks on the disk.

        A database of something else, or of a newer version, is left alone: `ForeignDatabaseError`. Any other trouble
        with the file is a `StoreError` too.
        """
        try:
            return self._open_checked()
        except (sqlite3.Error, DamagedError) as error:
            if not is_damage(error):
                name = getattr(error, "sqlite_errorname", type(error).__name__)
                raise StoreError.unavailable(f"the state file {self.path} cannot be opened ({name})") from error
        return self.replace(now=now)

    def replace(self, *, now: datetime) -> Connections:
        """Rename damaged files, so that a person can look, and begin a new log with a new epoch.

        Every connection to the old one is closed by then.
        """
        self._set_aside(now)
        return self._open_checked()

    def _set_aside(self, now: datetime) -> None:
        suffix = f".damaged-{now:%Y%m%dT%H%M%S%fZ}"
        for beside in _BESIDE:
            name = self.path.name + beside
            if (file := self.path.with_name(name)).exists():
                file.rename(self.path.with_name(self.path.name + suffix + beside))
        sync_folder(self.path.parent)
        _log.error("event_log_set_aside", path=str(self.path), aside=self.path.name + suffix)

    def _open_checked(self) -> Connections:
        # The database holds what people wrote to each other: nobody else on the machine may read it.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        opened: list[sqlite3.Connection] = []
        try:
            opened.append(connect(self.path, synchronous=self._synchronous))
            prepare(opened[0], self.path)
            head, tail = read_ends(opened[0])
            opened.extend(connect(self.path, synchronous=self._synchronous) for _ in range(2))
        except BaseException:
            for connection in opened:
                connection.close()
            raise
        sync_folder(self.path.parent)
        return Connections(writing=opened[0], reading=opened[1], copying=opened[2], head=head, tail=tail)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as durable as the files they lead to."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
