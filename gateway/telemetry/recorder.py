"""Spans by the OpenTelemetry SDK, configured by its own environment variables. Imported only where spans are wanted.

The sampler is asked before there is a span, with the trace id that the span would have. What it has decided is handed
to the SDK, which insists on asking: `_Admission` is the sampler and the source of ids that it asks.
"""

import asyncio
import re
import threading
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, Span, SpanKind, TraceState, get_current_span
from opentelemetry.util.types import Attributes as SdkAttributes
from typing_extensions import override

from gateway import __version__
from gateway.telemetry.tracing import Attributes

EXPORTERS = "opentelemetry_traces_exporter"
# `otlp` is one name for two exporters; which one, the protocol says.
OTLP = {"grpc": "otlp_proto_grpc", "http/protobuf": "otlp_proto_http"}
SERVICE = "conversation-gateway"
# How a sampler describes that it takes a part of the traces that begin here.
_RATIO = re.compile(r"(?:ParentBased\{root:)?TraceIdRatioBased\{([^{}]+)\}")


class SdkRecorder:
    """A `Recorder` over one tracer provider of its own; nothing global is set."""

    def __init__(self, *, exporters: Sequence[SpanExporter], resource: Resource) -> None:
        """Export everything by each of `exporters`, in batches, from threads of the SDK."""
        # One that is never used, for the sampler that the environment asks for.
        self._sampler = TracerProvider(shutdown_on_exit=False).sampler
        self._bound = _bound_of(self._sampler)
        self._admission = _Admission()
        self._provider = TracerProvider(
            resource=resource, sampler=self._admission, id_generator=self._admission, shutdown_on_exit=False
        )
        for exporter in exporters:
            self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer(SERVICE, __version__)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "SdkRecorder":
        """What the variables ask for; raises `ValueError` for an exporter that is not installed."""
        names = environment.get("OTEL_TRACES_EXPORTER", "").strip() or "otlp"
        exporters = [_exporter(name.strip(), environment) for name in names.split(",")]
        named = "OTEL_SERVICE_NAME" in environment or "service.name=" in environment.get("OTEL_RESOURCE_ATTRIBUTES", "")
        own = {"service.version": __version__} | ({} if named else {"service.name": SERVICE})
        return cls(exporters=exporters, resource=Resource.create(own))

    def start(
        self,
        name: str,
        *,
        kind: SpanKind,
        parent: Context | None,
        attributes: Attributes,
        links: Sequence[Link] = (),
        start_ns: int | None = None,
        wanted: bool = False,
    ) -> Span | None:
        """See `Recorder`."""
        above = get_current_span(parent).get_span_context() if parent is not None else None
        is_root = above is None or not above.is_valid
        trace_id = self._admission.new_trace_id() if above is None or is_root else above.trace_id
        if is_root and not wanted and trace_id & TraceIdRatioBased.TRACE_ID_LIMIT >= self._bound:
            return None
        if wanted:
            decided = None
        else:
            decided = self._sampler.should_sample(parent, trace_id, name, kind, attributes, links)
            if decided.decision is not Decision.RECORD_AND_SAMPLE:
                return None
        self._admission.prepare(trace_id, decided.attributes if decided else attributes)
        # An empty context: the SDK would look for a parent among its own contexts otherwise.
        return self._tracer.start_span(
            name, context=parent or Context(), kind=kind, attributes=attributes, links=links, start_time=start_ns
        )

    async def close(self, limit_s: float) -> None:
        """See `Recorder`. A collector that hangs keeps nothing but a thread, which ends with the process."""
        closed = asyncio.Event()
        loop = asyncio.get_running_loop()

        def shut_down() -> None:
            self._provider.shutdown()
            if not loop.is_closed():
                loop.call_soon_threadsafe(closed.set)

        threading.Thread(target=shut_down, name="traces-shutdown", daemon=True).start()
        try:
            async with asyncio.timeout(limit_s):
                await closed.wait()
        except TimeoutError:
            return


def _bound_of(sampler: Sampler) -> int:
    """What the low half of an id has to lie below for a trace that begins here; that of the others need not be asked.

    With a hundredth of them recorded, asking would cost the other ninety-nine more than all else that traces need.
    """
    ratio = _RATIO.match(sampler.get_description())
    return TraceIdRatioBased.get_bound_for_rate(float(ratio[1]) if ratio else 1.0)


class _Admission(RandomIdGenerator, Sampler):
    """Says yes to the one span that is about to be made, with the id and in the words that were decided before."""

    def __init__(self) -> None:
        self._trace_id = 0
        self._attributes: Attributes = {}

    def new_trace_id(self) -> int:
        return super().generate_trace_id()

    def prepare(self, trace_id: int, attributes: Attributes) -> None:
        self._trace_id = trace_id
        self._attributes = attributes

    def generate_trace_id(self) -> int:
        return self._trace_id

    @override
    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: SdkAttributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        # Without the caller's `tracestate`, which may hold anything and would be exported.
        return SamplingResult(Decision.RECORD_AND_SAMPLE, self._attributes)

    def get_description(self) -> str:
        return "decided before"


def _exporter(name: str, environment: Mapping[str, str]) -> SpanExporter:
    if name == "otlp":
        protocol = environment.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environment.get(
            "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"
        )
        name = OTLP.get(protocol, f"otlp ({protocol})")
    found = next(iter(entry_points(group=EXPORTERS, name=name)), None)
    if found is None:
        raise ValueError(f"OTEL_TRACES_EXPORTER asks for {name}, which is not installed; the extra `otlp` has it")
    exporter: SpanExporter = found.load()()
    return exporter
