"""One token for all replicas: fetched by one, used by the others, and of no use to who can only read the store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from gateway.clock import Clock
from gateway.state.token_vault import SharedToken
from gateway.state.valkey_tokens import ValkeyTokenVault
from gateway.upstream.shared_tokens import SharedTokens
from tests.integration.shared.opening import opened_store
from tests.unit.state.sample import PROJECT
from tests.valkey_server import ValkeyServer

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


def fetching() -> tuple[Callable[[], Awaitable[SharedToken]], list[str]]:
    """A way to fetch tokens, each another one, and what was fetched."""
    fetched: list[str] = []

    async def fetch() -> SharedToken:
        fetched.append(f"token-{len(fetched) + 1}")
        value = fetched[-1]
        await asyncio.sleep(0)
        return SharedToken(value=value, life_s=3600.0, left_s=3600.0)

    return fetch, fetched
