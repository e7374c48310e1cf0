"""The other half of a soak: events that are posted well and badly, subscribers that come, stall and go."""

import asyncio
import base64
import hashlib
import hmac
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import httpx
import orjson
from conversation_gateway.v1 import event_feed_pb2, event_feed_pb2_grpc
from google.protobuf.timestamp_pb2 import Timestamp

from bench import message

SECRET = "soak-webhook-secret"
OTHER_SECRET = "soak-other-secret"


class Posting:
    """Webhooks, as Sinch posts them and as it does not."""

    def __init__(self, address: str, client: httpx.AsyncClient) -> None:
        self._host, self._port = address.rsplit(":", 1)
        self._url = f"http://{address}/webhooks/default"
        self._client = client

    async def post(self, count: int) -> None:
        """A new event; every fifth one twice, every twentieth with a wrong signature."""
        body = _event()
        secret = "wrong" if count % 20 == 7 else SECRET
        for _ in range(2 if count % 5 == 0 else 1):
            answer = await self._client.post(self._url, content=body, headers=_signed(body, secret))
            expected = 401 if secret == "wrong" else 200
            if answer.status_code != expected:
                raise RuntimeError(f"a post was answered {answer.status_code} instead of {expected}")

    async def post_badly(self, count: int) -> None:
        """Break off in the head, in the body, or ask for what is not there."""
        reader, writer = await asyncio.open_connection(self._host, int(self._port))
        head = b"POST /webhooks/default HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
        whole = head + b"Content-Length: 100\r\n\r\n{"
        writer.write((head, whole, b"GET / HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n")[count % 3])
        with suppress(ConnectionError, TimeoutError):
            await writer.drain()
            await asyncio.wait_for(reader.read(1024), 0.3)
        writer.transport.abort()


class Following:
    """Subscribers."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: Any = event_feed_pb2_grpc.EventFeedServiceStub(channel)

    async def follow(self, count: int) -> None:
        """What comes, for a while."""
        stream = self._stub.Subscribe(
            event_feed_pb2.SubscribeRequest(latest={}, heartbeat_interval={"seconds": 1}), timeout=1 + count % 3
        )
        with suppress(grpc.aio.AioRpcError):
            async for _ in stream:
                pass

    async def replay(self, _count: int) -> None:
        """The last seconds, up to now."""
        request = event_feed_pb2.SubscribeRequest(at_time=_ago(5), stop_at_newest={})
        async for _ in self._stub.Subscribe(request, timeout=10):
            pass

    async def stall(self, _count: int) -> None:
        """Open a stream and take nothing of it."""
        stream = self._stub.Subscribe(event_feed_pb2.SubscribeRequest(at_time=_ago(5)))
        await stream.read()
        await asyncio.sleep(3)
        stream.cancel()

    async def consume(self, count: int) -> None:
        """A named subscription, with a commit, until another stream takes it over."""
        name = f"soak-{count % 3}"
        latest = event_feed_pb2.NEW_SUBSCRIPTION_LATEST
        request = event_feed_pb2.SubscribeRequest(subscription=name, new_subscription=latest)
        first = self._stub.Subscribe(request, timeout=5)
        async for answer in first:
            if answer.HasField("batch"):
                commit = event_feed_pb2.CommitRequest(subscription=name, cursor=answer.batch.events[-1].cursor)
                await self._stub.Commit(commit, timeout=5)
                break
        second = self._stub.Subscribe(request, timeout=5)
        await second.read()
        second.cancel()
        first.cancel()

    async def read(self, _count: int) -> None:
        """The finite reads."""
        await self._stub.GetFeed(event_feed_pb2.GetFeedRequest(), timeout=5)
        await self._stub.ListFeedEvents(event_feed_pb2.ListFeedEventsRequest(at_time=_ago(2)), timeout=5)


class Rotation:
    """The file that holds the webhook's secrets, replaced as an operator or a mounted volume does it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._write(SECRET)

    async def rotate(self, count: int) -> None:
        """One secret, two of them, and for a moment an empty file."""
        if count % 4 == 3:
            self._write("")
            await asyncio.sleep(1)
        self._write(SECRET if count % 2 else f"{SECRET},{OTHER_SECRET}")

    def _write(self, text: str) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(text)
        new.replace(self._path)


def _event() -> bytes:
    contact = {"text_message": {"text": "How much is it?"}}
    identity = {"channel": "WHATSAPP", "identity": "46700000001", "app_id": ""}
    inbound = {"id": os.urandom(12).hex(), "contact_message": contact, "channel_identity": identity, "contact_id": "C"}
    envelope = {"app_id": message.APP_ID, "project_id": message.PROJECT_ID, "accepted_time": "2025-10-09T08:53:20Z"}
    return orjson.dumps(envelope | {"message": inbound})


def _signed(body: bytes, secret: str) -> dict[str, str]:
    nonce, timestamp = os.urandom(8).hex(), str(int(time.time()))
    mac = hmac.digest(secret.encode(), body + f".{nonce}.{timestamp}".encode(), hashlib.sha256)
    return {
        "content-type": "application/json",
        "x-sinch-webhook-signature": base64.b64encode(mac).decode(),
        "x-sinch-webhook-signature-nonce": nonce,
        "x-sinch-webhook-signature-timestamp": timestamp,
        "x-sinch-webhook-signature-algorithm": "HmacSHA256",
    }


def _ago(seconds: float) -> Timestamp:
    at = Timestamp()
    at.FromNanoseconds(time.time_ns() - int(seconds * 1e9))
    return at
