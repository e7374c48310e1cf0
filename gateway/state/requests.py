"""What is remembered of writes that carry a request id, so that one asked for twice is sent once.

The store knows nothing of protobuf or HTTP, and never sees a request: a request is its fingerprint, an answer is bytes.
"""

import enum
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from gateway.errors import StoreError


class RequestState(enum.IntEnum):
    """How far a write has come; the numbers are stored."""

    RESERVED = 1
    """Somebody is at it, and nothing has been sent."""
    DISPATCHED = 2
    """It may have been sent."""
    DONE = 3
    """It was carried out."""
    REFUSED = 4
    """The API refused it, and would again."""
    UNKNOWN = 5
    """It may have been sent, and nobody is left who would learn what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """A request id, valid inside its project, and which request it stands for."""

    project_id: str
    request_id: str
    fingerprint: bytes
    """SHA-256 of everything that makes two requests the same; 32 bytes."""

    @property
    def name(self) -> tuple[str, str]:
        """What the request is known by, whichever it is."""
        return self.project_id, self.request_id


class RequestRecord(NamedTuple):
    """Everything that is remembered of one request id."""

    project_id: str
    request_id: str
    fingerprint: bytes
    """Empty when the stored row was damaged: then nobody knows which request it was."""
    state: RequestState
    expires_us: int
    """When it is forgotten, in microseconds of Unix time."""
    answer: bytes | None
    """What the caller was told, when `DONE` or `REFUSED`; None when it is not kept."""
    message_id: str
    """The message a webhook proved was sent, when only that is known of the answer; else empty."""


class HeldElsewhereError(StoreError):
    """Somebody else is at the request, and the store went away before it could tell what came of it."""


class RequestStore(Protocol):
    """Where request ids are kept; every method answers after the disk has it.

    All raise `StoreError` when the store cannot do it now, and nobody may then act as if it had been done. A cancelled
    caller does not take back what it asked for. Calls take effect in the order in which they were made.
    """

    async def reserve(self, key: RequestKey) -> RequestRecord | None:
        """Take the id for a call that is about to begin, or give the record that stands in its way.

        `HeldElsewhereError` when others were at it the last time that the store could say.
        """

    async def dispatched(self, key: RequestKey) -> None:
        """Note that a reserved request may have been sent from now on."""

    async def conclude(self, key: RequestKey, state: RequestState, answer: bytes | None) -> RequestRecord | None:
        """Note how a dispatched request ended; gives the record instead when a webhook has settled it as `DONE`.

        An answer of the API itself replaces what a webhook has told.
        """

    async def release(self, key: RequestKey) -> RequestRecord | None:
        """Forget a request of which nothing was sent; gives the record instead when a webhook has settled it."""

    async def settle(self, project_id: str, request_id: str, message_id: str) -> bool:
        """Note the proof that a request was carried out; whether that was news."""
