"""Request ids: a write that is asked for twice is sent once.

*Nothing leaves before the disk says that it may have left, and nothing that may have left is sent again.*

    reserved ── mark ──> dispatched ──> done, refused or unknown
        └────── released: nothing was done ──────┘

Whoever asks while the first call is under way shares its outcome; whoever asks later is given what was remembered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import grpc

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import CallerError, GatewayError, LimitError, StoreError
from gateway.state.requests import RequestKey, RequestRecord, RequestState, RequestStore
from gateway.telemetry.logs import logger
from gateway.upstream.outcome import UNKNOWN, Outcome, replay, reused, state_after, write_refusal

LINGER_S = 60.0
MAX_KEPT_BYTES = 1024 * 1024

log = logger("request_ids")


class Dispatching:
    """Where the code that performs a call says, around each of its attempts, what may have happened."""

    def __init__(self, *, key: RequestKey, store: RequestStore) -> None:
        """Begin with nothing sent."""
        self._key = key
        self._store = store
        self._marked = False
        self._in_doubt = False

    @property
    def marked(self) -> bool:
        """Whether there has been an attempt at all."""
        return self._marked

    @property
    def in_doubt(self) -> bool:
        """Whether an attempt may have been carried out."""
        return self._in_doubt

    async def mark(self) -> None:
        """Say that the request may leave from now on; awaited before each attempt, right before its first byte can.

        Answers when the disk has it; only the first attempt has to wait for that. `StoreError` means: do not send.
        """
        if not self._marked:
            await self._store.dispatched(self._key)
            self._marked = True
        self._in_doubt = True

    def clear(self) -> None:
        """Say that every attempt so far has changed nothing, or is harmless to repeat.

        It never left, it was refused as a 429 is, or the method is idempotent. A call that is given up like this ends
        at once and releases its id.
        """
        self._in_doubt = False


Dispatch = Callable[[Dispatching], Awaitable[bytes]]


def _unobserved(_outcome: str) -> None:
    """Look away."""


@dataclass(slots=True, eq=False)
class _Flight:
    """One call under way, and what those who wait for it look at."""

    key: RequestKey
    dispatching: Dispatching
    reserved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the id is this call's, and also when the call has ended without it."""
    task: asyncio.Task[Outcome] = field(init=False)
    limit: asyncio.Task[None] | None = None
    """Ends the call some time after its caller has left."""

    def gave_up(self) -> bool:
        """Whether it ended for want of its own caller's patience, which need not be anybody else's."""
        if self.task.cancelled():
            return True
        error = self.task.exception() or self.task.result().error
        out_of_time = isinstance(error, GatewayError) and error.code is grpc.StatusCode.DEADLINE_EXCEEDED
        return out_of_time or isinstance(error, TimeoutError)


class RequestIds:
    """Runs writes that carry a request id, each at most once.

    A call whose caller is gone is ended at once unless it may have been carried out. In that case it goes on for up
    to `LINGER_S`, so that its outcome is remembered; its task belongs to this object until `close`.
    """

    def __init__(self, *, store: RequestStore, clock: Clock, observe: Callable[[str], None] = _unobserved) -> None:
        """Remember in `store`, which outlives this object.

        `observe` is told what each id stands for: a `new` request, one that is `replayed`, `joined` or `unknown`, or
        one that is `reused` for something else.
        """
        self._store = store
        self._clock = clock
        self._observe = observe
        self._flights: dict[tuple[str, str], _Flight] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def run(self, key: RequestKey, dispatch: Dispatch) -> Outcome:
        """The outcome of the request: by `dispatch` when nobody has sent it yet, else from memory.

        `dispatch` returns the serialised answer or raises. A `GatewayError` becomes part of the outcome; any other
        exception is passed on, to those who share the call too. It runs in a task of its own, which may live up to
        `LINGER_S` longer than the caller: an attempt that the caller's deadline cuts short is an unknown outcome.

        Raises `CallerError` REQUEST_ID_REUSED when the id stands for another request, and `StoreError` when the store
        cannot say; nothing was sent then. Cancelling one caller leaves the others waiting.
        """
        while (flight := self._under_way(key)) is not None:
            if flight.key.fingerprint == key.fingerprint:
                await asyncio.wait({flight.task})
                if not flight.gave_up():
                    self._observe("joined")
                    return replace(flight.task.result(), replayed=True)
            else:
                # The other request may itself be the one that comes too late.
                await flight.reserved.wait()
                if not flight.task.done():
                    self._observe("reused")
                    raise reused()
        if self._closed:
            raise _shutting_down()
        return await self._lead(key, dispatch)

    async def settle(self, *, project_id: str, request_id: str, message_id: str) -> bool:
        """Take a webhook's word that the request was carried out; whether that was news.

        Repeats of the request are answered with the message id from now on. Raises `StoreError`.
        """
        return await self._store.settle(project_id, request_id, message_id)

    async def close(self, deadline: Deadline) -> None:
        """Take no more calls, end those that have done nothing, and give the others until the deadline.

        What has no answer by then is remembered as unknown.
        """
        self._closed = True
        for flight in self._flights.values():
            if not flight.dispatching.in_doubt:
                flight.task.cancel()
        calls = {flight.task for flight in self._flights.values()}
        if calls:
            await asyncio.wait(calls, timeout=max(deadline.remaining_s(), 0.0))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _under_way(self, key: RequestKey) -> _Flight | None:
        flight = self._flights.get(key.name)
        # One that has ended is still there until the event loop gets round to `_land`.
        return None if flight is None or flight.task.done() else flight

    async def _lead(self, key: RequestKey, dispatch: Dispatch) -> Outcome:
        """Begin the call that others may join, and wait for it."""
        flight = _Flight(key, Dispatching(key=key, store=self._store))
        flight.task = self._own(self._fly(flight, dispatch), name="request-id-call")
        flight.task.add_done_callback(lambda _task: self._land(flight))
        self._flights[key.name] = flight
        try:
            await asyncio.wait({flight.task})
        except asyncio.CancelledError:
            if flight.dispatching.in_doubt and not flight.task.done():
                flight.limit = self._own(self._end_later(flight), name="request-id-limit")
            else:
                flight.task.cancel()
            raise
        return flight.task.result()

    async def _fly(self, flight: _Flight, dispatch: Dispatch) -> Outcome:
        """One call, from its reservation to what is remembered of it."""
        key = flight.key
        standing = await self._store.reserve(key)
        if standing is not None:
            return self._replay(standing, key)
        self._observe("new")
        flight.reserved.set()
        try:
            response = await dispatch(flight.dispatching)
        except GatewayError as error:
            dispatching = flight.dispatching
            state = state_after(error, in_doubt=dispatching.in_doubt) if dispatching.marked else None
            answer = write_refusal(error) if state is RequestState.REFUSED else None
            return await self._remember(key, state, answer) or Outcome(error=error)
        except BaseException:
            await self._remember(key, RequestState.UNKNOWN if flight.dispatching.in_doubt else None, None)
            raise
        await self._remember(key, RequestState.DONE, response if len(response) <= MAX_KEPT_BYTES else None)
        return Outcome(response=response)

    def _replay(self, standing: RequestRecord, key: RequestKey) -> Outcome:
        try:
            outcome = replay(standing, key)
        except CallerError:
            self._observe("reused")
            raise
        is_unknown = outcome.error is not None and outcome.error.reason == UNKNOWN
        self._observe("unknown" if is_unknown else "replayed")
        return outcome

    async def _remember(self, key: RequestKey, state: RequestState | None, answer: bytes | None) -> Outcome | None:
        """Conclude or release; gives the outcome that a webhook has told meanwhile, which is truer than a failure."""
        try:
            if state is None:
                standing = await self._store.release(key)
            else:
                standing = await self._store.conclude(key, state, answer)
        except StoreError as error:
            # This caller is still told how the call ended; who asks again is told that nobody knows.
            log.warning("request_outcome_not_stored", reason=error.reason, outcome=state.name if state else "RELEASED")
            return None
        return None if standing is None else Outcome(message_id=standing.message_id)

    async def _end_later(self, flight: _Flight) -> None:
        await self._clock.sleep(LINGER_S)
        flight.task.cancel()

    def _land(self, flight: _Flight) -> None:
        """The call has ended: let go of it, and wake who wondered whose id it is."""
        if self._flights.get(flight.key.name) is flight:
            del self._flights[flight.key.name]
        flight.reserved.set()
        if flight.limit is not None:
            flight.limit.cancel()
        # A call that everybody has left must not be reported as a failure that nobody looked at.
        if not flight.task.cancelled():
            flight.task.exception()

    def _own(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _shutting_down() -> LimitError:
    return LimitError(
        "the gateway is shutting down; nothing was sent",
        reason="SHUTTING_DOWN",
        code=grpc.StatusCode.UNAVAILABLE,
        retry_after_s=1.0,
    )
