"""One token for all replicas: fetched by one, used by the others, and of no use to who can only read the store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.state.token_vault import SharedToken
from gateway.state.valkey_tokens import ValkeyTokenVault
from gateway.upstream.shared_tokens import SharedTokens
from gateway.upstream.tokens import TokenCache
from tests.integration.shared.opening import opened_store
from tests.integration.shared.virtual import virtual_vault
from tests.unit.state.sample import PROJECT
from tests.unit.upstream import tokens_stage
from tests.unit.upstream.tokens_stage import LIFE_S, AuthHost, Stage
from tests.valkey_server import ValkeyServer, running_server
from tests.virtual_time import VirtualClock, run

TOKEN = SharedToken(value="token-1", life_s=3600.0, left_s=3600.0)


@asynccontextmanager
async def replica_vault(server: ValkeyServer, key_secret: str = "secret") -> AsyncIterator[ValkeyTokenVault]:
    async with opened_store(server) as store:
        yield ValkeyTokenVault(store=store, project_id=PROJECT, key_id="key", key_secret=key_secret)


async def test_replicas_that_need_a_token_at_once_fetch_one(valkey: ValkeyServer) -> None:
    fetch, fetched = fetching()
    async with replica_vault(valkey) as one, replica_vault(valkey) as two, replica_vault(valkey) as three:
        replicas = [SharedTokens(vault=vault, clock=Clock()) for vault in (one, two, three)]
        tokens = await asyncio.gather(*(each.obtain(fetch, known=frozenset(), ripe=0.1) for each in replicas))

    assert fetched == ["token-1"]
    assert {token.value for token in tokens} == {"token-1"}


async def test_a_token_that_the_api_refused_is_fetched_anew_and_once(valkey: ValkeyServer) -> None:
    fetch, fetched = fetching()
    async with replica_vault(valkey) as one, replica_vault(valkey) as two:
        replicas = [SharedTokens(vault=vault, clock=Clock()) for vault in (one, two)]
        await replicas[0].obtain(fetch, known=frozenset(), ripe=0.1)
        tokens = await asyncio.gather(*(e.obtain(fetch, known=frozenset({"token-1"}), ripe=0.1) for e in replicas))

    assert fetched == ["token-1", "token-2"]
    assert {token.value for token in tokens} == {"token-2"}


async def test_a_token_that_is_written_between_a_look_and_a_claim_is_used(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, fetched = fetching()
    known = frozenset({"token-1"})
    async with replica_vault(valkey) as one, replica_vault(valkey) as two:
        quick, slow = (SharedTokens(vault=vault, clock=Clock()) for vault in (one, two))
        await quick.obtain(fetch, known=frozenset(), ripe=0.1)
        claim = two.claim

        async def late() -> bool:
            await quick.obtain(fetch, known=known, ripe=0.1)
            return await claim()

        monkeypatch.setattr(two, "claim", late)
        token = await slow.obtain(fetch, known=known, ripe=0.1)
        is_free = await one.claim()

    assert isinstance(token, SharedToken)
    assert token.value == "token-2"
    assert fetched == ["token-1", "token-2"]
    assert is_free


async def test_one_replica_at_a_time_may_fetch_and_the_next_when_it_gave_up(valkey: ValkeyServer) -> None:
    async with replica_vault(valkey) as one, replica_vault(valkey) as two:
        claims = [await one.claim(), await two.claim()]
        await two.drop()
        claims.append(await two.claim())
        await one.drop()
        claims.append(await two.claim())

    assert claims == [True, False, False, True]


async def test_a_replica_with_another_key_secret_sees_no_token_and_is_not_in_the_way(valkey: ValkeyServer) -> None:
    async with replica_vault(valkey) as one, replica_vault(valkey, "rotated") as two:
        await one.claim()
        await one.write(TOKEN)
        await one.claim()

        seen, claimed = await two.read(), await two.claim()

    assert seen is None
    assert claimed


async def test_a_token_that_was_tampered_with_is_none(valkey: ValkeyServer) -> None:
    async with replica_vault(valkey) as one:
        await one.write(TOKEN)
        (name,) = valkey.do("KEYS", "*:token:*")
        sealed = valkey.do("GET", name)
        valkey.do("SET", name, sealed[:-1] + bytes([sealed[-1] ^ 1]), "KEEPTTL")

        seen = await one.read()

    assert TOKEN.value.encode() not in sealed
    assert seen is None


async def test_a_replica_that_cannot_reach_the_server_fetches_its_own(tmp_path: Path) -> None:
    fetch, fetched = fetching()
    with running_server(tmp_path) as server:
        async with replica_vault(server) as one:
            server.kill()
            token = await SharedTokens(vault=one, clock=Clock()).obtain(fetch, known=frozenset(), ripe=0.1)

    assert fetched == [token.value]


def on_virtual_time(
    scenario: Callable[[VirtualClock, AuthHost, Callable[[int], Awaitable[TokenCache]]], Awaitable[None]],
) -> Callable[[ValkeyServer], None]:
    """Run a test on a loop whose clock jumps, with a way to start replicas."""

    def test(valkey: ValkeyServer) -> None:
        async def story(clock: VirtualClock) -> None:
            async with AsyncExitStack() as stack:
                stage = Stage(clock, stack)
                await scenario(clock, stage.host, stage.another)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tokens_stage, "open_vault", partial(virtual_vault, valkey))
            run(story)

    test.__name__ = scenario.__name__
    return test


@on_virtual_time
async def test_a_replica_that_starts_late_has_the_token_for_the_rest_of_its_life_and_they_renew_it_once(
    clock: VirtualClock, host: AuthHost, another: Callable[[int], Awaitable[TokenCache]]
) -> None:
    early, late = await another(1), await another(2)
    deadline = Deadline.after(LIFE_S, clock)

    before = await early.get(deadline)
    await clock.sleep(LIFE_S / 2)
    shared = await late.get(deadline)
    left_s = late.remaining_s()
    await clock.sleep(LIFE_S * 0.31)
    for _ in range(2):
        await early.get(deadline)
        await late.get(deadline)
        await clock.sleep(1.0)
    renewed = {await early.get(deadline), await late.get(deadline)}

    assert before == shared == "token-1"
    assert left_s == pytest.approx(LIFE_S / 2, abs=60.0)
    assert renewed == {"token-2"}
    assert len(host.asked_at) == 2


@on_virtual_time
async def test_a_replica_that_dies_over_its_request_holds_up_another_for_ten_seconds(
    clock: VirtualClock, host: AuthHost, another: Callable[[int], Awaitable[TokenCache]]
) -> None:
    doomed, survivor = await another(1), await another(2)
    host.delay_s = LIFE_S
    dying = asyncio.create_task(doomed.get(Deadline.after(LIFE_S, clock)))
    await clock.sleep(1.0)
    # It has the claim and will never give it back.
    host.delay_s = 0.0
    started_s = clock.monotonic()

    token = await survivor.get(Deadline.after(60.0, clock))

    assert token
    assert clock.monotonic() - started_s == pytest.approx(10.0, abs=0.2)
    dying.cancel()


def fetching() -> tuple[Callable[[], Awaitable[SharedToken]], list[str]]:
    """A way to fetch tokens, each another one, and what was fetched."""
    fetched: list[str] = []

    async def fetch() -> SharedToken:
        fetched.append(f"token-{len(fetched) + 1}")
        value = fetched[-1]
        await asyncio.sleep(0)
        return SharedToken(value=value, life_s=3600.0, left_s=3600.0)

    return fetch, fetched
