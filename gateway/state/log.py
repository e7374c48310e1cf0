"""What an event log is to everybody who uses one, wherever it is kept.

*200 means the event is on disk.* A log is one total order of events. It answers after they are durable, recognises
repeats, and tells in memory what is new, so that any number of readers can follow it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.state.events import Appended, Head, NewEvent, StoredEvent, Tail
from gateway.state.overview import Overview
from gateway.state.subscriptions import NewSubscription, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Consecutive events right after a position; none when that position was trimmed, or nothing follows it."""

    head: Head
    events: tuple[StoredEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How much of the log is kept: what is older, larger or more than any of these goes."""

    age_s: float
    size_bytes: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """What one step removed."""

    head: Head
    count: int
    lost: tuple[Subscription, ...]
    """Subscriptions that now have a gap and had none before."""


class LogListener(Protocol):
    """Somebody who follows the log in memory; called on the event loop, must not block."""

    def committed(self, events: Sequence[StoredEvent]) -> None:
        """These events, consecutive and next after the last ones, are durable."""

    def restarted(self) -> None:
        """What was told so far is void: the log has another epoch, or events were trimmed before they were told."""

    def fenced(self, project_id: str, name: str, fence: int) -> None:
        """Another process took a named subscription over or deleted it, under this number; told before later events."""


class EventLog(Protocol):
    """One total order of events; positions are given in commit order and never reused within an epoch.

    Everything that reads or writes raises `StoreError` when the log cannot do it now, and reads raise
    `DamagedEventError` when just one event of it cannot be believed.
    """

    @property
    def epoch(self) -> bytes:
        """Eight bytes that tell this log from every other."""

    @property
    def head(self) -> Head:
        """Where the log begins: what was trimmed from it."""

    @property
    def tail(self) -> Tail:
        """Where the log ends: the newest durable event that this process knows of."""

    @property
    def usable(self) -> bool:
        """Whether an event would probably be taken now."""

    @property
    def waiting_count(self) -> int:
        """Events and other writes that wait to be durable."""

    def listen(self, listener: LogListener) -> None:
        """Have a listener called from now on, until the log is closed."""

    def ignore(self, listener: LogListener) -> None:
        """Call a listener no more; harmless for one that is not called."""

    async def append(self, event: NewEvent) -> Appended:
        """Make an event durable and answer after the disk has it, a repeat too.

        `ValueError` for an event that no log can hold. A caller that is cancelled does not take the event back.
        """

    async def read_page(self, *, after: int, count: int, size_bytes: int) -> Page:
        """Up to `count` consecutive events after a position, ended by the one that fills `size_bytes`."""

    async def read_event(self, position: int) -> StoredEvent | None:
        """The event at a position, None when the log does not hold it."""

    async def read_by_key(self, dedupe_key: bytes) -> StoredEvent | None:
        """The newest retained event of that identity, or None."""

    async def read_time_start(self, time_us: int) -> StoredEvent | None:
        """The last retained event stored before an instant, in microseconds of Unix time; None when there is none."""

    async def read_stored_us(self, position: int) -> int | None:
        """When the event at a position was stored, in microseconds of Unix time; None when there is none."""

    async def read_overview(self, project_id: str) -> Overview:
        """The log at a glance, with the subscriptions of one project."""

    async def acquire(self, *, project_id: str, name: str, new: NewSubscription, most: int) -> Subscription:
        """Hand a named subscription to a new consumer, creating it where `new` says; the former one is fenced off.

        `CallerError` SUBSCRIPTION_NOT_FOUND when it may not be created, TOO_MANY_SUBSCRIPTIONS when the project has
        `most` others.
        """

    async def commit(
        self, *, project_id: str, name: str, position: int, mark: int, fence: int, most: int, back: bool = False
    ) -> Subscription:
        """Move a subscription forward, `back` too if that is said, and create it if need be.

        A `fence` other than 0 has to be the current one: `CallerError` FENCED otherwise. TOO_MANY_SUBSCRIPTIONS when
        it is new, and the project has `most` others.
        """

    async def delete_subscription(self, *, project_id: str, name: str) -> int:
        """Forget a named subscription, so that it holds back no event, and fence its consumer off.

        Gives a number above that of every consumer that has held it; one that is created later under this name counts
        on from there. `CallerError` SUBSCRIPTION_NOT_FOUND when there is none.
        """

    async def trim(self, *, keep: Keep, held: Keep) -> Trimmed:
        """Remove the next few events beyond `keep`; those a subscription still needs only when beyond `held` too."""

    async def tidy(self, *, dedupe_s: float) -> None:
        """Give back the room of what was trimmed, and forget identities last seen longer ago than `dedupe_s`."""

    async def close(self) -> None:
        """Finish what was taken, and let go of the log."""
