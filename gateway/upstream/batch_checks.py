"""What only a batch can get wrong: its placeholders, the metadata that is the API's own, and its time.

Any text of the message may hold `${name}`, which the API replaces for each recipient by the parameter of that name. One
that has no value would go out as it stands, to a person, so nothing is sent; and a parameter without a placeholder is a
misspelt one.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from gateway.errors import Violation
from gateway.mapping import Trail, render
from gateway.upstream import limits

AHEAD = timedelta(days=7)
RECIPIENTS = "recipient_and_params"
MOST_RECIPIENTS = limits.ELEMENTS["SendBatchRequest.recipient_and_params"]
_RESERVED = "_batch_id"
_METADATA = ("message_metadata", "conversation_metadata")
_PLACEHOLDER = re.compile(r"\$\{([^{}]++)\}")
# A name that a program gave. Anything else may be somebody's name or number, and is not repeated.
# Matches looked at in one go: a text of 4 MiB can hold a million.
_SLICE_MATCHES = 256
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z_.-]{0,63}")


def is_batch(request: Descriptor) -> bool:
    """Whether requests of this type are one message to many recipients."""
    return RECIPIENTS in request.fields_by_name


def check_batch(request: Any, now: datetime, found: list[Violation]) -> Iterator[None]:
    """Add what is wrong with a batch, each recipient's by its index; pauses once for each part it looks at."""
    if request.HasField("send_after") and request.send_after.seconds > (now + AHEAD).timestamp():
        found.append(Violation(field="send_after", description=f"must not be more than {AHEAD.days} days ahead"))
    _check_metadata(request, None, found)
    names: set[str] = set()
    yield from gather_placeholders(request.message, names)
    if len(names) > limits.MOST_ELEMENTS:
        hint = f"holds more than {limits.MOST_ELEMENTS} placeholders"
        found.append(Violation(field="message", description=hint))
        return
    # The text of a stored template is at the API, so what it has a use for is not known here.
    has_stored_text = request.message.WhichOneof("body") == "template_message"
    if len(request.recipient_and_params) > MOST_RECIPIENTS:
        return
    for index, item in enumerate(request.recipient_and_params):
        yield
        here: Trail = ((None, RECIPIENTS), index)
        _check_metadata(item, here, found)
        given = item.parameters
        for name in sorted(name for name in names if name not in given):
            hint = f"has no value for {_shown(name)} of the message"
            found.append(Violation(field=render((here, "parameters")), description=hint))
        if not has_stored_text:
            for name in sorted(name for name in given if name not in names):
                hint = f"has a value for {_shown(name)}, which the message does not hold"
                found.append(Violation(field=render((here, "parameters")), description=hint))


def gather_placeholders(value: Any, names: set[str]) -> Iterator[None]:
    """Add the name of every placeholder in any text below `value`, up to one more than there may be.

    Pauses once for each message it looks at, and every few hundred placeholders.
    """
    if isinstance(value, str):
        yield from _in_text(value, names)
    elif isinstance(value, Message):
        yield
        for _field, inner in value.ListFields():
            yield from gather_placeholders(inner, names)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from gather_placeholders(inner, names)
    elif not isinstance(value, int | float | bytes):
        for inner in value:
            yield from gather_placeholders(inner, names)


def _in_text(text: str, names: set[str]) -> Iterator[None]:
    for count, match in enumerate(_PLACEHOLDER.finditer(text), 1):
        names.add(match[1])
        if len(names) > limits.MOST_ELEMENTS:
            return
        if count % _SLICE_MATCHES == 0:
            yield


def _check_metadata(holder: Any, trail: Trail, found: list[Violation]) -> None:
    for name in _METADATA:
        if _RESERVED in getattr(holder, name).fields:
            hint = f"must not hold {_RESERVED}, which is the API's own"
            found.append(Violation(field=render((trail, name)), description=hint))


def _shown(name: str) -> str:
    return f"${{{name}}}" if _PLAIN_NAME.fullmatch(name) else "a placeholder"
