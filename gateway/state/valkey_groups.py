"""Groups of scripts, each one round trip and one sync of the server's disk."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import NoScriptError

from gateway.errors import StoreError
from gateway.state.valkey_connection import Words, ask, connection_of
from gateway.state.valkey_lane import Order
from gateway.state.valkey_scripts import script

SCRIPTS = (
    "open", "append", "read", "time", "overview", "acquire", "commit", "delete", "trim", "renew", "seen",
    "reserve", "dispatched", "conclude", "release", "settle", "beat", "mark",
    "token_read", "token_claim", "token_write", "token_drop", "lease",
)  # fmt: skip
_LOADING = [("SCRIPT LOAD", script(name).text) for name in SCRIPTS]
_ASK_REPLICAS_MS = 5


class Groups:
    """The way of groups to the server and back."""

    def __init__(
        self,
        *,
        client: Redis,
        mark: str,
        wait_s: float,
        local_count: int,
        replica_count: int,
        failed: Callable[[BaseException], StoreError],
    ) -> None:
        """Use a client that was checked.

        `mark` is a key of ours, `wait_s` the longest that a group may take; `local_count`, one or none, and
        `replica_count` are the disks that must have what is confirmed. `failed` is told each failure of the server,
        and gives the error to raise.
        """
        self.client = client
        """May be replaced; groups under way end with the former one."""
        self._mark = Order(script=script("mark"), keys=(mark,), arguments=())
        self._wait_s = wait_s
        self._local_count = local_count
        self._replica_count = replica_count
        self._failed = failed

    async def send(self, group: Sequence[Order]) -> list[Any]:
        """The answer to each order, an exception where the server refused it; `StoreError` when there was none."""
        async with self._connection() as connection:
            return await self._carried_out(connection, group)

    async def send_confirmed(self, group: Sequence[Order]) -> list[Any]:
        """Send a group, and wait until it is on the disk of the server, and of as many replicas as are asked for.

        A disk is only asked about what its own connection has written, so each group ends with a mark: with it all
        is on disk that the group has read, as when an event is a repeat of one that has just arrived elsewhere.
        """
        ask_disk = ("WAITAOF", self._local_count, 0, int(self._wait_s * 500))
        async with self._connection() as connection:
            *answers, marked, synced = await self._carried_out(connection, [*group, self._mark], ask_disk)
            confirmed = (
                not isinstance(marked, Exception)
                and (not self._local_count or _reach(synced, self._local_count, 0))
                and await self._reaches_replicas(connection)
            )
        if not confirmed:
            raise StoreError.unavailable("the shared store has not confirmed that it is on disk")
        return answers

    async def _reaches_replicas(self, connection: AbstractConnection) -> bool:
        """Ask again and again: a replica that is not done yet says so at once, and would say more a second later."""
        until_s = time.monotonic() + self._wait_s / 2
        reached = not self._replica_count
        while not reached and time.monotonic() < until_s:
            (answer,) = await ask(connection, [("WAITAOF", 0, self._replica_count, _ASK_REPLICAS_MS)])
            if isinstance(answer, Exception):
                break
            reached = _reach(answer, 0, self._replica_count)
        return reached

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AbstractConnection]:
        """A connection for no longer than a group may take; what happens to it, happens to the store."""
        try:
            async with asyncio.timeout(self._wait_s), connection_of(self.client) as connection:
                yield connection
        except Exception as error:  # noqa: BLE001  # a connection that says what nobody understands is no use either
            raise self._failed(error) from None

    async def _carried_out(self, connection: AbstractConnection, group: Sequence[Order], *last: Words) -> list[Any]:
        """The answers to a group and to what follows it, told to everybody where the server refused."""
        orders = [_words(order) for order in group]
        answers = await ask(connection, [*orders, *last])
        unknown = [at for at in range(len(group)) if isinstance(answers[at], NoScriptError)]
        if unknown:
            # The server was restarted: nothing of these has been done, and only what follows them now covers them.
            await ask(connection, _LOADING)
            repeated = await ask(connection, [*(orders[at] for at in unknown), *last])
            for at, answer in zip((*unknown, *range(len(group), len(answers))), repeated, strict=True):
                answers[at] = answer
        for answer in answers[: len(group)]:
            if isinstance(answer, Exception):
                self._failed(answer)
        return answers


def _reach(confirmed: Any, local: int, replicas: int) -> bool:
    """Whether an answer says that so many have it on disk; an error says nothing."""
    return isinstance(confirmed, list) and confirmed[0] >= local and confirmed[1] >= replicas


def _words(order: Order) -> Words:
    return ("EVALSHA", order.script.sha, len(order.keys), *order.keys, *order.arguments)


async def load(client: Redis) -> None:
    """Have the server know every script."""
    async with connection_of(client) as connection:
        for answer in await ask(connection, _LOADING):
            if isinstance(answer, Exception):
                raise answer
