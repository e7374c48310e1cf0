"""An HTTP/1.1 server for one ASGI app, inside the loop that is already running.

Signals, logging and start order stay with the gateway.
"""

import asyncio
import contextlib
import ssl

from gateway.http_connection import Connection
from gateway.http_exchange import App, Receive, Scope, Send
from gateway.http_hub import REFUSALS, HttpLimits, Hub, Refused
from gateway.listener import Listener
from gateway.telemetry import logs

__all__ = ["REFUSALS", "App", "HttpLimits", "HttpServer", "Receive", "Scope", "Send"]

# How long cancelled requests may take to notice.
_CUT_OFF_S = 1.0


class HttpServer:
    """Serves `app` on `listener` from `start` until `stop`.

    The app sees `http` scopes only. An exception out of it is logged by its type and answered with a bare 500.
    """

    def __init__(
        self,
        *,
        app: App,
        listener: Listener,
        limits: HttpLimits | None = None,
        tls: ssl.SSLContext | None = None,
        refused: Refused = lambda _reason: None,
    ) -> None:
        """Nothing is accepted yet; `listener` is this server's from now on and closed by `stop`.

        `refused` counts what the server ends by itself, by one of `REFUSALS`; what the app refuses is its own to count.
        """
        self._listener = listener
        self._limits = limits or HttpLimits()
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._hub = Hub(app=app, limits=self._limits, refused=refused, failed=self._failed)
        self._log = logs.logger("http_server")

    @property
    def address(self) -> str:
        """The bound address; its port is never 0."""
        return self._listener.address

    async def start(self) -> None:
        """Begin to accept; connections made since the address was bound come first."""
        loop = asyncio.get_running_loop()
        handshake_timeout_s = self._limits.head_timeout_s if self._tls else None
        create = loop.create_unix_server if self._listener.is_unix else loop.create_server
        self._server = await create(
            lambda: Connection(self._hub),
            sock=self._listener.sock,
            ssl=self._tls,
            ssl_handshake_timeout=handshake_timeout_s,
        )

    async def stop(self, grace_s: float) -> None:
        """Stop accepting at once, give requests in flight `grace_s` seconds, then cancel them. Idempotent."""
        if self._server is not None:
            self._server.close()
            self._hub.stopping = True
            for connection in list(self._hub.connections):
                connection.shut_down()
            try:
                async with asyncio.timeout(grace_s):
                    await self._hub.drained()
            except TimeoutError:
                self._log.warning("http_requests_cancelled", count=len(self._hub.tasks))
            finally:
                self._cut_off()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CUT_OFF_S):
                    await self._hub.drained()
            self._server = None
        self._listener.close()

    def _cut_off(self) -> None:
        for task in self._hub.tasks:
            task.cancel()
        for connection in list(self._hub.connections):
            connection.transport.abort()

    def _failed(self, error: Exception) -> None:
        self._log.error("http_handler_failed", kind=type(error).__name__)
