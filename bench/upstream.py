"""A Sinch that costs next to nothing, so that the ways to call it are what is measured: `python -m bench.upstream`.

Three paths over TLS with keep-alive, as the simulator has them: a token, the app, and a send that is answered with a
new message id. It still refuses what is not the send in question (path, token, every field of the body), so a way that
sends something else, or less, cannot look fast. It is no HTTP server: it reads what the measured clients are known to
write. `--delay-ms` has it answer as late as the real one, on kept connections and in order.
"""

import argparse
import asyncio
import re
import ssl
import sys
from functools import partial

import orjson
import uvloop

from bench import message

TOKEN = "t" * 380
ACCEPTED_TIME = "2024-01-01T00:00:00.123456Z"
APP: dict[str, object] = {
    "id": message.APP_ID,
    "processing_mode": "CONVERSATION",
    "queue_stats": {"outbound_size": 0, "outbound_limit": 500_000},
    "rate_limits": {"inbound": 25, "outbound": 100_000, "webhooks": 25},
}
MAX_REQUEST_BYTES = 64 * 1024
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_AUTHORIZATION = re.compile(rb"\r\nauthorization: *([^\r]+)\r\n", re.IGNORECASE)


class Connection(asyncio.Protocol):
    """Answers the requests of one client in order."""

    sent_count = 0

    def __init__(self, delay_s: float = 0.0) -> None:
        self._delay_s = delay_s
        self._data = b""
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's are no subclass of it

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n") + 4) > 3:
            head = self._data[:end]
            length = _LENGTH.search(head)
            whole = end + int(length[1] if length else 0)
            if len(self._data) < whole:
                break
            body, self._data = self._data[end:whole], self._data[whole:]
            self._write(answer(head, body))
        if len(self._data) > MAX_REQUEST_BYTES:
            self._transport.abort()

    def _write(self, data: bytes) -> None:
        if self._delay_s:
            asyncio.get_running_loop().call_later(self._delay_s, self._transport.write, data)
        else:
            self._transport.write(data)


def answer(head: bytes, body: bytes) -> bytes:
    """The answer to one request, as the API gives it."""
    path = head.split(b" ", 2)[1].decode()
    authorization = _AUTHORIZATION.search(head)
    given = authorization[1].decode() if authorization else ""
    if path == message.TOKEN_PATH:
        return _token(given, body)
    if given != f"Bearer {TOKEN}":
        return _refusal(401, "UNAUTHENTICATED")
    if path == message.SEND_PATH:
        return _send(body)
    # The gateway asks now and then how full the app's queue is.
    return _response(200, APP) if path == message.APP_PATH else _refusal(404, "NOT_FOUND")


def _token(given: str, body: bytes) -> bytes:
    if not given.startswith("Basic ") or body != b"grant_type=client_credentials":
        return _response(401, {"error": "invalid_client"})
    return _response(200, {"access_token": TOKEN, "expires_in": 3600, "scope": "", "token_type": "bearer"})


def _send(body: bytes) -> bytes:
    if orjson.loads(body) != message.BODY:
        return _refusal(400, "INVALID_ARGUMENT")
    Connection.sent_count += 1
    return _response(200, {"message_id": f"01BENCH{Connection.sent_count:019d}", "accepted_time": ACCEPTED_TIME})


def _refusal(code: int, status: str) -> bytes:
    return _response(code, {"error": {"code": code, "status": status, "message": "not what is measured"}})


def _response(status: int, document: dict[str, object]) -> bytes:
    body = orjson.dumps(document)
    return b"HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        status,
        len(body),
        body,
    )


async def serve(certificate: str, key: str, delay_s: float) -> None:
    """Answer until killed; one line on standard output says where."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = await asyncio.get_running_loop().create_server(
        partial(Connection, delay_s), "127.0.0.1", 0, ssl=context, backlog=256
    )
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(orjson.dumps({"event": "ready", "url": f"https://127.0.0.1:{port}"}).decode() + "\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tls-cert", required=True)
    parser.add_argument("--tls-key", required=True)
    parser.add_argument("--delay-ms", type=float, default=0.0, help="time that every answer takes")
    options = parser.parse_args()
    uvloop.run(serve(options.tls_cert, options.tls_key, options.delay_ms / 1000))


if __name__ == "__main__":
    main()
