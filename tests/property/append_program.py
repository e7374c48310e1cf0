"""A process that makes events of posts and appends them, several at once, until it is killed.

append_program.py PATH AT_ONCE   reads posts, as JSON pairs of webhook and body; says the number of each that is on disk
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from gateway.clock import Clock
from gateway.state.sqlite_log import SqliteEventLog
from gateway.telemetry import logs
from gateway.webhooks.envelope import Composer
from gateway.webhooks.source import WebhookSource


async def main(path: Path, at_once: int) -> None:
    composer, clock = Composer(), Clock()
    log = await SqliteEventLog.open(path, clock=clock, free_space_floor_bytes=0)
    posts = iter(enumerate(json.loads(sys.stdin.read())))

    async def work() -> None:
        for number, (webhook, body) in posts:
            source = WebhookSource(name=webhook, project_id="P", secrets=(b"s",))
            await log.append(composer.compose(body.encode(), source=source, received=clock.now()))
            # One system call that nobody buffers: what the reader has read has happened.
            os.write(1, b"%d\n" % number)

    await asyncio.gather(*(work() for _ in range(at_once)))
    await log.close()


if __name__ == "__main__":
    logs.configure(level="error", form="json")
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
