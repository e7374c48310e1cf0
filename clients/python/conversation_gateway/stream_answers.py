"""The answers of a streaming call: typed errors, and no call that outlives the loop."""

from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import grpc

from conversation_gateway.errors import typed_error

Answer = TypeVar("Answer")


async def answers(call: grpc.aio.UnaryStreamCall[Any, Answer]) -> AsyncGenerator[Answer, None]:
    """Read a stream to its end.

    `async for answer in answers(client.messages.SendAndTrack(request))` raises what went wrong as a typed error of
    `conversation_gateway.errors`. Leaving the loop by `break`, by an exception or by cancellation cancels the call at
    the gateway, which grpc alone does not do.
    """
    try:
        async for answer in call:
            yield answer
    except grpc.aio.AioRpcError as error:
        raise typed_error(error) from error
    finally:
        call.cancel()
