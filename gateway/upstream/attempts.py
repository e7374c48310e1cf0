"""The attempts of one call: permit, token, exchange, verdict, and whether there is to be another one.

This is where the retry table of the design is carried out; `verdict` says what is safe, `retry` what can be afforded,
and `hindsight` what a caller is told when there are no more attempts.
"""

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import Message

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import GatewayError
from gateway.upstream.breaker import Attempt, Breaker
from gateway.upstream.exchange import BadAnswer, Fault, InboundResponse, NothingSent, Origin, SentNoAnswer, Transport
from gateway.upstream.hindsight import Hindsight
from gateway.upstream.method import UnreadableAnswer
from gateway.upstream.outgoing import Outgoing
from gateway.upstream.rate_limit import RateLimiter
from gateway.upstream.retry import RetryBudget, RetryPolicy
from gateway.upstream.tokens import TokenCache
from gateway.upstream.verdict import (
    Failure,
    Repeat,
    app_queue_full,
    bad_answer,
    no_answer,
    nothing_sent,
    verdict,
)

REQUEST_ID_HEADER = b"x-request-id"
MAX_ID_CHARACTERS = 128
# A permit is of no use in the last moment of a deadline: the answer would find nobody. This much is kept for the
# exchange, about one answer of a healthy host, or a tenth of what is left where that is less.
EXCHANGE_RESERVE_S = 0.1
# Faults of our own: they say nothing about the host, so its breaker does not hear of them.
OUR_FAULTS = frozenset({Fault.EXPIRED, Fault.POOL_FULL, Fault.SHUT_DOWN})
_NOTHING = InboundResponse(status=200)


class Marker(Protocol):
    """Who has to know, on disk, before a request may leave."""

    async def mark(self) -> None:
        """The request may leave from now on."""

    def clear(self) -> None:
        """Every attempt so far has changed nothing, or is harmless to repeat."""


class Unmarked:
    """For calls without a request id, which pay nothing for them."""

    async def mark(self) -> None:
        """Do nothing."""

    def clear(self) -> None:
        """Do nothing."""


@dataclass(slots=True, kw_only=True)
class Answer:
    """A success of the API, and what it took: whoever knows a part of that writes it down."""

    message: Message
    attempt_count: int = 1
    queue_wait_s: float = 0.0
    upstream_request_id: str = ""
    replayed: bool = False
    app_queue_eta_s: float | None = None
    """Seconds until the app's queue at the API gets to what was sent, where that is known."""
    consent: str = ""
    """What the gate had to say of a send that it let pass."""


def _unobserved(_host: str, _reason: str) -> None:
    """Look away."""


class Attempts:
    """Carries calls out. One of them for the whole gateway, so that token, limit, budgets and breakers are shared."""

    def __init__(
        self,
        *,
        transport: Transport,
        tokens: TokenCache,
        limiter: RateLimiter,
        breakers: Mapping[Origin, Breaker],
        budgets: Mapping[Origin, RetryBudget],
        policy: RetryPolicy,
        strict_sends: bool,
        clock: Clock,
        randomness: random.Random,
        observe_retry: Callable[[str, str], None] = _unobserved,
    ) -> None:
        """Keep the collaborators; `strict_sends` takes every 5xx to a send for an unknown outcome.

        `breakers` and `budgets` are by host: an outage of one, in one region, spends no retry of another.
        `observe_retry` is told the host class and the `kind` of the failure before each repetition.
        """
        self._transport = transport
        self._tokens = tokens
        self.limiter = limiter
        self._breakers = breakers
        self._budgets = budgets
        self._policy = policy
        self._strict_sends = strict_sends
        self._clock = clock
        self._randomness = randomness
        self._observe_retry = observe_retry

    async def run(self, call: Outgoing, deadline: Deadline, *, finish: Deadline, marker: Marker) -> Answer:
        """Carry a call out, repeating only what is safe.

        `deadline` bounds waiting and repeating, `finish` the exchange itself: a write whose outcome is to be
        remembered may be given longer than its caller waits. Raises the `GatewayError` that tells the truth about all
        attempts together, and `TimeoutError` when the deadline passed before the first one. A cancelled call gives up
        its permit and its connection.
        """
        self._budgets[call.request.origin].called()
        past = Hindsight(effect=call.effect)
        renewed, waited_s = False, 0.0
        for attempt in itertools.count(1):
            try:
                waited_s += await self._permit(call, deadline)
                token = await self._tokens.get(deadline)
                with self._breakers[call.request.origin].attempt() as watched:
                    await marker.mark()
                    outcome = await self._exchange(call, token, attempt - 1, finish, watched)
            except (GatewayError, TimeoutError) as error:
                raise past.instead_of(error) from None
            if isinstance(outcome, Answer):
                outcome.attempt_count, outcome.queue_wait_s = attempt, waited_s
                return outcome
            if not past.harmless and _is_gone(call, outcome):
                return Answer(message=call.read(_NOTHING), attempt_count=attempt, queue_wait_s=waited_s)
            if outcome.repeat is Repeat.LATER:
                outcome = await self._slow_down(call, outcome, deadline)
            if outcome.repeat is Repeat.NEW_TOKEN:
                self._tokens.discard(token)
            past.learn(outcome)
            if past.releasable:
                marker.clear()
            delay_s = self._delay_s(call, outcome, attempt, deadline, renewed=renewed)
            if delay_s is None:
                raise past.error()
            renewed = renewed or outcome.repeat is Repeat.NEW_TOKEN
            self._observe_retry(call.request.origin.pool, outcome.kind)
            await self._clock.sleep(delay_s)
        raise AssertionError("the loop above ends only by returning or raising")

    async def _permit(self, call: Outgoing, deadline: Deadline) -> float:
        """Wait for the call's turn; nobody waits, or spends quota, for a host that is left alone or a time gone by."""
        remaining_s = deadline.remaining_s()
        if remaining_s <= 0:
            raise TimeoutError
        self._breakers[call.request.origin].check()
        reserve_s = min(EXCHANGE_RESERVE_S, remaining_s / 10)
        return await self.limiter.acquire(call.claim, deadline.within(remaining_s - reserve_s))

    async def _exchange(
        self, call: Outgoing, token: str, resends: int, finish: Deadline, watched: Attempt
    ) -> Answer | Failure:
        """One exchange and what came of it."""
        request = call.request.carrying((b"Authorization", b"Bearer " + token.encode()), resend_count=resends)
        try:
            response = await self._transport.exchange(request, finish)
        except NothingSent as error:
            if error.kind not in OUR_FAULTS:
                watched.unanswered()
            return nothing_sent(error.kind)
        except SentNoAnswer as error:
            # A caller in a hurry says nothing about the host; the breaker itself counts what took long.
            if error.kind is not Fault.TIMEOUT:
                watched.unanswered()
            return no_answer(call.effect)
        except BadAnswer as error:
            watched.unanswered()
            return bad_answer(call.effect, error.status, too_large=error.kind is Fault.TOO_LARGE)
        watched.answered(response.status)
        return verdict(call.effect, response, strict_sends=self._strict_sends) or _read(call, response)

    async def _slow_down(self, call: Outgoing, refused: Failure, deadline: Deadline) -> Failure:
        """Heed a 429: the limiter holds back the next attempt, and with it the app's other calls or the project's."""
        full = call.queue_full is not None and await call.queue_full(deadline)
        self.limiter.throttled(call.claim.app_id, refused.asked_delay_s, app_queue_full=full)
        return app_queue_full(refused) if full else refused

    def _delay_s(
        self, call: Outgoing, failure: Failure, attempt: int, deadline: Deadline, *, renewed: bool
    ) -> float | None:
        """Seconds until the next attempt; nothing when there is to be none."""
        if failure.repeat is Repeat.NEW_TOKEN:
            return None if renewed else 0.0
        if failure.repeat is Repeat.LATER:
            return 0.0 if attempt < self._policy.max_attempts else None
        wanted = failure.repeat is Repeat.SAFE or (call.retry_unknown_outcome and failure.repeat is Repeat.UNKNOWN)
        if not wanted:
            return None
        delay_s = self._policy.backoff_s(
            attempt=attempt,
            retry_after_s=failure.asked_delay_s,
            remaining_s=deadline.remaining_s(),
            randomness=self._randomness,
        )
        return delay_s if delay_s is not None and self._budgets[call.request.origin].spend() else None


def _read(call: Outgoing, response: InboundResponse) -> Answer | Failure:
    try:
        message = call.read(response)
    except UnreadableAnswer:
        return bad_answer(call.effect, response.status)
    quoted = (response.header(REQUEST_ID_HEADER) or b"")[:MAX_ID_CHARACTERS].decode("latin-1")
    # It becomes a trailer, and one that is not plain ASCII would turn this success into a failure.
    plain = quoted.isascii() and quoted.isprintable()
    return Answer(message=message, upstream_request_id=quoted if plain else "")


def _is_gone(call: Outgoing, failure: Failure) -> bool:
    """Whether a delete found nothing after an attempt that may have deleted it: that is what was asked for."""
    return call.request.method == "DELETE" and failure.error.metadata.get("http_status") == "404"
