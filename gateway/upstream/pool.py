"""The connections to one origin: as few as the calls in flight need, kept for the next call, lent in order of arrival.

A call holds one of a fixed number of places while it has a connection, so there are never more connections than
places. Only some of them are dialled at once: a burst would spend more on handshakes than on calls, and a host that
comes back would meet all of them together. The connection used last is used next, so that those not needed grow old
and go.
"""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

from gateway.deadline import Deadline
from gateway.upstream.connection import Connection
from gateway.upstream.exchange import Fault, Limits, NothingSent, Origin

# RFC 8305, section 5: the next address joins the race after this long without a connection.
NEXT_ADDRESS_AFTER_S = 0.25
# A handshake over TLS costs about as much CPU time as two sends; one with a host far away takes a tenth of a second.
MAX_DIALS = 16
AddressInfo: TypeAlias = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


class Pool:
    """Lends connections to one origin, at most `max_connections` at a time.

    Calls that find none free wait in a queue, first come, first served; one that is cancelled or runs out of time
    leaves the queue and takes nothing with it.
    """

    def __init__(self, *, origin: Origin, ssl_context: ssl.SSLContext, limits: Limits) -> None:
        """Connect to nothing yet; must be made while the event loop runs."""
        self._origin = origin
        self._ssl_context = ssl_context if origin.scheme == "https" else None
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        # A place that is given back goes to whoever waits: as long as one is free, nobody does.
        self._free_places = limits.max_connections
        self._line: deque[asyncio.Future[None]] = deque()
        self._waiting = 0
        self._dials = 0
        # Calls that have a place and wait for a connection that another call gives back, or else for a turn to dial.
        self._served_next: deque[asyncio.Future[Connection | None]] = deque()
        self._idle: deque[Connection] = deque()
        self._open: set[Connection] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._shut_down = False

    async def acquire(self, deadline: Deadline) -> Connection:
        """A connection of the caller's own, to be given back by `release` whatever happens; raises `NothingSent`."""
        if self._free_places:
            self._free_places -= 1
        else:
            await self._wait_for_place(deadline)
        try:
            return self._take_idle() or await self._given_or_dialled(deadline)
        except BaseException:
            self._give_place_back()
            raise

    def release(self, connection: Connection) -> None:
        """Keep the connection for the next call if it is fit for one, else end it; whoever waits gets the place."""
        self._keep(connection)
        self._give_place_back()

    async def aclose(self) -> None:
        """End every connection, those in use too, and wait until their sockets are closed. New calls are refused."""
        self._shut_down = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        self._idle.clear()
        ending = tuple(self._open)
        for connection in ending:
            connection.abort()
        for connection in ending:
            await connection.closed.wait()

    async def _wait_for_place(self, deadline: Deadline) -> None:
        if self._waiting >= self._limits.max_waiting_calls:
            raise NothingSent(Fault.POOL_FULL)
        place = self._loop.create_future()
        self._line.append(place)
        self._waiting += 1
        try:
            async with asyncio.timeout(deadline.remaining_s()):
                await place
        except BaseException as error:
            # It may have been given away in the same moment in which the call has left.
            if place.done() and not place.cancelled():
                self._give_place_back()
            if isinstance(error, TimeoutError):
                raise NothingSent(Fault.POOL_TIMEOUT) from None
            raise
        finally:
            self._waiting -= 1

    def _give_place_back(self) -> None:
        while self._line:
            place = self._line.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._free_places += 1

    async def _given_or_dialled(self, deadline: Deadline) -> Connection:
        """A connection that somebody gives back, or a new one."""
        if self._dials < MAX_DIALS:
            self._dials += 1
        else:
            while (given := await self._next_given(deadline)) is not None:
                if given.quiet:
                    return given
                given.abort()
        try:
            if self._shut_down:
                raise NothingSent(Fault.SHUT_DOWN)
            return await self._connect(deadline)
        finally:
            self._dials -= 1
            self._let_dial()

    async def _next_given(self, deadline: Deadline) -> Connection | None:
        """A connection that is given back, or none and a turn to dial, whichever comes first."""
        turn: asyncio.Future[Connection | None] = self._loop.create_future()
        self._served_next.append(turn)
        self._let_dial()
        try:
            async with asyncio.timeout(deadline.remaining_s()):
                return await turn
        except BaseException as error:
            # It may have been served in the same moment in which the call has left.
            if turn.done() and not turn.cancelled():
                self._pass_on(turn.result())
            if isinstance(error, TimeoutError):
                raise NothingSent(Fault.CONNECT_TIMEOUT) from None
            raise

    def _pass_on(self, given: Connection | None) -> None:
        if given is not None:
            self._keep(given)
        else:
            self._dials -= 1
            self._let_dial()

    def _let_dial(self) -> None:
        while self._served_next and self._dials < MAX_DIALS:
            turn = self._served_next.popleft()
            if not turn.done():
                self._dials += 1
                turn.set_result(None)

    def _keep(self, connection: Connection) -> None:
        """Give a connection to whoever waits for one, or keep it for the next call; end it if it is fit for none."""
        if not connection.reusable or self._shut_down:
            connection.abort()
            return
        while self._served_next:
            turn = self._served_next.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        connection.idle_since_s = self._loop.time()
        self._idle.append(connection)
        self._sweeper = self._sweeper or self._loop.call_later(self._limits.idle_s, self._sweep)

    def _take_idle(self) -> Connection | None:
        if self._shut_down:
            raise NothingSent(Fault.SHUT_DOWN)
        oldest_s = self._loop.time() - self._limits.idle_s
        while self._idle:
            connection = self._idle.pop()
            # One that the other side has ended is not written to: only so is it certain that nothing was sent.
            if connection.idle_since_s > oldest_s and connection.quiet:
                return connection
            connection.abort()
        return None

    def _sweep(self) -> None:
        """End what has been idle for too long; the oldest are at the left."""
        oldest_s = self._loop.time() - self._limits.idle_s
        while self._idle and self._idle[0].idle_since_s <= oldest_s:
            self._idle.popleft().abort()
        next_s = self._idle[0].idle_since_s + self._limits.idle_s if self._idle else None
        self._sweeper = None if next_s is None else self._loop.call_at(next_s, self._sweep)

    async def _connect(self, deadline: Deadline) -> Connection:
        try:
            async with asyncio.timeout(deadline.remaining_s()):
                connected = await dial(self._origin.host, self._origin.port)
                _, connection = await self._loop.create_connection(
                    lambda: Connection(limits=self._limits, on_lost=self._open.discard),
                    sock=connected,
                    ssl=self._ssl_context,
                    server_hostname=self._origin.host if self._ssl_context else None,
                )
        except TimeoutError:
            raise NothingSent(Fault.CONNECT_TIMEOUT) from None
        except ssl.SSLError as error:
            raise NothingSent(Fault.TLS) from error
        except (socket.gaierror, UnicodeError) as error:
            raise NothingSent(Fault.DNS) from error
        except OSError as error:
            raise NothingSent(Fault.CONNECT) from error
        if self._shut_down:
            connection.abort()
            raise NothingSent(Fault.SHUT_DOWN)
        self._open.add(connection)
        return connection


async def dial(host: str, port: int) -> socket.socket:
    """Connect to whichever address of the host answers first (RFC 8305), and give up all others.

    Written out because not every event loop's `create_connection` can race addresses, and one address that swallows
    packets must not use up a call's time.
    """
    loop = asyncio.get_running_loop()
    untried = deque(_interleaved(await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    racing: set[asyncio.Task[socket.socket]] = set()
    failure: BaseException = OSError("the host has no address")
    try:
        while untried or racing:
            if untried:
                racing.add(loop.create_task(_connect_socket(untried.popleft())))
            delay_s = NEXT_ADDRESS_AFTER_S if untried else None
            done, racing = await asyncio.wait(racing, timeout=delay_s, return_when=asyncio.FIRST_COMPLETED)
            for attempt in done:
                error = attempt.exception()
                if error is None:
                    racing |= done - {attempt}
                    return attempt.result()
                failure = error
        raise failure
    finally:
        for attempt in racing:
            attempt.cancel()
            attempt.add_done_callback(_close_late)


async def _connect_socket(info: AddressInfo) -> socket.socket:
    family, kind, protocol, _, address = info
    connecting = socket.socket(family, kind, protocol)
    try:
        connecting.setblocking(False)  # noqa: FBT003 - the standard library's signature
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(connecting, address)
    except BaseException:
        connecting.close()
        raise
    return connecting


def _close_late(attempt: asyncio.Task[socket.socket]) -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()


def _interleaved(found: Sequence[AddressInfo]) -> list[AddressInfo]:
    """Take turns between the address families, in the resolver's order inside each (RFC 8305, section 4)."""
    families: dict[int, list[AddressInfo]] = {}
    for info in found:
        families.setdefault(info[0], []).append(info)
    return [info for turn in zip_longest(*families.values()) for info in turn if info is not None]
