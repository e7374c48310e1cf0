"""Retention: what an app no longer wants to be kept goes with the daily cleanup."""

from typing import Any

import pytest

from gateway.simulator import AppOptions, Simulator, SimulatorOptions
from tests.simulator.api_client import ApiClient
from tests.simulator.receiver import Receiver

_CONVERSATION = "01C0NVERSAT10N000000000000"
_DISPATCH = "01D1SPATCH0000000000000000"
_DAY_S = 24 * 3600


@pytest.fixture
def options() -> SimulatorOptions:
    apps = (AppOptions(_CONVERSATION, "us", "CONVERSATION"), AppOptions(_DISPATCH, "us", "DISPATCH"))
    return SimulatorOptions(apps=apps, receipt_delay_s=0.0, replies="none", token_life_s=1000 * _DAY_S)


async def kept(api: ApiClient, app_id: str, **query: str) -> int:
    answer = await api.ok("GET", "messages", query={"app_id": app_id, **query})
    return len(answer["messages"])


async def pass_days(api: ApiClient, simulator: Simulator, count: int) -> None:
    """Let days pass, and the cleanup that falls due after the last of them run."""
    simulator.advance(count * _DAY_S)
    await api.http.get("/_simulator/stats")


async def keep(api: ApiClient, policy: dict[str, Any], *, app_id: str = _CONVERSATION) -> None:
    name = "dispatch_retention_policy" if app_id == _DISPATCH else "retention_policy"
    await api.ok("PATCH", f"apps/{app_id}", {name: policy})


async def test_a_message_goes_when_it_is_too_old(api: ApiClient, simulator: Simulator) -> None:
    await keep(api, {"retention_type": "MESSAGE_EXPIRE_POLICY", "ttl_days": 10})
    await api.send(app_id=_CONVERSATION)
    await pass_days(api, simulator, 9)
    await api.send(app_id=_CONVERSATION)

    before = await kept(api, _CONVERSATION)
    await pass_days(api, simulator, 2)
    after = await kept(api, _CONVERSATION)

    assert (before, after) == (2, 1)
    assert (await api.ok("GET", "conversations", query={"app_id": _CONVERSATION}))["total_size"] == 1


async def test_a_conversation_goes_whole_when_its_last_message_is_too_old(
    api: ApiClient, simulator: Simulator, receiver: Receiver
) -> None:
    await api.subscribe(receiver.url, "CONVERSATION_DELETE", app_id=_CONVERSATION)
    await keep(api, {"retention_type": "CONVERSATION_EXPIRE_POLICY", "ttl_days": 10})
    await api.send(app_id=_CONVERSATION)
    await pass_days(api, simulator, 9)
    await api.send(app_id=_CONVERSATION)

    await pass_days(api, simulator, 2)
    kept_whole = await kept(api, _CONVERSATION)
    await pass_days(api, simulator, 9)
    (event,) = await receiver.wait_for(1)

    assert kept_whole == 2
    assert await kept(api, _CONVERSATION) == 0
    assert event.kind == "conversation_delete_notification"


async def test_what_is_to_persist_stays(api: ApiClient, simulator: Simulator) -> None:
    await keep(api, {"retention_type": "PERSIST_RETENTION_POLICY", "ttl_days": 1})
    await api.send(app_id=_CONVERSATION)

    await pass_days(api, simulator, 400)

    assert await kept(api, _CONVERSATION) == 1


async def test_what_was_dispatched_has_a_policy_of_its_own(api: ApiClient, simulator: Simulator) -> None:
    await keep(api, {"ttl_days": 2}, app_id=_DISPATCH)
    await api.send(app_id=_DISPATCH)
    source = {"messages_source": "DISPATCH_SOURCE"}

    await pass_days(api, simulator, 1)
    before = await kept(api, _DISPATCH, **source)
    await pass_days(api, simulator, 2)

    assert before == 1
    assert await kept(api, _DISPATCH, **source) == 0
