"""What the gateway fills in where a request leaves it empty: a project of its own, that one's app and SMS sender.

The contract says which fields the first two are: `project_id` and `app_id` without explicit presence. Where emptiness
means something, as in a filter, the field is `optional` and is never filled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from gateway.errors import Violation
from gateway.upstream.sending import fill_sending, is_sending

FILLED = ("project_id", "app_id")
# The largest pages of the API (api/schemas.md, Limits collected). A larger one is asked for as the largest (AIP-158).
PAGE_SIZES: Mapping[str, int] = {
    "ListMessagesRequest": 1000,
    "ListLastMessagesByChannelIdentityRequest": 1000,
    "ListContactsRequest": 20,
    "ListIdentityConflictsRequest": 20,
    "ListConversationsRequest": 20,
    "ListRecentConversationsRequest": 50,
    "ListEventsRequest": 20,
    "ListIdentitiesFromConsentRequest": 50,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """One of the gateway's own projects: its app and region, and what is added to requests that send."""

    project_id: str
    app_id: str
    region: str
    sms_sender: str = field(default="", repr=False)
    urgent_first: bool = False
    """Whether urgent calls use the app's HIGH_PRIORITY queue unless they choose one."""
    app_regions: Mapping[str, str] = field(default_factory=dict)
    """The region of every app that is known to live in one: its calls go there, whatever they ask for."""


def filler_for(request: Descriptor) -> Callable[[Message, Defaults], list[Violation]]:
    """Compile the filling of one request type; the result names what is empty still."""
    largest_page = PAGE_SIZES.get(request.name)
    own = _fillable(request)
    sends = is_sending(request)
    bodies = {field.name: _fillable(field.message_type) for field in request.fields if _is_body(field)}

    def fill(message: Any, defaults: Defaults) -> list[Violation]:
        violations = _fill(message, own, "", defaults)
        for name, fields in bodies.items():
            if fields and message.HasField(name):
                violations += _fill(getattr(message, name), fields, f"{name}.", defaults)
        if largest_page is not None:
            if message.page_size < 0:
                violations.append(Violation(field="page_size", description="must not be negative"))
            elif message.page_size > largest_page:
                message.page_size = largest_page
        if sends:
            fill_sending(message, sms_sender=defaults.sms_sender, urgent_first=defaults.urgent_first)
        return violations

    return fill


def _fill(message: Any, fields: tuple[str, ...], path: str, defaults: Defaults) -> list[Violation]:
    violations = []
    for name in fields:
        if getattr(message, name):
            continue
        if own := getattr(defaults, name):
            setattr(message, name, own)
        else:
            hint = f"is empty and the gateway has none of its own; set it or SINCH_{name.upper()}"
            violations.append(Violation(field=path + name, description=hint, reason="REQUIRED_FIELD_MISSING"))
    return violations


def _fillable(descriptor: Descriptor | None) -> tuple[str, ...]:
    fields = descriptor.fields if descriptor is not None else ()
    return tuple(field.name for field in fields if field.name in FILLED and not field.has_presence)


def _is_body(field: FieldDescriptor) -> bool:
    return field.message_type is not None and not field.is_repeated
