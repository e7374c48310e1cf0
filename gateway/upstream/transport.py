"""The two ways to the wire, behind one seam: our own pool of connections, and whatever else speaks httpx's interface.

`PooledTransport` is the default because it costs a small part of what httpx's stock transport does; it is an
`httpx.AsyncBaseTransport` too, so an `httpx.AsyncClient` may use it. `HttpxTransport` lets any other one take its
place: the stock transport where a proxy is needed, or a mock in a test.
"""

import asyncio
import ssl
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
from gateway.upstream.pool import Pool

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


class PooledTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 over kept connections, one pool of them per `Origin`.

    Certificates and host names are always verified. Redirects are not followed, proxies not used, nothing repeated: a
    connection found closed before the request is written is replaced, one that closes afterwards is an error.
    """

    def __init__(
        self, *, clock: Clock, ssl_context: ssl.SSLContext | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        """Connect to nothing yet.

        `ssl_context` is httpx's unless given, which heeds `SSL_CERT_FILE` and `SSL_CERT_DIR`; it is set to offer
        HTTP/1.1 alone. `clock` makes the deadline of `handle_async_request`, whose callers bring none.
        """
        self._clock = clock
        self._limits = limits
        self._ssl_context = ssl_context or httpx.create_ssl_context()
        if self._ssl_context.verify_mode is not ssl.CERT_REQUIRED or not self._ssl_context.check_hostname:
            raise ValueError("the TLS context must verify certificates and host names")
        self._ssl_context.set_alpn_protocols(["http/1.1"])
        self._pools: dict[Origin, Pool] = {}
        self._shut_down = False

    async def exchange(self, request: OutboundRequest, deadline: Deadline) -> InboundResponse:
        """See `Transport.exchange`; raises `ValueError` for a request that HTTP cannot carry."""
        pool = self._pools.get(request.origin) or self._open_pool(request.origin)
        connection = await pool.acquire(deadline)
        try:
            return await connection.exchange(request, deadline)
        finally:
            pool.release(connection)

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
            answer = await self.exchange(outbound, Deadline.after(budget_s, self._clock))
        except ExchangeError as error:
            raise _TO_HTTPX[error.kind](str(error), request=request) from error
        return httpx.Response(answer.status, headers=list(answer.headers), stream=httpx.ByteStream(answer.body))

    async def aclose(self) -> None:
        """End every connection, with the exchanges on them; returns when their sockets are closed."""
        self._shut_down = True
        for pool in self._pools.values():
            await pool.aclose()

    def _open_pool(self, origin: Origin) -> Pool:
        if self._shut_down:
            raise NothingSent(Fault.SHUT_DOWN)
        if origin.scheme not in DEFAULT_PORTS:
            raise ValueError("only http and https are spoken here")
        pool = self._pools[origin] = Pool(origin=origin, ssl_context=self._ssl_context, limits=self._limits)
        return pool


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
