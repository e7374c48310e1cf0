"""One subscriber, from `opened` to the end.

*A subscriber is a cursor over the log, never a queue.* The stream holds a position and, while it works on them, one
page of events; the next page is read when the last answer was taken. So a slow subscriber costs one integer, and
nothing is ever dropped for its sake.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from gateway.clock import Clock
from gateway.errors import GatewayError, LimitError
from gateway.events import answers
from gateway.events.cursor import Cursor
from gateway.events.failures import compacted, other_log, slow_consumer
from gateway.events.frame import batch_answer
from gateway.events.limits import FeedLimits
from gateway.events.opening import check_cursor, ends, start_cursor
from gateway.events.pages import Gap, Pages
from gateway.events.plan import Named, Plan, StopAtNewest
from gateway.events.subscriptions import Hold, Subscriptions
from gateway.events.tail import Entry, Tail
from gateway.state.events import StoredEvent
from gateway.state.log import EventLog


class FeedObserver(Protocol):
    """Learns what subscribers have taken, and how their streams end."""

    def delivered(self, events: Sequence[StoredEvent]) -> None:
        """A subscriber has taken these: the peer's transport has, its program may not have yet."""

    def ended(self, reason: str) -> None:
        """A stream is over: `finished`, `draining`, `client_left`, or the reason of its error in lower case."""


class Unobserved:
    """An observer that looks away."""

    def delivered(self, events: Sequence[StoredEvent]) -> None:
        """Do nothing."""

    def ended(self, reason: str) -> None:
        """Do nothing."""


class FeedStream:
    """The serialised answers of one `Subscribe`, made one at a time as they are asked for.

    Nothing happens before the first is asked for, and errors come out of the iteration. Use it under
    `contextlib.aclosing`, so that its place and its subscription are free as soon as the consumer is gone.
    """

    def __init__(
        self,
        *,
        plan: Plan,
        log: EventLog,
        tail: Tail,
        pages: Pages,
        subscriptions: Subscriptions,
        clock: Clock,
        limits: FeedLimits,
        admitted: Callable[["FeedStream"], AbstractContextManager[None]],
        observer: FeedObserver,
    ) -> None:
        """Prepare a stream; `admitted` is the place it takes while it is open."""
        self._plan = plan
        self._log = log
        self._tail = tail
        self._pages = pages
        self._subscriptions = subscriptions
        self._clock = clock
        self._limits = limits
        self._admitted = admitted
        self._observer = observer
        self._at = ends(log).newest
        self._told = self._delivered = self._at
        self._stop: int | None = None
        self._hold: Hold | None = None
        self._live = False
        self._searching = False
        self._draining = False
        self._ended = False
        self._writing = False
        self._written: Sequence[StoredEvent] = ()
        self._end = "client_left"
        self._sleeper = tail.sleeper()
        self._spoke_s = clock.monotonic()
        self._answers = self._run()

    def __aiter__(self) -> "FeedStream":
        return self

    def __anext__(self) -> Awaitable[bytes]:
        return anext(self._answers)

    async def aclose(self) -> None:
        """End the stream where it is."""
        await self._answers.aclose()

    def drain(self) -> None:
        """Have the stream say `draining` and end, once its bell rings."""
        self._draining = True

    def slow_consumer(self) -> LimitError:
        """What to end the stream with when its last answer could not be written for too long."""
        self._end = "slow_consumer"
        return slow_consumer(self._delivered)

    @property
    def position(self) -> int:
        """The last event that is no longer to be sent: the consumer has taken it, or its filter does not pass it."""
        return self._delivered.position if self._writing else self._at.position

    async def _run(self) -> AsyncGenerator[bytes, None]:
        try:
            with self._admitted(self):
                await self._open()
                held = self._hold.subscription if self._hold else None
                said: Iterable[bytes] = (
                    answers.opened(self._tell(), ends(self._log), heartbeat_s=self._plan.heartbeat_s, held=held),
                )
                while True:
                    for answer in said:
                        self._spoke_s = self._clock.monotonic()
                        self._writing = True
                        yield answer
                        # Whoever asks for the next answer has written this one.
                        self._took()
                    if self._ended:
                        return
                    said = await self._turn()
        except Exception as error:
            self._end = error.reason.lower() if isinstance(error, GatewayError) else "failed"
            raise
        finally:
            self._sleeper.close()
            if self._hold is not None:
                self._subscriptions.release(self._hold)
            self._observer.ended(self._end)

    def _took(self) -> None:
        """The consumer has the last answer."""
        self._writing = False
        self._delivered = self._told
        if self._written:
            self._observer.delivered(self._written)
            self._written = ()

    async def _open(self) -> None:
        plan = self._plan
        if isinstance(plan.start, Named):
            self._hold = await self._subscriptions.take(plan.project_id, plan.start)
            found = self._hold.subscription
            self._at = Cursor(self._log.epoch, found.position, found.mark)
            # The former holder waits for the bell.
            self._tail.ring()
        else:
            self._at = await start_cursor(self._log, plan.start)
        if isinstance(plan.stop, StopAtNewest):
            self._stop = self._log.tail.position
        elif plan.stop is not None:
            await check_cursor(self._log, plan.stop)
            self._stop = plan.stop.position

    async def _turn(self) -> Iterable[bytes]:
        """What to say next; nothing after a wait."""
        self._check()
        if (last := await self._last_answer()) is not None:
            self._ended = True
            self._end = "draining" if self._draining else "finished"
            return last
        if self._searching and self._silence_left_s() <= 0:
            return (await self._heartbeat(),)
        entries = await self._read()
        if isinstance(entries, Gap):
            return (self._skip(entries),)
        if (changed := self._kept_up(entries)) is not None:
            return (changed,)
        if entries:
            return self._batches(entries)
        return await self._wait()

    async def _last_answer(self) -> Iterable[bytes] | None:
        if self._draining:
            return (answers.draining(self._tell(), reconnect_delay_s=self._limits.reconnect_delay_s),)
        if self._stop is None or self._at.position < self._stop:
            return None
        # The client knows the last event's cursor, but not that the filter let nothing pass after it.
        return () if self._told.position == self._at.position else (await self._heartbeat(),)

    def _kept_up(self, entries: Sequence[Entry]) -> bytes | None:
        """What has changed about keeping up, if anything."""
        behind_count = self._log.tail.position - self._at.position
        if self._live and behind_count > self._limits.behind_count:
            self._live = False
            return answers.fell_behind(self._tell(), behind_count)
        if not self._live and not entries:
            self._live = True
            return answers.caught_up(self._tell())
        return None

    async def _wait(self) -> Iterable[bytes]:
        if (left_s := self._silence_left_s()) <= 0:
            return (await self._heartbeat(),)
        await self._sleeper.sleep(left_s)
        return ()

    def _check(self) -> None:
        if self._hold is not None:
            self._hold.check()
        if self._log.epoch != self._at.epoch:
            raise other_log()

    async def _read(self) -> Sequence[Entry] | Gap:
        """The next events, none when there are none yet."""
        entries = self._tail.read(after=self._at.position, count=self._limits.page_count)
        return await self._pages.read(self._at) if entries is None else entries

    def _batches(self, entries: Sequence[Entry]) -> Iterator[bytes]:
        limits, passes, batch, size_bytes = self._limits, self._plan.passes, list[Entry](), 0
        self._searching = True
        seen = None
        for entry in entries:
            event = entry.event
            if self._stop is not None and event.position > self._stop:
                break
            if passes(event):
                self._searching = False
                size_bytes += entry.size_bytes
                if batch and (len(batch) == limits.batch_count or size_bytes > limits.batch_bytes):
                    self._reach(seen)
                    yield self._batch(batch)
                    batch, size_bytes = [], entry.size_bytes
                batch.append(entry)
            seen = event
        self._reach(seen)
        if batch:
            yield self._batch(batch)

    def _reach(self, event: StoredEvent | None) -> None:
        if event is not None:
            self._at = Cursor(self._at.epoch, event.position, event.checksum)

    def _batch(self, batch: Sequence[Entry]) -> bytes:
        raw, last = self._plan.raw, batch[-1].event
        self._told = Cursor(self._at.epoch, last.position, last.checksum)
        self._written = [entry.event for entry in batch]
        if len(batch) == 1:
            return batch[0].answer(raw=raw)
        return batch_answer(entry.element(raw=raw) for entry in batch)

    def _skip(self, gap: Gap) -> bytes:
        if not self._plan.skip_gaps:
            raise compacted(gap.oldest)
        lost_from, self._at = self._at, gap.oldest
        return answers.gap_skipped(lost_from, self._tell())

    async def _heartbeat(self) -> bytes:
        stored_us = await self._log.read_stored_us(self._at.position + 1)
        lag_s = 0.0 if stored_us is None else self._clock.now().timestamp() - stored_us / 1_000_000
        return answers.heartbeat(self._tell(), ends(self._log).newest, lag_s=lag_s)

    def _tell(self) -> Cursor:
        """The position, which the client knows from now on."""
        self._told = self._at
        return self._at

    def _silence_left_s(self) -> float:
        return self._plan.heartbeat_s - (self._clock.monotonic() - self._spoke_s)
