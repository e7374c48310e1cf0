"""What a request that sends something says of its recipients, its channels and the queue it joins.

Which requests those are follows from the contract: whoever names an app and may choose a queue or a time to live.
"""

from collections.abc import Callable, Iterator
from typing import Any

from conversation_gateway.v1.call_options_pb2 import PRIORITY_URGENT
from google.protobuf.descriptor import Descriptor

from gateway.errors import Violation
from gateway.upstream.app_queue import Joining

SMS = "SMS"
SMS_SENDER = "SMS_SENDER"
FIRST = "HIGH_PRIORITY"


def is_sending(request: Descriptor) -> bool:
    """Whether requests of this type put messages into an app's queue."""
    names = request.fields_by_name
    return "app_id" in names and ("queue" in names or "ttl" in names)


def fill_sending(request: Any, *, sms_sender: str, urgent_first: bool) -> None:
    """Name the SMS sender where SMS may be tried, and choose the app's fast queue for what is urgent.

    What the caller has set stays as it is.
    """
    fields = request.DESCRIPTOR.fields_by_name
    may_be_named = sms_sender and "channel_properties" in fields
    if may_be_named and SMS_SENDER not in request.channel_properties and _may_try_sms(request):
        request.channel_properties[SMS_SENDER] = sms_sender
    if urgent_first and "queue" in fields and not request.queue and request.options.priority == PRIORITY_URGENT:
        request.queue = FIRST


def joiner_for(descriptor: Descriptor) -> Callable[[Any, str], Joining | None] | None:
    """Compile what requests of this type put into an app's queue in a region; None for those that send nothing.

    A batch that is sent later puts nothing there yet.
    """
    if not is_sending(descriptor):
        return None
    names = descriptor.fields_by_name
    is_one, may_wait, has_ttl, has_queue = (name in names for name in ("recipient", "send_after", "ttl", "queue"))

    def joining(request: Any, region: str) -> Joining | None:
        if may_wait and request.HasField("send_after"):
            return None
        return Joining(
            app_id=request.app_id,
            region=region,
            message_count=1 if is_one else len(request.recipient_and_params),
            ttl_s=request.ttl.seconds + request.ttl.nanos / 1e9 if has_ttl and request.HasField("ttl") else None,
            is_first=has_queue and request.queue == FIRST,
        )

    return joining


def recipients(request: Any) -> Iterator[tuple[str, Any]]:
    """Everybody that a request sends to, with the path of each."""
    if "recipient" in request.DESCRIPTOR.fields_by_name:
        yield "recipient", request.recipient
        return
    for index, item in enumerate(request.recipient_and_params):
        yield f"recipient_and_params[{index}].recipient", item.recipient


def contacts_in_dispatch(request: Any) -> list[Violation]:
    """Recipients named by a contact, for an app in DISPATCH mode: that mode has no contacts."""
    hint = "the app is in DISPATCH mode, which has no contacts; use identified_by"
    return [
        Violation(field=f"{path}.contact_id", description=hint)
        for path, recipient in recipients(request)
        if recipient.HasField("contact_id")
    ]


def _may_try_sms(request: Any) -> bool:
    """Whether SMS is among the channels to try; a contact's own channels are not known here, so they may hold it."""
    if request.channel_priority_order:
        return SMS in request.channel_priority_order
    return any(
        recipient.HasField("contact_id") or any(i.channel == SMS for i in recipient.identified_by.channel_identities)
        for _, recipient in recipients(request)
    )
