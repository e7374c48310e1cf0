"""One `Subscribe` call: its answers, the end of patience with it, and its cancellation whatever happens."""

import asyncio
import contextlib

import grpc

from conversation_gateway.errors import silence, typed_error
from conversation_gateway.feed_position import SILENT_INTERVALS
from conversation_gateway.v1 import event_feed_pb2 as pb

Call = grpc.aio.UnaryStreamCall[pb.SubscribeRequest, pb.SubscribeResponse]


class FeedCall:
    """A call that is cancelled when it breaks, when whoever waits for it is cancelled, and when it is forgotten.

    grpc.aio does none of this: a call that nobody refers to any more lives on, on both sides (grpc/grpc#43462).
    """

    def __init__(self, call: Call, *, patience_s: float) -> None:
        """Wait up to `patience_s` seconds for the first answer, then as long as that one allows."""
        self._call = call
        self._patience_s = patience_s
        self._loop = asyncio.get_running_loop()
        self.cancelled = False

    async def read(self) -> pb.SubscribeResponse | None:
        """The next answer; nothing when the call ended well or was cancelled from this side.

        Raises a typed error when the call failed, `Unavailable` when it was silent for too long.
        """
        try:
            async with asyncio.timeout(self._patience_s):
                answer = await self._call.read()
        except TimeoutError:
            self.cancel()
            raise silence(self._patience_s) from None
        except grpc.aio.AioRpcError as error:
            raise typed_error(error) from error
        except asyncio.CancelledError:
            if self.cancelled and not _is_cancelled():
                return None
            self.cancel()
            raise
        if not isinstance(answer, pb.SubscribeResponse):
            return None
        if granted_s := answer.opened.heartbeat_interval.ToTimedelta().total_seconds():
            self._patience_s = SILENT_INTERVALS * granted_s
        return answer

    def cancel(self) -> None:
        """Tell the gateway that nobody listens any more; a task that waits in `read` gets nothing."""
        self.cancelled = True
        self._call.cancel()

    def __del__(self) -> None:
        # The last reference may be dropped in any thread, and after the loop, when there is nothing left to cancel.
        if not self.cancelled:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._call.cancel)


def _is_cancelled() -> bool:
    """Whether it is the running task that is being cancelled, not just the call that it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
