"""The shared state on virtual time: the scripts run in a real Valkey, whose answers take no time at all.

The server's own clock cannot be set. So the script of the rate limit is told the time in the place where it asks for
it, and whatever is to expire is aged by what has passed here before the server is asked again.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from gateway.state.valkey_lane import Order
from gateway.state.valkey_permits import CellRate, ValkeyPermitCell
from gateway.state.valkey_scripts import Script, script
from gateway.state.valkey_store import ValkeyStore
from gateway.state.valkey_tokens import ValkeyTokenVault
from gateway.upstream.dispatch import Timers
from gateway.upstream.leased_pace import KEPT_S, QUESTION_S
from gateway.upstream.rate_limit import RECOVERY_PER_S, RateLimiter
from tests.integration.shared.opening import options
from tests.limiter_desk import Allowance
from tests.valkey_server import ValkeyServer
from tests.virtual_time import VirtualClock, VirtualTimeLoop

# Leases are this far apart while there are permits to be had, and one spans no more.
LEASED = Allowance(late_s=0.05, kept_s=KEPT_S + 0.05, asked_s=QUESTION_S)
_ASKS, _IS_TOLD = b"redis.call('TIME')", b"{ 0, tonumber(ARGV[#ARGV]) }"
_AGE = """
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left_ms = redis.call('PTTL', key)
  if left_ms > 0 then
    redis.call('PEXPIRE', key, left_ms - ARGV[1])
  end
end
"""


class VirtualStore(ValkeyStore):
    """A process's connection; any number of them to one server may follow one clock."""

    _aged_s: dict[int, float] = {}  # noqa: RUF012  # by port: what was aged for one of them is aged for all
    server: ValkeyServer
    answer_s = 0.0
    """How long the answer about permits takes."""
    ahead_s = 0.0
    """How far the clock of the server is ahead."""

    async def call(self, work: Script, keys: Sequence[bytes | str], arguments: Sequence[bytes | str | int]) -> Any:
        """Run a script at this virtual instant."""
        if work is script("lease"):
            arguments = (*arguments, int((virtual_loop().time() + self.ahead_s) * 1_000_000))
            answer = await super().call(told_the_time(), keys, arguments)
            await asyncio.sleep(self.answer_s)
            return answer
        self._age()
        return await super().call(work, keys, arguments)

    def _age(self) -> None:
        now_s = virtual_loop().time()
        passed_ms = int((now_s - self._aged_s.get(self.server.port, now_s)) * 1000)
        self._aged_s[self.server.port] = now_s
        if passed_ms > 0:
            self.server.do("EVAL", _AGE, 0, passed_ms)

    async def _send_calls(self, group: Sequence[Order]) -> list[Any]:
        with virtual_loop().held():
            return await super()._send_calls(group)

    async def beat(self) -> None:
        with virtual_loop().held():
            await super().beat()

    async def _keep_alive(self) -> None:
        """Nothing goes wrong here, and the heartbeats of virtual hours would take minutes."""
        await asyncio.Event().wait()


def told_the_time() -> Script:
    """The script that leases permits, with a clock that the test gives it as the last argument."""
    text = script("lease").text
    assert text.count(_ASKS) == 1
    text = text.replace(_ASKS, _IS_TOLD)
    return Script(text, hashlib.sha1(text).hexdigest())  # the server's own name for it


def virtual_loop() -> VirtualTimeLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    return loop


@asynccontextmanager
async def virtual_store(server: ValkeyServer) -> AsyncIterator[VirtualStore]:
    """A process's connection on virtual time, closed again."""
    with virtual_loop().held():
        store = await VirtualStore.open(options(server))
    assert isinstance(store, VirtualStore)
    store.server = server
    server.do("SCRIPT", "LOAD", told_the_time().text)
    try:
        yield store
    finally:
        with virtual_loop().held():
            await store.close()


@asynccontextmanager
async def virtual_limiter(
    server: ValkeyServer,
    clock: VirtualClock,
    *,
    rate_per_s: float,
    burst: int,
    timers: Timers | None = None,
    cell: str = "",
    answer_s: float = 0.0,
    **bounds: Any,
) -> AsyncIterator[RateLimiter]:
    """A limiter that leases from the cell of that name, or one which nobody used before."""
    async with virtual_store(server) as store:
        rate = CellRate(rate_per_s=rate_per_s, burst=burst, recovery_per_s2=rate_per_s * RECOVERY_PER_S)
        store.answer_s = answer_s
        permits = ValkeyPermitCell(store=store, project_id=cell or secrets.token_hex(8), rate=rate)
        limiter = RateLimiter(
            project_id="project",
            clock=clock,
            timers=timers or clock.loop,
            rate_per_s=rate_per_s,
            margin=0.0,
            burst=burst,
            cell=permits,
            **bounds,
        )
        yield limiter
        await limiter.close()


@asynccontextmanager
async def virtual_vault(server: ValkeyServer, project_id: str) -> AsyncIterator[ValkeyTokenVault]:
    """Where a replica shares the token of a project."""
    async with virtual_store(server) as store:
        yield ValkeyTokenVault(store=store, project_id=project_id, key_id="key", key_secret="secret")
