"""A collector of traces: an OTLP server on a real socket, from the published protocol."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.patience import PATIENCE_S


@dataclass
class Collector:
    """What has arrived, and where to send it."""

    endpoint: str
    spans: list[Span] = field(default_factory=list)
    resources: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""
    """Everything that has arrived, to be searched."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def environment(self) -> dict[str, str]:
        """What tells a gateway to send its spans here, soon."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "20"}

    async def take(self, data: bytes, _context: object) -> bytes:
        """One export."""
        self.text += data.decode("latin-1")
        for group in ExportTraceServiceRequest.FromString(data).resource_spans:
            self.resources.append({each.key: each.value.string_value for each in group.resource.attributes})
            self.spans.extend(span for scope in group.scope_spans for span in scope.spans)
        self._changed.set()
        return ExportTraceServiceResponse().SerializeToString()

    async def find(self, name: str, *, count: int = 1, where: Callable[[Span], bool] = lambda _: True) -> list[Span]:
        """The spans of a name, as soon as there are that many."""
        async with asyncio.timeout(PATIENCE_S):
            while len(found := [span for span in self.spans if span.name == name and where(span)]) < count:
                self._changed.clear()
                await self._changed.wait()
        return found


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector that listens."""
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    collector = Collector(f"http://127.0.0.1:{port}")
    handler: Any = grpc.unary_unary_rpc_method_handler(collector.take)
    service = "opentelemetry.proto.collector.trace.v1.TraceService"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Export": handler}),))
    await server.start()
    try:
        yield collector
    finally:
        await server.stop(None)


def attributes(span: Span) -> dict[str, Any]:
    """A span's attributes, as plain values."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value") or "string_value") for each in span.attributes}


def links(span: Span) -> set[bytes]:
    """The ids of the spans that a span is linked to."""
    return {link.span_id for link in span.links}
