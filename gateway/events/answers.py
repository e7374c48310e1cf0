"""Everything but events that a stream says, serialised, and times as the contract writes them. Pure."""

from conversation_gateway.v1 import event_feed_pb2 as pb
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.events.cursor import Cursor
from gateway.events.opening import Ends
from gateway.state.subscriptions import Subscription


def opened(at: Cursor, here: Ends, *, heartbeat_s: float, held: Subscription | None) -> bytes:
    """The stream starts after `at`."""
    answer = pb.Opened(
        cursor=at.encode(),
        oldest_cursor=here.oldest.encode(),
        newest_cursor=here.newest.encode(),
        epoch=here.newest.epoch.hex(),
        heartbeat_interval=duration(heartbeat_s),
    )
    if held is not None:
        answer.subscription = held.name
        answer.fencing_epoch = held.fence
    return pb.SubscribeResponse(opened=answer).SerializeToString()


def heartbeat(at: Cursor, newest: Cursor, *, lag_s: float) -> bytes:
    """Everything up to `at` was delivered or filtered; the event after it has waited for `lag_s`."""
    answer = pb.Heartbeat(
        cursor=at.encode(),
        newest_cursor=newest.encode(),
        lag=duration(lag_s),
        lag_event_count=newest.position - at.position,
    )
    return pb.SubscribeResponse(heartbeat=answer).SerializeToString()


def caught_up(at: Cursor) -> bytes:
    """Nothing that was there is left to deliver."""
    return pb.SubscribeResponse(caught_up=pb.CaughtUp(cursor=at.encode())).SerializeToString()


def fell_behind(at: Cursor, behind_count: int) -> bytes:
    """Events come faster than they are taken; so many wait."""
    answer = pb.FellBehind(cursor=at.encode(), lag_event_count=behind_count)
    return pb.SubscribeResponse(fell_behind=answer).SerializeToString()


def gap_skipped(lost_from: Cursor, resumed_at: Cursor) -> bytes:
    """Events between the two are gone."""
    answer = pb.GapSkipped(lost_from_cursor=lost_from.encode(), resumed_at_cursor=resumed_at.encode())
    return pb.SubscribeResponse(gap_skipped=answer).SerializeToString()


def draining(at: Cursor, *, reconnect_delay_s: float) -> bytes:
    """No event follows; resume after `at`."""
    answer = pb.Draining(cursor=at.encode(), reconnect_delay=duration(reconnect_delay_s))
    return pb.SubscribeResponse(draining=answer).SerializeToString()


def duration(span_s: float) -> Duration:
    """A span that is not negative; the clock that measured it may have stepped back."""
    span_us = max(0, round(span_s * 1_000_000))
    return Duration(seconds=span_us // 1_000_000, nanos=span_us % 1_000_000 * 1000)


def timestamp(time_us: int) -> Timestamp:
    """An instant from microseconds of Unix time."""
    return Timestamp(seconds=time_us // 1_000_000, nanos=time_us % 1_000_000 * 1000)
