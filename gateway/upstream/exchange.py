"""What crosses the seam between a call and the wire: one request, and its answer or the reason why there is none.

Whether a request may go out again depends on what is known about the first one, so the failures are divided by what
they prove and not by what broke:

    ExchangeError
    ├── NothingSent     no byte of the request was written; repeating it cannot act twice
    ├── SentNoAnswer    the request was written, perhaps in part, and no whole answer came; the outcome is unknown
    └── BadAnswer       an answer came that cannot be used; the outcome is unknown all the same
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol, Self

from gateway.deadline import Deadline
from gateway.value import value

DEFAULT_PORTS = {"http": 80, "https": 443}


class Fault(StrEnum):
    """Why there is no answer: a closed set, fit to label a metric, each with a message fit to be shown."""

    def __new__(cls, label: str, _message: str) -> Self:
        """Make the label the value."""
        member = str.__new__(cls, label)
        member._value_ = label
        return member

    def __init__(self, _label: str, message: str) -> None:
        """Keep the message beside the label."""
        self.message = message

    EXPIRED = "expired", "the deadline had passed before anything was sent"
    POOL_FULL = "pool_full", "too many calls wait for a connection already"
    POOL_TIMEOUT = "pool_timeout", "no connection became free in time"
    DNS = "dns", "the host name does not resolve"
    CONNECT = "connect", "the connection was not accepted"
    CONNECT_TIMEOUT = "connect_timeout", "no connection was established in time"
    TLS = "tls", "the TLS handshake failed; check the certificate, its host name and the trusted authorities"
    SHUT_DOWN = "shut_down", "the transport has been closed"
    TIMEOUT = "timeout", "no answer came in time"
    CLOSED = "closed", "the connection was closed before an answer"
    TRUNCATED = "truncated", "the connection was closed in the middle of the answer"
    MALFORMED = "malformed", "the answer is not HTTP/1.1"
    ENCODED = "encoded", "the answer is compressed or otherwise encoded, which was not asked for"
    TOO_LARGE = "too_large", "the answer is larger than allowed"


class ExchangeError(Exception):
    """No usable answer. `kind` says why; the message is fixed per kind, so nothing private can be in it."""

    def __init__(self, kind: Fault) -> None:
        """Say why there is no answer."""
        super().__init__(kind.message)
        self.kind = kind


class NothingSent(ExchangeError):
    """Not a byte of the request was written to a socket."""


class SentNoAnswer(ExchangeError):
    """The request was written, in whole or in part, and no whole answer came back."""


class BadAnswer(ExchangeError):
    """An answer came back that cannot be used; `status` is its HTTP status where that much was readable."""

    def __init__(self, kind: Fault, status: int | None = None) -> None:
        """Say what is wrong with the answer, and how it began."""
        super().__init__(kind)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one origin may take from the gateway."""

    max_connections: int = 512
    """800 calls a second, the API's limit, need that many when an answer takes 0.6 s."""
    max_waiting_calls: int = 4096
    """Calls that wait for a connection; one more is refused at once."""
    idle_s: float = 55.0
    """How long an unused connection is kept: less than the 60 s after which load balancers commonly drop theirs."""
    max_head_bytes: int = 64 * 1024
    """Status line and headers of an answer, with interim answers and trailers."""
    max_body_bytes: int = 16 * 1024 * 1024


DEFAULT_LIMITS = Limits()


class Origin(NamedTuple):
    """Where a request goes. Equal origins share connections; `pool` keeps one kind of call to its own.

    A tuple, because every call looks several things up by it.
    """

    scheme: str
    host: str
    port: int
    pool: str = ""

    @property
    def authority(self) -> str:
        """Host and, where it is not the scheme's default, port, as the `Host` header has them."""
        return _authority(self)


@lru_cache(maxsize=64)
def _authority(origin: Origin) -> str:
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return host if DEFAULT_PORTS.get(origin.scheme) == origin.port else f"{host}:{origin.port}"


@value
class OutboundRequest:
    """One request, ready for the wire. `Host`, `Content-Length` and connection headers are the transport's to write."""

    method: str
    origin: Origin
    target: str
    """Path with query, percent-encoded."""
    template: str = ""
    """The path with its variables in braces: what requests of one kind have in common, and holds nothing private."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    resend_count: int = 0
    """How often the same request went out before."""

    def carrying(self, *headers: tuple[bytes, bytes], resend_count: int = 0) -> "OutboundRequest":
        """The same request with these headers too."""
        return OutboundRequest(
            method=self.method,
            origin=self.origin,
            target=self.target,
            template=self.template,
            headers=(*headers, *self.headers),
            body=self.body,
            resend_count=resend_count or self.resend_count,
        )


@value
class InboundResponse:
    """One whole answer. Header names are in lower case and in order of arrival; the body is decoded from no coding."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header, its name in any case."""
        wanted = name.lower()
        for known, found in self.headers:
            if known == wanted:
                return found
        return None


class Transport(Protocol):
    """Carries one request to its origin and brings the answer back; redirects are answers like any other."""

    async def exchange(self, request: OutboundRequest, deadline: Deadline) -> InboundResponse:
        """Send the request once and return the whole answer.

        Raises an `ExchangeError` when there is none, `NothingSent` only where that is proven. The deadline bounds all
        of it. A cancelled exchange gives up its connection, and what the other side did is unknown.
        """
        ...
