"""What the span of a call says when the call is over."""

from typing import Any

import grpc
import pytest
from opentelemetry.trace import Status, StatusCode

from gateway.telemetry.call_spans import RpcSpans
from gateway.telemetry.tracing import Tracing

FAULTS = {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}


class Recorded:
    """A span that remembers."""

    def __init__(self) -> None:
        self.attributes: dict[str, object] = {}
        self.status = StatusCode.UNSET
        self.ended = False

    def set_attribute(self, key: str, value: object) -> None:
        self.attributes[key] = value

    def set_status(self, status: Status) -> None:
        self.status = status.status_code

    def end(self) -> None:
        self.ended = True


@pytest.mark.parametrize("code", grpc.StatusCode)
def test_a_span_is_an_error_where_the_fault_is_the_servers_and_nowhere_else(code: grpc.StatusCode) -> None:
    span: Any = Recorded()

    RpcSpans(Tracing(), "/package.Service/Method").end(span, code, None, {})

    assert (span.status is StatusCode.ERROR) is (code.name in FAULTS)
    assert span.attributes["rpc.response.status_code"] == code.name
    assert span.ended
