"""Calls that the contract has no method for: any operation of the API, inside the gateway's own project only.

The path is where the danger is. What a server behind the API's front might decode, merge or climb out of is refused
here, instead of guessing who normalises what.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes, urlencode

import grpc
import orjson
from conversation_gateway.v1 import raw_pb2
from google.protobuf.message import Message

from gateway.errors import CallerError, Violation
from gateway.upstream.exchange import InboundResponse
from gateway.upstream.method import Effect, Method

PATH = "/conversation_gateway.v1.RawService/Call"
HOSTS = {
    raw_pb2.RAW_HOST_CONVERSATION: "conversation",
    raw_pb2.RAW_HOST_BATCH: "batch",
    raw_pb2.RAW_HOST_TEMPLATE: "template",
}
EFFECTS = {
    "GET": Effect.READ,
    "PUT": Effect.IDEMPOTENT,
    "PATCH": Effect.IDEMPOTENT,
    "DELETE": Effect.IDEMPOTENT,
    "POST": Effect.ONCE,
}
# Unreserved characters, those that RFC 3986 lets stand in a segment, and percent-encoded bytes.
_SEGMENT = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})+")
# Encoded dots, slashes, backslashes, percent signs and control characters: whoever decodes twice is led astray.
_TREACHEROUS = re.compile(r"%(?:2[eEfF5]|5[cC]|3[bB]|[01][0-9A-Fa-f]|7[fF])|^\.+;")


def methods() -> Iterator[tuple[tuple[int, str], Method]]:
    """One method per host and verb, by both: to the rest of the gateway a raw call is a call like any other."""
    for host_number, host in HOSTS.items():
        for verb, effect in EFFECTS.items():
            yield (
                (host_number, verb),
                Method(
                    path=PATH,
                    host=host,
                    verb=verb,
                    template="raw",
                    effect=effect,
                    request=raw_pb2.DESCRIPTOR.message_types_by_name["CallRequest"],
                    request_class=raw_pb2.CallRequest,
                    response_class=raw_pb2.CallResponse,
                    write_target=_target,
                    write_body=_body,
                    read=_read,
                ),
            )


def check_path(path: str, project_id: str) -> bool:
    """Whether a path stays inside the project, whoever reads it and however often they decode it."""
    segments = path.split("/")
    if segments[:1] != [""] or len(segments) < len(("", "v1", "projects", "p", "resource")):
        return False
    if segments[1] not in {"v1", "v2"} or segments[2] != "projects" or segments[3] != quote(project_id, safe=""):
        return False
    return all(
        _SEGMENT.fullmatch(segment)
        and segment not in {".", ".."}
        and not _TREACHEROUS.search(segment)
        and _is_text(segment)
        for segment in segments[1:]
    )


def _is_text(segment: str) -> bool:
    """Whether the escapes are UTF-8: overlong spellings of dots and slashes are not."""
    try:
        unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        return False
    return True


def _target(message: Message) -> str:
    assert isinstance(message, raw_pb2.CallRequest)  # noqa: S101 - these methods are compiled for this type alone
    if not check_path(message.path, message.project_id):
        raise CallerError(
            "path must lie below /v1/projects/ or /v2/projects/ and the gateway's own project, in its plain form",
            reason="RAW_CALL_FORBIDDEN",
            code=grpc.StatusCode.PERMISSION_DENIED,
            violations=[Violation(field="path", description="is not a plain path inside the gateway's own project")],
        )
    pairs = [(parameter.name, parameter.value) for parameter in message.query]
    return f"{message.path}?{urlencode(pairs)}" if pairs else message.path


async def _body(message: Message) -> bytes:
    assert isinstance(message, raw_pb2.CallRequest)  # noqa: S101 - likewise
    if not message.HasField("json"):
        return b""
    try:
        orjson.loads(message.json)
    except orjson.JSONDecodeError:
        raise CallerError.invalid([Violation(field="json", description="is not JSON")]) from None
    return message.json.encode()


def _read(response: InboundResponse) -> Message:
    return raw_pb2.CallResponse(http_status=response.status, json=response.body.decode("utf-8", "replace"))
