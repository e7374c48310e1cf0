"""Killed at any moment, a gateway has every event that it answered with 200, and its subscribers see each of them once.

Webhooks come in all the while and are repeated until they are taken; two subscribers, one by cursor and one by name,
follow over every kill. `GATEWAY_KILLS` says how many of them there are.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import httpx
import pytest
from conversation_gateway import connect
from conversation_gateway.errors import GatewayError
from conversation_gateway.event_stream import EventStream
from conversation_gateway.v1 import event_feed_pb2 as pb

from tests.conftest import WEBHOOK_SECRET, Environment, environment_for
from tests.integration.webhook_door import signature_lines
from tests.processes import Process, gateway_process
from tests.unit.webhooks.callbacks import MESSAGE, callback, posted

KILLS = int(os.environ.get("GATEWAY_KILLS", "50" if os.environ.get("REQUIRE_ALL") == "1" else "3"))
POSTERS = 6


@pytest.fixture
def settings(tmp_path: Path) -> Environment:
    # Sinch itself is not asked for anything; its port is one that nobody listens on.
    return {**environment_for("http://127.0.0.1:9", tmp_path), "GATEWAY_GRPC_ADDRESS": f"unix:{tmp_path}/gateway.sock"}


class Doors:
    """Where the gateway of the moment takes webhooks, and what it has taken."""

    def __init__(self) -> None:
        self.webhooks = ""
        self.taken: set[str] = set()
        self.news = asyncio.Event()

    async def post(self, client: httpx.AsyncClient, name: str) -> None:
        """Post an event until it is answered with 200, whoever is there."""
        body = posted(callback("MESSAGE_INBOUND", message=MESSAGE | {"id": name}))
        lines = signature_lines(body, secret=WEBHOOK_SECRET.encode(), nonce=name.encode())
        headers = dict(line.split(": ", 1) for line in lines.decode().splitlines())
        headers["content-type"] = "application/json"
        while name not in self.taken:
            with suppress(httpx.TransportError):
                url = f"http://{self.webhooks}/webhooks/default"
                if (await client.post(url, content=body, headers=headers)).status_code == 200:
                    self.taken.add(name)
                    self.news.set()
                    return
            await asyncio.sleep(0.02)

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until something is so, which only news can change."""
        while not reached():
            self.news.clear()
            await self.news.wait()


async def follow(stream: EventStream, seen: list[pb.FeedEvent], news: asyncio.Event, *, commits: bool) -> None:
    async for event in stream:
        seen.append(event)
        news.set()
        if commits:
            # A commit is no more certain to arrive than anything else; the next one says more.
            with suppress(GatewayError):
                await stream.commit(event)


@asynccontextmanager
async def running(settings: Environment, doors: Doors) -> AsyncIterator[Process]:
    async with gateway_process(settings) as process:
        doors.webhooks = (await process.line("ready"))["webhooks"]
        yield process


@pytest.mark.timeout(60 + 10 * KILLS)
async def test_subscribers_see_every_answered_event_once_and_in_one_order_over_kills(settings: Environment) -> None:
    chances, doors, numbers, enough = random.Random(7), Doors(), count(), asyncio.Event()
    by_cursor, by_name = list[pb.FeedEvent](), list[pb.FeedEvent]()

    async def posts(http: httpx.AsyncClient) -> None:
        while not enough.is_set():
            await doors.post(http, f"event-{next(numbers)}")

    async with httpx.AsyncClient(timeout=10) as http, connect(settings["GATEWAY_GRPC_ADDRESS"]) as client:
        # Nobody is there yet: that is how it will be after each kill, too.
        following = [
            asyncio.create_task(follow(client.events(earliest=True), by_cursor, doors.news, commits=False)),
            asyncio.create_task(follow(client.events(subscription="worker"), by_name, doors.news, commits=True)),
        ]
        posting = [asyncio.create_task(posts(http)) for _ in range(POSTERS)]
        for _ in range(KILLS):
            async with running(settings, doors) as process:
                until = len(doors.taken) + chances.randint(0, 60)
                await doors.until(lambda: len(doors.taken) >= until)  # noqa: B023  # it is awaited at once
                process.child.kill()
        async with running(settings, doors):
            enough.set()
            await asyncio.gather(*posting)
            kept = [event async for event in client.events(earliest=True, stop_at_newest=True)]
            last = kept[-1].event_id
            await doors.until(lambda: all(seen and seen[-1].event_id == last for seen in (by_cursor, by_name)))
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)

    assert sorted(event.message.id for event in kept) == sorted(doors.taken)
    order = [event.event_id for event in kept]
    assert [event.event_id for event in by_cursor] == order
    # By name, what was not committed comes again; each event for the first time in the order of the log.
    assert list(dict.fromkeys(event.event_id for event in by_name)) == order
