"""Apps and project settings."""

import pytest

from gateway.simulator import DEFAULT_APP_ID
from tests.simulator.api_client import ApiClient, send_body

_CREDENTIALS = [{"channel": "SMS", "static_bearer": {"claimed_identity": "plan", "token": "t"}}]
_APP = {"display_name": "Mine", "channel_credentials": _CREDENTIALS}


async def test_an_app_gets_the_documented_defaults(api: ApiClient) -> None:
    created = await api.ok("POST", "apps", _APP)

    assert created["processing_mode"] == "DISPATCH"
    assert created["dispatch_retention_policy"] == {"retention_type": "MESSAGE_EXPIRE_POLICY", "ttl_days": 0}
    assert created["retention_policy"]["ttl_days"] == 180
    assert created["queue_stats"] == {"outbound_size": 0, "outbound_limit": 500_000}
    assert created["channel_credentials"][0]["state"] == {"status": "ACTIVE", "description": ""}
    assert await api.ok("GET", f"apps/{created['id']}") == created


async def test_an_app_is_changed_and_deleted_with_its_webhooks(api: ApiClient) -> None:
    created = await api.ok("POST", "apps", _APP)
    path = f"apps/{created['id']}"
    webhook = await api.subscribe("https://hooks.example/a", "OPT_IN", app_id=created["id"])

    changed = await api.ok("PATCH", path, {"display_name": "Yours"})
    await api.ok("DELETE", path)
    gone = [await api.call("GET", place) for place in (path, f"webhooks/{webhook['id']}")]
    listed = await api.ok("GET", "apps")

    assert changed == {**created, "display_name": "Yours"}
    assert [answer.status_code for answer in gone] == [404, 404]
    assert [app["id"] for app in listed["apps"]] == [DEFAULT_APP_ID]


async def test_a_channel_that_the_app_lacks_is_refused(api: ApiClient) -> None:
    created = await api.ok("POST", "apps", _APP)
    body = send_body(app_id=created["id"])

    lacking = await api.call("POST", "messages:send", {**body, "channel_priority_order": ["RCS", "SMS"]})
    configured = await api.call("POST", "messages:send", {**body, "channel_priority_order": ["SMS"]})

    assert (lacking.status_code, configured.status_code) == (400, 200)


@pytest.mark.parametrize(
    "fault",
    [
        {"display_name": ""},
        {"channel_credentials": None},
        {"processing_mode": "BOTH"},
        {"retention_policy": {"ttl_days": 0}},
        {"dispatch_retention_policy": {"ttl_days": 8}},
        {"message_retry_settings": {"retry_duration": 5}},
    ],
)
async def test_a_malformed_app_is_refused(api: ApiClient, fault: dict[str, object]) -> None:
    answer = await api.call("POST", "apps", {**_APP, **fault})

    assert answer.status_code == 400


async def test_settings_are_created_once_and_gone_when_deleted(api: ApiClient) -> None:
    before = await api.call("GET", "settings")
    created = await api.ok("POST", "settings", {})
    again = await api.call("POST", "settings", {})
    await api.ok("DELETE", "settings")
    after = await api.call("PATCH", "settings", {})

    assert created["settings"] == {"contact_settings": {"unified_contact_id_enabled": False}}
    assert [answer.status_code for answer in (before, again, after)] == [404, 409, 404]
