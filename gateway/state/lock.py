"""One process per state file: two writers would each believe that their positions are the only ones."""

import fcntl
import os
from pathlib import Path

import grpc

from gateway.errors import StoreError


class StateLocked(StoreError):
    """Another process has the state file open; the message is the one line to print before leaving."""

    def __init__(self, path: Path) -> None:
        """Name the file that is taken."""
        super().__init__(
            f"the state file {path} is in use by another process",
            reason="STORE_UNAVAILABLE",
            code=grpc.StatusCode.UNAVAILABLE,
        )


class FileLock:
    """An exclusive lock on a file beside the state file, held until `release` or the end of the process.

    The lock file stays behind: removing it would let two processes lock two different files of the same name.
    """

    def __init__(self, state_path: Path) -> None:
        """Remember which state file is to be guarded; nothing is locked yet."""
        self._state_path = state_path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock without waiting, or raise `StateLocked`."""
        path = self._state_path.with_name(self._state_path.name + ".lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StateLocked(self._state_path) from None
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the next process in; harmless when nothing is held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
