"""What the demo prints: readable lines in colour on a terminal, or one JSON object a line for programs."""

import os
import re
import sys
from typing import Any

import orjson

# What a terminal is told (ECMA-48, "select graphic rendition"), by the words that the lines below are styled with.
COLOURS = {"red": "31", "green": "32", "yellow": "33", "magenta": "35", "cyan": "36"}
WEIGHTS = {"bold": "1", "dim": "2"}
# What could move a cursor, or worse; lines may break and have tabs.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

STATUS_STYLES = {"READ": "bold green", "DELIVERED": "green", "FAILED": "bold red"}


class Screen:
    """Prints what happens, as it happens."""

    def __init__(self, *, json: bool) -> None:
        """`json` is the form for programs."""
        self._json = json
        self._codes = _codes()

    def started(self, *, simulator: str, gateway: str, webhooks: str) -> None:
        """Both programs are up."""
        self._say(
            {"kind": "started", "simulator": simulator, "grpc": gateway, "webhooks": webhooks},
            [("simulator ", "dim"), (simulator, ""), ("   gateway ", "dim"), (gateway, "")],
        )

    def sent(self, kind: str, message_id: str) -> None:
        """The API has accepted a message."""
        line = [("→ ", "bold cyan"), (f"{kind:<22}", "cyan"), (message_id, "dim")]
        self._say({"kind": "sent", "type": kind, "message_id": message_id}, line)

    def receipt(self, kind: str, message_id: str, status: str) -> None:
        """A delivery receipt came back on the feed."""
        line = [("← ", "magenta"), (f"{kind:<22}", ""), (status, STATUS_STYLES.get(status, "yellow"))]
        self._say({"kind": "receipt", "type": kind, "message_id": message_id, "status": status}, line)

    def reply(self, text: str) -> None:
        """The recipient answered."""
        self._say({"kind": "reply", "text": text}, [("← ", "magenta"), (f"{'reply':<22}", ""), (text, "bold")])

    def summary(self, *, sent: int, read: int, replied: bool) -> None:
        """How it ended."""
        style = "bold green" if read == sent and replied else "bold red"
        text = f"{sent} sent, {read} read, {'one' if replied else 'no'} reply"
        self._say({"kind": "summary", "sent": sent, "read": read, "replied": replied}, [(text, style)])

    def staying(self, gateway: str) -> None:
        """Both programs are left running."""
        self._say({"kind": "staying", "grpc": gateway}, [(f"gRPC stays on {gateway}; Ctrl-C ends it", "bold")])

    def failed(self, why: str) -> None:
        """The demo could not be run to its end."""
        self._say({"kind": "failed", "why": why}, [("failed: ", "bold red"), (why, "")])

    def _say(self, event: dict[str, Any], line: list[tuple[str, str]]) -> None:
        text = orjson.dumps(event).decode() if self._json else "".join(self._styled(*part) for part in line)
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def _styled(self, text: str, style: str) -> str:
        """A part of a line, for the terminal. It may be a stranger's text, which must not speak to the terminal."""
        plain = CONTROL.sub("", text)
        codes = ";".join(self._codes[word] for word in style.split() if word in self._codes)
        return f"\x1b[{codes}m{plain}\x1b[0m" if codes else plain


def _codes() -> dict[str, str]:
    """The words that standard output understands: a terminal does, and whatever `FORCE_COLOR` says is like one.

    `NO_COLOR` takes the colours and leaves the rest, as it asks for (no-color.org); a dumb terminal understands none.
    """
    terminal = os.environ.get("FORCE_COLOR") or sys.stdout.isatty()
    if not terminal or os.environ.get("TERM", "").lower() in {"dumb", "unknown"}:
        return {}
    return WEIGHTS if os.environ.get("NO_COLOR") else WEIGHTS | COLOURS
