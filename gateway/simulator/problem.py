"""What the API answers when it refuses, in the body the vendor documents.

{"error": {"code": 400, "message": "...", "status": "INVALID_ARGUMENT", "details": [...]}}
"""

from typing import Any

import orjson

from gateway.simulator.wire import Response

Json = dict[str, Any]

_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


class RefusedError(Exception):
    """A request that the API turns down: an HTTP status, the vendor's status word and a text."""

    def __init__(
        self,
        http_status: int,
        status: str,
        message: str,
        *,
        details: tuple[Json, ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Take the answer apart; `headers` go out as they are."""
        super().__init__(message)
        self.http_status = http_status
        self.status = status
        self.message = message
        self.details = details
        self.headers = headers

    def response(self) -> Response:
        """The refusal as it goes over the wire."""
        return Response(
            status=self.http_status,
            body=error_body(self.http_status, self.status, self.message, self.details),
            headers=self.headers,
        )


def error_body(http_status: int, status: str, message: str, details: tuple[Json, ...] = ()) -> bytes:
    """The documented, nested error body."""
    error = {"code": http_status, "message": message, "status": status, "details": list(details)}
    return orjson.dumps({"error": error})


def invalid(field: str, description: str) -> RefusedError:
    """A field that is missing or malformed: 400, and which one it was."""
    violation = {"field": field, "description": description}
    return RefusedError(
        400,
        "INVALID_ARGUMENT",
        f"{field}: {description}",
        details=({"@type": _BAD_REQUEST, "field_violations": [violation]},),
    )


def not_found(what: str) -> RefusedError:
    """Something that is not there, or not in this region or project."""
    return RefusedError(404, "NOT_FOUND", f"{what} not found")


def unauthenticated(message: str, challenge: str) -> RefusedError:
    """Credentials that are missing, wrong or expired; the challenge tells which."""
    return RefusedError(401, "UNAUTHENTICATED", message, headers=(("www-authenticate", challenge),))


def exhausted(message: str) -> RefusedError:
    """A limit that was reached; the vendor documents no `Retry-After` for it."""
    return RefusedError(429, "RESOURCE_EXHAUSTED", message)
