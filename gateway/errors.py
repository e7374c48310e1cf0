"""The failures that a caller is told about, by whose fault they are.

    GatewayError
    ├── CallerError        the request cannot be served as it is; repeating it unchanged cannot help
    ├── UpstreamError      Sinch refused, failed or did not answer
    ├── LimitError         our own limit; waiting helps
    └── StoreError         our own disk or store

Raised where the fact is known, translated to a gRPC status once, in `rpc/status.py`. The message is shown to
callers and logged, so it never holds a token, a secret, message text, a phone number or another exception's text.
Reasons are the values of `ErrorReason` in `error_reason.proto`, without their prefix.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import grpc

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One field that is wrong: its proto path from the request, and what to do about it."""

    field: str
    description: str
    reason: str = "INVALID_REQUEST"


class GatewayError(Exception):
    """A failure with a stable reason, a gRPC code, and a message that is safe to show."""

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        code: grpc.StatusCode,
        retry_after_s: float | None = None,
        violations: Sequence[Violation] = (),
        metadata: Mapping[str, str] = _NONE,
    ) -> None:
        """Keep the facts; `retry_after_s` is given when, and only when, retrying can help."""
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.code = code
        self.retry_after_s = retry_after_s
        self.violations = tuple(violations)
        self.metadata = metadata


class CallerError(GatewayError):
    """The caller's request is at fault."""

    @classmethod
    def invalid(cls, violations: Sequence[Violation], *, reason: str = "") -> "CallerError":
        """An `INVALID_ARGUMENT` that names every field at once; its reason is the most telling of theirs."""
        telling = (v.reason for v in violations if v.reason != "INVALID_REQUEST")
        reason = reason or next(telling, "INVALID_REQUEST")
        message = "; ".join(f"{v.field}: {v.description}" for v in violations[:8])
        return cls(message, reason=reason, code=grpc.StatusCode.INVALID_ARGUMENT, violations=violations)

    def below(self, field: str) -> "CallerError":
        """The same fault, seen from the message that holds the request as `field`."""
        violations = [replace(violation, field=f"{field}.{violation.field}") for violation in self.violations]
        return CallerError(
            self.message, reason=self.reason, code=self.code, violations=violations, metadata=self.metadata
        )


class UpstreamError(GatewayError):
    """Sinch refused, failed or did not answer."""

    upstream_text: str = ""
    """The API's own words. They may quote the request, so they are shown only after redaction."""


class LimitError(GatewayError):
    """A limit of the gateway's own was reached."""


class StoreError(GatewayError):
    """The store could not take or give what was asked."""

    may_be_done: bool = True
    """Whether what was asked may have happened all the same, or may yet."""

    @classmethod
    def unavailable(cls, message: str) -> "StoreError":
        """The store is away for now; a later attempt may succeed."""
        return cls(message, reason="STORE_UNAVAILABLE", code=grpc.StatusCode.UNAVAILABLE, retry_after_s=1.0)
