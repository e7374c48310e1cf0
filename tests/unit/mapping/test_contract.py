"""The whole contract fits the mapping: every document compiles, and no free JSON is deep enough to poison a message."""

from collections.abc import Iterator

import pytest
from conversation_gateway.v1.event_feed_pb2 import FeedEvent, SubscribeResponse
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

from gateway.mapping import MAX_DEPTH, decoder_for, encoder_for, query_encoder_for
from tests.contract.contract import MESSAGES, METHODS, rest_call

# Levels of messages inside one another that the protobuf runtime parses.
PARSED_LEVELS = 100
# An object of free JSON is a Struct, the entry of its map and a Value; the outermost may be in a Value of its own.
LEVELS_OF_FREE_JSON = 3 * MAX_DEPTH + 1
FREE = {"google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue"}


def levels_to_free_json(message: Descriptor, above: tuple[Descriptor, ...] = ()) -> Iterator[int]:
    """How many messages are around each free-form field, map entries included."""
    assert message not in above, f"{message.full_name} holds itself, so its depth has no bound of its own"
    for field in message.fields:
        if field.message_type is None:
            continue
        if field.message_type.full_name in FREE:
            yield len(above) + 1
        else:
            yield from levels_to_free_json(field.message_type, (*above, message))


@pytest.mark.parametrize("method", [m for m in METHODS if rest_call(m)], ids=lambda method: method.name)
def test_every_request_and_answer_compiles(method: MethodDescriptor) -> None:
    call = rest_call(method)
    assert call is not None
    elsewhere = frozenset({*call.variables, "options", call.body})

    if call.body == "*":
        encoder_for(method.input_type, elsewhere)
    else:
        query_encoder_for(method.input_type, elsewhere)
    if call.body not in {"", "*"}:
        body = method.input_type.fields_by_name[call.body].message_type
        assert body is not None
        encoder_for(body)
    decoder_for(GetMessageClass(method.output_type))


def test_free_json_at_its_cap_can_be_parsed_wherever_it_is() -> None:
    around = {name: max(levels_to_free_json(message), default=0) for name, message in MESSAGES.items()}

    assert {name for name, levels in around.items() if levels + LEVELS_OF_FREE_JSON >= PARSED_LEVELS} == set()


def test_an_event_with_the_deepest_free_json_survives_the_stream() -> None:
    deepest: dict[str, object] = {}
    for _ in range(MAX_DEPTH - 1):
        deepest = {"inside": deepest}
    document = {"channel_event_notification": {"channel_event": {"additional_data": deepest}}}

    decoded = decoder_for(FeedEvent)(document)
    answer = SubscribeResponse(batch={"events": [decoded.message]})

    assert decoded.skipped == ()
    assert SubscribeResponse.FromString(answer.SerializeToString()) == answer
