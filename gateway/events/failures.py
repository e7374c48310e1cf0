"""What the feed's callers are told when it cannot serve them: one function per reason."""

import grpc

from gateway.errors import CallerError, LimitError, StoreError
from gateway.events.cursor import Cursor


def other_log() -> CallerError:
    """The cursor is of another log, or the log was replaced since."""
    return CallerError(
        "the cursor belongs to another log",
        reason="CURSOR_EPOCH_MISMATCH",
        code=grpc.StatusCode.FAILED_PRECONDITION,
    )


def from_future() -> CallerError:
    """The log has not come as far as the cursor says."""
    return CallerError(
        "the cursor is newer than the newest event of the log",
        reason="CURSOR_FROM_FUTURE",
        code=grpc.StatusCode.OUT_OF_RANGE,
    )


def compacted(oldest: Cursor) -> CallerError:
    """Events after the position were removed; `oldest` is the position before the first that was not."""
    return CallerError(
        "events after the cursor are no longer kept",
        reason="CURSOR_COMPACTED",
        code=grpc.StatusCode.OUT_OF_RANGE,
        metadata={"oldest_cursor": oldest.text()},
    )


def corrupted(damaged: Cursor) -> StoreError:
    """The event at this position is not what was written; reading goes on after it."""
    return StoreError(
        "an event on disk fails its checksum",
        reason="EVENT_CORRUPTED",
        code=grpc.StatusCode.DATA_LOSS,
        metadata={"cursor": damaged.text()},
    )


def no_such_event() -> CallerError:
    """The event was never there, is no longer kept, or is another project's."""
    return CallerError("the log holds no such event", reason="EVENT_NOT_FOUND", code=grpc.StatusCode.NOT_FOUND)


def slow_consumer(delivered: Cursor) -> LimitError:
    """Nothing could be written to the consumer for too long; everything up to `delivered` was."""
    return LimitError(
        "the consumer took nothing from the stream for too long",
        reason="SLOW_CONSUMER",
        code=grpc.StatusCode.ABORTED,
        retry_after_s=1.0,
        metadata={"cursor": delivered.text()},
    )


def too_many_streams(limit: int, *, retry_after_s: float) -> LimitError:
    """The caller has as many streams as one may have."""
    return LimitError(
        f"a caller may have {limit} streams open",
        reason="TOO_MANY_STREAMS",
        code=grpc.StatusCode.RESOURCE_EXHAUSTED,
        retry_after_s=retry_after_s,
    )


def shutting_down(*, retry_after_s: float) -> LimitError:
    """No stream is opened any more."""
    return LimitError(
        "the gateway is about to stop",
        reason="SHUTTING_DOWN",
        code=grpc.StatusCode.UNAVAILABLE,
        retry_after_s=retry_after_s,
    )
