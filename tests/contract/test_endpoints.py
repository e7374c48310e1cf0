"""Every documented operation has its RPC, and there is no REST call that no document knows."""

import json
from typing import Any

import pytest

from tests.contract.contract import FACTS, METHODS, rest_call
from tests.requirements import require

HOSTS = {
    "conversation": "conversation.api.sinch.com",
    "batch": "conversationbatch.api.sinch.com",
    "template": "template.api.sinch.com",
}
BY_CALL = {(c.host, c.verb, c.path): (m, c) for m in METHODS if (c := rest_call(m))}


@pytest.fixture(scope="module")
def operations() -> list[dict[str, Any]]:
    path = FACTS / "endpoints.json"
    require(path.exists(), "the facts about the API: endpoints.json (CONVERSATION_API_FACTS)")
    every = json.loads(path.read_bytes())
    return [operation for operation in every if operation["host"] in HOSTS]


def key(operation: dict[str, Any]) -> tuple[str, str, str]:
    return HOSTS[operation["host"]], operation["http_method"], operation["path"]


def test_every_operation_has_an_rpc_with_its_verb_path_and_host(operations: list[dict[str, Any]]) -> None:
    assert len(operations) == 58
    assert [operation["method"] for operation in operations if key(operation) not in BY_CALL] == []


def test_every_rest_call_is_a_documented_operation(operations: list[dict[str, Any]]) -> None:
    assert BY_CALL.keys() - {key(operation) for operation in operations} == set()


def test_every_query_parameter_is_a_field_that_goes_into_the_query(operations: list[dict[str, Any]]) -> None:
    missing = []

    for operation in operations:
        method, call = BY_CALL[key(operation)]
        placed = set(method.input_type.fields_by_name) if call.body == "*" else {*call.variables, call.body}
        query = {field.name for field in method.input_type.fields} - placed - {"options"}
        documented = {parameter["name"] for parameter in operation["query_params"]}
        if query != documented:
            missing.append((operation["method"], query ^ documented))

    assert missing == []


def test_bodies_are_sent_and_read_where_the_documents_have_them(operations: list[dict[str, Any]]) -> None:
    for operation in operations:
        method, call = BY_CALL[key(operation)]

        assert bool(call.body) == bool(operation["request_schema"]), operation["method"]
        assert bool(method.output_type.fields) == bool(operation["response_schema"]), operation["method"]
