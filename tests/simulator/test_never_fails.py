"""Whatever the body, every operation answers or refuses: a 500 of its own would be the simulator's defect."""

import base64
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.simulator import DEFAULT_APP_ID, AppOptions, SimulatorOptions
from gateway.simulator.api import Api
from gateway.simulator.assembly import assemble
from gateway.simulator.wire import Request

_APP = "01C0NVERSAT10N000000000000"
_OPERATIONS = [
    ("conversation", "POST", "messages:send"),
    ("conversation", "POST", "messages:fetch-last-message"),
    ("conversation", "POST", "messages:transcode"),
    ("conversation", "POST", "events:send"),
    ("conversation", "POST", "capability:query"),
    ("conversation", "POST", "contacts"),
    ("conversation", "POST", "contacts:getChannelProfile"),
    ("conversation", "POST", "conversations"),
    ("conversation", "POST", "apps"),
    ("conversation", "PATCH", f"apps/{_APP}"),
    ("conversation", "POST", "webhooks"),
    ("conversation", "PATCH", "settings"),
    ("conversation", "POST", "settings"),
    ("template", "POST", "templates"),
    ("batch", "POST", "messages"),
    ("batch", "DELETE", "messages"),
    ("batch", "POST", "contacts"),
    ("batch", "DELETE", "contacts"),
    ("batch", "POST", "consents"),
]
_VOCABULARY = """
app_id recipient message identified_by channel_identities channel identity contact_id text_message text
card_message media_message url choices title choice_message carousel_message cards list_message sections items
choice template_message omni_template channel_template template_id version language_code location_message
coordinates latitude longitude contact_info_message name full_name phone_numbers phone_number
explicit_channel_message SMS explicit_channel_omni_message channel_specific_message ttl queue
channel_priority_order channel_properties conversation_metadata message_metadata callback_url app_message
channels event composing_event generic_event payload language display_name channel_credentials processing_mode
target triggers target_type secret translations default_translation recipient_and_params parameters send_after
batch_id contacts contact_ids consent_records identification contact_settings unified_contact_id_enabled
metadata_json active dispatch_retention_policy ttl_days
"""
_NAMES = tuple(_VOCABULARY.split())
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "x", _APP, DEFAULT_APP_ID, "SMS", "5s", "2030-13-01T00:00:00Z", "${name}", "+46700000001"])
    | st.text(max_size=8)
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=6),
    max_leaves=25,
)
_SEND: dict[str, Any] = {
    "app_id": _APP,
    "recipient": {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": "+46700000001"}]}},
    "message": {"text_message": {"text": "Hello"}},
    "event": {"composing_event": {}},
    "app_message": {"text_message": {"text": "Hello"}},
    "channels": ["SMS", "RCS", "WHATSAPP", "MESSENGER", "LINE"],
    "recipient_and_params": [{"recipient": {"contact_id": "c"}}],
    "channel_identities": [{"channel": "SMS", "identity": "1"}],
    "language": "SV",
    "contact_id": "c",
    "display_name": "n",
    "channel_credentials": [{"channel": "SMS"}],
    "target": "https://hooks.example/",
    "triggers": ["OPT_IN"],
    "default_translation": "sv",
    "translations": [{"language_code": "sv", "text_message": {"text": "Hej"}}],
}


def _authorization() -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(b"demo-key:demo-secret").decode()}


def _bearer(api: Api) -> dict[str, str]:
    headers = {**_authorization(), "content-type": "application/x-www-form-urlencoded"}
    body = b"grant_type=client_credentials"
    answer = api.answer(Request(method="POST", path="/auth/oauth2/token", query="", headers=headers, body=body))
    token = orjson.loads(answer.body)["access_token"]
    return {"authorization": f"Bearer {token}", "content-type": "application/json"}


@pytest.fixture
async def api() -> Api:
    apps = (AppOptions(), AppOptions(_APP, "us", "CONVERSATION"))
    return assemble(SimulatorOptions(apps=apps, recorded_requests=10)).api


@pytest.mark.parametrize(("host", "method", "tail"), _OPERATIONS, ids=str)
async def test_no_body_makes_an_operation_fail(api: Api, host: str, method: str, tail: str) -> None:
    headers = _bearer(api)
    version = "v2" if host == "template" else "v1"
    path = f"/us/{host}/{version}/projects/demo-project/{tail}"

    @settings(max_examples=30, deadline=None, database=None)
    @given(changes=st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=5), whole=_JSON, changed=st.booleans())
    @example(changes={"triggers": [[]]}, whole=None, changed=True)
    def never_fails(changes: dict[str, Any], whole: Any, *, changed: bool) -> None:
        body = orjson.dumps({**_SEND, **changes} if changed else whole)

        answer = api.answer(Request(method=method, path=path, query="", headers=headers, body=body))

        assert answer.status < 500, body

    never_fails()


@pytest.mark.parametrize("operation", ["faults", "clock", "queue", "inbound", "emit", "tokens"])
async def test_no_body_makes_an_admin_operation_fail(api: Api, operation: str) -> None:
    names = st.sampled_from(
        [*_NAMES, "match", "answer", "callback", "delivery", "advance_s", "trigger", "action", "count"]
    )

    @settings(max_examples=30, deadline=None, database=None)
    @given(body=_JSON | st.dictionaries(names, _JSON, max_size=5))
    def never_fails(body: Any) -> None:
        request = Request(method="POST", path=f"/_simulator/{operation}", query="", headers={}, body=orjson.dumps(body))

        answer = api.answer(request)

        assert answer.status < 500, body

    never_fails()
