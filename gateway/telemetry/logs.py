"""Structured logs: a constant event name plus fields, one line each, never a secret, a text or a phone number."""

import logging
import sys
from typing import Any, Literal, TextIO

import orjson
import structlog

Level = Literal["debug", "info", "warning", "error"]
_LEVELS: dict[str, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def logger(room: str) -> Any:
    """The logger of one part of the gateway; `room` is on each of its lines."""
    return structlog.get_logger(room=room)


def configure(*, level: Level, form: Literal["auto", "json", "console"], stream: TextIO | None = None) -> None:
    """Send every line, those of libraries included, to `stream` (standard error) in one form."""
    sink = _Sink(stream or sys.stderr)
    console = form == "console" or (form == "auto" and sink.is_terminal)
    renderer: Any = structlog.dev.ConsoleRenderer(colors=sink.is_terminal) if console else _as_json
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=lambda *_: sink,
    )
    logging.basicConfig(handlers=[_Bridge()], level=max(_LEVELS[level], logging.WARNING), force=True)


def _as_json(_logger: object, _method: str, event: Any) -> str:
    return orjson.dumps(event, default=lambda value: type(value).__name__).decode()


class _Sink:
    """Where lines end up. A reader that went away must not take the gateway with it, so its loss is only counted."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.is_terminal = stream.isatty()
        self.lost_count = 0

    def msg(self, line: str) -> None:
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self.lost_count += 1

    debug = info = warning = error = critical = exception = log = msg


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
