"""Token caches on virtual time, and an auth host that does as it is told."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import orjson
import pytest

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from gateway.state.token_vault import TokenVault
from gateway.upstream.exchange import Fault, InboundResponse, OutboundRequest, SentNoAnswer
from gateway.upstream.hosts import Endpoint
from gateway.upstream.tokens import TokenCache
from tests.virtual_time import VirtualClock, run

LIFE_S = 3600


class AuthHost:
    """A token endpoint on virtual time, as a bucket of 30 refilled at 10 a second."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.asked_at: list[float] = []
        self.granted = 0
        self.delay_s = 0.0
        self.status = 200
        self.headers: tuple[tuple[bytes, bytes], ...] = ()
        self.body: bytes | None = None
        self.silent = False
        self._level, self._filled_s = 30.0, clock.monotonic()

    async def exchange(self, request: OutboundRequest, _deadline: Deadline) -> InboundResponse:
        assert request.target == "/oauth2/token"
        now_s = self.clock.monotonic()
        self.asked_at.append(now_s)
        self._level = min(30.0, self._level + (now_s - self._filled_s) * 10.0)
        self._filled_s = now_s
        await self.clock.sleep(self.delay_s)
        if self.silent:
            raise SentNoAnswer(Fault.TIMEOUT)
        if self._level < 1:
            return InboundResponse(status=429)
        self._level -= 1
        if self.status != 200:
            return InboundResponse(status=self.status, headers=self.headers)
        self.granted += 1
        token = {"access_token": f"token-{self.granted}", "expires_in": LIFE_S, "token_type": "bearer"}
        return InboundResponse(status=200, body=orjson.dumps(token) if self.body is None else self.body)


@asynccontextmanager
async def open_embedded(_name: str) -> AsyncIterator[TokenVault | None]:
    """Every gateway keeps its token to itself."""
    yield None


open_vault: Callable[[str], AbstractAsyncContextManager[TokenVault | None]] = open_embedded
"""Where the gateways of that name share their token; the shared one where the same tests run over Valkey."""


class Stage:
    """A host and a cache in front of it."""

    cache: TokenCache

    def __init__(self, clock: VirtualClock, stack: AsyncExitStack) -> None:
        self.clock = clock
        self.host = AuthHost(clock)
        self._stack = stack
        self._name = secrets.token_hex(8)

    async def another(self, seed: int = 0) -> TokenCache:
        """The cache of one more gateway."""
        vault = await self._stack.enter_async_context(open_vault(self._name))
        cache = TokenCache(
            transport=self.host,
            endpoint=Endpoint.of("http://127.0.0.1:1", pool="auth"),
            key_id="key",
            key_secret="secret",
            clock=self.clock,
            randomness=random.Random(seed),
            vault=vault,
        )
        self._stack.push_async_callback(cache.close)
        return cache

    async def token(self, timeout_s: float = 60.0) -> str:
        return await self.cache.get(Deadline.after(timeout_s, self.clock))

    async def failure(self) -> UpstreamError:
        with pytest.raises(UpstreamError) as caught:
            await self.token(timeout_s=600.0)
        return caught.value

    async def renewed(self) -> None:
        """Let a renewal in the background come to its end."""
        if self.cache._renewal is not None:
            await asyncio.wait({self.cache._renewal})


def on_stage(scenario: Callable[[Stage], Awaitable[None]]) -> Callable[[], None]:
    """Run a test on a loop whose clock jumps."""

    async def story(clock: VirtualClock) -> None:
        async with AsyncExitStack() as stack:
            stage = Stage(clock, stack)
            stage.cache = await stage.another()
            await scenario(stage)

    def test() -> None:
        run(story)

    test.__name__ = scenario.__name__
    return test
