"""The troubles that a Valkey server can have, and their ends."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.patience import PATIENCE_S, until
from tests.valkey_server import ValkeyServer, free_port


@dataclass(slots=True)
class Door:
    """The address that gateways know; behind it stands whichever server is the primary."""

    primary: ValkeyServer
    follower: ValkeyServer
    port: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Door"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()

    def cut(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream, downstream = await asyncio.open_connection("127.0.0.1", self.primary.port)
        except OSError:
            writer.close()
            return
        self._writers += [writer, downstream]
        await asyncio.gather(_pump(reader, downstream), _pump(upstream, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def slow(door: Door) -> None:
    door.primary.do("CLIENT", "PAUSE", 600_000, "ALL")


async def stalled(door: Door) -> None:
    door.primary.signal(signal.SIGSTOP)


async def continued(door: Door) -> None:
    door.primary.signal(signal.SIGCONT)


async def stopped(door: Door) -> None:
    door.primary.stop()


async def killed(door: Door) -> None:
    door.primary.kill()


async def started(door: Door) -> None:
    door.primary.kill()
    door.primary.start()


async def full(door: Door) -> None:
    door.primary.do("CONFIG", "SET", "maxmemory", "1mb")


async def roomy(door: Door) -> None:
    door.primary.do("CONFIG", "SET", "maxmemory", "0")


async def read_only(door: Door) -> None:
    # Nobody is there to be copied from, so it keeps what it has.
    door.primary.do("REPLICAOF", "127.0.0.1", free_port())


async def writable(door: Door) -> None:
    door.primary.do("REPLICAOF", "NO", "ONE")


async def lost(door: Door) -> None:
    await copied(door)
    door.primary.kill()


async def copied(door: Door) -> None:
    """Wait until the follower has all that the primary has."""
    async with asyncio.timeout(PATIENCE_S):
        await until(lambda: door.follower.do("INFO", "replication")["master_link_status"] == "up")
        while door.primary.do("WAIT", 1, 1_000) < 1:  # it waits by itself
            pass


async def promoted(door: Door) -> None:
    door.follower.do("REPLICAOF", "NO", "ONE")
    door.primary = door.follower
    door.cut()


async def loosened(door: Door) -> None:
    door.primary.do("CONFIG", "SET", "appendfsync", "everysec")
    door.cut()


async def tightened(door: Door) -> None:
    door.primary.do("CONFIG", "SET", "appendfsync", "always")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """How it begins and ends, and the reasons that the metrics may give for it."""

    begin: Callable[[Door], Awaitable[None]]
    end: Callable[[Door], Awaitable[None]]
    reasons: frozenset[str]


TROUBLES = {
    "slow": Trouble(begin=slow, end=started, reasons=frozenset({"slow"})),
    "stalled": Trouble(begin=stalled, end=continued, reasons=frozenset({"slow"})),
    # A server that is asked to end takes no writes while it waits for those who copy it.
    "stopped and restarted": Trouble(begin=stopped, end=started, reasons=frozenset({"away", "slow"})),
    "killed and restarted": Trouble(begin=killed, end=started, reasons=frozenset({"away"})),
    "out of memory": Trouble(begin=full, end=roomy, reasons=frozenset({"out_of_memory"})),
    "read-only": Trouble(begin=read_only, end=writable, reasons=frozenset({"read_only", "moved"})),
    "failed over": Trouble(begin=lost, end=promoted, reasons=frozenset({"away"})),
    "unsafe": Trouble(begin=loosened, end=tightened, reasons=frozenset({"unsafe"})),
}


async def cut_off(door: Door) -> None:
    """From now on the follower sees nothing new."""
    await copied(door)
    door.follower.do("REPLICAOF", "127.0.0.1", free_port())
