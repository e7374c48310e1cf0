"""Finding the server that holds a project's keys: alone, or the one of a cluster that has the project's slot.

All keys of a project carry the same hash tag, so one server holds them all and groups need no cluster client.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import grpc
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection, ConnectionPool, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import (
    AuthenticationError,
    NoPermissionError,
    RedisError,
)
from redis.exceptions import (
    ConnectionError as UnreachableError,
)

from gateway.errors import StoreError
from gateway.state.valkey_connection import ask
from gateway.state.valkey_safety import dangers, is_too_old
from gateway.telemetry import logs

_log = logs.logger("state")
_CONNECT_S = 2.0
_MOST_CONNECTIONS = 32

Address = tuple[str, int]


class UnsafeStoreError(StoreError):
    """The shared store cannot be used as it is set up; the message is the one line to print."""

    def __init__(self, message: str) -> None:
        """Say what is wrong, and what to do about it."""
        super().__init__(message, reason="STORE_UNAVAILABLE", code=grpc.StatusCode.FAILED_PRECONDITION)


def client_url(url: str) -> str:
    """The URL as the client library spells it: it knows no `valkey` scheme."""
    scheme, _, rest = url.partition("://")
    return {"valkey": "redis", "valkeys": "rediss"}.get(scheme, scheme) + "://" + rest


class Servers:
    """The way to the server that holds a key, by way of any server of its cluster."""

    def __init__(self, *, url: str, key: str, accept_unsafe: bool, prepare: Callable[[Redis], Awaitable[None]]) -> None:
        """Keep the address; nothing is connected yet. `ValueError` when the URL makes no sense.

        `prepare` is the first thing that happens to the server that holds the key, within the time to connect.
        """
        self._options: dict[str, Any] = dict(parse_url(client_url(url)))
        self._seed: Address | None = None
        if "path" not in self._options:
            self._seed = (self._options.pop("host", "localhost"), self._options.pop("port", 6379))
        self._known: list[Address] = []
        self._key = key.encode()
        self._accept_unsafe = accept_unsafe
        self._prepare = prepare
        self._warned: list[str] = []

    @property
    def name(self) -> str:
        """The address, without its password."""
        return "{}:{}".format(*self._seed) if self._seed else str(self._options["path"])

    async def connect(self) -> Redis:
        """A client of the server that holds the key, checked to be safe.

        `UnsafeStoreError` when it must not be used, another `StoreError` when none can be reached.
        """
        failure: StoreError | None = None
        for address in dict.fromkeys([self._seed, *self._known]):
            try:
                async with asyncio.timeout(_CONNECT_S):
                    return await self._through(address)
            except UnsafeStoreError:
                raise
            except (StoreError, RedisError, OSError, TimeoutError) as error:
                failure = failure or self._explained(error)
        raise failure or StoreError.unavailable(f"the shared store at {self.name} cannot be reached")

    async def _through(self, address: Address | None) -> Redis:
        async with self._client(address) as entry:
            info = await entry.info("cluster")
            owner = await self._owner(entry, address) if int(info.get("cluster_enabled", 0)) else address
        client = self._client(owner, redis_connect_func=self._greet)
        try:
            await self._prepare(client)
        except BaseException:
            await client.aclose()
            raise
        return client

    async def _greet(self, connection: AbstractConnection) -> None:
        """Check the server with every connection: behind the address may stand another by now, or one set up anew."""
        try:
            await connection.on_connect()
            await self._check(connection)
        except BaseException:
            # The pool would take it for a connection that was checked.
            await connection.disconnect(nowait=True)
            raise

    async def _owner(self, client: Redis, asked: Address | None) -> Address:
        """The server of the cluster that holds the key now; all others are remembered as ways in."""
        if self._options.get("db"):
            raise UnsafeStoreError(f"the shared store at {self.name} is a cluster, which has only database 0")
        slot = key_slot(self._key)
        owner: Address | None = None
        known = []
        for first, last, *nodes in await command(client, "CLUSTER SLOTS"):
            addresses = [_address(node, asked) for node in nodes]
            known += addresses
            if first <= slot <= last:
                owner = addresses[0]
        if owner is None:
            raise StoreError.unavailable("no server of the cluster holds the project's keys now")
        self._known = known
        return owner

    async def _check(self, connection: AbstractConnection) -> None:
        told, settings = await ask(connection, [("INFO",), ("CONFIG GET", "*append*")])
        if isinstance(told, Exception):
            raise told
        info = dict(line.split(":", 1) for line in told.decode().splitlines() if ":" in line)
        if is_too_old(info):
            raise UnsafeStoreError(f"the shared store at {self.name} is older than Valkey or Redis 7.2")
        if info.get("role") == "slave":
            raise StoreError.unavailable(f"the shared store at {self.name} is a replica, which takes no writes")
        found = dangers(info, None if isinstance(settings, Exception) else _pairs(settings))
        if found and not self._accept_unsafe:
            raise UnsafeStoreError(
                f"the shared store at {self.name} is unsafe: {'; '.join(found)} "
                "(GATEWAY_STATE_ACCEPT_UNSAFE=true accepts it)"
            )
        if found != self._warned:
            self._warned = found
            for danger in found:
                _log.warning("store_unsafe", danger=danger)

    def _client(self, address: Address | None, **more: Any) -> Redis:
        options = self._options if address is None else {**self._options, "host": address[0], "port": address[1]}
        pool = ConnectionPool(
            max_connections=_MOST_CONNECTIONS,
            # Every wait has a deadline of its own, and who repeats a write must know that it does.
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=_CONNECT_S,
            socket_timeout=None,
            protocol=2,
            **options,
            **more,
        )
        return Redis.from_pool(pool)

    def _explained(self, error: BaseException) -> StoreError:
        """One line that names what is wrong, and never a password."""
        if isinstance(error, StoreError):
            return error
        text = str(error).lower()
        if isinstance(error, AuthenticationError) or "noauth" in text or "wrongpass" in text:
            return UnsafeStoreError(f"the shared store at {self.name} refused the user name or password")
        if isinstance(error, NoPermissionError):
            return UnsafeStoreError(f"the shared store at {self.name} does not let this user run all that is needed")
        if "db index" in text:
            return UnsafeStoreError(f"the shared store at {self.name} has no database {self._options.get('db', 0)}")
        if isinstance(error, UnreachableError | OSError | TimeoutError):
            over_tls = " over TLS" if "connection_class" in self._options else ""
            return StoreError.unavailable(f"the shared store at {self.name} cannot be reached{over_tls}")
        return StoreError.unavailable(f"the shared store at {self.name} answered {type(error).__name__}")


async def command(client: Redis, *words: bytes | str | int) -> Any:
    """The answer to one command."""
    return await client.execute_command(*words)  # type: ignore[no-untyped-call]  # the library's own gap


def _pairs(flat: Sequence[bytes]) -> dict[str, str]:
    words = [word.decode() for word in flat]
    return dict(zip(words[::2], words[1::2], strict=True))


def _address(node: Iterable[Any], asked: Address | None) -> Address:
    """Where a server of the cluster is; one that does not know its own name is where it was asked."""
    host, port, *_ = node
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "?"} and asked:
        name = asked[0]
    return str(name), int(port)
