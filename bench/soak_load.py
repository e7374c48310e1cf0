"""The calls of a soak: every kind of thing that an app asks of a gateway, well and badly, over and over.

Each part is one small story that ends by itself within seconds, and is told again until the load is stopped.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import grpc
from conversation_gateway.v1 import (
    batch_pb2,
    batch_pb2_grpc,
    capability_pb2,
    capability_pb2_grpc,
    message_pb2,
    message_pb2_grpc,
)
from grpc_health.v1 import health_pb2, health_pb2_grpc

# Few enough for whatever is remembered by recipient to be complete before anything is measured.
RECIPIENTS = 300
# Numbers that the simulator misbehaves for (docs/simulator.md), by kind: refusals, faults of the host, answers that are
# spoilt, deliveries and receipts that are.
TROUBLE = (
    *("9990400", "9990401", "9991401", "9992401", "9990403", "9990404", "9990429", "9991429"),
    *("9990500", "9991500", "9992500", "9990501", "9990502", "9990503", "9991503", "9990504"),
    *("9992001", "9992002", "9992003", "9992004", "9992005", "9992006", "9992007", "9992008", "9992009"),
    *(
        "9993001",
        "9993002",
        "9993003",
        "9993006",
        "9994001",
        "9994003",
        "9994004",
        "9994005",
        "9994006",
        "9994007",
        "9995001",
    ),
)
# Whoever has a number that begins so gets one receipt for a message instead of four: those of large batches would keep
# the simulator's callbacks busy for minutes, and lookups and tracking would wait behind them in vain.
FEW_RECEIPTS = "9993006"
NO_ANSWER_ABOUT = "9996004"
SLOW = "9992007"

Story = Callable[[int], Awaitable[None]]


@dataclass(slots=True)
class Load:
    """What runs, until it is stopped, and how often each part ended how."""

    tally: Counter[str] = field(default_factory=Counter)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def repeat(self, story: Story, *, every_s: float) -> None:
        """Tell a story again and again; whatever gRPC says is an end like any other."""
        for count in itertools.count():
            try:
                await story(count)
            except grpc.aio.AioRpcError as error:
                self.tally[f"{story.__name__} {error.code().name}"] += 1
            else:
                self.tally[f"{story.__name__} OK"] += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self.over.wait(), every_s)
                return


def recipient(number: int) -> str:
    """One of the recipients."""
    return f"467{number % RECIPIENTS:08d}"


def send_request(to: str, request_id: str = "", text: str = "Hello") -> message_pb2.SendMessageRequest:
    """A short text."""
    request = message_pb2.SendMessageRequest(message={"text_message": {"text": text}})
    request.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=to)
    if request_id:
        request.options.request_id = request_id
    return request


class Sending:
    """Single sends."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: Any = message_pb2_grpc.MessageServiceStub(channel)
        # Of this run: the ids of one before are still known.
        self._run = f"{time.time_ns():x}"

    async def send(self, count: int) -> None:
        """Without a request id, with one, and with one that was used before, rightly and wrongly."""
        request_id = f"{self._run}-{count - count % 2}" if count % 4 else ""
        text = "Something else" if count % 40 == 1 else "Hello"
        await self._stub.SendMessage(send_request(recipient(count), request_id, text), timeout=5)

    async def send_into_trouble(self, count: int) -> None:
        """To a recipient who stands for a fault."""
        request_id = f"{self._run}-trouble-{count}" if count % 2 else ""
        await self._stub.SendMessage(send_request(TROUBLE[count % len(TROUBLE)], request_id), timeout=3)

    async def send_and_give_up(self, count: int) -> None:
        """And cancel it while it is under way."""
        request_id = f"{self._run}-given-up-{count}" if count % 2 else ""
        call = self._stub.SendMessage(send_request(SLOW, request_id), timeout=5)
        await asyncio.sleep(0.05 * (count % 4))
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call

    async def send_and_track(self, count: int) -> None:
        """To the last receipt, or leave after the first and follow it once more by its id."""
        request = message_pb2.SendAndTrackRequest(send=send_request(recipient(count)))
        call = self._stub.SendAndTrack(request, timeout=8)
        async for answer in call:
            if count % 3 == 0 and answer.state.status != "ACCEPTED":
                call.cancel()
                again = message_pb2.TrackMessageRequest(message_id=answer.state.message_id)
                async for _ in self._stub.TrackMessage(again, timeout=3):
                    pass
                break


class Streaming:
    """Sends in streams and batches."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._messages: Any = message_pb2_grpc.MessageServiceStub(channel)
        self._batches: Any = batch_pb2_grpc.BatchServiceStub(channel)

    async def message_stream(self, count: int) -> None:
        """Thirty items, some of them in trouble; every third stream is left in the middle."""

        async def items() -> AsyncIterator[message_pb2.SendMessagesRequest]:
            for number in range(30):
                to = TROUBLE[number] if number < 3 else recipient(count + number)
                yield message_pb2.SendMessagesRequest(
                    item_id=str(number), send=send_request(to), timeout={"seconds": 3}
                )

        call = self._messages.SendMessages(items(), timeout=10)
        await _read(call, leave_after=10 if count % 3 == 0 else None)

    async def batch(self, count: int) -> None:
        """A batch of twenty."""
        request = batch_pb2.SendBatchRequest(message={"text_message": {"text": "Hello"}})
        for number in range(20):
            _add(request.recipient_and_params, recipient(count + number))
        await self._batches.SendBatch(request, timeout=5)

    async def large_batch(self, count: int) -> None:
        """Eleven hundred recipients; every third stream is left in the middle."""

        async def parts() -> AsyncIterator[batch_pb2.SendLargeBatchRequest]:
            batch = batch_pb2.SendBatchRequest(message={"text_message": {"text": "Hello"}})
            yield batch_pb2.SendLargeBatchRequest(start={"batch": batch})
            for first in range(0, 1100, 275):
                request = batch_pb2.SendLargeBatchRequest()
                for number in range(first, first + 275):
                    _add(request.recipients.recipient_and_params, f"{FEW_RECEIPTS}{number:04d}")
                yield request

        call = self._batches.SendLargeBatch(parts(), timeout=10)
        await _read(call, leave_after=1 if count % 3 == 0 else None)


class Asking:
    """What is asked beside sending."""

    def __init__(self, channel: grpc.aio.Channel, address: str) -> None:
        self._address = address
        self._capability: Any = capability_pb2_grpc.CapabilityServiceStub(channel)
        self._health: Any = health_pb2_grpc.HealthStub(channel)

    async def look_up(self, count: int) -> None:
        """Whether a recipient can be reached; about some no answer comes."""
        request = capability_pb2.AwaitCapabilityRequest()
        to = NO_ANSWER_ABOUT if count % 5 == 0 else recipient(count)
        request.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=to)
        request.max_age.seconds = 0 if count % 2 else 60
        await self._capability.AwaitCapability(request, timeout=2)

    async def watch_health(self, count: int) -> None:
        """For a moment, and ask once."""
        watch = self._health.Watch(health_pb2.HealthCheckRequest())
        await watch.read()
        await self._health.Check(health_pb2.HealthCheckRequest(), timeout=5)
        await asyncio.sleep(0.2 * (count % 3))
        watch.cancel()

    async def connect_and_leave(self, count: int) -> None:
        """By a connection of its own, on every other one leaving without a word."""
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.insecure_channel(self._address, options=options) as channel:
            stub: Any = health_pb2_grpc.HealthStub(channel)
            if count % 2:
                await stub.Check(health_pb2.HealthCheckRequest(), timeout=5)
            else:
                await stub.Watch(health_pb2.HealthCheckRequest()).read()


async def _read(call: Any, *, leave_after: int | None) -> None:
    read = 0
    async for _ in call:
        read += 1
        if read == leave_after:
            call.cancel()
            return


def _add(rows: Any, to: str) -> None:
    row = rows.add()
    row.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=to)
