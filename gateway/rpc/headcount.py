"""How many connections the gRPC door has and had, those too that ended before any handler heard of them.

gRPC calls nobody when a connection comes, but its channelz is on by default and counts; nobody is served it, and asking
it within the process costs calls nothing. It is asked by the same private functions that the `grpcio-channelz` package
uses, for no public one answers. It lists the connections that are open. Those that were are told by the numbers it
gives away in order, one to each connection and one to each channel: a channel that is made to be numbered, and never
connects, says how many connections there were since the last.
"""

from collections.abc import Callable
from typing import Any

import grpc
import orjson
from grpc._cython import cygrpc  # type: ignore[attr-defined]  # not in the stubs

from gateway.telemetry import logs
from gateway.telemetry.door_metrics import ConnectionCounts

# What a gRPC that has these functions no more, or answers in another form, makes of asking.
_UNTOLD = (AttributeError, KeyError, RuntimeError, TypeError, ValueError)

log = logs.logger("rpc")


class Headcount:
    """The connections of one server, from `start` to `stop`.

    Those that this process makes with gRPC itself, as an exporter of traces may, are counted with those that come.
    """

    def __init__(self, *, handshakes: Callable[[], int] | None) -> None:
        """Count nothing yet; `handshakes` tells how many TLS handshakes were begun, where there is TLS."""
        self._handshakes = handshakes
        self._server: int | None = None
        self._number = 0
        self._ready = 0
        self._last = ConnectionCounts()

    def start(self) -> None:
        """Count for the server that was made last, which listens; a gRPC that does not tell leaves it at nothing."""
        try:
            self._server = max(_numbers(cygrpc.channelz_get_servers(0), "server", "serverId"))
            self._number = max(_channels(after=0))
        except _UNTOLD as error:
            self._server = None
            log.warning("connections_not_counted", kind=type(error).__name__)

    def stop(self) -> None:
        """Leave it at what was counted last: gRPC forgets a server that has stopped."""
        self._server = None

    def look(self) -> ConnectionCounts:
        """The counts as of now. It takes a quarter of a millisecond, and two with 1,000 connections."""
        if self._server is None:
            return self._last
        try:
            self._last = self._counts(self._server)
        except _UNTOLD:
            # The rest of what is scraped is worth more than these numbers.
            self._server = None
        return self._last

    def _counts(self, server: int) -> ConnectionCounts:
        channels = _channels(after=self._number)
        self._ready += max(channels) - self._number - len(channels)
        self._number = max(channels)
        sockets = cygrpc.channelz_get_server_sockets(server, 0, 0)
        return ConnectionCounts(
            open=len(_numbers(sockets, "socketRef", "socketId")),
            accepted=self._handshakes() if self._handshakes else self._ready,
            ready=self._ready,
        )


def _channels(after: int) -> list[int]:
    """The numbers that channels got after this one, the last of them just now."""
    channel = grpc.insecure_channel("unix:/nowhere")
    try:
        return _numbers(cygrpc.channelz_get_top_channels(after + 1), "channel", "channelId")
    finally:
        channel.close()


def _numbers(answer: Any, entries: str, number: str) -> list[int]:
    """The numbers of what channelz lists; those of servers and channels are in a `ref`."""
    return [int(entry.get("ref", entry)[number]) for entry in orjson.loads(answer).get(entries, [])]
