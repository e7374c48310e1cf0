"""When a broken event stream is opened again, and how soon. Arithmetic: no I/O, no clock of its own."""

import random
from collections.abc import Callable

import grpc

from conversation_gateway.errors import GatewayError

# What a server asks for is honoured up to here; beyond, it is more likely a mistake than a wish.
MAX_ASKED_S = 60.0

# Failures that the gateway did not explain come from the network or a proxy. These may pass, the others stay.
# RESOURCE_EXHAUSTED stays: without an explanation it is an answer larger than this client takes, each time anew.
PASSING = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
    }
)


class Backoff:
    """Exponential back-off with full jitter: anything from nothing to a bound that doubles with every failure."""

    def __init__(
        self, *, initial_s: float = 0.2, max_s: float = 10.0, chance: Callable[[], float] = random.random
    ) -> None:
        """Start with a bound of `initial_s` and stop doubling at `max_s`; `chance` answers 0 to 1."""
        self._initial_s = initial_s
        self._max_s = max_s
        self._chance = chance
        self._bound_s = initial_s

    def reset(self) -> None:
        """Start anew: the last attempt got somewhere."""
        self._bound_s = self._initial_s

    def next_s(self, asked_s: float = 0.0) -> float:
        """How long to wait before the next attempt.

        Never less than the server asked for (60 seconds of that at most), and longer by up to as much again, or by up
        to the bound: clients that were sent away together must not come back together.
        """
        asked_s = min(asked_s, MAX_ASKED_S)
        wait_s = asked_s + self._chance() * max(self._bound_s, asked_s)
        self._bound_s = min(self._bound_s * 2, self._max_s)
        return wait_s


def can_pass(failure: GatewayError) -> bool:
    """Whether the same stream may succeed later.

    The gateway says so itself: it asks for a delay when, and only when, trying again can help.
    """
    return failure.retry_after_s is not None if failure.reason else failure.code in PASSING
