"""A call that passed every local check, and the request it goes out as."""

from collections.abc import Awaitable, Callable

from google.protobuf.message import Message

from gateway.deadline import Deadline
from gateway.upstream.exchange import InboundResponse, OutboundRequest
from gateway.upstream.hosts import Hosts
from gateway.upstream.method import Effect, Method
from gateway.upstream.rate_limit import Claim
from gateway.value import value

_JSON = (b"Content-Type", b"application/json")


@value
class Outgoing:
    """A call that is ready to go."""

    host: str
    effect: Effect
    request: OutboundRequest
    claim: Claim
    read: Callable[[InboundResponse], Message]
    retry_unknown_outcome: bool = False
    queue_full: Callable[[Deadline], Awaitable[bool]] | None = None
    """Asks, after a 429, whether it is the app's queue that is full; None for calls that join no queue."""


class RequestWriter:
    """Puts what a method says on the wire: the host of its class and region, and the headers that every call has."""

    def __init__(self, *, hosts: Hosts, user_agent: str) -> None:
        """Write to these hosts only."""
        self.hosts = hosts
        self._headers = ((b"Accept", b"application/json"), (b"User-Agent", user_agent.encode()))

    def write(self, method: Method, *, region: str, target: str, body: bytes = b"") -> OutboundRequest:
        """The request of a method; the token comes on top of it with each attempt."""
        endpoint = self.hosts.endpoints[method.host, region]
        return OutboundRequest(
            method=method.verb,
            origin=endpoint.origin,
            target=endpoint.prefix + target,
            template=method.template,
            headers=(*self._headers, _JSON) if body else self._headers,
            body=body,
        )
