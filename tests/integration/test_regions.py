"""An app that lives in another region than the one called: the error says which, and costs next to nothing."""

import asyncio

import grpc
import pytest
from conversation_gateway.v1 import app_pb2, app_pb2_grpc
from google.rpc import error_details_pb2

from gateway.simulator.server import Simulator
from tests.conftest import EU_APP_ID, RunningGateway
from tests.integration.test_send import refusal, send, text
from tests.rich_status import detail, info
from tests.simulator_faults import misbehave

UNKNOWN_APP_ID = "01DEM0APPN0WHERE0000000000"


def lookups(simulator: Simulator) -> list[tuple[str, str]]:
    return [(r.region, r.path.rpartition("/")[2]) for r in simulator.requests if "/apps/" in r.path]


async def test_a_send_for_an_app_of_another_region_names_that_region(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    error = await refusal(gateway, text(EU_APP_ID))

    resource = detail(error, error_details_pb2.ResourceInfo)
    assert error.code() is grpc.StatusCode.NOT_FOUND
    assert info(error).reason == "WRONG_REGION"
    assert info(error).metadata["region"] == "eu"
    assert resource is not None
    assert (resource.resource_type, resource.resource_name) == ("app", EU_APP_ID)
    assert lookups(simulator) == [("eu", EU_APP_ID)]


async def test_many_failures_cost_one_search(gateway: RunningGateway, simulator: Simulator) -> None:
    errors = await asyncio.gather(*(refusal(gateway, text(EU_APP_ID)) for _ in range(20)))
    errors.append(await refusal(gateway, text(EU_APP_ID)))

    assert {info(error).reason for error in errors} == {"WRONG_REGION"}
    assert len(lookups(simulator)) == 1


async def test_an_app_that_is_nowhere_is_just_not_found_and_searched_for_once(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    errors = [await refusal(gateway, text(UNKNOWN_APP_ID)) for _ in range(3)]

    assert {info(error).reason for error in errors} == {"UPSTREAM_NOT_FOUND"}
    assert {info(error).metadata["region"] for error in errors} == {"us"}
    assert sorted(lookups(simulator)) == [("br", UNKNOWN_APP_ID), ("eu", UNKNOWN_APP_ID)]


async def test_a_search_that_fails_is_made_again(gateway: RunningGateway, simulator: Simulator) -> None:
    await misbehave(simulator, {"method": "GET", "region": "eu", "nth": [1]}, {"status": 403})

    first = await refusal(gateway, text(EU_APP_ID))
    second = await refusal(gateway, text(EU_APP_ID))

    assert [info(error).reason for error in (first, second)] == ["UPSTREAM_NOT_FOUND", "WRONG_REGION"]


async def test_reading_the_app_itself_says_so_too(gateway: RunningGateway) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await app_pb2_grpc.AppServiceStub(gateway.channel).GetApp(app_pb2.GetAppRequest(app_id=EU_APP_ID))

    assert info(caught.value).reason == "WRONG_REGION"


async def test_the_region_of_the_options_is_the_one_called(gateway: RunningGateway, simulator: Simulator) -> None:
    request = text(EU_APP_ID)
    request.options.region = "eu"

    await send(gateway, request)

    assert [r.region for r in simulator.requests if r.path.endswith("messages:send")] == ["eu"]
    assert lookups(simulator) == []
