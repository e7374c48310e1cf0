"""One running simulator: everything is built here, bound to a port, and taken down again."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self

from gateway.simulator.assembly import Parts, assemble
from gateway.simulator.options import SimulatorOptions
from gateway.simulator.recording import RecordedRequest
from gateway.simulator.wire import Connection, Connections

_log = logging.getLogger(__name__)

_BACKLOG = 1024


class Simulator:
    """A fake Sinch that runs in the caller's loop while its context is open."""

    def __init__(self, options: SimulatorOptions | None = None) -> None:
        """Take the options; nothing is bound or built before the context is entered."""
        self._options = options or SimulatorOptions()
        self._connections = Connections()
        self._server: asyncio.Server
        self._posting: asyncio.Task[None]
        self._parts: Parts
        self.url = ""

    async def __aenter__(self) -> Self:
        """Bind and serve; OSError when the address is taken or a file cannot be read, ValueError for a wrong rule."""
        options = self._options
        tls = _tls_context(options)
        self._parts = parts = assemble(options)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Connection(
                answer=parts.api.answer,
                connections=self._connections,
                max_body_bytes=options.max_body_bytes,
                idle_timeout_s=options.idle_timeout_s,
            ),
            options.host,
            options.port,
            ssl=tls,
            backlog=_BACKLOG,
        )
        self._posting = asyncio.create_task(parts.callbacks.run(), name="simulator callbacks")
        self._posting.add_done_callback(_report_failure)
        port = self._server.sockets[0].getsockname()[1]
        host = f"[{options.host}]" if ":" in options.host else options.host
        self.url = f"{'https' if tls else 'http'}://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening, drop every connection and everything planned, and end the workers."""
        self._server.close()
        self._parts.schedule.close()
        self._posting.cancel()
        await asyncio.wait([self._posting])
        await self._connections.close()
        await self._server.wait_closed()
        if not self._posting.cancelled():
            self._posting.result()

    @property
    def requests(self) -> list[RecordedRequest]:
        """The recorded API requests, oldest first; admin requests are not among them."""
        return self._parts.recording.all()

    async def wait_until(self, enough: Callable[[list[RecordedRequest]], bool], timeout_s: float = 10.0) -> None:
        """Return once the recorded requests satisfy `enough`; TimeoutError when they do not in time."""
        await self._parts.recording.wait_until(enough, timeout_s)

    def advance(self, by_s: float) -> None:
        """Move the simulated time ahead."""
        self._parts.schedule.advance(by_s)

    def reset(self) -> None:
        """Go back to the start, as `POST /_simulator/reset` does."""
        self._parts.admin.reset()


def _report_failure(posting: asyncio.Task[None]) -> None:
    """Say at once that callbacks stopped; leaving the context raises why."""
    if not posting.cancelled():
        _log.error("callbacks_stopped %s", type(posting.exception()).__name__)


def _tls_context(options: SimulatorOptions) -> ssl.SSLContext | None:
    if options.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.tls_cert, options.tls_key)
    return context
