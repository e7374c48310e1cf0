"""Every operation of the API answers, in the shape of its schema."""

from typing import Any

import httpx
import orjson
import pytest

from gateway.simulator import AppOptions, Simulator, SimulatorOptions
from tests.requirements import require
from tests.simulator.api_client import ApiClient
from tests.simulator.schema import API_FACTS, complaints

_APP = "01C0NVERSAT10N000000000000"
_RCS = {"channel": "RCS", "identity": "+46700000001"}
_RECIPIENT = {"identified_by": {"channel_identities": [_RCS]}}
_TEXT = {"text_message": {"text": "Hello"}}
_EVENT: dict[str, object] = {"composing_event": {}}
_TRANSLATION = {"language_code": "en-US", "text_message": {"text": "Hi ${name}"}, "variables": [{"key": "name"}]}
_TEMPLATE = {"default_translation": "en-US", "translations": [_TRANSLATION]}
_CONTACT = {"channel_identities": [{"channel": "MESSENGER", "identity": "psid", "app_id": "x"}], "language": "EN_US"}
_CREDENTIALS = {"channel": "SMS", "static_bearer": {"claimed_identity": "plan", "token": "t"}}


class Scene:
    """A region in which everything that a path can name exists."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api
        self.ids: dict[str, str] = {"project_id": "demo-project", "app_id": _APP}
        self.now = ""

    async def prepare(self) -> None:
        ok = self.api.ok
        send = {"app_id": _APP, "recipient": _RECIPIENT, "message": _TEXT}
        self.ids["message_id"] = (await ok("POST", "messages:send", send))["message_id"]
        event = {"app_id": _APP, "recipient": _RECIPIENT, "event": _EVENT}
        self.ids["event_id"] = (await ok("POST", "events:send", event))["event_id"]
        (contact,) = (await ok("GET", "contacts"))["contacts"]
        (conversation,) = (await ok("GET", "conversations", query={"app_id": _APP}))["conversations"]
        self.ids |= {"contact_id": contact["id"], "conversation_id": conversation["id"]}
        self.ids["destination_id"] = (await ok("POST", "contacts", _CONTACT))["id"]
        webhook = {"app_id": _APP, "target": "https://hooks.example/a", "triggers": []}
        self.ids["webhook_id"] = (await ok("POST", "webhooks", webhook))["id"]
        self.ids["template_id"] = (await ok("POST", "templates", _TEMPLATE, host="template"))["id"]
        batch = {**send, "recipient_and_params": [{"recipient": _RECIPIENT}], "batch_metadata": {"campaign": "c"}}
        self.ids["batch_id"] = (await ok("POST", "messages", batch, host="batch"))["batch_id"]
        self.now = (await self.api.http.get("/_simulator/stats")).json()["now"]
        self.ids |= {"list_type": "OPT_OUT_ALL", "identity": "+46700000001"}

    def body(self, operation: str) -> object:
        ids = self.ids
        send = {"app_id": _APP, "recipient": _RECIPIENT, "message": _TEXT}
        injected = {"channel_identity": _RCS, "contact_id": ids["contact_id"], "accept_time": self.now}
        return {
            "SendMessage": send,
            "UpdateMessage": {"metadata": "m"},
            "ListLastMessagesByChannelIdentity": {"channel_identities": ["46700000001"], "app_id": _APP},
            "TranscodeMessage": {"app_id": _APP, "app_message": _TEXT, "channels": ["SMS", "WHATSAPP", "LINE"]},
            "SendEvent": {"app_id": _APP, "recipient": _RECIPIENT, "event": _EVENT},
            "QueryCapability": {"app_id": _APP, "recipient": _RECIPIENT},
            "CreateContact": _CONTACT,
            "UpdateContact": {"display_name": "Ann"},
            "MergeContact": {"source_id": ids["contact_id"]},
            "GetChannelProfile": {
                "app_id": _APP,
                "channel": "MESSENGER",
                "recipient": {"contact_id": ids["contact_id"]},
            },
            "CreateConversation": {"app_id": _APP, "contact_id": ids["contact_id"]},
            "UpdateConversation": {"metadata_json": {"a": 1}},
            "InjectMessage": {**injected, "contact_message": _TEXT, "direction": "TO_APP"},
            "InjectEvent": {**injected, "app_event": _EVENT},
            "CreateApp": {"display_name": "New", "channel_credentials": [_CREDENTIALS]},
            "UpdateApp": {"display_name": "Newer"},
            "CreateWebhook": {"app_id": _APP, "target": "https://hooks.example/b", "triggers": ["OPT_IN"]},
            "UpdateWebhook": {"triggers": ["OPT_OUT"]},
            "CreateProjectSettings": {"contact_settings": {"unified_contact_id_enabled": False}},
            "UpdateProjectSettings": {"contact_settings": {"unified_contact_id_enabled": True}},
            "CreateTemplate": {**_TEMPLATE, "id": "my-template"},
            "UpdateTemplate": {**_TEMPLATE, "version": 1},
            "SendBatch": {**send, "recipient_and_params": [{"recipient": _RECIPIENT}]},
            "CancelBatch": {"batch_id": ids["batch_id"]},
            "CreateContacts": {"contacts": [_CONTACT]},
            "DeleteContacts": {"contact_ids": [ids["contact_id"]]},
            "InsertConsents": {"app_id": _APP, "consent_records": [{"identification": "+46700000001"}]},
        }.get(operation)

    def query(self, operation: str) -> dict[str, str] | None:
        return {
            "ListEvents": {"contact_id": self.ids["contact_id"]},
            "ListConversations": {"app_id": _APP},
            "ListRecentConversations": {"app_id": _APP},
            "GetBatchStatusByMetadata": {"metadataKey": "campaign", "metadataValue": "c"},
        }.get(operation)


def _operations() -> list[Any]:
    path = API_FACTS / "endpoints.json"
    operations: list[Any] = orjson.loads(path.read_bytes()) if path.is_file() else []
    return [operation for operation in operations if operation["method"] != "CreateToken"]


@pytest.fixture
def options() -> SimulatorOptions:
    return SimulatorOptions(apps=(AppOptions(_APP, "us", "CONVERSATION"),), receipt_delay_s=0, replies="none")


@pytest.fixture
async def scene(api: ApiClient) -> Scene:
    scene = Scene(api)
    await scene.prepare()
    return scene


def test_all_58_operations_behind_a_token_are_known_here() -> None:
    require(_operations(), f"the list of operations in {API_FACTS}")

    assert len(_operations()) == 58


@pytest.mark.parametrize("operation", _operations(), ids=lambda operation: str(operation["method"]))
async def test_the_operation_answers_in_the_shape_of_its_schema(
    scene: Scene, simulator: Simulator, operation: dict[str, Any]
) -> None:
    name = operation["method"]
    if name in {"GetProjectSettings", "UpdateProjectSettings", "DeleteProjectSettings"}:
        await scene.api.ok("POST", "settings", {})
    path = operation["path"].partition("/projects/{project_id}/")[2]
    for parameter in operation["path_params"]:
        path = path.replace(
            f"{{{parameter}}}", str(httpx.URL(f"http://x/{scene.ids[parameter]}").raw_path[1:].decode())
        )

    answer = await scene.api.call(
        operation["http_method"], path, scene.body(name), host=operation["host"], query=scene.query(name)
    )

    assert answer.status_code == 200, answer.text
    assert simulator.requests[-1].status == 200
    assert _shape_complaints(answer.json(), operation["response_schema"]) == []


def _shape_complaints(answer: Any, schema: str | None) -> list[str]:
    if schema is None:
        return [] if answer == {} else ["an empty object was expected"]
    if schema.startswith("array of "):
        assert answer, "the list of batches"
        return [line for item in answer for line in complaints(item, "Batch")]
    assert answer, "an answer with content"
    return complaints(answer, schema)
