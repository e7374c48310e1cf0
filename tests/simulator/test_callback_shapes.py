"""Every callback that the simulator composes has the shape of its published schema."""

import pytest

from gateway.simulator import AppOptions, SimulatorOptions
from gateway.simulator.resources.webhooks import TRIGGERS
from tests.requirements import require
from tests.simulator.api_client import ApiClient, send_body
from tests.simulator.receiver import Receiver
from tests.simulator.schema import API_FACTS, complaints

_APP = "01C0NVERSAT10N000000000000"
_IDENTITY = {"channel": "SMS", "identity": "+46700000001"}
_RECIPIENT = {"identified_by": {"channel_identities": [_IDENTITY]}}


@pytest.fixture
def options() -> SimulatorOptions:
    return SimulatorOptions(apps=(AppOptions(_APP, "us", "CONVERSATION"),), receipt_delay_s=0.0)


async def test_every_composed_callback_has_the_shape_of_its_schema(api: ApiClient, receiver: Receiver) -> None:
    require(API_FACTS.is_dir(), f"the schemas in {API_FACTS}")
    await api.subscribe(f"{receiver.url}/hook", *sorted(TRIGGERS), app_id=_APP)
    to_app = {"app_id": _APP, "recipient": _RECIPIENT}

    message = await api.ok("POST", "messages:send", send_body(app_id=_APP))
    failing = {"identified_by": {"channel_identities": [{"channel": "RCS", "identity": "9993001"}]}}
    await api.ok("POST", "messages:send", send_body(app_id=_APP, recipient=failing))
    await api.ok("POST", "events:send", {**to_app, "event": {"composing_event": {}}})
    await api.ok("POST", "capability:query", to_app)
    batch = {"app_id": _APP, "message": {"text_message": {"text": "x"}}, "recipient_and_params": [to_app]}
    await api.ok("POST", "messages", batch, host="batch")
    stored = await api.ok("GET", f"messages/{message['message_id']}")
    contact = await api.ok("POST", "contacts", {"channel_identities": [_IDENTITY], "language": "SV"})
    await api.ok("PATCH", f"contacts/{contact['id']}", {"email": "a@b.example"})
    await api.ok("POST", f"contacts/{stored['contact_id']}:merge", {"source_id": contact["id"]})
    await api.ok("POST", f"conversations/{stored['conversation_id']}:stop")
    await api.ok("DELETE", f"conversations/{stored['conversation_id']}")
    await api.ok("DELETE", f"contacts/{stored['contact_id']}")
    expected = {
        "message",
        "message_submit_notification",
        "message_delivery_report",
        "event_delivery_report",
        "conversation_start_notification",
        "conversation_stop_notification",
        "conversation_delete_notification",
        "contact_create_notification",
        "contact_update_notification",
        "contact_delete_notification",
        "contact_merge_notification",
        "duplicated_contact_identities_notification",
        "capability_notification",
        "batch_status_update_notification",
    }
    await receiver.wait_until(lambda: {kind.partition(":")[0] for kind in receiver.kinds} >= expected)

    assert [line for event in receiver.received for line in complaints(event.json, "CallbackEnvelope")] == []
