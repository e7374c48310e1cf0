"""What a `SubscribeRequest` asks for, checked whole before the stream opens. Pure."""

import re
from dataclasses import dataclass

from conversation_gateway.v1 import event_feed_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.errors import CallerError, Violation
from gateway.events.cursor import Cursor, decode_cursor
from gateway.events.filters import Predicate, predicate
from gateway.state.subscriptions import NewSubscription

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NEW: dict[int, NewSubscription] = {
    pb.NEW_SUBSCRIPTION_UNSPECIFIED: "earliest",
    pb.NEW_SUBSCRIPTION_EARLIEST: "earliest",
    pb.NEW_SUBSCRIPTION_LATEST: "latest",
    pb.NEW_SUBSCRIPTION_FAIL: "fail",
}
_VIEWS = {pb.FEED_VIEW_UNSPECIFIED, pb.FEED_VIEW_BASIC, pb.FEED_VIEW_RAW}
_GAPS = {pb.ON_GAP_UNSPECIFIED, pb.ON_GAP_FAIL, pb.ON_GAP_RESUME_AT_OLDEST}


@dataclass(frozen=True, slots=True)
class Earliest:
    """Start with the oldest event that is kept."""


@dataclass(frozen=True, slots=True)
class Latest:
    """Start with what comes."""


@dataclass(frozen=True, slots=True)
class AtTime:
    """Start with the first event received at or after an instant, in microseconds of Unix time."""

    time_us: int


@dataclass(frozen=True, slots=True)
class Named:
    """Start after what a named subscription has committed."""

    name: str
    new: NewSubscription


Start = Cursor | Earliest | Latest | AtTime | Named


@dataclass(frozen=True, slots=True)
class StopAtNewest:
    """Stop after what is the newest event when the stream opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A subscriber's wishes as plain values."""

    project_id: str
    start: Start
    stop: Cursor | StopAtNewest | None
    passes: Predicate
    raw: bool
    skip_gaps: bool
    heartbeat_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeats:
    """How long a stream may be silent."""

    default_s: float = 10.0
    least_s: float = 1.0
    most_s: float = 60.0


def subscribe_plan(request: pb.SubscribeRequest, *, project_id: str, heartbeats: Heartbeats) -> Plan:
    """The plan of a request, or INVALID_CURSOR, or INVALID_REQUEST for everything else that is wrong with it."""
    violations: list[Violation] = []
    if request.on_gap not in _GAPS:
        violations.append(Violation(field="on_gap", description="is not a value of OnGap"))
    if request.new_subscription not in _NEW:
        violations.append(Violation(field="new_subscription", description="is not a value of NewSubscription"))
    interval = request.heartbeat_interval
    heartbeat_s = interval.seconds + interval.nanos / 1e9
    if heartbeat_s < 0:
        violations.append(Violation(field="heartbeat_interval", description="is negative"))
    if request.WhichOneof("start") == "subscription":
        violations += name_violations(request.subscription)
    violations += view_violations(request.view)
    if violations:
        raise CallerError.invalid(violations)
    project_id = request.project_id or project_id
    start = _start(request)
    return Plan(
        project_id=project_id,
        start=start,
        stop=_stop(request),
        passes=since(start, predicate(request.filter, project_id=project_id)),
        raw=request.view == pb.FEED_VIEW_RAW,
        skip_gaps=request.on_gap == pb.ON_GAP_RESUME_AT_OLDEST,
        heartbeat_s=min(max(heartbeat_s or heartbeats.default_s, heartbeats.least_s), heartbeats.most_s),
    )


def name_violations(name: str) -> list[Violation]:
    """What is wrong with the name of a subscription."""
    if _NAME.fullmatch(name):
        return []
    description = "is not 1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'"
    return [Violation(field="subscription", description=description)]


def view_violations(view: int) -> list[Violation]:
    """What is wrong with a view."""
    return [] if view in _VIEWS else [Violation(field="view", description="is not a value of FeedView")]


def at_time(time: Timestamp) -> AtTime:
    """A start at an instant."""
    return AtTime(time.seconds * 1_000_000 - (-time.nanos // 1000))


def since(start: Start, passes: Predicate) -> Predicate:
    """Hold a predicate to the instant of a start: one that is yet to come lets nothing pass until then."""
    if not isinstance(start, AtTime):
        return passes
    return lambda event: event.stored_us >= start.time_us and passes(event)


def _start(request: pb.SubscribeRequest) -> Start:
    match request.WhichOneof("start"):
        case "after_cursor":
            return decode_cursor(request.after_cursor)
        case "earliest":
            return Earliest()
        case "at_time":
            return at_time(request.at_time)
        case "subscription":
            return Named(request.subscription, _NEW[request.new_subscription])
        case _:
            return Latest()


def _stop(request: pb.SubscribeRequest) -> Cursor | StopAtNewest | None:
    match request.WhichOneof("stop"):
        case "stop_at_cursor":
            return decode_cursor(request.stop_at_cursor)
        case "stop_at_newest":
            return StopAtNewest()
        case _:
            return None
