"""Whether the embedded store can be used: its folder, its disk, its schema, and who holds it.

It is looked at without being opened for writing, so that a gateway that runs on it is not disturbed.
"""

import os
import shutil
import sqlite3
from pathlib import Path

from gateway.doctor.finding import Finding, Grade
from gateway.errors import StoreError
from gateway.state.lock import FileLock, StateLocked
from gateway.state.record import DamagedError
from gateway.state.schema import check_schema, read_head

# What the event log keeps free: below it no event is taken.
FLOOR_BYTES = 64 * 1024 * 1024
_MOVE = "choose another file in GATEWAY_STATE_URL, or correct the folder"


def look_at_store(path: Path, *, floor_bytes: int = FLOOR_BYTES) -> Finding:
    """Everything about a state file at once; blocks on the disk."""
    try:
        found = [_folder(path), _space(path, floor_bytes)]
        found += [_content(path), _holder(path)] if path.exists() else ["it will be created"]
    except _Unfit as unfit:
        return Finding(check="store", about=str(path), grade=Grade.FAILED, found=unfit.found, todo=unfit.todo)
    except OSError as error:
        return _failed(path, f"cannot be looked at ({error.strerror or type(error).__name__})", _MOVE)
    return Finding(check="store", about=str(path), grade=Grade.OK, found="; ".join(found))


class _Unfit(Exception):
    """The store cannot be used as it is."""

    def __init__(self, found: str, todo: str) -> None:
        super().__init__(found)
        self.found = found
        self.todo = todo


def _failed(path: Path, found: str, todo: str) -> Finding:
    return Finding(check="store", about=str(path), grade=Grade.FAILED, found=found, todo=todo)


def _nearest(path: Path) -> Path:
    """The folder that is there already; those below it would be created."""
    return next(folder for folder in path.parents if folder.exists())


def _folder(path: Path) -> str:
    folder = _nearest(path)
    if not folder.is_dir():
        raise _Unfit(f"{folder} is no folder", _MOVE)
    files = [path.with_name(path.name + end) for end in ("", "-wal", ".lock", ".requests")]
    for place in (folder, *(file for file in files if file.exists())):
        if not os.access(place, os.W_OK | os.R_OK | (os.X_OK if place is folder else 0)):
            raise _Unfit(f"{place} cannot be written by this user", f"give this user the right to write it, or {_MOVE}")
    return "writable"


def _space(path: Path, floor_bytes: int) -> str:
    free_bytes = shutil.disk_usage(_nearest(path)).free
    if free_bytes < floor_bytes:
        raise _Unfit(
            f"its disk has {free_bytes // 1024**2} MiB left, and no event is taken below {floor_bytes // 1024**2} MiB",
            "free some space, or lower GATEWAY_FEED_RETENTION_BYTES",
        )
    return f"{free_bytes // 1024**2} MiB free"


def _content(path: Path) -> str:
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            epoch = read_head(connection).epoch.hex() if check_schema(connection, path) else "none yet"
        finally:
            connection.close()
    except StoreError as error:
        raise _Unfit(error.message, _MOVE) from None
    except (sqlite3.Error, DamagedError) as error:
        raise _Unfit(
            f"it is damaged ({getattr(error, 'sqlite_errorname', type(error).__name__)})",
            "the gateway sets it aside at its start and begins a new log; keep a copy first if its events matter",
        ) from None
    return f"schema readable, epoch {epoch}"


def _holder(path: Path) -> str:
    lock = FileLock(path)
    try:
        lock.acquire()
    except StateLocked:
        return "a running gateway holds it"
    lock.release()
    return "nobody holds it"
