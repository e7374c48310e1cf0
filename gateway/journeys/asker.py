"""What the calls of this part have in common: who asks, for how long, and when nothing can come of it."""

from dataclasses import dataclass

import grpc
from google.protobuf.duration_pb2 import Duration

from gateway.deadline import Deadline
from gateway.errors import CallerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who calls, and how long each call on the way may take."""

    caller: str
    deadline: Deadline
    call_timeout_s: float


def span_s(span: Duration) -> float:
    """A duration in seconds."""
    return span.seconds + span.nanos / 1e9


def feed_closed() -> CallerError:
    """What is to be waited for cannot come."""
    return CallerError(
        "no webhook can reach this gateway: its webhook door is closed, and its log is not shared",
        reason="FEED_CLOSED",
        code=grpc.StatusCode.FAILED_PRECONDITION,
    )
