"""Which hosts a request may have its receipts sent to: whoever names another one reads somebody's receipts."""

import re
from typing import Any
from urllib.parse import urlsplit

import grpc
import orjson
from conversation_gateway.v1.raw_pb2 import CallRequest
from google.protobuf.message import Message

from gateway.errors import CallerError, Violation

ANY = "*"
# Readers of URLs disagree about backslashes, blanks, controls and user names: with any of these the host that we read
# need not be the host that is called.
_PLAIN = re.compile(r"https?://[A-Za-z0-9.\-]+(:\d{1,5})?([/?#][!-~]*)?", re.IGNORECASE)


def check_callback_url(request: Message, allowed: frozenset[str]) -> None:
    """Raise `CallerError` when the request has a `callback_url` whose host is not among those allowed."""
    _check(getattr(request, "callback_url", ""), "callback_url", allowed)


def check_raw_callback_url(request: CallRequest, allowed: frozenset[str]) -> None:
    """The same for the body of a raw call, which would otherwise be the way around."""
    if not request.json or ANY in allowed:
        return
    try:
        body: Any = orjson.loads(request.json)
    except orjson.JSONDecodeError:
        return
    if isinstance(body, dict) and "callback_url" in body:
        _check(str(body["callback_url"]), "json", allowed)


def _check(url: str, field: str, allowed: frozenset[str]) -> None:
    if not url or ANY in allowed:
        return
    host = urlsplit(url).hostname if _PLAIN.fullmatch(url) and "\\" not in url else None
    if host not in allowed:
        raise CallerError(
            "callback_url names a host that GATEWAY_CALLBACK_URL_HOSTS does not list",
            reason="CALLBACK_URL_FORBIDDEN",
            code=grpc.StatusCode.PERMISSION_DENIED,
            violations=[Violation(field=field, description="its host is not allowed by the gateway")],
        )
