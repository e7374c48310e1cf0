"""Posts callbacks over kept-alive connections: enough HTTP to send a body and read a small answer."""

import asyncio
import contextlib
import ssl
from collections import deque
from urllib.parse import urlsplit

import httptools

_MAX_IDLE_PER_ORIGIN = 32
_MAX_ANSWER_BYTES = 1024 * 1024
_READ_BYTES = 64 * 1024
_JSON = {"content-type": "application/json"}


class PostError(Exception):
    """No answer: the target is malformed, refused the connection, or broke it."""


class _Connection:
    """One connection and the parser of what comes back on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.used = False
        self._has_status = False
        self._complete = False
        self._body: list[bytes] = []

    def on_headers_complete(self) -> None:
        self._has_status = True

    def on_body(self, piece: bytes) -> None:
        self._body.append(piece)

    def on_message_complete(self) -> None:
        self._complete = True

    async def exchange(self, request: bytes) -> tuple[int, bytes, bool]:
        """Send, and read one answer: its status and body, and whether the connection may be used again."""
        self._has_status = self._complete = False
        self._body = []
        parser = httptools.HttpResponseParser(self)
        self.writer.write(request)
        await self.writer.drain()
        read_bytes = 0
        while not self._complete:
            data = await self.reader.read(_READ_BYTES)
            read_bytes += len(data)
            if not data or read_bytes > _MAX_ANSWER_BYTES:
                break
            parser.feed_data(data)
        if not self._has_status:
            raise PostError("the connection ended before there was an answer")
        # A body that ends with the connection is how HTTP/1.0 answers.
        self.used = True
        return parser.get_status_code(), b"".join(self._body), self._complete and parser.should_keep_alive()


class Poster:
    """Keeps idle connections per origin and opens new ones when there is none."""

    def __init__(self) -> None:
        """Hold no connection yet."""
        self._idle: dict[tuple[str, str, int], deque[_Connection]] = {}
        self._tls: ssl.SSLContext | None = None

    async def post(self, target: str, headers: dict[str, str], body: bytes, *, timeout_s: float) -> tuple[int, bytes]:
        """Post, and return status and body of the answer; PostError when there is none in `timeout_s`.

        The content type is JSON's unless the headers have another. Redirects are not followed.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await self._post(target, headers, body)
        except (OSError, TimeoutError, httptools.HttpParserError) as failure:
            raise PostError(type(failure).__name__) from failure

    def close(self) -> None:
        """Let every idle connection go."""
        for connections in self._idle.values():
            for connection in connections:
                connection.writer.transport.abort()
        self._idle.clear()

    async def _post(self, target: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        origin, head = _request_head(target, headers, body)
        while True:
            connection = await self._connect(origin)
            reused = connection.used
            try:
                status, answer, keep = await connection.exchange(head + body)
            except (OSError, PostError):
                connection.writer.transport.abort()
                # A kept connection may have been closed by the other side meanwhile; a fresh one tells the truth.
                if not reused:
                    raise
                continue
            except BaseException:
                connection.writer.transport.abort()
                raise
            self._keep(origin, connection, keep=keep)
            return status, answer

    async def _connect(self, origin: tuple[str, str, int]) -> _Connection:
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()
            if not connection.reader.at_eof() and not connection.writer.is_closing():
                return connection
            connection.writer.transport.abort()
        scheme, host, port = origin
        if scheme == "https" and self._tls is None:
            self._tls = ssl.create_default_context()
        reader, writer = await asyncio.open_connection(host, port, ssl=self._tls if scheme == "https" else None)
        return _Connection(reader, writer)

    def _keep(self, origin: tuple[str, str, int], connection: _Connection, *, keep: bool) -> None:
        idle = self._idle.setdefault(origin, deque())
        if keep and len(idle) < _MAX_IDLE_PER_ORIGIN:
            idle.append(connection)
        else:
            connection.writer.transport.abort()


def is_target(target: str) -> bool:
    """Whether a callback can be posted there at all."""
    if not target.isascii() or any(character <= " " for character in target):
        return False
    with contextlib.suppress(ValueError):
        parts = urlsplit(target)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    return False


def _request_head(target: str, headers: dict[str, str], body: bytes) -> tuple[tuple[str, str, int], bytes]:
    if not is_target(target):
        raise PostError("the target is no http or https URL")
    parts = urlsplit(target)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"POST {path} HTTP/1.1",
        f"host: {parts.netloc.rpartition('@')[2]}",
        f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in (_JSON | headers).items()),
    ]
    return (parts.scheme, parts.hostname or "", port), ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
