"""The `grpc_server_*` family, with the names and the code spelling (`OK`, `NotFound`) that public dashboards expect."""

from dataclasses import dataclass

import grpc
from prometheus_client import CollectorRegistry

from gateway.telemetry.tallies import Count, Counter, Distribution, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rpc:
    """One gRPC method's name, taken apart for labels."""

    kind: str
    """`unary`, `server_stream`, `client_stream` or `bidi_stream`."""
    service: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcSeries:
    """The series of one gRPC method."""

    started: Count
    handled: dict[grpc.StatusCode, Count]
    received: Count
    sent: Count
    seconds: Distribution


class RpcMetrics:
    """The family, before it is known which methods there are."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Declare it."""
        labels = ("grpc_type", "grpc_service", "grpc_method")
        self._started = Counter("grpc_server_started", "RPCs started on the server.", labels, registry=registry)
        self._handled = Counter(
            "grpc_server_handled",
            "RPCs completed on the server, by status.",
            (*labels, "grpc_code"),
            registry=registry,
        )
        self._received = Counter(
            "grpc_server_msg_received", "Messages received from callers.", labels, registry=registry
        )
        self._sent = Counter("grpc_server_msg_sent", "Messages sent to callers.", labels, registry=registry)
        self._seconds = Histogram(
            "grpc_server_handling_seconds", "Time to answer an RPC.", labels, buckets=SECONDS, registry=registry
        )

    def series(self, rpc: Rpc) -> RpcSeries:
        """The series of one method."""
        labels = (rpc.kind, rpc.service, rpc.method)
        return RpcSeries(
            started=self._started.labels(*labels),
            handled={code: self._handled.labels(*labels, code_label(code)) for code in grpc.StatusCode},
            received=self._received.labels(*labels),
            sent=self._sent.labels(*labels),
            seconds=self._seconds.labels(*labels),
        )


def code_label(code: grpc.StatusCode) -> str:
    """A status code as Go spells it, which is not quite as gRPC does."""
    if code is grpc.StatusCode.CANCELLED:
        return "Canceled"
    return "OK" if code is grpc.StatusCode.OK else "".join(part.capitalize() for part in code.name.split("_"))
