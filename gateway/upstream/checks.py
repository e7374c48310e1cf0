"""What can be known to be wrong with a request before anything is spent: one list with every problem at once.

Required fields come from `google.api.field_behavior`, limits from `limits`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime
from itertools import count
from operator import attrgetter
from typing import Any, TypeAlias

from google.api import field_behavior_pb2
from google.api.field_behavior_pb2 import FieldBehavior
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

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
_OVER = object()


def checker_for(request: Descriptor, now: Callable[[], datetime]) -> Callable[[Message], Awaitable[list[Violation]]]:
    """Compile the checks of one request type; the result visits only fields that are set. `now` is the instant.

    It pauses after each slice of work, so that the event loop runs and a cancelled caller is noticed, and stops when
    enough is known to be wrong or when a request has more parts than any real one.
    """
    root = _compile(request)
    ordered = "channel_priority_order" in request.fields_by_name and "recipient" in request.fields_by_name

    is_a_batch = is_batch(request)

    async def violations(message: Message) -> list[Violation]:
        found: list[Violation] = []
        # A stack instead of a generator per level: nearly every request is small, and this is on every call's way.
        waiting: list[_Part] = [(root, message, None)]
        batch = check_batch(message, now(), found) if is_a_batch else iter(())
        for parts in count(1):
            if waiting:
                checker, part, trail = waiting.pop()
                checker.check(part, trail, found, waiting)
            elif next(batch, _OVER) is _OVER:
                break
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
    """The compiled check of one message type; `fields` is filled in once the types below are compiled."""

    def __init__(self, descriptor: Descriptor) -> None:
        """Read what a single message of this type can get wrong by itself."""
        # Bound once: looking a method up on a message first searches that message's fields for the name.
        bound = GetMessageClass(descriptor)
        self._list_fields, self._which_oneof = bound.ListFields, bound.WhichOneof
        self._required = [(f.name, _is_given(f, bound)) for f in descriptor.fields if _is_required(f)]
        self._needed = limits.NEEDED_ONEOFS.get(descriptor.full_name.removeprefix(_PACKAGE))
        self._kinds = [f.name for f in descriptor.oneofs_by_name[self._needed].fields] if self._needed else []
        self.fields: dict[FieldDescriptor, tuple[str, Leaf | None, Below | None]] = {}

    def check(self, message: Message, trail: Trail, found: list[Violation], waiting: "list[_Part]") -> None:
        """Add what is wrong with the message at `trail` itself, and put those below it on top, the first at the end."""
        for name, is_given in self._required:
            if not is_given(message):
                found.append(_missing((trail, name), "is required and must not be empty"))
        if self._needed is not None and self._which_oneof(message, self._needed) is None:
            found.append(_missing((trail, self._needed), f"set one of: {', '.join(self._kinds)}"))
        top = len(waiting)
        for field, value in self._list_fields(message):
            if (known := self.fields.get(field)) is None:
                continue
            name, leaf, below = known
            here = (trail, name)
            if (leaf is None or leaf(value, here, found)) and below is not None:
                if isinstance(below, _Checker):
                    waiting.append((below, value, here))
                else:
                    waiting += below(value, here)
        if len(waiting) > top + 1:
            waiting[top:] = reversed(waiting[top:])


_Part: TypeAlias = tuple[_Checker, Message, Trail]
# The messages that a field holds, each with its place; for a field that holds one, what checks it.
Below: TypeAlias = Callable[[Any, Trail], Iterable[_Part]] | _Checker


# Of every type that was below a request so far, by name: most requests have the same.
_CHECKERS: dict[str, _Checker] = {}


def _compile(descriptor: Descriptor) -> _Checker:
    """The check of a message type and of all types below it, once for all requests that hold it."""
    if (known := _CHECKERS.get(descriptor.full_name)) is not None:
        return known
    # Known before its fields are, because a type may hold itself.
    checker = _CHECKERS[descriptor.full_name] = _Checker(descriptor)
    for field in descriptor.fields:
        leaf, target = _leaf(field), _target(field)
        below = _below(field, _compile(target)) if target is not None else None
        if leaf is not None or below is not None:
            checker.fields[field] = field.name, leaf, below
    return checker


def _target(field: FieldDescriptor) -> Descriptor | None:
    """The type of the contract that a field holds, be it in a list or a map."""
    target = field.message_type
    if target is not None and target.GetOptions().map_entry:
        target = target.fields_by_name["value"].message_type
    return target if target is not None and target.full_name.startswith(_PACKAGE) else None


def _below(field: FieldDescriptor, checker: _Checker) -> Below:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return lambda value, trail: [(checker, inner, (trail, (key,))) for key, inner in value.items()]
    if field.is_repeated:
        return lambda value, trail: [(checker, inner, (trail, index)) for index, inner in enumerate(value)]
    return checker


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


def _is_given(field: FieldDescriptor, bound: type[Message]) -> Callable[[Any], Any]:
    """Present and, for texts and lists, not empty: an empty required text is as good as none."""
    if field.is_repeated or field.type == FieldDescriptor.TYPE_STRING:
        return attrgetter(field.name)
    if not field.has_presence:
        return lambda _: True
    name, has_field = field.name, bound.HasField
    return lambda message: has_field(message, name)
