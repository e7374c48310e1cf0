"""Invariant: whatever the order of calls, commits, answers, cancellations, webhooks and crashes, what the API has
accepted under a request id is never sent again, and nothing is sent that the disk does not know as dispatched.
"""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from gateway.deadline import Deadline
from gateway.errors import GatewayError, StoreError
from gateway.state.request_schema import create_tables, recover
from gateway.state.request_transaction import RequestTransaction
from gateway.state.requests import RequestKey, RequestRecord, RequestState
from gateway.upstream.outcome import Outcome
from gateway.upstream.request_ids import LINGER_S, Dispatching, RequestIds
from tests.unit.upstream.request_ids_stage import PROJECT, HeldClock, key, outcome_unknown, refused

R = TypeVar("R")
Action = tuple[str, int, int]
KINDS = ("call",) * 3 + ("go",) * 5 + ("commit",) * 5 + ("cancel", "tick", "webhook", "crash")
ENDINGS = ("answer", "lose", "forbid", "throttle", "retry", "break")
# Enough turns of the event loop for whatever can happen without a further action.
TURNS = 12


class SteppedStore:
    """The store's own steps on a database in memory, committed when the test says so, lost when it crashes."""

    def __init__(self, connection: sqlite3.Connection, clock: HeldClock) -> None:
        self._connection = connection
        self._clock = clock
        self._waiting: list[tuple[Callable[[RequestTransaction], Any], asyncio.Future[Any]]] = []
        self._crashed = False

    async def reserve(self, key: RequestKey) -> RequestRecord | None:
        return await self._submit(lambda transaction: transaction.reserve(key))

    async def dispatched(self, key: RequestKey) -> None:
        await self._submit(lambda transaction: transaction.dispatched(key))

    async def conclude(self, key: RequestKey, state: RequestState, answer: bytes | None) -> RequestRecord | None:
        return await self._submit(lambda transaction: transaction.conclude(key, state, answer))

    async def release(self, key: RequestKey) -> RequestRecord | None:
        return await self._submit(lambda transaction: transaction.release(key))

    async def settle(self, project_id: str, request_id: str, message_id: str) -> bool:
        return await self._submit(lambda transaction: transaction.settle(project_id, request_id, message_id))

    async def _submit(self, job: Callable[[RequestTransaction], R]) -> R:
        if self._crashed:
            raise StoreError.unavailable("this process is gone")
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, done))
        return await done

    def commit(self, count: int) -> None:
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        self._connection.execute("BEGIN")
        transaction = RequestTransaction(self._connection, now_us=int(self._clock.now().timestamp() * 1_000_000))
        outcomes: list[Any] = []
        for job, _ in group:
            try:
                outcomes.append(job(transaction))
            except StoreError as error:
                outcomes.append(error)
        transaction.finish()
        self._connection.execute("COMMIT")
        for (_, done), outcome in zip(group, outcomes, strict=True):
            if not done.done():
                done.set_exception(outcome) if isinstance(outcome, StoreError) else done.set_result(outcome)

    def crash(self) -> None:
        """Everything submitted and not committed is lost."""
        self._crashed = True
        for _, done in self._waiting:
            done.cancel()


class World:
    """One disk, one API, and one process at a time."""

    def __init__(self) -> None:
        self.clock = HeldClock()
        self.disk = sqlite3.connect(":memory:", isolation_level=None)
        create_tables(self.disk)
        self.callers: list[tuple[RequestKey, asyncio.Task[Outcome]]] = []
        self.gates: list[asyncio.Future[str]] = []
        self.accepted: dict[str, tuple[RequestKey, bytes]] = {}
        self.told: dict[str, set[tuple[RequestKey, bytes]]] = defaultdict(set)
        self.wrongs: list[str] = []
        self.sent_count = 0
        self.begin_life()

    def begin_life(self) -> None:
        self.store = SteppedStore(self.disk, self.clock)
        self.ids = RequestIds(store=self.store, clock=self.clock)

    def call(self, request_id: str, body: bytes) -> None:
        request = key(request_id, body=body)
        task = asyncio.create_task(self.ids.run(request, lambda dispatching: self.dispatch(request, dispatching)))
        self.callers.append((request, task))

    async def dispatch(self, request: RequestKey, dispatching: Dispatching) -> bytes:
        ending = "retry"
        while ending == "retry":
            await self.gate()
            await dispatching.mark()
            ending = await self.gate()
            self.send(request, accept=ending in {"answer", "lose", "break"})
            if ending in {"throttle", "retry"}:
                dispatching.clear()
        if ending == "break":
            raise ZeroDivisionError
        errors: dict[str, GatewayError] = {"lose": outcome_unknown(), "forbid": refused(403), "throttle": refused(429)}
        if ending in errors:
            await self.gate()
            raise errors[ending]
        _, response = self.accepted[request.request_id]
        await self.gate()
        return response

    async def gate(self) -> str:
        """Wait for the test to say go, and how the next step ends."""
        opening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.gates.append(opening)
        try:
            return await opening
        finally:
            self.gates.remove(opening)

    def send(self, request: RequestKey, *, accept: bool) -> None:
        stored = self.disk.execute(
            "SELECT state, fingerprint FROM requests WHERE request_id = ?", (request.request_id,)
        ).fetchone()
        # Inside a call an assertion would be one more way for it to fail.
        if request.request_id in self.accepted:
            self.wrongs.append("sent again")
        if stored != (RequestState.DISPATCHED, request.fingerprint):
            self.wrongs.append("sent before the disk knew")
        self.sent_count += 1
        if accept:
            self.accepted[request.request_id] = (request, f"answer {self.sent_count}".encode())

    async def crash(self) -> None:
        """The process ends without another word to the disk, and the next one starts."""
        self.store.crash()
        for _, task in self.callers:
            task.cancel()
        await self.ids.close(Deadline.after(0, self.clock))
        await asyncio.gather(*(task for _, task in self.callers), return_exceptions=True)
        self.note()
        recover(self.disk)
        self.begin_life()

    def note(self) -> None:
        """Take down what those who have been answered were told."""
        for request, task in [caller for caller in self.callers if caller[1].done()]:
            if not task.cancelled() and task.exception() is None:
                outcome = task.result()
                answer = outcome.response if outcome.response is not None else outcome.message_id.encode()
                if answer:
                    self.told[request.request_id].add((request, answer))
        self.callers = [caller for caller in self.callers if not caller[1].done()]

    async def act(self, kind: str, which: int, how: int) -> None:
        request_id = "ab"[which % 2]
        if kind == "call":
            self.call(request_id, b"{}" if how else b'{"other":true}')
        elif kind == "go" and self.gates:
            opening = self.gates[which % len(self.gates)]
            if not opening.done():
                opening.set_result(ENDINGS[how % len(ENDINGS)])
        elif kind == "commit":
            self.store.commit(which + 1)
        elif kind == "cancel" and self.callers:
            self.callers[which % len(self.callers)][1].cancel()
        elif kind == "tick":
            self.clock.advance(LINGER_S)
        elif kind == "webhook" and request_id in self.accepted:
            await self.webhook(request_id)
        elif kind == "crash":
            await self.crash()
        await self.turn()
        self.note()

    async def webhook(self, request_id: str) -> None:
        settling = asyncio.create_task(
            self.ids.settle(project_id=PROJECT, request_id=request_id, message_id=self.accepted[request_id][1].decode())
        )
        await asyncio.sleep(0)
        self.store.commit(1000)
        await settling

    async def turn(self) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def finish(self) -> None:
        """Let everything end that can; nobody may be left waiting."""
        for _ in range(30):
            await self.act("go", 0, ENDINGS.index("answer"))
            await self.act("commit", 1000, 0)
        assert self.wrongs == []
        assert self.callers == [], "a caller was never answered"


async def play(actions: list[Action]) -> None:
    world = World()
    try:
        for kind, which, how in actions:
            await world.act(kind, which, how)
        event(f"sent {min(world.sent_count, 5)}")
        await world.finish()
        for request_id in "ab":
            world.call(request_id, b"{}")
            world.call(request_id, b'{"other":true}')
        await world.finish()
        for request_id, answers in world.told.items():
            assert answers == {world.accepted[request_id]}, "somebody was told another answer"
    finally:
        await world.crash()
        world.disk.close()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 5), st.integers(0, 5)), min_size=20, max_size=60))
@example([("call", 0, 1), ("commit", 0, 0), ("go", 0, 0), ("commit", 0, 0), ("go", 0, 0), ("crash", 0, 0)])
def test_what_was_accepted_is_never_sent_again(actions: list[Action]) -> None:
    asyncio.run(play(actions))
