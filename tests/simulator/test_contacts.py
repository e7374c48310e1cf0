"""Contacts: made, changed, merged, and when their identities conflict."""

import pytest

from gateway.simulator import AppOptions, SimulatorOptions
from tests.simulator.api_client import ApiClient
from tests.simulator.receiver import Receiver

_APP = "01C0NVERSAT10N000000000000"
_SMS = {"channel": "SMS", "identity": "+46700000001"}
_RCS = {"channel": "RCS", "identity": "+46700000001"}


@pytest.fixture
def options() -> SimulatorOptions:
    return SimulatorOptions(apps=(AppOptions(_APP, "us", "CONVERSATION"),), receipt_delay_s=0.0, replies="none")


def contact(*identities: dict[str, str], **fields: object) -> dict[str, object]:
    return {"channel_identities": list(identities), "language": "EN_US", **fields}


async def test_a_contact_gets_defaults_and_a_number_without_its_plus(api: ApiClient) -> None:
    created = await api.ok("POST", "contacts", contact(_SMS))

    assert created["display_name"] == "Unknown"
    assert created["channel_identities"] == [{"app_id": "", "channel": "SMS", "identity": "46700000001"}]
    assert await api.ok("GET", f"contacts/{created['id']}") == created


async def test_a_change_touches_only_what_it_names(api: ApiClient) -> None:
    created = await api.ok("POST", "contacts", contact(_SMS, email="a@b.example", external_id="7"))

    changed = await api.ok("PATCH", f"contacts/{created['id']}", {"display_name": "Ann"})
    masked = await api.ok("PATCH", f"contacts/{created['id']}", {"display_name": "Bob"}, query={"update_mask": "email"})
    wrong = await api.call("PATCH", f"contacts/{created['id']}", {}, query={"update_mask": "id"})

    assert changed == {**created, "display_name": "Ann"}
    assert masked == {**created, "display_name": "Ann", "email": ""}
    assert wrong.status_code == 400


async def test_lists_are_filtered_and_paged_in_order(api: ApiClient) -> None:
    created = [await api.ok("POST", "contacts", contact(_SMS, external_id=str(n % 2))) for n in range(4)]

    first = await api.ok("GET", "contacts", query={"page_size": "3"})
    rest = await api.ok("GET", "contacts", query={"page_size": "3", "page_token": first["next_page_token"]})
    odd = await api.ok("GET", "contacts", query={"external_id": "1"})
    known = await api.ok("GET", "contacts", query={"channel": "SMS", "identity": "+46700000001"})
    unknown = await api.ok("GET", "contacts", query={"channel": "RCS", "identity": "+46700000001"})

    assert first["contacts"] + rest["contacts"] == created
    assert odd["contacts"] == created[1::2]
    assert (len(known["contacts"]), unknown["contacts"]) == (4, [])


async def test_merging_keeps_the_destination_with_all_identities(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "CONTACT_MERGE", app_id=_APP)
    destination = await api.ok("POST", "contacts", contact(_SMS))
    source = await api.ok("POST", "contacts", contact(_RCS))
    conversation = await api.ok("POST", "conversations", {"app_id": _APP, "contact_id": source["id"]})

    merged = await api.ok("POST", f"contacts/{destination['id']}:merge", {"source_id": source["id"]})
    (event,) = await receiver.wait_for(1)
    gone = await api.call("GET", f"contacts/{source['id']}")
    moved = await api.ok("GET", f"conversations/{conversation['id']}")
    itself = await api.call("POST", f"contacts/{destination['id']}:merge", {"source_id": destination["id"]})

    assert [entry["channel"] for entry in merged["channel_identities"]] == ["SMS", "RCS"]
    assert event.json["contact_merge_notification"] == {"preserved_contact": merged, "deleted_contact": source}
    assert (gone.status_code, moved["contact_id"], itself.status_code) == (404, destination["id"], 400)


async def test_unifying_contacts_needs_their_conflicts_resolved(api: ApiClient) -> None:
    first = await api.ok("POST", "contacts", contact(_SMS))
    second = await api.ok("POST", "contacts", contact(_RCS))
    await api.ok("POST", "settings", {})
    unify = {"contact_settings": {"unified_contact_id_enabled": True}}

    conflicts = await api.ok("GET", "contacts:identityConflicts")
    refused = await api.call("PATCH", "settings", unify)
    await api.ok("POST", f"contacts/{first['id']}:merge", {"source_id": second["id"]})
    accepted = await api.ok("PATCH", "settings", unify)

    assert conflicts["conflicts"] == [
        {"identity": "46700000001", "channels": ["RCS", "SMS"], "contact_ids": [first["id"], second["id"]]}
    ]
    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "FAILED_PRECONDITION")
    assert accepted == {"project_id": "demo-project", "settings": unify}


async def test_a_unified_number_is_one_contact_on_every_phone_channel(api: ApiClient) -> None:
    await api.ok("POST", "settings", {"contact_settings": {"unified_contact_id_enabled": True}})
    created = await api.ok("POST", "contacts", contact(_SMS))
    body = {
        "app_id": _APP,
        "recipient": {"identified_by": {"channel_identities": [_RCS]}},
        "message": {"text_message": {"text": "Hi"}},
    }

    message_id = (await api.ok("POST", "messages:send", body))["message_id"]
    message = await api.ok("GET", f"messages/{message_id}")

    assert message["contact_id"] == created["id"]


async def test_a_shared_identity_is_reported_as_duplicated(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "CONTACT_IDENTITIES_DUPLICATION", app_id=_APP)

    ids = [(await api.ok("POST", "contacts", contact(_SMS)))["id"] for _ in range(2)]
    (event,) = await receiver.wait_for(1)

    assert event.json["duplicated_contact_identities_notification"] == {
        "duplicated_identities": [{"channel": "SMS", "contact_ids": ids}]
    }


async def test_every_change_of_a_contact_is_told(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "CONTACT_CREATE", "CONTACT_UPDATE", "CONTACT_DELETE", app_id=_APP)

    created = await api.ok("POST", "contacts", contact(_SMS))
    await receiver.wait_for(1)
    await api.ok("PATCH", f"contacts/{created['id']}", {"email": "a@b.example"})
    await receiver.wait_for(2)
    await api.ok("DELETE", f"contacts/{created['id']}")
    events = await receiver.wait_for(3)

    assert receiver.kinds == [f"contact_{change}_notification" for change in ("create", "update", "delete")]
    assert events[1].json["contact_update_notification"]["contact"]["email"] == "a@b.example"


async def test_a_profile_is_that_of_a_known_contact_or_404(api: ApiClient) -> None:
    identity = {"channel": "MESSENGER", "identity": "psid"}
    await api.ok("POST", "contacts", contact(identity, display_name="Ann"))
    body = {"app_id": _APP, "channel": "MESSENGER", "recipient": {"identified_by": {"channel_identities": [identity]}}}

    known = await api.ok("POST", "contacts:getChannelProfile", body)
    stranger = {"identified_by": {"channel_identities": [{**identity, "identity": "other"}]}}
    unknown = await api.call("POST", "contacts:getChannelProfile", {**body, "recipient": stranger})
    wrong = await api.call("POST", "contacts:getChannelProfile", {**body, "channel": "SMS"})

    assert known == {"profile_name": "Ann"}
    assert (unknown.status_code, wrong.status_code) == (404, 400)


@pytest.mark.parametrize(
    "body", [{}, {"channel_identities": [], "language": "SV"}, {"channel_identities": [_SMS]}, {"language": "SV"}]
)
async def test_a_contact_needs_an_identity_and_a_language(api: ApiClient, body: dict[str, object]) -> None:
    answer = await api.call("POST", "contacts", body)

    assert answer.status_code == 400


async def test_contacts_are_regional(api: ApiClient) -> None:
    created = await api.ok("POST", "contacts", contact(_SMS))

    answer = await api.call("GET", f"contacts/{created['id']}", region="eu")

    assert answer.status_code == 404
