"""What can become of a post, and the one constant answer that each outcome gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.webhooks.signature import Verdict

Header = tuple[bytes, bytes]


class Outcome(StrEnum):
    """A closed set, fit for a metric's label."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    """Durable before already; answered like the first one."""
    UNKNOWN_WEBHOOK = "unknown_webhook"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    UNSUPPORTED_ENCODING = "unsupported_encoding"
    """The body is compressed: the API never does that, and unpacking would let a small post take much memory."""
    UNAUTHORIZED = "unauthorized"
    """The OAuth2 token is missing or wrong."""
    MISSING_HEADER = Verdict.MISSING_HEADER.value
    MALFORMED = Verdict.MALFORMED.value
    UNKNOWN_ALGORITHM = Verdict.UNKNOWN_ALGORITHM.value
    BAD_SIGNATURE = Verdict.BAD_SIGNATURE.value
    STALE = Verdict.STALE.value
    TOO_LARGE = "too_large"
    DISCONNECTED = "disconnected"
    """The peer left, or took too long, before its body was complete: nothing was stored, nobody is left to answer."""
    OVERLOADED = "overloaded"
    """More posts in flight, or more of their bytes, than the gateway holds at a time."""
    STORE_UNAVAILABLE = "store_unavailable"
    FAILED = "failed"
    """A defect of the gateway; the sender is asked to try again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, complete but for what the connection needs."""

    status: int
    body: bytes
    headers: tuple[Header, ...]

    def start(self, *extra: Header) -> dict[str, Any]:
        """The ASGI message that begins it."""
        return {"type": "http.response.start", "status": self.status, "headers": [*self.headers, *extra]}

    def end(self, *, more: bool = False) -> dict[str, Any]:
        """The ASGI message with its body."""
        return {"type": "http.response.body", "body": self.body, "more_body": more}


def _answer(status: int, text: str, *headers: Header) -> Answer:
    body = f"{text}\n".encode() if text else b""
    described = ((b"content-type", b"text/plain; charset=utf-8"),) if body else ()
    return Answer(status, body, ((b"content-length", b"%d" % len(body)), *described, *headers))


# Which check a post failed is for the operator's metrics, not for whoever is trying.
_REFUSED = _answer(401, "not authorized", (b"www-authenticate", b"HmacSHA256"))
_TAKEN = _answer(200, "")
_LATER = _answer(503, "try again later")

ANSWERS: Mapping[Outcome, Answer] = {
    Outcome.ACCEPTED: _TAKEN,
    Outcome.DUPLICATE: _TAKEN,
    Outcome.UNKNOWN_WEBHOOK: _answer(404, "no such webhook"),
    Outcome.METHOD_NOT_ALLOWED: _answer(405, "only POST is allowed", (b"allow", b"POST")),
    Outcome.UNSUPPORTED_MEDIA_TYPE: _answer(
        415, "only application/json is taken", (b"accept-post", b"application/json")
    ),
    Outcome.UNSUPPORTED_ENCODING: _answer(
        415, "a compressed body is not taken; send it without content-encoding", (b"accept-encoding", b"identity")
    ),
    Outcome.UNAUTHORIZED: _REFUSED,
    Outcome.MISSING_HEADER: _REFUSED,
    Outcome.MALFORMED: _REFUSED,
    Outcome.UNKNOWN_ALGORITHM: _REFUSED,
    Outcome.BAD_SIGNATURE: _REFUSED,
    Outcome.STALE: _REFUSED,
    Outcome.TOO_LARGE: _answer(413, "the body is too large"),
    Outcome.OVERLOADED: _LATER,
    Outcome.STORE_UNAVAILABLE: _LATER,
    Outcome.FAILED: _LATER,
}
"""Every outcome's answer but that of `DISCONNECTED`, which has none."""
