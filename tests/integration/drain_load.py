"""Everything that can be under way when a gateway is told to go, each part keeping a ledger of what it was told."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import grpc
import httpx
from conversation_gateway.v1 import (
    batch_pb2,
    batch_pb2_grpc,
    event_feed_pb2,
    event_feed_pb2_grpc,
    message_pb2,
    message_pb2_grpc,
)
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.conftest import WEBHOOK_SECRET
from tests.integration.test_large_batch import rows, start
from tests.integration.test_message_stream import item
from tests.integration.test_send import text
from tests.integration.webhook_door import signature_lines
from tests.patience import PATIENCE_S
from tests.unit.webhooks.callbacks import callback, posted

CALLERS = 12
POSTERS = 6
SUBSCRIBERS = 4
ITEMS = 400
SILENT_RECIPIENT = "9993006"
"""No receipt says that its message arrived, so whoever follows it follows it to the end."""


@dataclass(slots=True)
class Ledger:
    """What the callers, subscribers and posters of one gateway were told."""

    answered: Counter[str] = field(default_factory=Counter)
    """Sends with a success, by correlation id."""
    failed: dict[str, grpc.StatusCode] = field(default_factory=dict)
    """Sends with a failure."""
    stored: set[str] = field(default_factory=set)
    """Webhooks that were answered 200, by correlation id."""
    batched: int = 0
    """Recipients of large batches that were said to be accepted."""
    goodbyes: list[str] = field(default_factory=list)
    """What announced the end, in the order in which it was heard."""
    cursors: list[bytes] = field(default_factory=list)
    """Where the streams were told to go on."""
    codes: dict[str, grpc.StatusCode] = field(default_factory=dict)
    """How each kind of stream ended."""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: set[str] = field(default_factory=set)
    _expected: int = 0

    def expect(self, part: str) -> Callable[[], None]:
        """A part of the load; what is returned tells that it is under way."""
        self._expected += 1

        def busy() -> None:
            self._busy.add(part)
            if len(self._busy) == self._expected:
                self.begun.set()

        return busy


@dataclass(slots=True, kw_only=True)
class Doors:
    """Where the load goes."""

    webhooks: str
    streams: grpc.aio.Channel
    """One connection for all streams: only there is it known which of them was told first."""
    channels: list[grpc.aio.Channel]
    """For single calls."""
    client: httpx.AsyncClient


@asynccontextmanager
async def load_on(ready: dict[str, Any], followed: str) -> AsyncIterator[Ledger]:
    """Put load of every kind on a gateway, from when all of it is under way; it ends when the gateway has gone.

    `followed` is the id of a message to follow. The block has to stop the gateway.
    """
    ledger = Ledger()
    alone = [("grpc.use_local_subchannel_pool", 1)]
    async with httpx.AsyncClient(timeout=30) as client, asyncio.TaskGroup() as tasks:
        channels = [grpc.aio.insecure_channel(ready["grpc"], options=alone) for _ in range(4)]
        doors = Doors(webhooks=ready["webhooks"], streams=channels[0], channels=channels[1:], client=client)
        parts = [
            *(_calls(ledger, doors, number) for number in range(CALLERS)),
            *(_posts(ledger, doors, number) for number in range(POSTERS)),
            *(_subscriber(ledger, doors, number) for number in range(SUBSCRIBERS)),
            _message_stream(ledger, doors),
            _large_batch(ledger, doors),
            _follower(ledger, doors, followed),
            _watcher(ledger, doors),
        ]
        running = [tasks.create_task(part) for part in parts]
        async with asyncio.timeout(PATIENCE_S):
            await ledger.begun.wait()
        yield ledger
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*running)
        for channel in channels:
            await channel.close()


Part = Coroutine[Any, Any, None]


def _calls(ledger: Ledger, doors: Doors, number: int) -> Part:
    busy = ledger.expect(f"calls-{number}")
    stub = message_pb2_grpc.MessageServiceStub(doors.channels[number % len(doors.channels)])

    async def run() -> None:
        for count in itertools.count():
            request = text()
            request.correlation_id = name = f"call-{number}-{count}"
            if number % 2:
                request.options.request_id = name
            try:
                await stub.SendMessage(request, timeout=60)
            except grpc.aio.AioRpcError as error:
                ledger.failed[name] = error.code()
                return
            ledger.answered[name] += 1
            busy()

    return run()


def _posts(ledger: Ledger, doors: Doors, number: int) -> Part:
    """Post one event after the other, each until it is taken, as Sinch does; a closed door is the end."""
    busy = ledger.expect(f"posts-{number}")

    async def taken(name: str) -> bool:
        body = posted(callback("MESSAGE_INBOUND", correlation_id=name))
        lines = signature_lines(body, secret=WEBHOOK_SECRET.encode(), nonce=name.encode())
        headers = dict(line.split(": ", 1) for line in lines.decode().splitlines())
        headers["content-type"] = "application/json"
        status = 0
        while status != 200:
            try:
                url = f"http://{doors.webhooks}/webhooks/default"
                status = (await doors.client.post(url, content=body, headers=headers)).status_code
            except httpx.ConnectError:
                return False
            except httpx.TransportError:
                continue
        ledger.stored.add(name)
        return True

    async def run() -> None:
        for count in itertools.count():
            if not await taken(f"post-{number}-{count}"):
                return
            busy()

    return run()


def _subscriber(ledger: Ledger, doors: Doors, number: int) -> Part:
    busy = ledger.expect(f"subscriber-{number}")
    stub = event_feed_pb2_grpc.EventFeedServiceStub(doors.streams)

    async def run() -> None:
        stream = stub.Subscribe(event_feed_pb2.SubscribeRequest(earliest={}))
        last = None
        async for answer in stream:
            last = answer
            if answer.HasField("batch"):
                busy()
        if last is not None and last.HasField("draining"):
            ledger.goodbyes.append("feed")
            ledger.cursors.append(last.draining.cursor)
        ledger.codes[f"subscriber-{number}"] = await stream.code()

    return run()


def _message_stream(ledger: Ledger, doors: Doors) -> Part:
    """More items than are sent at once, and no more: a client that writes into a stream which has just ended may lose
    what it has not read."""
    busy = ledger.expect("message-stream")
    call = message_pb2_grpc.MessageServiceStub(doors.streams).SendMessages()

    async def run() -> None:
        for count in range(ITEMS):
            request = item(f"item-{count}")
            request.send.correlation_id = request.item_id
            await call.write(request)
        with suppress(grpc.aio.AioRpcError):
            while isinstance(answer := await call.read(), message_pb2.SendMessagesResponse):
                if answer.HasField("sent"):
                    ledger.answered[answer.item_id] += 1
                    busy()
                elif answer.HasField("going_away"):
                    ledger.goodbyes.append("message-stream")
        ledger.codes["message-stream"] = await call.code()

    return run()


def _large_batch(ledger: Ledger, doors: Doors) -> Part:
    busy = ledger.expect("large-batch")
    call = batch_pb2_grpc.BatchServiceStub(doors.streams).SendLargeBatch()
    room, leaving = asyncio.Semaphore(2), asyncio.Event()

    async def write() -> None:
        with suppress(asyncio.InvalidStateError, grpc.aio.AioRpcError):
            await call.write(start())
            for count in itertools.count():
                # Not without end: a write that is held up when its call ends would hide the call's status behind an
                # error of the client's own.
                await room.acquire()
                if leaving.is_set():
                    return
                await call.write(rows(range(count * 1000, count * 1000 + 1000)))

    async def run() -> None:
        writing = asyncio.create_task(write())
        with suppress(grpc.aio.AioRpcError):
            while isinstance(answer := await call.read(), batch_pb2.SendLargeBatchResponse):
                ledger.batched = answer.progress.accepted_count
                if answer.HasField("outcome"):
                    busy()
                    room.release()
                elif answer.HasField("going_away"):
                    ledger.goodbyes.append("large-batch")
                    leaving.set()
                    room.release()
        ledger.codes["large-batch"] = await call.code()
        leaving.set()
        room.release()
        await writing

    return run()


def _follower(ledger: Ledger, doors: Doors, message_id: str) -> Part:
    busy = ledger.expect("follower")
    stub = message_pb2_grpc.MessageServiceStub(doors.streams)

    async def run() -> None:
        stream = stub.TrackMessage(message_pb2.TrackMessageRequest(message_id=message_id))
        async for answer in stream:
            busy()
            if answer.end.reason == message_pb2.TRACKING_END_REASON_DRAINING:
                ledger.goodbyes.append("follower")
                ledger.cursors.append(answer.end.cursor)
        ledger.codes["follower"] = await stream.code()

    return run()


def _watcher(ledger: Ledger, doors: Doors) -> Part:
    busy = ledger.expect("watcher")
    stub = health_pb2_grpc.HealthStub(doors.streams)

    async def run() -> None:
        watch = stub.Watch(health_pb2.HealthCheckRequest())
        with suppress(grpc.aio.AioRpcError):
            async for answer in watch:
                if answer.status == health_pb2.HealthCheckResponse.SERVING:
                    busy()
                else:
                    ledger.goodbyes.append("health")

    return run()
