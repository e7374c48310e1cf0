"""What the calls of this part have in common: who asks, for how long, and when nothing can come of it."""

from dataclasses import dataclass

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.deadline import Deadline
from gateway.errors import CallerError
from gateway.events.plan import AtTime

_RESERVE_S = 0.1
# The clocks of the API and of this machine differ, and a receipt may be faster than the answer to its send.
_CLOCKS_DIFFER_US = 60 * 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who calls, and how long each call on the way may take."""

    caller: str
    deadline: Deadline
    call_timeout_s: float


def in_time(deadline: Deadline) -> Deadline:
    """A little before a deadline: what comes in the last moment must still reach its caller."""
    left_s = deadline.remaining_s()
    return deadline.within(left_s - min(_RESERVE_S, left_s / 10))


def before_receipts(accepted: Timestamp) -> AtTime:
    """Where on the log the first receipt of a message can be that was accepted at this time."""
    return AtTime(accepted.ToMicroseconds() - _CLOCKS_DIFFER_US)


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
