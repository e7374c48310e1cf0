"""A webhook door over the embedded log in a process of its own, there to be traced, starved and killed.

Prints its address when it serves, and stops when its standard input ends.
"""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from gateway.clock import Clock
from gateway.http_server import HttpServer
from gateway.listener import Listener
from gateway.state.events import Appended, NewEvent
from gateway.state.sqlite_log import SqliteEventLog
from gateway.webhooks.receiver import EventSink, WebhookReceiver
from tests.integration.webhook_door import source


class DyingLog:
    """Dies as hard as a process can, once an event is durable and before anybody is told."""

    def __init__(self, log: EventSink) -> None:
        self._log = log

    async def append(self, event: NewEvent) -> Appended:
        appended = await self._log.append(event)
        os.kill(os.getpid(), signal.SIGKILL)
        return appended


async def serve(options: argparse.Namespace) -> None:
    log = await SqliteEventLog.open(options.path, clock=Clock(), synchronous=options.synchronous)
    sink: EventSink = DyingLog(log) if options.die_before_answer else log
    receiver = WebhookReceiver(sources=(source(),), log=sink, clock=Clock())
    server = HttpServer(app=receiver, listener=Listener.open("127.0.0.1:0"))
    await server.start()
    sys.stdout.write(f"{server.address}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(5.0)
    await log.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--synchronous", default="FULL")
    parser.add_argument("--die-before-answer", action="store_true")
    asyncio.run(serve(parser.parse_args()))
