"""What the demo prints: readable lines in colour on a terminal, or one JSON object a line for programs."""

import sys
from typing import Any

import orjson
from rich.console import Console
from rich.text import Text

STATUS_STYLES = {"READ": "bold green", "DELIVERED": "green", "FAILED": "bold red"}


class Screen:
    """Prints what happens, as it happens."""

    def __init__(self, *, json: bool) -> None:
        """`json` is the form for programs."""
        self._json = json
        self._console = Console(highlight=False)

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
        """The recipient answered. An answer is a stranger's text, so it is never taken for markup."""
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
        if self._json:
            sys.stdout.write(orjson.dumps(event).decode() + "\n")
            sys.stdout.flush()
        else:
            self._console.print(Text.assemble(*line))
