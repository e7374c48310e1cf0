"""Request ids that all replicas share: the same id sent to two of them at once is sent once.

*Whatever may have been sent is on disk as such before it is sent.* A request belongs to the process that reserved it
for as long as that process is known to live; who asks meanwhile, elsewhere, waits for its outcome. What a dead process
had only reserved is free again, and what it had dispatched is unknown.

Each reservation has a turn of its own, a random name, and what is told of it says so: a word that comes late, over a
connection that stalled or told again after an outage, cannot touch the next reservation of the same id.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.state.requests import HeldElsewhereError, RequestKey, RequestRecord, RequestState
from gateway.state.valkey_scripts import script
from gateway.state.valkey_store import ValkeyStore
from gateway.telemetry import logs

_log = logs.logger("state")
_KEPT_MS = 24 * 60 * 60 * 1000
_LOOK_S = 0.02
_LONGEST_LOOK_S = 0.25
_MOST_UNTOLD = 10_000
_AGAIN_S = 0.5
_HELD = "the same request was under way elsewhere when the shared store went away; nothing was sent"

_R = TypeVar("_R")


class _Untold:
    """What the server could not be told, by the turn that it is of; only so many, what comes after them is dropped."""

    def __init__(self) -> None:
        self._steps: dict[str, Callable[[], Awaitable[Any]]] = {}

    async def tell(self, turn: str, step: Callable[[], Awaitable[_R]]) -> _R:
        """Take a step, now and again later when it fails now."""
        try:
            return await step()
        except BaseException:
            self.later(turn, step)
            raise

    def later(self, turn: str, step: Callable[[], Awaitable[Any]]) -> None:
        """Leave a step for `tell_all`."""
        if len(self._steps) < _MOST_UNTOLD:
            self._steps[turn] = step

    async def tell_all(self) -> None:
        """Take all steps that were left; `StoreError` when the server is still away."""
        for turn, step in list(self._steps.items()):
            try:
                await step()
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001  # one that cannot be told must not keep the others untold
                _log.error("request_outcome_not_told", error=type(error).__name__)
            del self._steps[turn]


class ValkeyRequestStore:
    """A `RequestStore` in the shared store; every wait on the server is bounded by the store's `wait_s`.

    What could not be told to the server, a release or an outcome, is told again until it is: others wait for it.
    """

    def __init__(self, *, store: ValkeyStore, clock: Clock) -> None:
        """Keep ids in the store, which outlives this object."""
        self._store = store
        self._clock = clock
        self._turns: dict[tuple[str, str], str] = {}
        """The reservations that this process holds now."""
        # Apart from each other, so that no number of releases leaves the outcome of a request that was sent untold.
        self._outcomes = _Untold()
        self._releases = _Untold()
        self._task = asyncio.create_task(self._tell_again(), name="valkey-requests")

    @property
    def usable(self) -> bool:
        """Whether ids can be taken."""
        return self._store.usable

    async def reserve(self, key: RequestKey) -> RequestRecord | None:
        """Take the id for a call that is about to begin, or give the record that stands in its way.

        While another replica is at the same request this waits for the outcome; cancelling it takes nothing.
        """
        wait_s = _LOOK_S
        turn = secrets.token_hex(8)
        held = False
        while True:
            try:
                answer = await self._ask(key, turn)
            except StoreError:
                if held:
                    raise HeldElsewhereError.unavailable(_HELD) from None
                raise
            if answer[0] == b"taken":
                self._turns[key.name] = turn
                return None
            record = self._record(key, answer)
            if answer[0] == b"stands" or record.fingerprint != key.fingerprint:
                return record
            held = True
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 1.5, _LONGEST_LOOK_S)

    async def dispatched(self, key: RequestKey) -> None:
        """Note that a reserved request may have been sent from now on."""
        keys = (self._key(key.project_id, key.request_id),)
        turn = self._turns.get(key.name, "")
        if not await self._store.call(script("dispatched"), keys, (turn,)):
            raise StoreError.unavailable("the request id is no longer reserved; nothing was sent")

    async def conclude(self, key: RequestKey, state: RequestState, answer: bytes | None) -> RequestRecord | None:
        """Note how a dispatched request ended; gives the record instead when a webhook has settled it as `DONE`."""
        turn = self._turns.pop(key.name, "")
        return await self._outcomes.tell(turn, lambda: self._conclude(key, turn, state, answer))

    async def release(self, key: RequestKey) -> RequestRecord | None:
        """Forget a request of which nothing was sent; gives the record instead when a webhook has settled it."""
        turn = self._turns.pop(key.name, "")
        return await self._releases.tell(turn, lambda: self._release(key, turn))

    async def settle(self, project_id: str, request_id: str, message_id: str) -> bool:
        """Note the proof that a request was carried out; whether that was news."""
        return bool(await self._store.call(script("settle"), (self._key(project_id, request_id),), (message_id,)))

    async def close(self) -> None:
        """Tell no more; what is untold counts as this process's until its lease is over."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _tell_again(self) -> None:
        while True:
            await asyncio.sleep(_AGAIN_S)
            with contextlib.suppress(StoreError):
                await self._outcomes.tell_all()
                await self._releases.tell_all()

    async def _ask(self, key: RequestKey, turn: str) -> Any:
        """The server's answer to one try to reserve an id."""
        keys = (self._key(key.project_id, key.request_id), self._store.key("owners"))
        arguments = (self._store.owner, turn, key.fingerprint, self._clock.now_us(), _KEPT_MS)
        try:
            return await self._store.call(script("reserve"), keys, arguments)
        except BaseException as error:
            if not isinstance(error, StoreError) or error.may_be_done:
                # It may have been taken all the same, and would be held for as long as this process lives.
                self._releases.later(turn, lambda: self._release(key, turn))
            raise

    async def _conclude(
        self, key: RequestKey, turn: str, state: RequestState, answer: bytes | None
    ) -> RequestRecord | None:
        arguments: list[bytes | str | int] = [turn, key.fingerprint, int(state), self._clock.now_us(), _KEPT_MS]
        if answer is not None:
            arguments.append(answer)
        return self._standing(
            key, await self._store.call(script("conclude"), (self._key(key.project_id, key.request_id),), arguments)
        )

    async def _release(self, key: RequestKey, turn: str) -> RequestRecord | None:
        return self._standing(
            key, await self._store.call(script("release"), (self._key(key.project_id, key.request_id),), (turn,))
        )

    def _standing(self, key: RequestKey, answer: Any) -> RequestRecord | None:
        return self._record(key, answer) if answer[0] == b"stands" else None

    def _record(self, key: RequestKey, answer: Any) -> RequestRecord:
        _, fingerprint, state, expires_us, kept, message_id = answer
        return RequestRecord(
            project_id=key.project_id,
            request_id=key.request_id,
            fingerprint=fingerprint or b"",
            state=RequestState(int(state)),
            expires_us=int(expires_us),
            answer=kept,
            message_id=(message_id or b"").decode(),
        )

    def _key(self, project_id: str, request_id: str) -> str:
        return self._store.key("request", project_id, request_id)
