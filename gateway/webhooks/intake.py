"""Reads the bodies of posts: so much of each, and so many at a time. How long each may take is the server's rule.

Nothing is known of a peer before its body is complete, so these bounds are all that stands between a stranger and
the gateway's memory.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Self

from gateway.http_server import Receive
from gateway.webhooks.outcome import Outcome

# Events are a few kilobytes. Bytes up to here are paid for by the post's place, so that strangers who send large
# bodies run out of room for large bodies only.
_SMALL_BYTES = 64 * 1024
_LINGER_BYTES = 4 * 1024 * 1024
_LINGER_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """What posts may cost, each and together."""

    max_body_bytes: int = 1024 * 1024
    """Longest body; a longer one is refused with 413 as soon as that is known."""
    max_posts: int = 256
    """Posts in flight, from the head to the answer; one more is refused with 503."""
    max_large_bytes: int = 32 * 1024 * 1024
    """Bytes of all posts in flight beyond the first 64 KiB of each; a post that needs more is refused with 503."""


class Refused(Exception):
    """The post is not taken; `unread` tells whether bytes of its body may still be on their way."""

    def __init__(self, outcome: Outcome, *, unread: bool) -> None:
        """Carry the outcome to the one place that answers."""
        super().__init__(outcome)
        self.outcome = outcome
        self.unread = unread


class Intake:
    """Hands out places, and counts what is in them."""

    def __init__(self, limits: IntakeLimits) -> None:
        """Start empty."""
        self._limits = limits
        self._posts = 0
        self._large_bytes = 0

    @property
    def posts_in_flight(self) -> int:
        """Posts that have a place now."""
        return self._posts

    def admit(self) -> "Place":
        """A place for one post, to be entered until the post is answered; `Refused` at once when all are taken."""
        if self._posts >= self._limits.max_posts:
            raise Refused(Outcome.OVERLOADED, unread=True)
        return Place(self, self._limits)

    def enter(self) -> None:
        """A place is taken."""
        self._posts += 1

    def leave(self, large_bytes: int) -> None:
        """A place is free again, and what was set aside for it."""
        self._posts -= 1
        self._large_bytes -= large_bytes

    def reserve_large(self, size_bytes: int) -> None:
        """Set room aside for bytes of a large body, or raise `Refused`."""
        if self._large_bytes + size_bytes > self._limits.max_large_bytes:
            raise Refused(Outcome.OVERLOADED, unread=True)
        self._large_bytes += size_bytes


class Place:
    """One post's share."""

    def __init__(self, intake: Intake, limits: IntakeLimits) -> None:
        """Hold nothing yet."""
        self._intake = intake
        self._limits = limits
        self._large_bytes = 0

    def __enter__(self) -> Self:
        """Take the place."""
        self._intake.enter()
        return self

    def __exit__(self, *_error: object) -> None:
        """Give it back."""
        self._intake.leave(self._large_bytes)

    async def read(self, receive: Receive, declared_bytes: int | None) -> bytes:
        """The whole body, or `Refused`: it is too large, there is no room, or its sender left before the end.

        `declared_bytes` only lets a body that says it is too large be refused unread; what counts is what comes.
        """
        if declared_bytes is not None and declared_bytes > self._limits.max_body_bytes:
            raise Refused(Outcome.TOO_LARGE, unread=True)
        buffer = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refused(Outcome.DISCONNECTED, unread=True)
            chunk: bytes = message.get("body", b"")
            more: bool = message.get("more_body", False)
            size_bytes = len(buffer) + len(chunk)
            if size_bytes > self._limits.max_body_bytes:
                raise Refused(Outcome.TOO_LARGE, unread=more)
            self._reserve(size_bytes)
            if not (more or buffer):
                return chunk
            buffer += chunk
            if not more:
                return bytes(buffer)

    def _reserve(self, size_bytes: int) -> None:
        needed = size_bytes - _SMALL_BYTES - self._large_bytes
        if needed > 0:
            self._intake.reserve_large(needed)
            self._large_bytes += needed


async def linger(receive: Receive) -> None:
    """Read on for a moment after a refusal.

    Closing on a peer that is still sending resets the connection, and the answer is lost with it.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_S):
            left_bytes = _LINGER_BYTES
            while left_bytes > 0:
                message = await receive()
                if not message.get("more_body", False):
                    return
                left_bytes -= len(message.get("body", b""))
