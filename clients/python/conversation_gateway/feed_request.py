"""The request that opens a stream of events, from what `Client.events` is given."""

from datetime import datetime
from typing import Any, TypedDict

from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from google.protobuf.timestamp_pb2 import Timestamp

from conversation_gateway.v1 import event_feed_pb2 as pb

DEFAULT_HEARTBEAT_S = 10.0


class EventOptions(TypedDict, total=False):
    """What `Client.events` may be given.

    One start at most: none of them means with the next event. One stop at most: none of them means never. The others
    are the fields of `SubscribeRequest`, explained there.
    """

    after: bytes | None
    """Start after this cursor."""
    earliest: bool
    """Start with the oldest event that is kept."""
    at_time: datetime | None
    """Start with the first event received then or later; needs a time zone."""
    subscription: str | None
    """Start after what was committed for this name."""
    stop_at: bytes | None
    """End after the event at this cursor."""
    stop_at_newest: bool
    """End after the event that is the newest when the stream is first opened."""
    # Quoted, because at run time these enums are no classes.
    new_subscription: "pb.NewSubscription | None"
    on_gap: "pb.OnGap | None"
    filter: pb.EventFilter | None
    view: "pb.FeedView | None"
    heartbeat_interval_s: float
    project_id: str


def subscribe_request(options: EventOptions) -> pb.SubscribeRequest:
    """The request; `ValueError` when more than one start or stop is given, or a time without a zone."""
    fields: dict[str, Any] = {**options}
    at_time = fields.pop("at_time", None)
    starts = {
        "after_cursor": fields.pop("after", None),
        "earliest": Empty() if fields.pop("earliest", False) else None,
        "at_time": at_time and _timestamp(at_time),
        "subscription": fields.pop("subscription", None),
    }
    stops = {
        "stop_at_cursor": fields.pop("stop_at", None),
        "stop_at_newest": Empty() if fields.pop("stop_at_newest", False) else None,
    }
    interval = Duration()
    interval.FromMicroseconds(round(fields.pop("heartbeat_interval_s", DEFAULT_HEARTBEAT_S) * 1_000_000))
    return pb.SubscribeRequest(heartbeat_interval=interval, **_at_most_one(starts), **_at_most_one(stops), **fields)


def _at_most_one(fields: dict[str, Any]) -> dict[str, Any]:
    """The field that is given, if any; several would silently override each other."""
    given = {name: value for name, value in fields.items() if value is not None}
    if len(given) > 1:
        raise ValueError("only one of these may be given: " + ", ".join(given))
    return given


def _timestamp(time: datetime) -> Timestamp:
    if time.tzinfo is None:
        raise ValueError("at_time needs a time zone")
    timestamp = Timestamp()
    timestamp.FromDatetime(time)
    return timestamp
