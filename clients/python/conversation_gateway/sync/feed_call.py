"""One blocking `Subscribe` call: its answers, the end of patience with it, and its cancellation whatever happens."""

import threading
import time
import weakref
from typing import Any

import grpc

from conversation_gateway.errors import silence, typed_error
from conversation_gateway.feed_position import SILENT_INTERVALS
from conversation_gateway.v1 import event_feed_pb2 as pb

# What the stub returns: an iterator over the answers that can be cancelled.
Call = Any


class FeedCall:
    """A call that is cancelled when it breaks, when it was silent for too long, and when it is forgotten."""

    def __init__(self, call: Call, *, patience_s: float) -> None:
        """Wait up to `patience_s` seconds for the first answer, then as long as that one allows."""
        self._call = call
        self._patience_s = patience_s
        self._watch = _Watch(call)
        self.cancelled = False

    def read(self) -> pb.SubscribeResponse | None:
        """The next answer; nothing when the call ended well or was cancelled from this side.

        Raises a typed error when the call failed, `Unavailable` when it was silent for too long.
        """
        self._watch.expect_within(self._patience_s)
        try:
            answer: pb.SubscribeResponse | None = next(self._call, None)
        except grpc.RpcError as error:
            if self.cancelled:
                return None
            if self._watch.expired:
                raise silence(self._patience_s) from None
            raise typed_error(error) from error
        finally:
            self._watch.rest()
        if answer is not None and (granted_s := answer.opened.heartbeat_interval.ToTimedelta().total_seconds()):
            self._patience_s = SILENT_INTERVALS * granted_s
        return answer

    def cancel(self) -> None:
        """Tell the gateway that nobody listens any more; a thread that waits in `read` gets nothing."""
        self.cancelled = True
        self._watch.end()
        self._call.cancel()

    def __del__(self) -> None:
        self.cancel()


class _Watch:
    """A thread that cancels a call when nothing came in time: grpc knows no deadline for one answer of a stream.

    It does not keep the call from being forgotten, and ends with it.
    """

    def __init__(self, call: Call) -> None:
        self._call = weakref.ref(call)
        self._changed = threading.Condition()
        self._due_s: float | None = None
        self._over = False
        self.expired = False
        threading.Thread(target=self._run, name="conversation-gateway-feed", daemon=True).start()

    def expect_within(self, patience_s: float) -> None:
        with self._changed:
            sooner = self._due_s is None
            self._due_s = time.monotonic() + patience_s
            if sooner:
                self._changed.notify()

    def rest(self) -> None:
        """Nobody waits: that the stream is silent means nothing. The thread finds out by itself."""
        with self._changed:
            self._due_s = None

    def end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._over:
                left_s = None if self._due_s is None else self._due_s - time.monotonic()
                if left_s is None or left_s > 0:
                    self._changed.wait(left_s)
                    continue
                self.expired = self._over = True
                if (call := self._call()) is not None:
                    call.cancel()
