"""Where receipts stay away the API is asked, ever more rarely; where they come it is not."""

from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import event_feed_pb2, message_pb2

from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from gateway.journeys.tracking import Tracker, Wish
from gateway.journeys.witness import Witness
from gateway.state.events import StoredEvent
from tests.virtual_time import VirtualClock, run

PROJECT, MESSAGE = "project", "message-1"
POSITION = SimpleNamespace(epoch=b"epoch---", trimmed_through=0, trimmed_mark=0, position=0, mark=0)


class EmptyLog:
    """A log that holds nothing, and tells what it is told to."""

    epoch, head, tail = POSITION.epoch, POSITION, POSITION

    def listen(self, _listener: object) -> None:
        pass


class Api:
    """The API, which is asked for the message."""

    def __init__(self, clock: VirtualClock, *answers: Any) -> None:
        self._clock = clock
        self._answers = list(answers)
        self.asked_s: list[float] = []

    async def ask(self) -> message_pb2.ConversationMessage | None:
        self.asked_s.append(self._clock.monotonic())
        answer = self._answers.pop(0) if self._answers else message_pb2.ConversationMessage()
        if isinstance(answer, Exception):
            raise answer
        return answer


def receipt(position: int, status: str) -> StoredEvent:
    said = event_feed_pb2.FeedEvent(trigger="MESSAGE_DELIVERY")
    said.message_delivery_report.message_id = MESSAGE
    said.message_delivery_report.status = status
    facts = ("MESSAGE_DELIVERY", "", "", "", "", MESSAGE, "", "")
    return StoredEvent(position, 0, 0, 0, PROJECT, *facts, said.SerializeToString(), b"", 1)


async def followed(clock: VirtualClock, api: Api, horizon_s: float, *receipts: tuple[float, str]) -> list[str]:
    """The statuses that are told, with receipts that come so long after the start."""
    log: Any = EmptyLog()
    witness = Witness(log=log, on_capability=lambda _: None)
    for number, (after_s, status) in enumerate(receipts, 1):
        clock.loop.call_later(after_s, witness.committed, [receipt(number, status)])
    wish = Wish(
        project_id=PROJECT,
        message_id=MESSAGE,
        until="READ",
        horizon=Deadline.after(horizon_s, clock),
        after=witness.newest,
        accepted=message_pb2.MessageState(message_id=MESSAGE, status="ACCEPTED"),
    )
    told = Tracker(witness=witness, clock=clock).track(wish, api.ask)
    return [said.status async for said in told if isinstance(said, message_pb2.MessageState)]


def test_a_silent_message_is_asked_about_after_half_a_minute_and_then_ever_more_rarely() -> None:
    async def scenario(clock: VirtualClock) -> tuple[list[str], list[float]]:
        api = Api(clock)
        began_s = clock.monotonic()
        told = await followed(clock, api, 1000.0)
        return told, [round(at_s - began_s) for at_s in api.asked_s]

    told, asked_s = run(scenario)

    assert told == ["ACCEPTED"]
    assert asked_s == [30, 90, 210, 450, 930]


def test_receipts_that_come_in_time_make_no_question() -> None:
    async def scenario(clock: VirtualClock) -> tuple[list[str], list[float]]:
        api = Api(clock)
        return await followed(
            clock, api, 1000.0, (20, "QUEUED_ON_CHANNEL"), (45, "DELIVERED"), (70, "READ")
        ), api.asked_s

    told, asked_s = run(scenario)

    assert told == ["ACCEPTED", "QUEUED_ON_CHANNEL", "DELIVERED", "READ"]
    assert asked_s == []


def test_a_status_that_only_the_api_tells_is_passed_on_and_ends_the_stream() -> None:
    async def scenario(clock: VirtualClock) -> list[str]:
        delivered, read = (message_pb2.ConversationMessage() for _ in range(2))
        delivered.message_status.string_value = "DELIVERED"
        read.message_status.string_value = "READ"
        return await followed(clock, Api(clock, delivered, read), 1000.0)

    assert run(scenario) == ["ACCEPTED", "DELIVERED", "READ"]


@pytest.mark.parametrize("answer", [None, "unavailable"], ids=["does not know it", "is away"])
def test_an_api_that_cannot_tell_ends_nothing(answer: str | None) -> None:

    away = UpstreamError("away", reason="UPSTREAM_UNAVAILABLE", code=grpc.StatusCode.UNAVAILABLE)

    async def scenario(clock: VirtualClock) -> list[str]:
        return await followed(clock, Api(clock, away if answer else None), 1000.0, (100, "READ"))

    assert run(scenario) == ["ACCEPTED", "READ"]
