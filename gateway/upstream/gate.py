"""Who is asked whether a send may go out at all, before anything is spent on it."""

from typing import Protocol

from google.protobuf.message import Message

from gateway.deadline import Deadline
from gateway.upstream.options import Options


class Gate(Protocol):
    """Knows of recipients who do not want to be written to."""

    async def admit(self, request: Message, options: Options, deadline: Deadline) -> str:
        """Let a send pass that is about to go out, with a word for its caller where there is something to say.

        Raises `CallerError` RECIPIENT_OPTED_OUT, `LimitError` CONSENTS_UNKNOWN, and `TimeoutError` when the deadline
        passes before it can tell.
        """

    async def check(self, request: Message, options: Options, deadline: Deadline) -> None:
        """Raise as `admit` does, for a send that stays here; nothing is counted."""


class OpenGate:
    """Lets everything pass."""

    async def admit(self, request: Message, options: Options, deadline: Deadline) -> str:
        """Say nothing."""
        del request, options, deadline
        return ""

    async def check(self, request: Message, options: Options, deadline: Deadline) -> None:
        """Do nothing."""
