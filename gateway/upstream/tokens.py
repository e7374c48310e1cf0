"""The one access token that every call shares.

Facts: `POST /oauth2/token` with HTTP Basic and a form body; the auth host is a bucket of 30 refilled at 10 a second,
and its 429 carries no `Retry-After` (api/behaviour.md, Authentication).
"""

import asyncio
import base64
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import grpc
import orjson

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from gateway.state.token_vault import SharedToken, TokenVault
from gateway.telemetry.logs import logger
from gateway.upstream.exchange import ExchangeError, OutboundRequest, Transport
from gateway.upstream.hosts import Endpoint
from gateway.upstream.pace import Pace
from gateway.upstream.shared_tokens import SharedTokens

PATH = "/oauth2/token"
RENEW_AFTER_LIFE = 0.8
RENEW_JITTER = 0.05
FETCH_TIMEOUT_S = 10.0
# As the vendor's own SDKs wait: base one second, factor four, full jitter. They stop after three retries; two more,
# no further apart, let the last of a hundred gateways that start together have its turn.
FETCH_ATTEMPTS = 6
BACKOFF_BASE_S = 1.0
BACKOFF_FACTOR = 4.0
LONGEST_BACKOFF_S = 16.0
# After a failed renewal nobody asks again for a while, however many callers there are; twice as long each time.
COOL_DOWN_S = 1.0
LONGEST_COOL_DOWN_S = 30.0
# A slip in one header must not leave the gateway without a token for hours.
RETRY_AFTER_CAP_S = 60.0
# Where the API refuses every new token, each call would ask for another one: five at once, then one a second, is a
# small part of the auth host's bucket.
REQUEST_BURST = 5
REQUESTS_PER_S = 1.0
DEFAULT_LIFE_S = 3600.0

log = logger("tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token and the monotonic instants at which to renew it and to stop using it."""

    value: str = field(repr=False)
    renew_at_s: float
    expires_at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _NoToken:
    """Why a request gave no token."""

    status: int | None = None
    asked_delay_s: float = 0.0
    """How long the auth host asked to wait, where it did."""

    @property
    def final(self) -> bool:
        """Whether asking again with the same key is pointless."""
        return self.status in {400, 401, 403}

    def error(self) -> UpstreamError:
        """What callers are told; a new one for each, as errors are completed on their way."""
        metadata = {"request_state": "not_sent"} | ({"http_status": str(self.status)} if self.status else {})
        if self.final:
            return UpstreamError(
                "the access key was refused by the token endpoint; check SINCH_KEY_ID and SINCH_KEY_SECRET",
                reason="UPSTREAM_CREDENTIALS",
                code=grpc.StatusCode.FAILED_PRECONDITION,
                metadata=metadata,
            )
        return UpstreamError(
            "no access token could be had: the token endpoint did not give a usable answer",
            reason="UPSTREAM_UNAVAILABLE",
            code=grpc.StatusCode.UNAVAILABLE,
            retry_after_s=max(COOL_DOWN_S, self.asked_delay_s),
            metadata=metadata,
        )


def _unobserved(_outcome: str) -> None:
    """Look away."""


class TokenCache:
    """Hands every caller the same access token.

    At most one token request is in flight, whoever asks. A token is renewed ahead of its expiry and served meanwhile;
    a 401 discards only the token that was refused, so a late 401 cannot evict a newer one. A caller that gives up
    does not cancel the request for the others.
    """

    def __init__(
        self,
        *,
        transport: Transport,
        endpoint: Endpoint,
        key_id: str,
        key_secret: str,
        clock: Clock,
        randomness: random.Random,
        observe: Callable[[str], None] = _unobserved,
        vault: TokenVault | None = None,
    ) -> None:
        """Keep the collaborators; nothing is fetched before the first caller needs it.

        With a `vault` the token is one for all who share it.

        `observe` is told of each request how it ended: `ok`, `refused` or `unavailable`.
        """
        self._transport = transport
        self._endpoint = endpoint
        self._key_id = key_id
        self._authorization = basic(key_id, key_secret)
        self._clock = clock
        self._randomness = randomness
        self._observe = observe
        self._shared = SharedTokens(vault=vault, clock=clock) if vault is not None else None
        self._refused = ""
        self._token: Token | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._failure = _NoToken()
        self._failures = 0
        self._not_before_s = float("-inf")
        self._pace = Pace(rate_per_s=REQUESTS_PER_S, burst=REQUEST_BURST, recovery_per_s2=REQUESTS_PER_S)

    def remaining_s(self) -> float:
        """Seconds until the current token expires; 0 without one."""
        return max(self._token.expires_at_s - self._clock.monotonic(), 0.0) if self._token else 0.0

    async def get(self, deadline: Deadline) -> str:
        """The current token, fetched if there is none.

        Raises `UpstreamError` when the credentials are refused or the auth host fails, and `TimeoutError` when the
        deadline passes first. Cancelling the caller leaves the shared request running.
        """
        token, now_s = self._token, self._clock.monotonic()
        if token is not None and now_s < token.renew_at_s:
            return token.value
        if self._renewal is None and now_s >= self._not_before_s:
            self._renewal = asyncio.create_task(self._renew(), name="token-renewal")
        if token is not None and now_s < token.expires_at_s:
            return token.value
        if self._renewal is not None:
            await _ended(self._renewal, deadline)
        # What the request left behind, which may be nothing but the token that has expired meanwhile.
        token = self._token
        if token is not None and self._clock.monotonic() < token.expires_at_s:
            return token.value
        raise self._failure.error()

    def discard(self, value: str) -> None:
        """Forget the token that was refused, unless a newer one has taken its place."""
        if self._token is not None and self._token.value == value:
            self._token = None
            self._refused = value

    def use_key_secret(self, key_secret: str) -> None:
        """Ask with this secret from the next request on. The token in use was had honestly, and stays."""
        authorization = basic(self._key_id, key_secret)
        if authorization == self._authorization:
            return
        self._authorization = authorization
        if self._shared is not None:
            self._shared.use_key_secret(key_secret)
        # What was refused before need not be now.
        self._failures, self._not_before_s = 0, float("-inf")
        log.info("key_secret_replaced")

    async def close(self) -> None:
        """Cancel a renewal in flight and wait until it is gone."""
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    async def _renew(self) -> None:
        """Fetch a token, backing off between attempts; leaves either a token or the failure behind."""
        try:
            for attempt in range(FETCH_ATTEMPTS):
                await self._clock.sleep(self._delay_s(attempt))
                self._pace.take(self._clock.monotonic())
                answer = await self._obtain()
                if isinstance(answer, SharedToken):
                    self._token, self._failures = self._kept(answer), 0
                    return
                self._failure = answer
                log.warning("token_request_failed", http_status=answer.status, attempt=attempt + 1)
                if answer.final:
                    break
            self._failures += 1
            cool_down_s = min(COOL_DOWN_S * 2.0 ** (self._failures - 1), LONGEST_COOL_DOWN_S)
            self._not_before_s = self._clock.monotonic() + max(cool_down_s, self._failure.asked_delay_s)
        finally:
            self._renewal = None

    def _delay_s(self, attempt: int) -> float:
        """Seconds before the next request: full jitter after a failure, never sooner than asked or than the pace."""
        paced_s = self._pace.wait_s(1, self._clock.monotonic())
        if attempt == 0:
            return paced_s
        ceiling_s = min(BACKOFF_BASE_S * BACKOFF_FACTOR ** (attempt - 1), LONGEST_BACKOFF_S)
        jitter_s = self._randomness.uniform(0, ceiling_s)
        return max(self._failure.asked_delay_s + jitter_s, paced_s)

    async def _obtain(self) -> SharedToken | _NoToken:
        """A token that another replica has fetched, or one of our own."""
        if self._shared is None:
            return await self._fetch()
        known = frozenset({self._refused, self._token.value if self._token else ""})
        return await self._shared.obtain(self._fetch, known=known, ripe=1 - RENEW_AFTER_LIFE)

    def _kept(self, token: SharedToken) -> Token:
        """A token as it is served: renewed by each replica at a moment of its own."""
        now_s, early = self._clock.monotonic(), RENEW_AFTER_LIFE - self._randomness.uniform(0, RENEW_JITTER)
        expires_at_s = now_s + token.left_s
        return Token(value=token.value, renew_at_s=expires_at_s - token.life_s * (1 - early), expires_at_s=expires_at_s)

    async def _fetch(self) -> SharedToken | _NoToken:
        """Ask the auth host once."""
        answer = await self._ask()
        final = isinstance(answer, _NoToken) and answer.final
        self._observe("ok" if isinstance(answer, SharedToken) else "refused" if final else "unavailable")
        return answer

    async def _ask(self) -> SharedToken | _NoToken:
        request = token_request(self._endpoint, self._authorization)
        asked_at_s = self._clock.monotonic()
        try:
            # The request belongs to every caller at once, so it has a bound of its own instead of one caller's.
            response = await self._transport.exchange(request, Deadline.after(FETCH_TIMEOUT_S, self._clock))
        except ExchangeError:
            return _NoToken()
        if response.status != 200:  # noqa: PLR2004 - HTTP OK
            header = response.header(b"retry-after") or b""
            asked_delay_s = min(float(header), RETRY_AFTER_CAP_S) if header.isdigit() else 0.0
            return _NoToken(status=response.status, asked_delay_s=asked_delay_s)
        return self._read(response.body, asked_at_s)

    def _read(self, body: bytes, asked_at_s: float) -> SharedToken | _NoToken:
        try:
            answer = orjson.loads(body)
            value, life_s = answer["access_token"], float(answer.get("expires_in") or DEFAULT_LIFE_S)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            return _NoToken(status=200)
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value or life_s <= 0:
            return _NoToken(status=200)
        return SharedToken(value=value, life_s=life_s, left_s=life_s - (self._clock.monotonic() - asked_at_s))


def token_request(endpoint: Endpoint, authorization: bytes) -> OutboundRequest:
    """The request for a token."""
    return OutboundRequest(
        method="POST",
        origin=endpoint.origin,
        target=endpoint.prefix + PATH,
        template=PATH,
        headers=(
            (b"Authorization", authorization),
            (b"Content-Type", b"application/x-www-form-urlencoded"),
            (b"Accept", b"application/json"),
        ),
        body=b"grant_type=client_credentials",
    )


def basic(key_id: str, key_secret: str) -> bytes:
    """What proves, in a request for a token, that the key is ours."""
    return b"Basic " + base64.b64encode(f"{key_id}:{key_secret}".encode())


async def _ended(renewal: asyncio.Task[None], deadline: Deadline) -> None:
    """Wait for a shared request; neither its end nor the caller's becomes that of the other."""
    await asyncio.wait({renewal}, timeout=max(deadline.remaining_s(), 0.0))
    if not renewal.done():
        raise TimeoutError
    if not renewal.cancelled():
        renewal.result()
