"""The ways to do the send, each as a program would: the vendor's SDK, httpx, gRPC; and bare bytes, to know the rest.

Every way gives the message id of each answer, having checked that it is a success; whoever counts checks that the id
is a new one. All of them keep their connections, and have as many as there are calls in flight.
"""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import grpc
import httpx
import orjson
from conversation_gateway.v1 import message_pb2

from bench import message

Send = Callable[[], Awaitable[str]]
MAX_IN_FLIGHT = 32
KEEP_ALIVE_S = 300.0


def sdk(url: str) -> Callable[[], str]:
    """The vendor's SDK, for threads. Its pool holds ten connections unless told otherwise, so it is told."""
    import sinch  # noqa: PLC0415 - half a second that only this way should pay
    from requests.adapters import HTTPAdapter  # noqa: PLC0415

    client: Any = sinch.SinchClient(
        key_id=message.KEY_ID,
        key_secret=message.KEY_SECRET,
        project_id=message.PROJECT_ID,
        conversation_region="us",
    )
    client.configuration.auth_origin = url + message.AUTH_PATH
    client.configuration.conversation_origin = url + message.API_PATH
    client.configuration.transport.http_session.mount("https://", HTTPAdapter(pool_maxsize=MAX_IN_FLIGHT))

    def send() -> str:
        answer = client.conversation.messages.send_text_message(
            app_id=message.APP_ID, text=message.TEXT, recipient_identities=message.IDENTITIES
        )
        return str(answer.message_id)

    return send


@asynccontextmanager
async def direct(url: str) -> AsyncIterator[Send]:
    """`httpx.AsyncClient` as its manual has it, one token for all sends.

    It would drop connections after five quiet seconds, and open them anew whenever its turn comes again.
    """
    limits = httpx.Limits(
        max_connections=MAX_IN_FLIGHT, max_keepalive_connections=MAX_IN_FLIGHT, keepalive_expiry=KEEP_ALIVE_S
    )
    headers = {"Authorization": f"Bearer {await token(url)}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, limits=limits) as client:

        async def send() -> str:
            answer = await client.post(message.SEND_PATH, json=message.BODY)
            answer.raise_for_status()
            return str(answer.json()["message_id"])

        yield send


@asynccontextmanager
async def rpc(address: str) -> AsyncIterator[Send]:
    """A gRPC client on one channel; the request is serialised once, because the client is not what is measured."""
    request = message.protobuf()
    async with grpc.aio.insecure_channel(address) as channel:
        call: Any = channel.unary_unary(
            message.SEND_METHOD,
            request_serializer=None,
            response_deserializer=message_pb2.SendMessageResponse.FromString,
        )

        async def send() -> str:
            answer = await call(request, timeout=30)
            return str(answer.message_id)

        yield send


@asynccontextmanager
async def raw(url: str) -> AsyncIterator[Send]:
    """The cheapest client there can be in Python: it writes bytes made before, and looks for the id in the answer."""
    parts, body = urlsplit(url), orjson.dumps(message.BODY)
    head = (
        f"POST {message.SEND_PATH} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {await token(url)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    request, loop = head.encode() + body, asyncio.get_running_loop()
    tls = ssl.create_default_context() if parts.scheme == "https" else None
    opened: list[RawConnection] = []
    idle: list[RawConnection] = []

    async def connect() -> RawConnection:
        _, connection = await loop.create_connection(RawConnection, parts.hostname or "", parts.port or 443, ssl=tls)
        opened.append(connection)
        return connection

    async def send() -> str:
        connection = idle.pop() if idle else await connect()
        message_id = await connection.exchange(request)
        idle.append(connection)
        return message_id

    yield send
    for connection in opened:
        connection.transport.abort()


class RawConnection(asyncio.Protocol):
    """One request at a time; an answer on loopback is one piece."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[str]
        self.transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # uvloop's are no subclass of it

    def exchange(self, request: bytes) -> asyncio.Future[str]:
        self._answer = self._loop.create_future()
        self.transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        status, _, rest = data.partition(b'"message_id":"')
        if status.startswith(b"HTTP/1.1 200 ") and rest:
            self._answer.set_result(rest.partition(b'"')[0].decode())
        else:
            self._answer.set_exception(ValueError("the upstream refused the send, or answered in pieces"))

    def connection_lost(self, _: Exception | None) -> None:
        if hasattr(self, "_answer") and not self._answer.done():
            self._answer.set_exception(ConnectionError("the upstream closed the connection"))


async def token(url: str) -> str:
    """An access token, by client credentials."""
    basic = base64.b64encode(f"{message.KEY_ID}:{message.KEY_SECRET}".encode()).decode()
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            url + message.TOKEN_PATH,
            headers={"Authorization": f"Basic {basic}"},
            data={"grant_type": "client_credentials"},
        )
    answer.raise_for_status()
    return str(answer.json()["access_token"])
