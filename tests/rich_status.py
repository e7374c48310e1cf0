"""Reads the `google.rpc` details of a failed call, as a client would."""

from typing import TypeVar

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

Detail = TypeVar("Detail", bound=Message)


def detail(error: grpc.aio.AioRpcError, kind: type[Detail]) -> Detail | None:
    """The one detail of this kind, or nothing."""
    packed = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
    assert isinstance(packed, bytes)
    for item in status_pb2.Status.FromString(packed).details:
        message = kind()
        if item.Is(kind.DESCRIPTOR) and item.Unpack(message):
            return message
    return None


def info(error: grpc.aio.AioRpcError) -> error_details_pb2.ErrorInfo:
    """The `ErrorInfo` that every failure carries."""
    found = detail(error, error_details_pb2.ErrorInfo)
    assert found is not None
    return found


def violations(error: grpc.aio.AioRpcError) -> dict[str, str]:
    """What is wrong, by field."""
    bad = detail(error, error_details_pb2.BadRequest)
    return {v.field: v.description for v in bad.field_violations} if bad else {}
