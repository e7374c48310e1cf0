"""Who has opted out, on disk: digests instead of addresses, and how far the event log is reflected in them.

What is written here can be told again by the event log and the API, unless it is older than both: so a write may be
lost together with its position, but neither without the other. The key of the digests is in the file, so they keep
addresses out of backups and memory dumps at a glance, and are no secret before whoever has the file.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from gateway.errors import StoreError
from gateway.state.record import DamagedError, is_damage
from gateway.state.schema import ForeignDatabaseError
from gateway.telemetry import logs

APPLICATION_ID = 0x43474353
SCHEMA_VERSION = 1
KEY_BYTES = 32
BUSY_MS = 5000

_T = TypeVar("_T")
_TABLES = """
    BEGIN;
    CREATE TABLE log (
        id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL, epoch BLOB NOT NULL, position INTEGER NOT NULL);
    CREATE TABLE said (digest BLOB PRIMARY KEY, at_us INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE listed (
        project_id TEXT NOT NULL, app_id TEXT NOT NULL, digest BLOB NOT NULL, lists INTEGER NOT NULL,
        PRIMARY KEY (project_id, app_id, digest)) WITHOUT ROWID;
    CREATE TABLE refreshed (
        project_id TEXT NOT NULL, app_id TEXT NOT NULL, at_us INTEGER NOT NULL,
        PRIMARY KEY (project_id, app_id)) WITHOUT ROWID;
"""

_log = logs.logger("state")


class Scope(NamedTuple):
    """Whose opt-outs these are: consent is given to an app."""

    project_id: str
    app_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConsents:
    """Everything that is in the file."""

    key: bytes
    """The key of the digests, of this file alone."""
    epoch: bytes
    """The log that `position` is a position of; empty before there was one."""
    position: int
    said: dict[bytes, int]
    """When each address opted out, in microseconds of Unix time; negative where it opted in."""
    listed: dict[Scope, dict[bytes, int]]
    """The API's lists, as bits, that each address is on."""
    refreshed_us: dict[Scope, int]
    """When the last complete reading of an app's lists began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanges:
    """What is to be written at once; 0 removes."""

    epoch: bytes
    position: int
    said: Mapping[bytes, int] = field(default_factory=dict)
    listed: Mapping[tuple[Scope, bytes], int] = field(default_factory=dict)
    refreshed_us: Mapping[Scope, int] = field(default_factory=dict)


class ConsentFile:
    """The file, which one process uses from `open` to `close`; whoever opens it holds the lock of the state."""

    def __init__(self, *, thread: ThreadPoolExecutor, connection: sqlite3.Connection, kept: KeptConsents) -> None:
        """Keep a checked connection, which the one thread uses; `open` is the way in."""
        self._thread = thread
        self._connection = connection
        self.kept = kept
        """What was in the file when it was opened."""

    @classmethod
    async def open(cls, path: Path | None, *, now: datetime) -> "ConsentFile":
        """Open the file, creating it or setting a damaged one aside; without a path nothing outlives the process.

        Raises `ForeignDatabaseError` for a file of something else, and `StoreError` when it cannot be opened.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix="consents")
        try:
            connection, kept = await _in(thread, lambda: _open(path, now))
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(thread=thread, connection=connection, kept=kept)

    async def write(self, changes: ConsentChanges) -> None:
        """Write all of it or nothing, even if the caller leaves; raises `StoreError`."""
        try:
            await _in(self._thread, lambda: _write(self._connection, changes))
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise StoreError.unavailable(f"the file of consents cannot be written ({name})") from error

    async def close(self) -> None:
        """Finish what was handed over, and let go of the file."""
        await _in(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)


async def _in(thread: ThreadPoolExecutor, job: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(thread, job)


def _open(path: Path | None, now: datetime) -> tuple[sqlite3.Connection, KeptConsents]:
    try:
        return _open_checked(path)
    except (sqlite3.Error, DamagedError) as error:
        if path is None or not is_damage(error):
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise StoreError.unavailable(f"the file of consents {path} cannot be opened ({name})") from error
    aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S%fZ}")
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    # Opt-outs that neither the log nor the API tells any more are in the file set aside, and nowhere else.
    _log.error("consents_set_aside", path=str(path), aside=aside.name)
    return _open_checked(path)


def _open_checked(path: Path | None) -> tuple[sqlite3.Connection, KeptConsents]:
    if path is not None:
        path.touch(mode=0o600)
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = NORMAL")
        _prepare(connection, path)
        return connection, _read(connection)
    except BaseException:
        connection.close()
        raise


def _prepare(connection: sqlite3.Connection, path: Path | None) -> None:
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if (application_id, version) == (APPLICATION_ID, SCHEMA_VERSION):
        return
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise ForeignDatabaseError(path or Path(":memory:"), "is no file of consents that this version can use")
    connection.executescript(_TABLES)
    connection.execute("INSERT INTO log VALUES (1, ?, x'', 0)", (secrets.token_bytes(KEY_BYTES),))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _read(connection: sqlite3.Connection) -> KeptConsents:
    row = connection.execute("SELECT key, epoch, position FROM log").fetchone()
    if row is None or connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise DamagedError("the file of consents is damaged")
    listed: dict[Scope, dict[bytes, int]] = {}
    for project_id, app_id, digest, lists in connection.execute("SELECT project_id, app_id, digest, lists FROM listed"):
        listed.setdefault(Scope(project_id, app_id), {})[digest] = lists
    refreshed = connection.execute("SELECT project_id, app_id, at_us FROM refreshed")
    return KeptConsents(
        key=row[0],
        epoch=row[1],
        position=row[2],
        said=dict(connection.execute("SELECT digest, at_us FROM said").fetchall()),
        listed=listed,
        refreshed_us={Scope(project_id, app_id): at_us for project_id, app_id, at_us in refreshed},
    )


def _write(connection: sqlite3.Connection, changes: ConsentChanges) -> None:
    said = [(digest, at_us) for digest, at_us in changes.said.items() if at_us]
    unsaid = [(digest,) for digest, at_us in changes.said.items() if not at_us]
    listed = [(*scope, digest, lists) for (scope, digest), lists in changes.listed.items() if lists]
    unlisted = [(*scope, digest) for (scope, digest), lists in changes.listed.items() if not lists]
    refreshed = [(*scope, at_us) for scope, at_us in changes.refreshed_us.items()]
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany("INSERT OR REPLACE INTO said VALUES (?, ?)", said)
        connection.executemany("DELETE FROM said WHERE digest = ?", unsaid)
        connection.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?, ?, ?)", listed)
        connection.executemany("DELETE FROM listed WHERE project_id = ? AND app_id = ? AND digest = ?", unlisted)
        connection.executemany("INSERT OR REPLACE INTO refreshed VALUES (?, ?, ?)", refreshed)
        connection.execute("UPDATE log SET epoch = ?, position = ?", (changes.epoch, changes.position))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
