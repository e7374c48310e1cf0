"""The answers of a blocking streaming call: typed errors, and no call that outlives the loop."""

from collections.abc import Generator, Iterable
from typing import Any, TypeVar

import grpc

from conversation_gateway.errors import typed_error

Answer = TypeVar("Answer")


def answers(call: Iterable[Answer]) -> Generator[Answer, None, None]:
    """Read a stream to its end.

    `for answer in answers(client.messages.SendAndTrack(request))` raises what went wrong as a typed error of
    `conversation_gateway.errors`. Leaving the loop by `break` or by an exception cancels the call at the gateway.
    """
    cancellable: Any = call  # published types of grpc have no name for both sides of it
    try:
        yield from call
    except grpc.RpcError as error:
        raise typed_error(error) from error
    finally:
        cancellable.cancel()
