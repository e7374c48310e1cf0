"""The one reader of a process: it follows the shared log and tells everybody here what is new.

It also notices when the server has lost what was read before: each event proves that it follows the last one. Then
the log gets another epoch, so that no cursor of the lost past is read on silently.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from gateway.errors import StoreError
from gateway.state.events import Head, StoredEvent, Tail, tail_of
from gateway.state.log import LogListener
from gateway.state.record import DamagedEventError
from gateway.state.valkey_record import Link, read_header, read_link
from gateway.state.valkey_scripts import DATA_VERSION, script
from gateway.state.valkey_server import UnsafeStoreError
from gateway.state.valkey_store import ValkeyStore
from gateway.telemetry import logs

_log = logs.logger("state")
_COUNT = 64
_WAIT_S = 1.0
_AGAIN_S = 0.05
# What this process appends it knows already, a moment after the server tells everybody.
_GATHER_S = 0.005
_EPOCH_BYTES = 8


async def begin_log(store: ValkeyStore) -> None:
    """Find the log on the server, or begin one; `UnsafeStoreError` for data of a newer version."""
    keys = (store.key("log"), store.key("events"))
    verdict, *version = await store.append(
        script("open"), keys, (DATA_VERSION, secrets.token_hex(_EPOCH_BYTES)), size_bytes=0
    )
    if verdict == b"newer":
        raise UnsafeStoreError(f"the shared store was written by a newer version (data {version[0].decode()})")
    if verdict == b"replaced":
        _log.error("event_log_set_aside")


async def look(store: ValkeyStore, position: int) -> tuple[Head, Tail, Link | None]:
    """Where the log begins and ends now, and the event at a position where it is still there."""
    keys = (store.key("log"), store.key("events"))
    arguments = (max(position - 1, 0), position, 1, 1)
    header, rows = await store.read(script("read"), keys, arguments)
    if not header:
        await begin_log(store)
        header, rows = await store.read(script("read"), keys, arguments)
    head, tail = read_header(header)
    with contextlib.suppress(DamagedEventError):
        return head, tail, read_link(*rows[0]) if rows else None
    return head, tail, None


class ValkeyReader:
    """Where this process stands in the shared log; all of it runs on the event loop."""

    def __init__(self, *, store: ValkeyStore, head: Head, tail: Tail) -> None:
        """Stand at an end of the log that was just looked at, and follow it from now on."""
        self.head = head
        self.tail = tail
        self.listeners: list[LogListener] = []
        self.following = True
        """Whether the server still has what is known here, as far as anybody can tell."""
        self._store = store
        self._events = store.key("events")
        self._fences = store.key("fences")
        # Old fences are below those of anybody who holds something here, and do no harm.
        self._fences_after = b"0-0"
        self._count = _COUNT
        self._task = asyncio.create_task(self._run(), name="valkey-reader")

    async def close(self) -> None:
        """Follow no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def take(self, links: Sequence[Link]) -> bool:
        """Tell those events that come next; false when they do not continue what was read so far."""
        fresh: list[StoredEvent] = []
        position, mark = self.tail.position, self.tail.mark
        for event, former_mark in links:
            if event.position <= position:
                continue
            if event.position != position + 1:
                break
            if mark and former_mark != mark:
                return False
            fresh.append(event)
            position, mark = event.position, event.checksum
        if fresh:
            self.tail = tail_of(fresh[-1])
            self._tell(lambda listener: listener.committed(fresh))
        return True

    def has_passed(self, fence_id: bytes | None) -> bool:
        """Whether the fence under this id was told here; None is before there was any."""
        if fence_id is None or fence_id == self._fences_after:
            return True
        return _order(fence_id) <= _order(self._fences_after)

    async def refresh(self) -> None:
        """Learn what was trimmed, by whomever."""
        head, _, _ = await look(self._store, 0)
        if head.epoch == self.head.epoch:
            self.head = head

    async def _run(self) -> None:
        while True:
            try:
                await self._align()
                self.following = True
                while True:
                    await self._follow()
            except StoreError:
                self.following = False
                await self._store.recovered()
                await asyncio.sleep(_AGAIN_S)
            except Exception as error:  # noqa: BLE001  # whatever it is, the feed must not stand still for ever
                self.following = False
                _log.error("log_not_followed", error=type(error).__name__)
                await asyncio.sleep(_WAIT_S)

    async def _align(self) -> None:
        """After any interruption: make sure that the server still has what was read before."""
        known = self.tail
        head, tail, link = await look(self._store, known.position)
        if head.epoch != self.head.epoch:
            await self._begin_anew()
        elif tail.position < known.position or (link and known.mark and link.event.checksum != known.mark):
            await self._lost()
        else:
            self.head = head

    async def _follow(self) -> None:
        """Wait for what is new, and tell it; fences first, as nothing that came before them is untold."""
        answer = await self._store.follow(
            after={self._events: f"{self.tail.position}-0", self._fences: self._fences_after.decode()},
            count=self._count,
            wait_s=_WAIT_S,
        )
        if not answer:
            # A connection that was lost between two reads is replaced unnoticed, and the server may be another one.
            await self._align()
            return
        fences = answer.get(self._fences, ())
        for entry_id, fields in fences:
            self._fences_after = entry_id
            project_id, _, name = fields[b"s"].decode().rpartition(":")
            for listener in self.listeners:
                listener.fenced(project_id, name, int(fields[b"f"]))
        if len(fences) == self._count:
            # There may be more of them, and they go before any event.
            self._count = _COUNT
            return
        if self._store.waiting_count:
            await asyncio.sleep(_GATHER_S)
        entries = [entry for entry in answer.get(self._events, ()) if _position(entry) > self.tail.position]
        # While all that is new comes from here, one event is enough of a bell.
        self._count = _COUNT if entries else 1
        if entries:
            await self._take_entries(entries)

    async def _take_entries(self, entries: Sequence[Any]) -> None:
        if _position(entries[0]) > self.tail.position + 1:
            # Trimmed before it was read here: whoever needs it is told of the gap by the pages.
            await self._begin_anew()
            return
        try:
            links = [read_link(*entry) for entry in entries]
        except DamagedEventError as error:
            # The pages end before it, and say so to those who get there.
            _log.error("event_damaged", position=error.position)
            await self._begin_anew()
            return
        if not self.take(links):
            await self._lost()

    async def _lost(self) -> None:
        """The server lost its tail: have the log renamed, once for all replicas, and begin anew."""
        _log.error("log_lost_its_tail", position=self.tail.position)
        arguments = (self.head.epoch.hex(), secrets.token_hex(_EPOCH_BYTES))
        await self._store.append(script("renew"), (self._store.key("log"),), arguments, size_bytes=0)
        await self._begin_anew()

    async def _begin_anew(self) -> None:
        self.head, self.tail, _ = await look(self._store, 0)
        self._tell(lambda listener: listener.restarted())

    def _tell(self, what: Callable[[LogListener], None]) -> None:
        for listener in self.listeners:
            what(listener)


def _order(entry_id: bytes) -> tuple[int, int]:
    """What ids of entries are ordered by."""
    time_ms, _, number = entry_id.partition(b"-")
    return int(time_ms), int(number)


def _position(entry: Any) -> int:
    return int(entry[0].partition(b"-")[0])
