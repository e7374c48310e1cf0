"""One token for everybody: fetched once, renewed ahead of time, and never by a storm.

The same over both states. Replicas that share a state share the token as well, so a hundred of them make no storm.
"""

import asyncio

import grpc
import pytest

from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from tests.unit.upstream.tokens_stage import LIFE_S, Stage, on_stage


@on_stage
async def test_a_thousand_callers_share_one_request(stage: Stage) -> None:
    stage.host.delay_s = 2.0

    tokens = await asyncio.gather(*(stage.token() for _ in range(1000)))

    assert set(tokens) == {"token-1"}
    assert len(stage.host.asked_at) == 1


@on_stage
async def test_a_caller_that_gives_up_does_not_cancel_the_request_for_the_others(stage: Stage) -> None:
    stage.host.delay_s = 2.0
    first, second = asyncio.create_task(stage.token()), asyncio.create_task(stage.token())
    await asyncio.sleep(0)

    first.cancel()

    assert await second == "token-1"
    assert first.cancelled()
    assert len(stage.host.asked_at) == 1


@on_stage
async def test_a_caller_waits_no_longer_than_its_deadline(stage: Stage) -> None:
    stage.host.delay_s = 5.0
    started_s = stage.clock.monotonic()

    with pytest.raises(TimeoutError):
        await stage.token(timeout_s=0.5)

    assert stage.clock.monotonic() - started_s == pytest.approx(0.5)


@on_stage
async def test_a_token_is_renewed_between_three_quarters_and_four_fifths_of_its_life(stage: Stage) -> None:
    await stage.token()

    await stage.clock.sleep(LIFE_S * 0.74)
    early = await stage.token()
    await stage.clock.sleep(LIFE_S * 0.07)
    during = await stage.token()
    await stage.renewed()
    after = await stage.token()

    assert (early, during, after) == ("token-1", "token-1", "token-2")


@on_stage
async def test_gateways_that_started_together_do_not_renew_together(stage: Stage) -> None:
    renewals = set()
    for seed in range(20):
        cache = await stage.another(seed)
        await cache.get(Deadline.after(60, stage.clock))
        assert cache._token is not None
        renewals.add(cache._token.renew_at_s)
        await stage.clock.sleep(1)

    assert len(renewals) == 20


@on_stage
async def test_the_old_token_is_served_while_renewal_fails(stage: Stage) -> None:
    await stage.token()
    stage.host.status = 503
    served = set()

    while stage.clock.monotonic() < stage.host.asked_at[0] + LIFE_S - 1:
        served.add(await stage.token())
        await stage.clock.sleep(10)
    asked = len(stage.host.asked_at)
    stage.host.status = 200
    await stage.clock.sleep(60)

    assert served == {"token-1"}
    # A fifth of an hour of failing: attempts thin out, to a handful a minute.
    assert asked < 12 * 10
    assert await stage.token() == "token-2"


@on_stage
async def test_an_expired_token_is_not_served(stage: Stage) -> None:
    await stage.token()
    stage.host.status = 503
    await stage.clock.sleep(LIFE_S)

    error = await stage.failure()

    assert (error.code, error.reason) == (grpc.StatusCode.UNAVAILABLE, "UPSTREAM_UNAVAILABLE")
    assert error.retry_after_s is not None


@on_stage
async def test_a_discarded_token_is_replaced_by_one_request(stage: Stage) -> None:
    refused = await stage.token()

    for _ in range(10):
        stage.cache.discard(refused)
    tokens = await asyncio.gather(*(stage.token() for _ in range(10)))

    assert set(tokens) == {"token-2"}


@on_stage
async def test_a_late_401_for_an_older_token_does_not_evict_the_newer(stage: Stage) -> None:
    old = await stage.token()
    stage.cache.discard(old)
    new = await stage.token()

    stage.cache.discard(old)

    assert await stage.token() == new
    assert len(stage.host.asked_at) == 2


@on_stage
async def test_an_api_that_refuses_every_token_costs_the_auth_host_one_request_a_second(stage: Stage) -> None:
    started_s = stage.clock.monotonic()

    for _ in range(65):
        stage.cache.discard(await stage.token())

    assert stage.clock.monotonic() - started_s == pytest.approx(60.0)


@on_stage
async def test_refused_credentials_are_not_tried_again_at_once(stage: Stage) -> None:
    stage.host.status = 401

    errors = [await stage.failure() for _ in range(100)]

    assert {(e.code, e.reason) for e in errors} == {(grpc.StatusCode.FAILED_PRECONDITION, "UPSTREAM_CREDENTIALS")}
    assert all(e.retry_after_s is None for e in errors)
    assert len(set(map(id, errors))) == 100, "errors are completed on their way, so nobody shares one"
    assert len(stage.host.asked_at) == 1


@on_stage
async def test_a_retry_after_of_the_auth_host_is_honoured(stage: Stage) -> None:
    stage.host.status, stage.host.headers = 429, ((b"retry-after", b"7"),)

    await stage.failure()

    gaps = [b - a for a, b in zip(stage.host.asked_at, stage.host.asked_at[1:], strict=False)]
    assert gaps
    assert min(gaps) >= 7


@on_stage
async def test_a_silent_auth_host_is_unavailable(stage: Stage) -> None:
    stage.host.silent = True

    error = await stage.failure()

    assert (error.code, error.reason) == (grpc.StatusCode.UNAVAILABLE, "UPSTREAM_UNAVAILABLE")
    assert error.metadata["request_state"] == "not_sent"


@pytest.mark.parametrize(
    "body",
    [b"", b"no", b"[]", b"{}", b'{"access_token":5}', b'{"access_token":""}', b'{"access_token":"a\\nb"}',
     b'{"access_token":"a","expires_in":"soon"}', b'{"access_token":"a","expires_in":-1}'],
)  # fmt: skip
def test_an_answer_without_a_usable_token_is_no_token(body: bytes) -> None:
    async def scenario(stage: Stage) -> None:
        stage.host.body = body
        assert (await stage.failure()).reason == "UPSTREAM_UNAVAILABLE"

    on_stage(scenario)()


@pytest.mark.embedded
@on_stage
async def test_a_hundred_gateways_starting_together_settle_without_a_storm(stage: Stage) -> None:
    caches = [await stage.another(seed) for seed in range(100)]
    started_s = stage.clock.monotonic()

    await asyncio.gather(*(cache.get(Deadline.after(60, stage.clock)) for cache in caches))

    asked = stage.host.asked_at
    assert stage.host.granted == 100
    assert len(asked) <= 300
    # After the first moment nobody needs more than the bucket gives back, give or take the jitter.
    later = [at for at in asked if at > started_s + 2.0]
    assert len(later) / max(max(asked) - started_s - 2.0, 1.0) < 20
    assert max(asked) - started_s < 60


@on_stage
async def test_closing_ends_a_request_in_flight(stage: Stage) -> None:
    stage.host.delay_s = 100.0
    waiting = asyncio.create_task(stage.token())
    await asyncio.sleep(0)

    await stage.cache.close()

    with pytest.raises(UpstreamError):
        await waiting
