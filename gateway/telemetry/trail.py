"""Which span sent a message: what joins a delivery's webhook, minutes or a restart later, to the send that caused it.

Kept for sends that are recorded, so their number is what the sampler lets through; bounded besides, and forgotten after
a day. Losing some of it costs a link in a trace and nothing else, so it is written once a second, off the event loop.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections import OrderedDict
from pathlib import Path

from opentelemetry.trace import SpanContext, TraceFlags

from gateway.telemetry import logs, tracing

MAX_KEPT = 20_000
KEPT_S = 86_400
WRITE_EVERY_S = 1.0
SUFFIX = ".traces"
_TABLE = """CREATE TABLE IF NOT EXISTS sent (
    key TEXT PRIMARY KEY, trace_id BLOB NOT NULL, span_id BLOB NOT NULL, at_s INTEGER NOT NULL) WITHOUT ROWID"""

log = logs.logger("telemetry")


class Trail:
    """Remembers by message id, or by the stamp that a message carries, in memory and in a small file of its own."""

    def __init__(self, path: Path | None) -> None:
        """Keep it in `path`, or only in memory; `start` reads what is there."""
        self._path = path
        self._sent: OrderedDict[str, SpanContext] = OrderedDict()
        self._unwritten: dict[str, SpanContext] = {}
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read what an earlier process has kept, and write from now on."""
        if self._path is None:
            return
        self._sent.update(await asyncio.to_thread(_read, self._path))
        self._task = asyncio.create_task(self._run(), name="trace-trail")

    async def close(self) -> None:
        """Write what is left."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._write()

    def sent(self, key: str) -> None:
        """What is known by this key is being sent by the current call; nothing is kept unless that is recorded."""
        trace = tracing.current()
        if not key or trace is None or trace.span is None:
            return
        self._sent[key] = self._unwritten[key] = trace.span_context
        if len(self._sent) > MAX_KEPT:
            self._sent.popitem(last=False)
        self._arrived.set()

    def find(self, *keys: str) -> SpanContext | None:
        """The span that sent what is known by one of these keys."""
        return next((self._sent[key] for key in keys if key in self._sent), None)

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            await asyncio.sleep(WRITE_EVERY_S)
            await self._write()

    async def _write(self) -> None:
        unwritten, self._unwritten = self._unwritten, {}
        if self._path is None or not unwritten:
            return
        try:
            await asyncio.to_thread(_append, self._path, unwritten)
        except (sqlite3.Error, OSError) as error:
            log.warning("trace_trail_not_written", error=type(error).__name__)


def _read(path: Path) -> OrderedDict[str, SpanContext]:
    """What is there, oldest first; a file that cannot be read is begun anew."""
    try:
        with contextlib.closing(_open(path)) as connection:
            rows = connection.execute("SELECT key, trace_id, span_id FROM sent ORDER BY at_s").fetchall()
            return OrderedDict((key, _context(trace_id, span_id)) for key, trace_id, span_id in rows)
    except (sqlite3.Error, OSError, TypeError, ValueError) as error:
        log.warning("trace_trail_lost", error=type(error).__name__)
        path.unlink(missing_ok=True)
        return OrderedDict()


def _append(path: Path, sent: dict[str, SpanContext]) -> None:
    now_s = int(time.time())
    rows = [(key, ids.trace_id.to_bytes(16), ids.span_id.to_bytes(8), now_s) for key, ids in sent.items()]
    with contextlib.closing(_open(path)) as connection, connection:
        connection.executemany("INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?)", rows)
        connection.execute("DELETE FROM sent WHERE at_s < ?", (now_s - KEPT_S,))
        connection.execute(
            "DELETE FROM sent WHERE key IN (SELECT key FROM sent ORDER BY at_s DESC LIMIT -1 OFFSET ?)", (MAX_KEPT,)
        )


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        path.chmod(0o600)
        connection.execute(_TABLE)
    except BaseException:
        connection.close()
        raise
    return connection


def _context(trace_id: bytes, span_id: bytes) -> SpanContext:
    return SpanContext(
        int.from_bytes(trace_id), int.from_bytes(span_id), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )
