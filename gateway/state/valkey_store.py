"""The connection to the shared store.

Everything the replicas share goes through here: in groups on two lanes, one for events and one for what a send waits
for, so that a backlog of events does not hold up a send. When the server is slow, away or refuses writes everybody is
told at once, without waiting, until a beat has proved that it takes writes again.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.errors import StoreError
from gateway.state.valkey_groups import Groups, load
from gateway.state.valkey_health import Health, reason_of
from gateway.state.valkey_lane import Lane, Order, not_taken
from gateway.state.valkey_scripts import Script, script
from gateway.state.valkey_server import Servers, UnsafeStoreError, command
from gateway.state.writer import WriterLimits

GROUP_S = 1.0
_BEAT_S = 1.0
_LEASE_MS = 5000
_AGAIN_S = 0.2
_MOST_READERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOptions:
    """How the shared store is used."""

    url: str
    project_id: str
    """Whose keys these are: the gateway's first project, whose name is in the hash tag of all of them."""
    accept_unsafe: bool = False
    """Use a server that may forget what it has acknowledged."""
    replica_count: int = 0
    """How many replicas must have an event on disk before it is acknowledged."""
    wait_s: float = 0.05
    """The longest that a send waits for the store, each time that it does."""
    group_s: float = GROUP_S
    """The longest that one group of orders may take; beyond, the server counts as slow."""
    limits: WriterLimits = field(default_factory=WriterLimits)


def unseen(_reason: str) -> None:
    """Count no failures."""


def unseen_commit(_event_count: int, _duration_s: float) -> None:
    """Observe no commits."""


class ValkeyStore:
    """What the parts of the shared state talk to; belongs to one event loop."""

    def __init__(
        self,
        *,
        options: StoreOptions,
        servers: Servers,
        client: Redis,
        failed: Callable[[str], None],
        observe_commit: Callable[[int, float], None],
    ) -> None:
        """Use a client that was checked; `open` is the way in."""
        self.options = options
        self.owner = secrets.token_hex(8)
        """Names this process to the others while it lives."""
        self._servers = servers
        self._observe_commit = observe_commit
        self._health = Health(failed=failed)
        self._groups = Groups(
            client=client,
            mark=self.key("confirmed"),
            wait_s=options.group_s,
            local_count=0 if options.accept_unsafe else 1,
            replica_count=options.replica_count,
            failed=self._failed,
        )
        self._full = False
        """Whether the last failure was for want of memory on the server."""
        self._closed = False
        self._readers = asyncio.Semaphore(_MOST_READERS)
        self._events = Lane(name="events", send=self._send_events, limits=options.limits)
        self._calls = Lane(name="calls", send=self._send_calls, limits=options.limits)
        self._watch = asyncio.create_task(self._keep_alive(), name="valkey-watch")

    @classmethod
    async def open(
        cls,
        options: StoreOptions,
        *,
        failed: Callable[[str], None] = unseen,
        observe_commit: Callable[[int, float], None] = unseen_commit,
    ) -> "ValkeyStore":
        """Connect, and check that the server is safe; `StoreError` with one clear line otherwise.

        `failed` is told the reason, one of `valkey_health.REASONS`, whenever the store becomes unusable;
        `observe_commit` the number of events in each group, and the seconds until it was on disk.
        """
        try:
            servers = Servers(
                url=options.url, key=_key(options.project_id, "log"), accept_unsafe=options.accept_unsafe, prepare=load
            )
        except ValueError as error:
            raise UnsafeStoreError(f"GATEWAY_STATE_URL: {error}") from None
        client = await servers.connect()
        store = cls(options=options, servers=servers, client=client, failed=failed, observe_commit=observe_commit)
        await store.beat()
        return store

    @property
    def usable(self) -> bool:
        """Whether the last word of the server was that it takes writes."""
        return not self._health.failure and not self._closed

    @property
    def failure(self) -> str:
        """Why it cannot be used, one of `valkey_health.REASONS`; empty when it can."""
        return self._health.failure

    @property
    def waiting_count(self) -> int:
        """Events that wait to be durable."""
        return self._events.waiting_count

    def key(self, *parts: str) -> str:
        """The name of one of our keys; all of them live on one server."""
        return _key(self.options.project_id, *parts)

    async def append(
        self,
        work: Script,
        keys: Sequence[bytes | str],
        arguments: Sequence[bytes | str | int],
        *,
        size_bytes: int,
        told: Callable[[Any], None] | None = None,
    ) -> Any:
        """Run a script of the event log; answered when its writes are on the disks that were asked for.

        `told` hears the answer too, first, and also when the caller has been cancelled. A script that a
        server without memory runs is sent to one too.
        """
        self._check(runs_when_full=work.runs_when_full)
        wait_s = 2 * self.options.group_s
        return await self._events.run(work, keys, arguments, wait_s=wait_s, size_bytes=size_bytes, told=told)

    async def call(self, work: Script, keys: Sequence[bytes | str], arguments: Sequence[bytes | str | int]) -> Any:
        """Run a script that a send waits for: answered, or refused with `StoreError`, within `wait_s`."""
        self._check()
        return await self._calls.run(work, keys, arguments, wait_s=self.options.wait_s)

    async def read(self, work: Script, keys: Sequence[bytes | str], arguments: Sequence[bytes | str | int]) -> Any:
        """Run a script that reads and may take its time, beside everything else."""
        order = Order(script=work, keys=keys, arguments=arguments)
        async with self._turn_to_read():
            self._check()
            (answer,) = await self._groups.send([order])
        if isinstance(answer, Exception):
            raise StoreError.unavailable("the shared store cannot read this now")
        return answer

    @asynccontextmanager
    async def _turn_to_read(self) -> AsyncIterator[None]:
        """One of few: a thousand streams that come back together must not take the connections of everything else."""
        try:
            async with asyncio.timeout(self.options.group_s):
                await self._readers.acquire()
        except TimeoutError:
            raise StoreError.unavailable("too much is read from the shared store at once") from None
        try:
            yield
        finally:
            self._readers.release()

    async def follow(self, *, after: Mapping[str, str], count: int, wait_s: float) -> dict[str, list[Any]]:
        """Wait, up to `wait_s`, for entries of streams after the id given for each; gives those that have some.

        The answer arrives after the server's disk has what it holds. `StoreError` when the connection is lost.
        """
        self._check()
        words: list[str | int] = ["XREAD", "COUNT", count, "BLOCK", int(wait_s * 1000), "STREAMS"]
        try:
            async with asyncio.timeout(wait_s + self.options.group_s):
                answer = await command(self._groups.client, *words, *after.keys(), *after.values())
        except (StoreError, RedisError, OSError, TimeoutError) as error:
            raise self._failed(error) from None
        return {name.decode(): found for name, found in answer or ()}

    async def recovered(self) -> None:
        """Wait until the store is usable."""
        await self._health.well()

    async def beat(self) -> None:
        """Prove that the server takes writes, and that this process lives; `StoreError` when it does not."""
        order = Order(script=script("beat"), keys=(self.key("owners"),), arguments=(self.owner, _LEASE_MS))
        (answer,) = await self._groups.send([order])
        if isinstance(answer, Exception):
            raise StoreError.unavailable("the shared store takes no writes")

    async def close(self) -> None:
        """Finish what was taken and disconnect."""
        await self._events.close()
        await self._calls.close()
        self._closed = True
        self._watch.cancel()
        await asyncio.gather(self._watch, return_exceptions=True)
        await self._groups.client.aclose()

    def _check(self, *, runs_when_full: bool = False) -> None:
        if not self.usable and not (runs_when_full and self._full):
            raise not_taken("the shared store cannot be used now")

    async def _send_calls(self, group: Sequence[Order]) -> list[Any]:
        self._check()
        return await self._groups.send(group)

    async def _send_events(self, group: Sequence[Order]) -> list[Any]:
        self._check(runs_when_full=all(order.script.runs_when_full for order in group))
        started_s = time.monotonic()
        answers = await self._groups.send_confirmed(group)
        event_count = sum(order.script is script("append") for order in group)
        self._observe_commit(event_count, time.monotonic() - started_s)
        return answers

    def _failed(self, error: BaseException) -> StoreError:
        """Tell everybody from now on, until a beat has proved otherwise."""
        self._full = reason_of(error) == "out_of_memory"
        if isinstance(error, UnsafeStoreError):
            self._health.unsafe(error.message)
        elif not self._closed:
            self._health.failed(error)
        return StoreError.unavailable("the shared store cannot be used now")

    async def _keep_alive(self) -> None:
        while True:
            # Not `wait_for`: before Python 3.12 it loses a cancellation that comes in the moment of the event.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_BEAT_S):
                    await self._health.broken()
            if self._health.failure:
                await self._recover()
            else:
                try:
                    await self.beat()
                except Exception as error:  # noqa: BLE001  # the task outlives whatever the server answers
                    self._failed(error)

    async def _recover(self) -> None:
        """Come back by way of a new connection, checked anew: another server may have taken over."""
        try:
            client = await self._servers.connect()
            former, self._groups.client = self._groups.client, client
            await former.aclose()
            await self.beat()
        except UnsafeStoreError as error:
            self._health.unsafe(error.message)
        except (StoreError, RedisError, OSError, TimeoutError):
            pass
        except Exception as error:  # noqa: BLE001  # whatever a new server answers, it is asked again
            self._health.puzzling(error)
        else:
            self._health.mended()
            return
        await asyncio.sleep(_AGAIN_S)


def _key(project_id: str, *parts: str) -> str:
    return ":".join((f"cgw:{{{project_id}}}", *parts))
