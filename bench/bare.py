"""A gateway without a single feature: `python -m bench.bare URL`.

gRPC in, the mapping of the contract, one write and one read over a kept connection, gRPC out: no checks, deadlines,
limits, retries, metrics or logs, one token for ever, and answers in one piece or not at all. It is no gateway, but says
how much of a bare `grpc.aio` server's rate a hop in Python leaves on this machine before anything useful is done.
"""

import asyncio
import ssl
import sys
from typing import Any, cast
from urllib.parse import urlsplit

import grpc
import uvloop
from conversation_gateway.v1.message_pb2 import SendMessageRequest, SendMessageResponse
from google.protobuf.descriptor import Descriptor

from bench import constant, message, ways
from gateway.mapping import body_writer_for, decoder_for, loads

UNSENT = frozenset({"project_id", "options"})


class Wire(asyncio.Protocol):
    """One request at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]  # uvloop's are no subclass
        self._loop = asyncio.get_running_loop()

    def exchange(self, request: bytes) -> asyncio.Future[bytes]:
        self._answer: asyncio.Future[bytes] = self._loop.create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._answer.set_result(data)


async def main(url: str) -> None:
    """Send on until killed; one line on standard output says where."""
    parts, loop, idle = urlsplit(url), asyncio.get_running_loop(), list[Wire]()
    tls = ssl.create_default_context() if parts.scheme == "https" else None
    write, decode = (
        body_writer_for(cast("Descriptor", SendMessageRequest.DESCRIPTOR), UNSENT),
        decoder_for(SendMessageResponse),
    )
    head = (
        f"POST {message.SEND_PATH} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {await ways.token(url)}\r\nContent-Length: "
    ).encode()

    async def connect() -> Wire:
        return (await loop.create_connection(Wire, parts.hostname or "", parts.port or 443, ssl=tls))[1]

    async def answer(request: SendMessageRequest, _context: Any) -> SendMessageResponse:
        request.app_id = message.APP_ID
        body = await write(request)
        wire = idle.pop() if idle else await connect()
        data = await wire.exchange(b"%b%d\r\n\r\n%b" % (head, len(body), body))
        idle.append(wire)
        return decode(loads(data.partition(b"\r\n\r\n")[2])).message

    await constant.serve(
        grpc.unary_unary_rpc_method_handler(
            answer, SendMessageRequest.FromString, SendMessageResponse.SerializeToString
        )
    )


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
