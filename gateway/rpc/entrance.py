"""What every RPC passes before anything is done for it: who calls, whether it may, and whether there is room.

The rule it keeps: a request costs nothing but its head until its caller is known and there is room for it, and what all
requests cost together is bounded, in number and in bytes, whoever sends them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

import grpc
from google.protobuf.message import Message

from gateway.errors import CallerError, GatewayError, LimitError
from gateway.rpc.arrivals import Arrivals
from gateway.rpc.callers import Callers, Principal

# Why somebody was turned away: the labels of the metric.
REFUSALS = (
    "no_credentials",
    "unknown_token",
    "unknown_certificate",
    "expired",
    "method",
    "calls",
    "bytes",
    "streams",
    "slow_request",
    "broken_off",
)
# From an RPC's head to the end of its first message: as long as a body of the HTTP doors gets.
REQUEST_TIMEOUT_S = 10.0
# Watchers of health and readers of reflection: few are honest, and they must not use up the room of the feed's readers.
MAX_SIDE_STREAMS = 256
# Of those that nobody knows, who may watch the health of the process and nothing else.
MAX_STRANGERS = 64
# Of one caller: each may become as large as a message may be before its size is known.
MAX_ARRIVING = 8
# One that arrives more slowly keeps no other waiting.
GIVE_WAY_S = 0.5
RETRY_AFTER_S = 1.0
UNSEEN = 64
# What opens something that lasts for minutes or days is small, so that its bytes need not count as long as it lasts.
MAX_LASTING_BYTES = 128 * 1024

Kind = Literal["calls", "streams", "side_streams", "strangers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much may be under way at once, over all callers. Of each, one caller that is known may have half."""

    max_calls: int = 10_000
    max_streams: int = 1024
    max_request_bytes: int = 64 * 1024 * 1024
    """Of requests that are not answered yet, in their serialised form; in the making each takes about twice that."""


class Room:
    """The place of one RPC among those that may be under way, for as long as the block lasts."""

    __slots__ = ("_entrance", "_kind", "_purse")

    def __init__(self, entrance: "Entrance", kind: Kind, purse: "Purse") -> None:
        """Take nothing yet."""
        self._entrance = entrance
        self._kind: Kind = kind
        self._purse = purse

    def __enter__(self) -> Self:
        self._entrance.take_place(self._kind, self._purse)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entrance.give_place(self._kind, self._purse)


class Admission(Room):
    """One RPC that was let in, for as long as the block lasts."""

    __slots__ = ("_held_bytes", "principal")

    def __init__(self, entrance: "Entrance", principal: Principal, kind: Kind = "calls") -> None:
        """Made by `Entrance.admit`."""
        super().__init__(entrance, kind, entrance.purse(principal))
        self._held_bytes = 0
        self.principal = principal

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        super().__exit__(kind, error, trace)

    async def receive(self, context: Any, *, most_bytes: int) -> bytes:
        """The RPC's request, whose bytes count until the RPC is over or they are released.

        Raises `LimitError` where there is no room for it, and `CallerError` when it is larger than `most_bytes`, or
        does not come: it was larger than a message may be, which gRPC has told the caller by then, or was broken off,
        or took too long.
        """
        try:
            data = await self._purse.arrivals.take(context.read)
        except TimeoutError:
            self._entrance.refused("slow_request")
            raise _slow() from None
        if data is grpc.aio.EOF:
            self._entrance.refused("broken_off")
            raise _broken_off()
        try:
            if len(data) > most_bytes:
                raise _too_large(most_bytes)
            self.hold(len(data))
            return bytes(data)
        finally:
            # The traceback of an error holds this frame, and would hold the request, until the collector comes by.
            del data

    def hold(self, size_bytes: int) -> None:
        """Count bytes of a request that have arrived; raises `LimitError` where there is no room for them."""
        self._entrance.take_bytes(size_bytes, self._purse)
        self._held_bytes += size_bytes

    @contextmanager
    def held(self, request: Message) -> Iterator[None]:
        """Count one of a stream's many requests for as long as the block lasts; raises `LimitError` without room."""
        size_bytes = request.ByteSize()
        self._entrance.take_bytes(size_bytes, self._purse)
        try:
            yield
        finally:
            self._entrance.give_bytes(size_bytes, self._purse)

    def release(self) -> None:
        """Count everything held no more: it is answered, was given up, or is small and has been read."""
        self._entrance.give_bytes(self._held_bytes, self._purse)
        self._held_bytes = 0


class Entrance:
    """The one way in, for every method that is served."""

    def __init__(
        self, *, callers: Callers, bounds: Bounds | None = None, refused: Callable[[str], None] = lambda _reason: None
    ) -> None:
        """Let `callers` in, as many as `bounds` allow; `refused` counts the others by reason."""
        self.callers = callers
        self.refused = refused
        bounds = bounds or Bounds()
        # Beyond what is refused with details there is a bound that gRPC keeps, for RPCs that nobody has looked at yet.
        self.most_at_once = bounds.max_calls + bounds.max_streams + MAX_SIDE_STREAMS + MAX_STRANGERS + UNSEEN
        self._most: dict[Kind, int] = {
            "calls": bounds.max_calls,
            "streams": bounds.max_streams,
            "side_streams": MAX_SIDE_STREAMS,
            "strangers": MAX_STRANGERS,
        }
        self._open: dict[Kind, int] = dict.fromkeys(self._most, 0)
        self._max_bytes = bounds.max_request_bytes
        self._bytes = 0
        self._purses: dict[str, Purse] = {}
        self._everyone = Purse(bounded=False)

    def admit(self, path: str, context: Any, kind: Kind) -> Admission:
        """Let one RPC in for as long as a `with` block lasts. Raises `CallerError`, and on entering `LimitError`."""
        principal = self.callers.identify(context, self.refused)
        if principal.paths is not None and kind != "side_streams" and path not in principal.paths:
            self.refused("method")
            raise _not_allowed()
        return Admission(self, principal, kind)

    def purse(self, principal: Principal) -> "Purse":
        """What a caller has under way; those that nobody asks for credentials have one together, without a bound."""
        if principal.entry is None:
            return self._everyone
        return self._purses.setdefault(principal.name, Purse(bounded=True))

    def room(self, kind: Kind, purse: "Purse | None" = None) -> Room:
        """A place for one RPC: `with` it around that; the block raises `LimitError` where there is none left."""
        return Room(self, kind, purse or self._everyone)

    def take_place(self, kind: Kind, purse: "Purse") -> None:
        """Count one RPC; raises `LimitError` when there are as many as may be."""
        most = self._most[kind]
        if self._open[kind] >= most or (purse.bounded and purse.open[kind] >= max(most // 2, 1)):
            self.refused("calls" if kind == "calls" else "streams")
            raise _no_room(kind, most)
        self._open[kind] += 1
        purse.open[kind] += 1

    def give_place(self, kind: Kind, purse: "Purse") -> None:
        """Count one RPC no more."""
        self._open[kind] -= 1
        purse.open[kind] -= 1

    def take_bytes(self, size_bytes: int, purse: "Purse") -> None:
        """Count bytes; raises `LimitError` where they are too many. A request that is alone always has room."""
        own = purse.size_bytes + size_bytes
        too_many = self._bytes and self._bytes + size_bytes > self._max_bytes
        if too_many or (purse.bounded and purse.size_bytes and own > self._max_bytes // 2):
            self.refused("bytes")
            raise _too_many_bytes(self._max_bytes)
        self._bytes += size_bytes
        purse.size_bytes = own

    def give_bytes(self, size_bytes: int, purse: "Purse") -> None:
        """Count bytes no more."""
        self._bytes -= size_bytes
        purse.size_bytes -= size_bytes


class Purse:
    """What one caller has under way. Where callers are known, none may use up the room of all the others."""

    __slots__ = ("arrivals", "bounded", "open", "size_bytes")

    def __init__(self, *, bounded: bool) -> None:
        """Nothing is under way."""
        self.bounded = bounded
        self.open: dict[Kind, int] = {"calls": 0, "streams": 0, "side_streams": 0, "strangers": 0}
        self.size_bytes = 0
        self.arrivals = Arrivals(most=MAX_ARRIVING, give_way_s=GIVE_WAY_S, timeout_s=REQUEST_TIMEOUT_S)


def _not_allowed() -> CallerError:
    return CallerError(
        "this caller may not call this method; the gateway's settings list those it may",
        reason="METHOD_NOT_ALLOWED",
        code=grpc.StatusCode.PERMISSION_DENIED,
    )


def _slow() -> CallerError:
    return CallerError(
        f"the request did not arrive within {REQUEST_TIMEOUT_S:.0f} s",
        reason="DEADLINE_EXCEEDED",
        code=grpc.StatusCode.DEADLINE_EXCEEDED,
    )


def _broken_off() -> CallerError:
    return CallerError(
        "the request was broken off, or was too large", reason="CANCELLED", code=grpc.StatusCode.CANCELLED
    )


def _too_large(most_bytes: int) -> CallerError:
    return CallerError(
        f"a request of this method has at most {most_bytes} bytes",
        reason="INVALID_REQUEST",
        code=grpc.StatusCode.INVALID_ARGUMENT,
    )


def _no_room(kind: Kind, most: int) -> GatewayError:
    if kind == "calls":
        return LimitError(
            f"{most} calls are under way, as many as may be; nothing was done",
            reason="TOO_MANY_CALLS",
            code=grpc.StatusCode.RESOURCE_EXHAUSTED,
            retry_after_s=RETRY_AFTER_S,
        )
    return LimitError(
        f"{most} streams of this kind are open, as many as may be",
        reason="TOO_MANY_STREAMS",
        code=grpc.StatusCode.RESOURCE_EXHAUSTED,
        retry_after_s=RETRY_AFTER_S,
    )


def _too_many_bytes(most: int) -> GatewayError:
    return LimitError(
        f"requests of {most} bytes are under way, as many as may be; nothing was done",
        reason="TOO_MANY_CALLS",
        code=grpc.StatusCode.RESOURCE_EXHAUSTED,
        retry_after_s=RETRY_AFTER_S,
    )
