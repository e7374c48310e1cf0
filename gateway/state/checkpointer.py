"""Moves committed pages from the write-ahead log into the database, away from those who wait for a commit.

The copying goes on beside the writer and therefore never reaches the end of a log that is being written; only one
that was copied to its end starts over. So the writer ends each pass itself, between two commits, which is little work.
"""

import sqlite3
import threading

from gateway.telemetry import logs

_log = logs.logger("state")

# What the disk has to take for a commit are whole pages, and most of those that an event touches hold little of it.
# An event of 2 KB would have one of 4 KB to itself.
PAGE_BYTES = 2048
_PASS_EVERY_PAGES = 4000
# What a commit writes however little it says.
_COMMIT_PAGES = 4


class Checkpointer:
    """A thread that copies once enough was written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Copy through this connection, which nobody else may use."""
        self._connection = connection
        self._written_pages = 0
        self._wanted = threading.Event()
        self._copied = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)
        self._thread.start()

    def wrote(self, connection: sqlite3.Connection, *, changed_rows: int, size_bytes: int) -> None:
        """Called by the writer after each commit, on its own thread and connection."""
        self._written_pages += _COMMIT_PAGES + changed_rows + size_bytes // PAGE_BYTES
        if self._copied.is_set():
            self._copied.clear()
            _checkpoint(connection)
        if self._written_pages >= _PASS_EVERY_PAGES:
            self._written_pages = 0
            self._wanted.set()

    def close(self) -> None:
        """Finish the pass under way and end the thread; blocks until it has ended."""
        self._closing = True
        self._wanted.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._closing:
                return
            _checkpoint(self._connection)
            self._copied.set()


def _checkpoint(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    except sqlite3.Error as error:
        # Nothing is lost, it stays in the write-ahead log; a full disk will show in the next commit.
        _log.warning("store_checkpoint_failed", sqlite=getattr(error, "sqlite_errorname", None))
