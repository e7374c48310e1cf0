"""What is known of the health of the shared store, and the names that its failures go by.

One failure is everybody's: from then on nobody waits for the server, until somebody has proved that it is well.
"""

import asyncio
from collections.abc import Callable

from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    OutOfMemoryError,
    ReadOnlyError,
)
from redis.exceptions import (
    ConnectionError as UnreachableError,
)

from gateway.telemetry import logs

_log = logs.logger("state")

REASONS = ("slow", "away", "read_only", "out_of_memory", "loading", "moved", "unsafe", "refused")
_KINDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (TimeoutError, "slow"),
    (ReadOnlyError, "read_only"),
    (OutOfMemoryError, "out_of_memory"),
    (BusyLoadingError, "loading"),
    (ClusterDownError, "moved"),
    ((UnreachableError, OSError), "away"),
)
_WORDS = {
    "READONLY": "read_only",
    "OOM": "out_of_memory",
    "MOVED": "moved",
    "CLUSTERDOWN": "moved",
    "UNBLOCKED": "moved",
    "takes no writes": "read_only",
}


class Health:
    """Whether the store can be used, and why not."""

    def __init__(self, *, failed: Callable[[str], None]) -> None:
        """Begin well; `failed` is told the reason, one of `REASONS`, whenever that is over, or another follows."""
        self._count_failure = failed
        self._failure = ""
        self._well = asyncio.Event()
        self._well.set()
        self._broken = asyncio.Event()

    @property
    def failure(self) -> str:
        """Why the store cannot be used, one of `REASONS`; empty when it can."""
        return self._failure

    async def well(self) -> None:
        """Wait until the store can be used."""
        await self._well.wait()

    async def broken(self) -> None:
        """Wait until it cannot."""
        await self._broken.wait()

    def failed(self, error: BaseException) -> None:
        """Tell everybody from now on; what fails while nothing is expected to work is no news."""
        if self._failure:
            return
        self._turned(reason_of(error))
        _log.error("store_unusable", reason=self._failure, error=type(error).__name__)

    def unsafe(self, danger: str) -> None:
        """The server answers, and must not be used as it is set up now."""
        if self._turned("unsafe"):
            _log.error("store_unsafe", danger=danger)

    def puzzling(self, error: Exception) -> None:
        """The server answers again, with what nobody understands."""
        if self._turned("refused"):
            _log.error("store_unusable", reason="refused", error=type(error).__name__)

    def mended(self) -> None:
        """It has taken a write."""
        self._failure = ""
        self._broken.clear()
        self._well.set()
        _log.info("store_usable")

    def _turned(self, reason: str) -> bool:
        """Note that an outage begins, or goes on for another reason; whether there is such news."""
        if self._failure == reason:
            return False
        self._failure = reason
        self._well.clear()
        self._broken.set()
        self._count_failure(reason)
        return True


def reason_of(error: BaseException) -> str:
    """The one of `REASONS` that an error stands for; a script's error wraps the one that it met."""
    text = str(error)
    return next(
        (reason for kinds, reason in _KINDS if isinstance(error, kinds)),
        next((reason for words, reason in _WORDS.items() if words in text), "refused"),
    )
