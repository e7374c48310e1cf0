"""What can be known to be wrong with a request before anything is spent: one list with every problem at once.

Required fields come from `google.api.field_behavior`, limits from `limits`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from google.api import field_behavior_pb2
from google.api.field_behavior_pb2 import FieldBehavior
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from gateway.errors import Violation
from gateway.mapping import Trail, render
from gateway.upstream import limits
from gateway.upstream.batch_checks import check_batch, is_batch

_PACKAGE = "conversation_gateway.v1."
# Whether what lies below the field is worth a look: a list that is too long is not walked through.
Leaf = Callable[[Any, Trail, list[Violation]], bool]
# Messages looked at in one go: about a millisecond.
SLICE_COUNT = 256
# What a caller mends first; the rest is found the next time.
MOST_VIOLATIONS = 32
# A batch of a thousand recipients has a few thousand parts.
MOST_PARTS = 50_000


def checker_for(request: Descriptor, now: Callable[[], datetime]) -> Callable[[Message], Awaitable[list[Violation]]]:
    """Compile the checks of one request type; the result visits only fields that are set. `now` is the instant.

    It pauses after each slice of work, so that the event loop runs and a cancelled caller is noticed, and stops when
    enough is known to be wrong or when a request has more parts than any real one.
    """
    root = _Compiler().compile(request)
    ordered = "channel_priority_order" in request.fields_by_name and "recipient" in request.fields_by_name

    is_a_batch = is_batch(request)

    async def violations(message: Message) -> list[Violation]:
        found: list[Violation] = []
        batch = check_batch(message, now(), found) if is_a_batch else ()
        for parts, _ in enumerate(chain(root.check(message, None, found), batch), 1):
            if len(found) >= MOST_VIOLATIONS:
                return found
            if parts > MOST_PARTS:
                return [
                    *found,
                    Violation(field="", description=f"holds more than {MOST_PARTS} parts; send less at once"),
                ]
            if parts % SLICE_COUNT == 0:
                await asyncio.sleep(0)
        if ordered and not found:
            found.extend(_channels_without_identity(message))
        return found

    return violations


def _channels_without_identity(message: Any) -> Iterator[Violation]:
    """Channels that are to be tried although the recipient is given no identity there: they could only fail."""
    if not message.channel_priority_order or not message.recipient.HasField("identified_by"):
        return
    known = {identity.channel for identity in message.recipient.identified_by.channel_identities}
    for index, channel in enumerate(message.channel_priority_order):
        if channel not in known:
            hint = "has no identity in recipient.identified_by; add one or leave the channel out"
            yield Violation(field=f"channel_priority_order[{index}]", description=hint)


class _Checker:
    """The compiled check of one message type; `below` is filled in once the types below are compiled."""

    def __init__(self, descriptor: Descriptor) -> None:
        """Read what a single message of this type can get wrong by itself."""
        self.required = [field for field in descriptor.fields if _is_required(field)]
        self.leaves = {field.name: leaf for field in descriptor.fields if (leaf := _leaf(field)) is not None}
        self.needed = limits.NEEDED_ONEOFS.get(descriptor.full_name.removeprefix(_PACKAGE))
        self.kinds = [f.name for f in descriptor.oneofs_by_name[self.needed].fields] if self.needed else []
        self.below: dict[str, _Checker] = {}

    def check(self, message: Message, trail: Trail, found: list[Violation]) -> Iterator[None]:
        """Add what is wrong with the message at `trail`, or below it; pauses once for each message it looks at."""
        yield
        found.extend(
            _missing((trail, field.name), "is required and must not be empty")
            for field in self.required
            if not _is_given(message, field)
        )
        if self.needed is not None and message.WhichOneof(self.needed) is None:
            found.append(_missing((trail, self.needed), f"set one of: {', '.join(self.kinds)}"))
        for field, value in message.ListFields():
            here = (trail, field.name)
            if field.name in self.leaves and not self.leaves[field.name](value, here, found):
                continue
            if field.name in self.below:
                yield from _descend(value, self.below[field.name], here, found)


class _Compiler:
    """Compiles each type once, so that types may hold themselves."""

    def __init__(self) -> None:
        """Nothing compiled yet."""
        self._known: dict[str, _Checker] = {}

    def compile(self, descriptor: Descriptor) -> _Checker:
        """The check of a message type and of all types below it."""
        if (known := self._known.get(descriptor.full_name)) is not None:
            return known
        checker = self._known[descriptor.full_name] = _Checker(descriptor)
        for field in descriptor.fields:
            target = _target(field)
            if target is not None:
                checker.below[field.name] = self.compile(target)
        return checker


def _target(field: FieldDescriptor) -> Descriptor | None:
    """The type of the contract that a field holds, be it in a list or a map."""
    target = field.message_type
    if target is not None and target.GetOptions().map_entry:
        target = target.fields_by_name["value"].message_type
    return target if target is not None and target.full_name.startswith(_PACKAGE) else None


def _descend(value: Any, checker: _Checker, trail: Trail, found: list[Violation]) -> Iterator[None]:
    if isinstance(value, Message):
        yield from checker.check(value, trail, found)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from checker.check(inner, (trail, (key,)), found)
    else:
        for index, inner in enumerate(value):
            yield from checker.check(inner, (trail, index), found)


def _missing(trail: Trail, description: str) -> Violation:
    return Violation(field=render(trail), description=description, reason="REQUIRED_FIELD_MISSING")


def _leaf(field: FieldDescriptor) -> Leaf | None:
    name = field.full_name.removeprefix(_PACKAGE)
    if name in limits.CHARACTERS:
        return _at_most(limits.CHARACTERS[name], "characters")
    if name in limits.VALUE_CHARACTERS:
        return _values_at_most(limits.VALUE_CHARACTERS[name])
    if field.is_repeated:
        return _at_most(limits.ELEMENTS.get(name, limits.MOST_ELEMENTS), "elements")
    return _between(*limits.RANGES[name]) if name in limits.RANGES else None


def _at_most(limit: int, unit: str) -> Leaf:
    def check(value: Any, trail: Trail, found: list[Violation]) -> bool:
        size = len(value)
        if size > limit:
            hint = f"has {size} {unit}; at most {limit} can be taken"
            found.append(Violation(field=render(trail), description=hint))
        return size <= limit

    return check


def _between(least: int, most: int) -> Leaf:
    def check(value: Any, trail: Trail, found: list[Violation]) -> bool:
        if not least <= value <= most:
            found.append(Violation(field=render(trail), description=f"must lie between {least} and {most}"))
        return True

    return check


def _values_at_most(limit: int) -> Leaf:
    check_size = _at_most(limits.MOST_ELEMENTS, "elements")
    check_text = _at_most(limit, "characters")

    def check(value: Any, trail: Trail, found: list[Violation]) -> bool:
        if not check_size(value, trail, found):
            return False
        for key, text in value.items():
            check_text(text, (trail, (key,)), found)
        return True

    return check


def _is_required(field: FieldDescriptor) -> bool:
    return FieldBehavior.REQUIRED in field.GetOptions().Extensions[field_behavior_pb2.field_behavior]


def _is_given(message: Message, field: FieldDescriptor) -> bool:
    """Present and, for texts and lists, not empty: an empty required text is as good as none."""
    if field.is_repeated:
        return len(getattr(message, field.name)) > 0
    if field.type == FieldDescriptor.TYPE_STRING:
        return bool(getattr(message, field.name))
    return not field.has_presence or bool(message.HasField(field.name))
