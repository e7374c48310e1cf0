"""The way to the wire: our own pools of connections.

It costs a small part of what httpx's stock transport does. `httpx_seam` lets any other transport take its place, and
this one serve an `httpx.AsyncClient`.
"""

import ssl

from gateway.deadline import Deadline
from gateway.upstream.exchange import (
    DEFAULT_LIMITS,
    DEFAULT_PORTS,
    Fault,
    InboundResponse,
    Limits,
    NothingSent,
    Origin,
    OutboundRequest,
)
from gateway.upstream.pool import Pool
from gateway.upstream.trust import verifying_context


class PooledTransport:
    """HTTP/1.1 over kept connections, one pool of them per `Origin`.

    Certificates and host names are always verified. Redirects are not followed, proxies not used, nothing repeated: a
    connection found closed before the request is written is replaced, one that closes afterwards is an error.
    """

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None, limits: Limits = DEFAULT_LIMITS) -> None:
        """Connect to nothing yet.

        `ssl_context` is that of `trust` unless given; it is set to offer HTTP/1.1 alone.
        """
        self._limits = limits
        self._ssl_context = ssl_context or verifying_context()
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
