"""The registration of webhooks."""

import pytest

from gateway.simulator import DEFAULT_APP_ID
from tests.simulator.api_client import ApiClient
from tests.simulator.receiver import Receiver

_TARGET = "https://hooks.example/sinch"


async def test_a_webhook_is_created_read_listed_changed_and_deleted(api: ApiClient) -> None:
    created = await api.subscribe(_TARGET, "MESSAGE_DELIVERY")
    path = f"webhooks/{created['id']}"

    read = await api.ok("GET", path)
    changed = await api.ok("PATCH", path, {"triggers": ["OPT_IN"], "secret": "x"}, query={"update_mask": "triggers"})
    listed = await api.ok("GET", f"apps/{DEFAULT_APP_ID}/webhooks")
    await api.ok("DELETE", path)
    gone = await api.call("GET", path)

    assert read == created
    assert changed == {**created, "triggers": ["OPT_IN"]}
    assert listed == {"webhooks": [changed]}
    assert gone.status_code == 404


async def test_the_target_type_is_dismiss_unless_said_otherwise(api: ApiClient) -> None:
    body = {"app_id": DEFAULT_APP_ID, "target": _TARGET, "triggers": []}

    created = await api.ok("POST", "webhooks", body)

    assert created["target_type"] == "DISMISS"


async def test_a_sixth_webhook_and_a_taken_target_are_refused(api: ApiClient) -> None:
    for number in range(4):
        await api.subscribe(f"{_TARGET}/{number}", "OPT_IN")
    body = {"app_id": DEFAULT_APP_ID, "target_type": "HTTP", "triggers": ["OPT_IN"]}

    taken = await api.call("POST", "webhooks", {**body, "target": f"{_TARGET}/1"})
    fifth = await api.call("POST", "webhooks", {**body, "target": f"{_TARGET}/5"})
    sixth = await api.call("POST", "webhooks", {**body, "target": f"{_TARGET}/6"})

    assert [answer.status_code for answer in (taken, fifth, sixth)] == [400, 200, 400]


@pytest.mark.parametrize(
    "fault",
    [
        {"triggers": ["UNSPECIFIED_TRIGGER"]},
        {"triggers": "MESSAGE_DELIVERY"},
        {"target": ""},
        {"target": "https://x.example/" + "x" * 742},
        {"target_type": "MAIL"},
        {"app_id": ""},
    ],
)
async def test_a_malformed_webhook_is_refused(api: ApiClient, fault: dict[str, object]) -> None:
    body = {"app_id": DEFAULT_APP_ID, "target": _TARGET, "triggers": ["OPT_IN"], **fault}

    answer = await api.call("POST", "webhooks", body)

    assert answer.status_code == 400


async def test_a_deleted_webhook_gets_nothing_more(api: ApiClient, receiver: Receiver) -> None:
    first = await api.subscribe(f"{receiver.url}/first", "MESSAGE_INBOUND")
    await api.subscribe(f"{receiver.url}/second", "MESSAGE_INBOUND")
    await api.ok("DELETE", f"webhooks/{first['id']}")

    await api.send()
    events = await receiver.wait_for(1)

    assert [event.path for event in events] == ["/second"]
