"""The shared event log: one stream, on a server that has synced its disk before it answers.

*200 means the event is on disk.* Every replica appends, and one script recognises, numbers and stores an event in one
step; every replica follows the same stream, so a cursor from one is good at any other.
"""

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.state.events import Appended, Head, NewEvent, StoredEvent, Tail
from gateway.state.log import Keep, LogListener, Page, Trimmed
from gateway.state.overview import Overview
from gateway.state.record import DamagedEventError
from gateway.state.subscriptions import (
    NewSubscription,
    Subscription,
    fenced,
    no_such_subscription,
    too_many_subscriptions,
)
from gateway.state.transaction import MAX_KEY_BYTES
from gateway.state.valkey_reader import ValkeyReader, begin_log, look
from gateway.state.valkey_record import (
    contents_hash,
    new_link,
    pack_texts,
    read_header,
    read_link,
    read_subscription,
    subscription_field,
    texts_of,
)
from gateway.state.valkey_scripts import DATA_VERSION, script
from gateway.state.valkey_store import ValkeyStore
from gateway.telemetry import logs

_log = logs.logger("state")
_TRIM_COUNT = 500


class ValkeyEventLog:
    """An `EventLog` that replicas share."""

    def __init__(self, *, store: ValkeyStore, reader: ValkeyReader, clock: Clock, memory_s: float) -> None:
        """Use a reader that follows; `open` is the way in."""
        self._store = store
        self._reader = reader
        self._clock = clock
        self._memory_ms = int(memory_s * 1000)
        self._closed = False
        self._keys = (store.key("log"), store.key("events"))

    @classmethod
    async def open(cls, store: ValkeyStore, *, clock: Clock, memory_s: float) -> "ValkeyEventLog":
        """The log in `store`, which outlives it; identities are remembered for `memory_s`.

        `StoreError` when the data was written by a newer version, or cannot be had.
        """
        await begin_log(store)
        head, tail, _ = await look(store, 0)
        reader = ValkeyReader(store=store, head=head, tail=tail)
        return cls(store=store, reader=reader, clock=clock, memory_s=memory_s)

    @property
    def epoch(self) -> bytes:
        """Eight bytes that tell this log from every other."""
        return self._reader.head.epoch

    @property
    def head(self) -> Head:
        """Where the log begins: what was trimmed from it, as last heard."""
        return self._reader.head

    @property
    def tail(self) -> Tail:
        """Where the log ends: the newest event that this process was told of."""
        return self._reader.tail

    @property
    def usable(self) -> bool:
        """Whether an event would probably be taken now."""
        return self._store.usable and not self._closed

    @property
    def waiting_count(self) -> int:
        """Events that wait to be durable."""
        return self._store.waiting_count

    def listen(self, listener: LogListener) -> None:
        """Have a listener called from now on, until the log is closed."""
        self._reader.listeners = [*self._reader.listeners, listener]

    def ignore(self, listener: LogListener) -> None:
        """Call a listener no more; harmless for one that is not called."""
        self._reader.listeners = [each for each in self._reader.listeners if each is not listener]

    async def append(self, event: NewEvent) -> Appended:
        """Make an event durable and answer after the disk has it, a repeat too.

        Raises `StoreError` when the store cannot take it now, `ValueError` for an event that no log can hold. A caller
        that is cancelled does not take the event back: it may be in the log.
        """
        if not 1 <= len(event.dedupe_key) <= MAX_KEY_BYTES:
            raise ValueError(f"a dedupe key has 1 to {MAX_KEY_BYTES} bytes")
        texts = texts_of(event)
        index = pack_texts(texts)
        size_bytes = len(event.encoded) + len(event.raw) + len(index)
        arguments = (
            DATA_VERSION,
            event.body_hash,
            self._memory_ms,
            self._clock.now_us(),
            size_bytes,
            index,
            event.encoded,
            event.raw,
            contents_hash(index, event.encoded, event.raw),
        )
        keys = (*self._keys, self._store.key("seen", event.dedupe_key.hex()))
        told = partial(self._stored, event, texts)
        answer = await self._write("append", keys, arguments, size_bytes=size_bytes, told=told)
        if answer[0] == b"repeat":
            return Appended(position=int(answer[2]), duplicate=True)
        return Appended(position=int(answer[2].split(maxsplit=1)[0]), duplicate=False)

    async def read_page(self, *, after: int, count: int, size_bytes: int) -> Page:
        """Up to `count` consecutive events after a position, ended by the one that fills `size_bytes`."""
        return await self._page(after=after, through=self.tail.position, count=count, size_bytes=size_bytes)

    async def read_event(self, position: int) -> StoredEvent | None:
        """The event at a position, None when the log does not hold it."""
        if self._closed:
            raise StoreError.unavailable("the event log is closed")
        if not self.head.trimmed_through < position <= self.tail.position:
            return None
        page = await self._page(after=position - 1, through=position, count=1, size_bytes=1)
        return page.events[0] if page.events else None

    async def read_by_key(self, dedupe_key: bytes) -> StoredEvent | None:
        """The newest retained event of that identity, or None."""
        positions = await self._store.read(script("seen"), (self._store.key("seen", dedupe_key.hex()),), ())
        for position in sorted(map(int, positions), reverse=True):
            if (event := await self.read_event(position)) is not None:
                return event
        return None

    async def read_time_start(self, time_us: int) -> StoredEvent | None:
        """The last retained event stored before an instant, in microseconds of Unix time; None when there is none."""
        position = await self._store.read(script("time"), self._keys, (time_us, self.tail.position))
        if position < 0:
            raise DamagedEventError(-position)
        return await self.read_event(position) if position else None

    async def read_stored_us(self, position: int) -> int | None:
        """When the event at a position was stored, in microseconds of Unix time; None when there is none.

        `StoreError` while nobody can tell whether there is one.
        """
        if not self._reader.following:
            raise StoreError.unavailable("the event log cannot be read now")
        event = await self.read_event(position)
        return None if event is None else event.stored_us

    async def read_overview(self, project_id: str) -> Overview:
        """The log at a glance, with the subscriptions of one project."""
        keys = (*self._keys, self._store.key("subscriptions"))
        size_bytes, oldest, found = await self._store.read(script("overview"), keys, ())
        return Overview(
            size_bytes=int(size_bytes),
            oldest_us=int(oldest) if oldest else None,
            subscriptions=tuple(
                (read_subscription(field, value), int(waiting) if waiting else None)
                for field, value, waiting in sorted(found)
                if field.startswith(subscription_field(project_id, "").encode())
            ),
        )

    async def acquire(self, *, project_id: str, name: str, new: NewSubscription, most: int) -> Subscription:
        """Hand a named subscription to a new consumer; the former one, of whatever replica, is fenced off.

        One that is where this log has never been begins anew: the log lost its tail, or was replaced.
        """
        keys = (self._keys[0], self._store.key("subscriptions"), self._store.key("fences"), self._keys[1])
        arguments = (DATA_VERSION, subscription_field(project_id, name), new, self._clock.now_us(), most)
        answer = await self._write("acquire", keys, arguments)
        if answer[0] == b"unknown":
            raise no_such_subscription(name)
        if answer[0] == b"full":
            raise too_many_subscriptions(project_id, most)
        if answer[0] == b"anew":
            _log.error("subscription_begun_anew", subscription=name)
        return read_subscription(subscription_field(project_id, name).encode(), answer[1])

    async def commit(
        self, *, project_id: str, name: str, position: int, mark: int, fence: int, most: int, back: bool = False
    ) -> Subscription:
        """Move a subscription forward, `back` if that is said; a `fence` other than 0 has to be the current one."""
        keys = (self._keys[0], self._store.key("subscriptions"), self._keys[1])
        field = subscription_field(project_id, name)
        arguments = (
            DATA_VERSION,
            field,
            position,
            mark,
            fence,
            self._clock.now_us(),
            self.epoch.hex(),
            int(back),
            most,
        )
        answer = await self._write("commit", keys, arguments)
        if answer[0] == b"fenced":
            raise fenced()
        if answer[0] == b"full":
            raise too_many_subscriptions(project_id, most)
        return read_subscription(field.encode(), answer[1])

    async def delete_subscription(self, *, project_id: str, name: str) -> int:
        """Forget a named subscription; its consumer, of whatever replica, is fenced off."""
        keys = (self._keys[0], self._store.key("subscriptions"), self._store.key("fences"))
        answer = await self._write("delete", keys, (DATA_VERSION, subscription_field(project_id, name)))
        if answer[0] == b"unknown":
            raise no_such_subscription(name)
        return int(answer[1])

    async def trim(self, *, keep: Keep, held: Keep) -> Trimmed:
        """Remove the next few events beyond `keep`; those a subscription still needs only when beyond `held` too."""
        bounds = [
            number for each in (keep, held) for number in (int(each.age_s * 1_000_000), each.size_bytes, each.count)
        ]
        keys = (*self._keys, self._store.key("subscriptions"))
        answer = await self._write("trim", keys, (DATA_VERSION, self._clock.now_us(), _TRIM_COUNT, *bounds))
        with contextlib.suppress(StoreError):
            # A server that has no memory left trims, and is not read from until it takes writes again.
            await self._reader.refresh()
        lost = tuple(read_subscription(field, value) for field, value in answer[2])
        return Trimmed(head=self.head, count=answer[1], lost=lost)

    async def tidy(self, *, dedupe_s: float) -> None:
        """Nothing is left to do: the server frees what was trimmed, and identities expire by themselves."""

    async def close(self) -> None:
        """Follow the log no more; the store sends what was taken when it closes."""
        self._closed = True
        await self._reader.close()

    async def _page(self, *, after: int, through: int, count: int, size_bytes: int) -> Page:
        header, rows = await self._store.read(script("read"), self._keys, (after, through, count, size_bytes))
        if not header:
            raise StoreError.unavailable("the event log was removed from the shared store")
        head, _ = read_header(header)
        if after < head.trimmed_through:
            return Page(head=head, events=())
        events: list[StoredEvent] = []
        expected = after + 1
        for entry_id, fields in rows:
            try:
                event, _ = read_link(entry_id, fields)
            except DamagedEventError:
                break
            if event.position != expected:
                break
            events.append(event)
            expected += 1
        if not events and after < through:
            raise DamagedEventError(expected)
        return Page(head=head, events=tuple(events))

    async def _write(
        self,
        name: str,
        keys: Sequence[str],
        arguments: Sequence[bytes | str | int],
        *,
        size_bytes: int = 0,
        told: Callable[[Any], None] | None = None,
    ) -> Any:
        """A script's answer; one that found no log, or one of another version, has done nothing."""
        answer = await self._store.append(script(name), keys, arguments, size_bytes=size_bytes, told=told)
        if answer[0] == b"gone":
            await begin_log(self._store)
            answer = await self._store.append(script(name), keys, arguments, size_bytes=size_bytes, told=told)
        if answer[0] in {b"gone", b"newer", b"replaced"}:
            raise StoreError.unavailable("the event log in the shared store is another one now")
        return answer

    def _stored(self, event: NewEvent, texts: tuple[str, ...], answer: Any) -> None:
        """Tell an event at once that was just stored here and is the next; all others come by way of the reader.

        So do those that come behind a fence which nobody here was told of yet.
        """
        if answer[0] != b"stored" or bytes.fromhex(answer[1].decode()) != self.epoch:
            return
        if self._reader.has_passed(answer[3]):
            self._reader.take([new_link(event, texts, answer[2])])
