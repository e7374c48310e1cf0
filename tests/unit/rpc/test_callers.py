"""A caller's cap reaches the options of a request, wherever a stream's message keeps them."""

from typing import Any

import pytest
from conversation_gateway.v1 import batch_pb2, call_options_pb2, message_pb2

from gateway.rpc.callers import Principal
from gateway.settings import CallerSettings


@pytest.mark.parametrize(
    ("request_class", "path"),
    [
        (message_pb2.SendMessageRequest, ()),
        (message_pb2.SendMessagesRequest, ("send",)),
        (message_pb2.StreamMessagesRequest, ("list",)),
        (batch_pb2.SendLargeBatchRequest, ("start", "batch")),
    ],
    ids=["a call", "an item", "a streamed list", "a large batch"],
)
def test_a_priority_above_the_cap_is_lowered(request_class: Any, path: tuple[str, ...]) -> None:
    entry = CallerSettings(name="campaign", certificate_names=("campaign",), priority_cap="BULK")
    principal = Principal(name="campaign", peer="p", entry=entry)
    request = request_class()
    holder = request
    for name in path:
        holder = getattr(holder, name)
    holder.options.priority = call_options_pb2.PRIORITY_URGENT
    trailers: dict[str, str] = {}

    principal.cap(request, trailers)

    assert holder.options.priority == call_options_pb2.PRIORITY_BULK
    assert trailers == {"x-gateway-priority": "BULK"}
