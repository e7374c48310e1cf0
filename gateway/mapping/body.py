"""Whole JSON bodies: bytes to JSON, and a message to bytes without holding the event loop.

A batch of 1,000 recipients takes several milliseconds to encode, which every other call would wait for. A body with
that many elements is written in slices, and the loop runs between them.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableSequence
from typing import Any, TypeAlias

import orjson
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from gateway.mapping.encode import Encode, encoder_for
from gateway.mapping.fields import is_object, map_value
from gateway.mapping.paths import MappingError

BodyWriter: TypeAlias = Callable[[Message], Awaitable[bytes]]

# A slice holds the loop for well under a millisecond; a body with no more elements than that is written at once.
_SLICE_COUNT = 64


class UnreadableJson(ValueError):
    """The bytes are no JSON that can be mapped, so they can only be passed on raw; the message quotes nothing of them.

    Refused are malformed text, NaN, a number beyond the range of a double, a lone surrogate, and values nested in more
    than a thousand others.
    """


def loads(body: bytes | bytearray | memoryview) -> Any:
    """The JSON value in `body`; where an object repeats a key, the last one counts."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # The parser's own message quotes the body.
        raise UnreadableJson("the body is not JSON that can be mapped") from None


def body_writer_for(descriptor: Descriptor, omit: frozenset[str] = frozenset()) -> BodyWriter:
    """Compile the writer of one request type's body; `omit` as in `encoder_for`.

    The writer returns UTF-8 JSON with sorted keys: equal messages give equal bytes in every process, fit to be
    hashed. It raises `MappingError`. The message must not change until it returns; a cancelled writer leaves
    nothing behind.
    """
    encode = encoder_for(descriptor, omit)
    elements = {
        field.name: encoder_for(field.message_type)
        for field in descriptor.fields
        if field.name not in omit and field.is_repeated and not map_value(field)
        if field.message_type is not None and is_object(field)
    }
    encode_rest = encoder_for(descriptor, omit | elements.keys())

    async def write(message: Message) -> bytes:
        for name in elements:
            if len(getattr(message, name)) > _SLICE_COUNT:
                return await write_sliced(message)
        return _dumps(encode(message))

    async def write_sliced(message: Message) -> bytes:
        members = {name: _dumps(value) for name, value in encode_rest(message).items()}
        for name, encode_element in elements.items():
            if values := getattr(message, name):
                try:
                    members[name] = await _write_list(values, encode_element)
                except MappingError as error:
                    raise error.below(name) from None
        return b"{%b}" % b",".join(b'"%b":%b' % (name.encode(), members[name]) for name in sorted(members))

    return write


async def _write_list(values: MutableSequence[Message], encode: Encode) -> bytes:
    slices = []
    for start in range(0, len(values), _SLICE_COUNT):
        if start:
            await asyncio.sleep(0)
        json: list[object] = []
        try:
            json.extend(map(encode, values[start : start + _SLICE_COUNT]))
        except MappingError as error:
            raise error.below(start + len(json)) from None
        slices.append(_dumps(json)[1:-1])
    return b"[%b]" % b",".join(slices)


def _dumps(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
