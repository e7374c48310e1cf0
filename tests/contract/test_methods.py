"""What each method means on the wire, as committed tables: `buf breaking` sees none of it.

A change here is a change for users. When it is meant, the failing test's output is the new table.
"""

from collections import Counter
from pathlib import Path

import pytest
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor

from tests.contract.contract import MESSAGES, METHODS, RestCall, behaviors, requests, rest_call, retry_class

HERE = Path(__file__).parent
REST = [(method, call) for method in METHODS if (call := rest_call(method))]
NAMED_REST = pytest.mark.parametrize(
    ("method", "call"), REST, ids=[method.full_name.split(".", 2)[2] for method, _ in REST]
)


def line(method: MethodDescriptor) -> str:
    name = f"{method.containing_service.name}.{method.name}"
    call = rest_call(method)
    if call is None:
        return f"{name} local retry={retry_class(method)}"
    body, answer = call.body or "-", call.response_body or "-"
    return f"{name} {call.verb} {call.host}{call.path} body={body} response_body={answer} retry={call.retry}"


def test_verb_host_path_bodies_and_retry_class_are_as_committed() -> None:
    committed = (HERE / "methods.txt").read_text(encoding="utf-8")

    assert "".join(f"{row}\n" for row in sorted(map(line, METHODS))) == committed


def test_what_a_caller_must_and_cannot_set_is_as_committed() -> None:
    committed = (HERE / "field_behavior.txt").read_text(encoding="utf-8")
    messages = [message for message in MESSAGES.values() if message.full_name in requests()]

    actual = sorted(f"{m.name}.{f.name} {'+'.join(b)}\n" for m in messages for f in m.fields if (b := behaviors(f)))

    assert "".join(actual) == committed


@NAMED_REST
def test_every_path_variable_is_a_singular_string_of_the_request(method: MethodDescriptor, call: RestCall) -> None:
    fields = [method.input_type.fields_by_name[name] for name in call.variables]

    assert call.variables[0] == "project_id"
    assert all(field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated for field in fields)


@NAMED_REST
def test_bodies_are_fields_that_exist_and_do_not_stand_in_the_path(method: MethodDescriptor, call: RestCall) -> None:
    if call.body not in {"", "*"}:
        assert method.input_type.fields_by_name[call.body].message_type
        assert call.body not in call.variables
    if call.response_body:
        assert [field.name for field in method.output_type.fields] == [call.response_body]
    assert not (call.verb == "GET" and call.body)


@NAMED_REST
def test_query_parameters_have_no_structure(method: MethodDescriptor, call: RestCall) -> None:
    if call.body == "*":
        return
    placed = {*call.variables, call.body, "options"}

    query = [field for field in method.input_type.fields if field.name not in placed]

    plain = {None, "google.protobuf.Timestamp", "google.protobuf.FieldMask"}
    assert [f.name for f in query if (f.message_type and f.message_type.full_name) not in plain or f.is_repeated] == []


@NAMED_REST
def test_every_call_takes_the_project_and_the_options(method: MethodDescriptor, call: RestCall) -> None:
    project, options = method.input_type.fields_by_name["project_id"], method.input_type.fields_by_name["options"]

    assert call.host.endswith(".api.sinch.com")
    assert (project.number, project.has_presence) == (1, False)
    assert (options.number, options.message_type) == (100, MESSAGES["CallOptions"])


def test_only_reads_and_updates_are_repeated_freely() -> None:
    verbs = {(call.retry, call.verb) for _, call in REST}
    posts = {method.name for method, call in REST if call.verb == "POST" and call.retry != "-"}

    assert {verb for retry, verb in verbs if retry == "IDEMPOTENT"} == {"PATCH", "DELETE", "POST"}
    assert {verb for retry, verb in verbs if retry == "-"} == {"PUT", "POST"}
    assert posts == {
        "GetChannelProfile",
        "InsertConsents",
        "ListLastMessagesByChannelIdentity",
        "StopActiveConversation",
        "TranscodeMessage",
    }


def test_lists_page_by_size_and_token() -> None:
    paged = [m for m in METHODS if "page_token" in m.input_type.fields_by_name]

    for method in paged:
        size = method.input_type.fields_by_name["page_size"]
        assert size.type == FieldDescriptor.TYPE_INT32
        assert not size.has_presence
        assert not method.input_type.fields_by_name["page_token"].has_presence
        assert method.output_type.fields_by_name["next_page_token"].type == FieldDescriptor.TYPE_STRING
    assert len(paged) == 9


def test_every_streamed_list_takes_the_request_of_its_list_and_answers_what_it_answers() -> None:
    streams = [m for m in METHODS if m.name.startswith("Stream")]

    for stream in streams:
        listed = stream.containing_service.methods_by_name[stream.name.replace("Stream", "List")]
        assert stream.server_streaming
        assert [f.name for f in stream.input_type.fields] == ["list"]
        assert stream.input_type.fields_by_name["list"].message_type == listed.input_type
        assert [(f.name, f.number, f.type) for f in stream.output_type.fields] == [
            (f.name, f.number, f.type) for f in listed.output_type.fields
        ]
    assert {m.name for m in streams} == {"StreamMessages", "StreamContacts", "StreamConversations"}


def test_method_and_message_names_are_unique_in_the_package() -> None:
    assert [name for name, count in Counter(m.name for m in METHODS).items() if count > 1] == []
