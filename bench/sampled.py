"""A gateway that notes where its event loop's thread spends CPU time: `python -m bench.sampled PATH serve`.

Every few milliseconds of CPU time a signal looks at the stack, and what the thread has used since the last look goes to
the innermost frame of the gateway's own code. Libraries count for whoever called them. SIGUSR1 begins anew, and what is
found is written to PATH at the end.
"""

import signal
import sys
import time
from collections import Counter
from pathlib import Path
from types import FrameType

import orjson

import gateway
from gateway.cli import main

INTERVAL_S = 0.002
PACKAGE = str(Path(gateway.__file__).parent) + "/"
# They are at the bottom of every stack.
GROUND = ("app.py", "cli/")


class Sampler:
    """CPU seconds of the main thread, by file of the gateway; by nothing where none of them is running."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._last_s = time.thread_time()

    def look(self, _number: int, frame: FrameType | None) -> None:
        now_s = time.thread_time()
        while frame is not None and not frame.f_code.co_filename.startswith(PACKAGE):
            frame = frame.f_back
        file = frame.f_code.co_filename.removeprefix(PACKAGE) if frame is not None else ""
        self.seconds["" if file.startswith(GROUND) else file] += now_s - self._last_s  # type: ignore[assignment]
        self._last_s = now_s

    def begin(self, *_: object) -> None:
        self.seconds.clear()
        self._last_s = time.thread_time()


if __name__ == "__main__":
    path = Path(sys.argv.pop(1))
    sampler = Sampler()
    signal.signal(signal.SIGPROF, sampler.look)
    signal.signal(signal.SIGUSR1, sampler.begin)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL_S, INTERVAL_S)
    try:
        main(prog_name="conversation-gateway")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        path.write_bytes(orjson.dumps(sampler.seconds))
