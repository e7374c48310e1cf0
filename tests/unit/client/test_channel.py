"""What the client tells grpc beforehand, and the constants it ships."""

import json
from typing import Any

from conversation_gateway import vocabulary
from conversation_gateway.channel import OPTIONS, SERVICE_CONFIG
from google.protobuf.descriptor_pb2 import MethodOptions

from tests.conftest import REPOSITORY
from tests.contract.contract import METHODS

CONFIG: dict[str, Any] = json.loads(SERVICE_CONFIG)


def test_exactly_what_the_contract_calls_idempotent_is_repeated() -> None:
    idempotent = {
        (method.containing_service.full_name, method.name)
        for method in METHODS
        if method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN
    }

    (repeated,) = CONFIG["methodConfig"]

    assert {(name["service"], name["method"]) for name in repeated["name"]} == idempotent
    assert ("conversation_gateway.v1.MessageService", "SendMessage") not in idempotent


def test_repetitions_are_few_and_throttled() -> None:
    (repeated,) = CONFIG["methodConfig"]

    assert repeated["retryPolicy"]["maxAttempts"] <= 5
    assert repeated["retryPolicy"]["retryableStatusCodes"] == ["UNAVAILABLE"]
    assert CONFIG["retryThrottling"]["tokenRatio"] <= 0.1


def test_pings_are_as_frequent_as_the_gateway_allows_them() -> None:
    options = dict(OPTIONS)

    assert options["grpc.keepalive_time_ms"] == 30_000
    assert options["grpc.http2.max_pings_without_data"] == 0


def test_every_published_value_of_the_vendor_is_a_constant() -> None:
    listed = json.loads((REPOSITORY / "proto" / "vocabulary.json").read_bytes())["vocabularies"]

    constants = {
        name: [value for key, value in vars(getattr(vocabulary, name)).items() if key.isupper()] for name in listed
    }

    assert constants == {name: entry["values"] for name, entry in listed.items()}
