"""The token against a whole fake Sinch: expired, revoked, slow and refused."""

import asyncio
from dataclasses import replace

import grpc
import pytest

from gateway.simulator.options import SimulatorOptions
from gateway.simulator.server import Simulator
from tests.conftest import RunningGateway, StartGateway
from tests.integration.test_retries import KINDS, send
from tests.rich_status import info
from tests.simulator_faults import misbehave, tell, tokens_asked


@pytest.mark.parametrize("action", ["expire", "revoke"])
async def test_calls_in_flight_with_a_spoilt_token_share_one_new_one(
    gateway: RunningGateway, simulator: Simulator, action: str
) -> None:
    await send(gateway.channel)
    await tell(simulator, "tokens", {"action": action})

    await asyncio.gather(*(send(gateway.channel) for _ in range(50)))

    assert tokens_asked(simulator) == 2
    # Each was refused once at most and repeated once.
    assert 51 <= KINDS["send"].arrived(simulator) <= 101


async def test_a_slow_token_holds_up_everyone_and_is_asked_for_once(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"host": "auth"}, {"delay_s": 0.3})

    await asyncio.gather(*(send(gateway.channel) for _ in range(20)))

    assert tokens_asked(simulator) == 1


async def test_a_caller_that_gives_up_on_a_slow_token_leaves_it_to_the_others(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"host": "auth"}, {"delay_s": 0.5})
    first, second = asyncio.ensure_future(send(gateway.channel)), asyncio.ensure_future(send(gateway.channel))
    await simulator.wait_until(lambda _: tokens_asked(simulator) == 1)

    first.cancel()
    await second

    assert first.cancelled()
    assert tokens_asked(simulator) == 1


async def test_a_token_endpoint_that_fails_once_is_asked_again(gateway: RunningGateway, simulator: Simulator) -> None:
    await misbehave(simulator, {"host": "auth", "nth": [1]}, {"status": 503})

    await send(gateway.channel)

    assert tokens_asked(simulator) == 2


async def test_a_new_token_that_is_refused_too_is_not_a_loop(gateway: RunningGateway, simulator: Simulator) -> None:
    await misbehave(simulator, {"path": "messages:send"}, {"tokens": "revoke"})

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await send(gateway.channel)

    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert info(caught.value).reason == "UPSTREAM_CREDENTIALS"
    assert KINDS["send"].arrived(simulator) == 2
    assert tokens_asked(simulator) == 2


async def test_refused_credentials_are_the_gateways_and_asked_for_once(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    async with start_gateway(SINCH_KEY_SECRET="wrong-secret-canary") as gateway:
        results = await asyncio.gather(*(send(gateway.channel) for _ in range(20)), return_exceptions=True)

    errors = [result for result in results if isinstance(result, grpc.aio.AioRpcError)]
    assert len(errors) == 20
    assert {error.code() for error in errors} == {grpc.StatusCode.FAILED_PRECONDITION}
    assert {info(error).reason for error in errors} == {"UPSTREAM_CREDENTIALS"}
    assert not any("canary" in str(error) for error in errors)
    assert tokens_asked(simulator) == 1


class TestAnAuthHostWithAnEmptyBucket:
    @pytest.fixture
    def simulator_options(self, simulator_options: SimulatorOptions) -> SimulatorOptions:
        return replace(simulator_options, token_burst=1, token_refill_per_s=2.0)

    async def test_is_asked_again_with_back_off(
        self, start_gateway: StartGateway, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        other = {"GATEWAY_STATE_URL": f"sqlite://{tmp_path_factory.mktemp('other') / 'state.db'}"}
        async with start_gateway() as first, start_gateway(**other) as second:
            # Full jitter may ask twice before the bucket has a token again, and then wait for up to 16 s.
            await asyncio.gather(*(send(gateway.channel, timeout_s=30) for gateway in (first, second)))

        # Two gateways together, one token at first; a fresh attempt each time, never a burst.
        assert 3 <= tokens_asked(simulator) <= 6
