"""The seam to httpx: whatever speaks its interface may carry our exchanges, and our pools may serve its clients.

`HttpxTransport` lets any `httpx.AsyncBaseTransport` take the place of our own: the stock one where a proxy is needed,
or a mock in a test. `PooledHttpxTransport` is one of those, over our own. Only who uses either loads httpx.
"""

import asyncio
from types import MappingProxyType
from typing import cast

import httpx

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.upstream.exchange import (
    DEFAULT_LIMITS,
    DEFAULT_PORTS,
    BadAnswer,
    ExchangeError,
    Fault,
    InboundResponse,
    Limits,
    NothingSent,
    Origin,
    OutboundRequest,
    SentNoAnswer,
)
from gateway.upstream.transport import PooledTransport

# Written by the transport itself, or not true of it: nothing is decoded, and connections are kept as the pool sees fit.
_OWN_HEADERS = frozenset({b"host", b"content-length", b"transfer-encoding", b"connection", b"accept-encoding"})
_TO_HTTPX = MappingProxyType(
    {
        Fault.EXPIRED: httpx.PoolTimeout,
        Fault.POOL_FULL: httpx.PoolTimeout,
        Fault.POOL_TIMEOUT: httpx.PoolTimeout,
        Fault.CONNECT_TIMEOUT: httpx.ConnectTimeout,
        Fault.DNS: httpx.ConnectError,
        Fault.CONNECT: httpx.ConnectError,
        Fault.TLS: httpx.ConnectError,
        Fault.SHUT_DOWN: httpx.ConnectError,
        Fault.TIMEOUT: httpx.ReadTimeout,
        Fault.CLOSED: httpx.ReadError,
        Fault.TRUNCATED: httpx.RemoteProtocolError,
        Fault.MALFORMED: httpx.RemoteProtocolError,
        Fault.ENCODED: httpx.RemoteProtocolError,
        Fault.TOO_LARGE: httpx.RemoteProtocolError,
    }
)
# The first class that fits. httpx uses one for an answer that is no HTTP and for a connection closed too early.
_FROM_HTTPX: tuple[tuple[type[httpx.TransportError], type[NothingSent | SentNoAnswer], Fault], ...] = (
    (httpx.PoolTimeout, NothingSent, Fault.POOL_TIMEOUT),
    (httpx.ConnectTimeout, NothingSent, Fault.CONNECT_TIMEOUT),
    (httpx.ConnectError, NothingSent, Fault.CONNECT),
    (httpx.ProxyError, NothingSent, Fault.CONNECT),
    (httpx.UnsupportedProtocol, NothingSent, Fault.CONNECT),
    (httpx.TimeoutException, SentNoAnswer, Fault.TIMEOUT),
    (httpx.TransportError, SentNoAnswer, Fault.CLOSED),
)
# What an `httpx.AsyncClient` without timeouts gets all the same.
UNBOUNDED_S = 60.0


class PooledHttpxTransport(httpx.AsyncBaseTransport):
    """Our pools for an `httpx.AsyncClient`, which closes them."""

    def __init__(self, *, transport: PooledTransport, clock: Clock) -> None:
        """`clock` makes the deadlines that a client does not bring."""
        self._transport = transport
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serve an `httpx.AsyncClient`: its timeouts add up to one deadline, and failures become httpx's exceptions.

        The bodies of request and response are held in memory, the response's within the limits. `Host` is always
        that of the URL, and no compression is offered whatever the client's headers say.
        """
        url, timeouts = request.url, request.extensions.get("timeout", {}).values()
        if url.scheme not in DEFAULT_PORTS:
            raise httpx.UnsupportedProtocol("only http and https are spoken here", request=request)
        host = url.raw_host.decode("ascii")
        outbound = OutboundRequest(
            method=request.method,
            origin=Origin(scheme=url.scheme, host=host, port=url.port or DEFAULT_PORTS[url.scheme]),
            target=url.raw_path.decode("ascii"),
            headers=tuple(field for field in request.headers.raw if field[0].lower() not in _OWN_HEADERS),
            body=await request.aread(),
        )
        budget_s = UNBOUNDED_S if not timeouts or None in timeouts else sum(timeouts)
        try:
            answer = await self._transport.exchange(outbound, Deadline.after(budget_s, self._clock))
        except ExchangeError as error:
            raise _TO_HTTPX[error.kind](str(error), request=request) from error
        return httpx.Response(answer.status, headers=list(answer.headers), stream=httpx.ByteStream(answer.body))

    async def aclose(self) -> None:
        """End every connection."""
        await self._transport.aclose()


class HttpxTransport:
    """Carries exchanges over any `httpx.AsyncBaseTransport`.

    Less is known about what went wrong than with our own: where httpx cannot tell, the request counts as sent.
    """

    def __init__(self, *, transport: httpx.AsyncBaseTransport, limits: Limits = DEFAULT_LIMITS) -> None:
        """Of the limits only the largest body counts; connections are the other transport's business."""
        self._transport = transport
        self._limits = limits

    async def exchange(self, request: OutboundRequest, deadline: Deadline) -> InboundResponse:
        """See `Transport.exchange`."""
        remaining_s = deadline.remaining_s()
        if remaining_s <= 0:
            raise NothingSent(Fault.EXPIRED)
        origin = request.origin
        url = httpx.URL(
            scheme=origin.scheme, host=origin.host, port=origin.port, raw_path=request.target.encode("ascii")
        )
        # A connection that cannot be had is found out a little before the whole is over, to be known as just that.
        timeouts = dict.fromkeys(("connect", "pool"), remaining_s * 0.95) | dict.fromkeys(
            ("read", "write"), remaining_s
        )
        outbound = httpx.Request(
            request.method, url, headers=request.headers, content=request.body, extensions={"timeout": timeouts}
        )
        try:
            async with asyncio.timeout(remaining_s):
                response = await self._transport.handle_async_request(outbound)
                try:
                    return await self._read(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise SentNoAnswer(Fault.TIMEOUT) from None
        except httpx.TransportError as error:
            failure, kind = next((failure, kind) for known, failure, kind in _FROM_HTTPX if isinstance(error, known))
            raise failure(kind) from None

    async def aclose(self) -> None:
        """Close the transport underneath."""
        await self._transport.aclose()

    async def _read(self, response: httpx.Response) -> InboundResponse:
        if response.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
            raise BadAnswer(Fault.ENCODED, response.status_code)
        body = bytearray()
        async for part in cast("httpx.AsyncByteStream", response.stream):
            body += part
            if len(body) > self._limits.max_body_bytes:
                raise BadAnswer(Fault.TOO_LARGE, response.status_code)
        headers = tuple((name.lower(), value) for name, value in response.headers.raw)
        return InboundResponse(status=response.status_code, headers=headers, body=bytes(body))
