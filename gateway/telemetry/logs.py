"""Structured logs: a constant event name plus fields, one line each, never a secret, a text or a phone number."""

import contextlib
import logging
import os
import sys
import threading
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TextIO, get_args

import orjson
import structlog

Level = Literal["debug", "info", "warning", "error"]
Form = Literal["auto", "json", "console"]
MAX_WAITING_LINES = 10_000
CLOSE_TIMEOUT_S = 2.0
# How long lines are gathered before they are written, at most.
GATHER_S = 0.02
_ALWAYS = logging.CRITICAL
_LEVELS: dict[str, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40}


_sinks: list["_Sink"] = []


def logger(room: str) -> Any:
    """The logger of one part of the gateway; `room` is on each of its lines."""
    return structlog.get_logger(room=room)


class EveryCall:
    """The logger of what is said of every call: the same lines, without the objects that structlog makes for each."""

    def __init__(self, room: str) -> None:
        """`room` is on each line."""
        self._room = room

    def info(self, event: str, **fields: Any) -> None:
        """Write a line, where lines of this level are written."""
        if not _sinks or _sinks[-1].least_level > _LEVELS["info"]:
            return
        _sinks[-1].msg({"room": self._room, **fields, "event": event, "level": "info", "time": datetime.now(UTC)})


def announce(event: str, **fields: Any) -> None:
    """Write a line whatever the level: for what a program that starts this one waits for."""
    structlog.get_logger(room="app", level="info").log(_ALWAYS, event, **fields)


def close() -> None:
    """Write what is still waiting, for a bounded time."""
    if _sinks:
        _sinks.pop().close()


def lost_count() -> int:
    """Lines since the start that were not written, because their reader stalled or has gone."""
    return sum(sink.lost_count for sink in _sinks)


def configure(*, level: Level, form: Form, stream: TextIO | None = None) -> None:
    """Send every line, those of libraries included, to `stream` (standard error) in one form."""
    lost = lost_count()
    close()
    sink = _Sink(stream or sys.stderr, lost, form)
    sink.least_level = _LEVELS[level]
    _sinks.append(sink)
    structlog.configure(
        processors=[_add_level, _stamp, sink.render],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=lambda *_: sink,
    )
    logging.basicConfig(handlers=[_Bridge()], level=max(_LEVELS[level], logging.WARNING), force=True)


def level() -> Level:
    """The least severe level that is written."""
    now: int = structlog.get_logger().bind().get_effective_level()
    return next(name for name in get_args(Level) if _LEVELS[name] == now)


def set_level(level: Level) -> None:
    """Write lines from this level on, those of libraries included."""
    for sink in _sinks:
        sink.least_level = _LEVELS[level]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]))
    logging.getLogger().setLevel(max(_LEVELS[level], logging.WARNING))


def _stamp(_logger: object, _method: str, event: Any) -> Any:
    event["time"] = datetime.now(UTC)
    return event


def _add_level(_logger: object, method: str, event: Any) -> Any:
    event.setdefault("level", method)
    return event


def _as_json(_logger: object, _method: str, event: Any) -> str:
    return orjson.dumps(event, default=lambda value: type(value).__name__, option=orjson.OPT_UTC_Z).decode()


def _for_people(*, colors: bool) -> Any:
    write = structlog.dev.ConsoleRenderer(colors=colors)

    def as_text(bound: object, method: str, event: Any) -> str:
        event["time"] = event["time"].isoformat().replace("+00:00", "Z")
        return write(bound, method, event)

    return as_text


class _Sink:
    """Where lines end up, by a thread of its own that gathers them for a moment.

    A reader that stalls or goes away must not take the gateway with it: lines beyond a bound are dropped and counted.
    Waking the thread for each line would cost a call a tenth of its time, and a write each.
    """

    def __init__(self, stream: TextIO, lost_count: int, form: Form) -> None:
        self._stream = stream
        terminal = stream.isatty()
        console = form == "console" or (form == "auto" and terminal)
        self.render: Any = _for_people(colors=terminal) if console else _as_json
        self.least_level = _ALWAYS
        self.lost_count = lost_count
        # Fields are made a line by the thread: thirty in one go cost less than thirty calls that stop for one each.
        self._lines: deque[str | dict[str, Any]] = deque()
        self._waiting = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def msg(self, line: str | dict[str, Any]) -> None:
        if len(self._lines) >= MAX_WAITING_LINES:
            self.lost_count += 1
            return
        self._lines.append(line)
        if not self._waiting.is_set():
            self._waiting.set()

    debug = info = warning = error = critical = exception = log = msg

    def _text(self, line: str | dict[str, Any]) -> str:
        return line if isinstance(line, str) else str(self.render(None, "info", line))

    def close(self) -> None:
        """End the thread once it has written what waits, or leave it to its stalled reader."""
        self._closing.set()
        self._waiting.set()
        self._thread.join(CLOSE_TIMEOUT_S)
        if not self._thread.is_alive():
            self._let_go()

    def _let_go(self) -> None:
        """Leave nothing behind that fails again when the interpreter ends, and spoils the exit code."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), self._stream.fileno())

    def _write(self) -> None:
        last = False
        while not last:
            self._waiting.wait()
            self._closing.wait(GATHER_S)
            # Cleared before looking: a line, or the end, that comes in between sets it again.
            self._waiting.clear()
            last = self._closing.is_set()
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            try:
                self._stream.writelines(f"{self._text(line)}\n" for line in lines)
                self._stream.flush()
            except (OSError, TypeError, ValueError):
                self.lost_count += len(lines)


class _Bridge(logging.Handler):
    """Lines of libraries, reduced to what cannot hold anything private: who, where and what kind of exception."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger(room="library").warning(
            "library_log",
            library=record.name,
            severity=record.levelname.lower(),
            place=f"{record.module}:{record.lineno}",
            exception=kind,
        )
