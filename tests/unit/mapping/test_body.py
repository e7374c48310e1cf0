"""Whole bodies, and what they cost the loop."""

import asyncio
from itertools import count
from typing import Any

import orjson
import pytest

from gateway.mapping import MappingError, UnreadableJson, body_writer_for, encoder_for, loads
from tests.unit.mapping.kinds import Holder, Kinds

MANY = 1000
write = body_writer_for(Kinds.DESCRIPTOR)


def many_leaves() -> list[dict[str, Any]]:
    return [{"name": f"leaf {index}", "count": index} for index in range(MANY)]


@pytest.mark.parametrize("leaves", [[], many_leaves()[:3], many_leaves()], ids=["none", "few", "many"])
async def test_a_body_is_the_message_whatever_its_size(leaves: list[dict[str, Any]]) -> None:
    message = Kinds(text='"quoted"', texts=["a"], leaves=leaves, inner={"leaves": leaves}, text_by_key={"k": "v"})

    body = await write(message)

    assert orjson.loads(body) == encoder_for(Kinds.DESCRIPTOR)(message)


@pytest.mark.parametrize("leaves", [1, MANY])
async def test_equal_messages_give_equal_bytes_with_sorted_keys(leaves: int) -> None:
    keys = [f"key {index}" for index in range(20)]
    message = Kinds(leaves=many_leaves()[:leaves], text_by_key=dict.fromkeys(keys, "x"), text="x", flag=True)
    reordered = Kinds(
        text="x", flag=True, leaves=many_leaves()[:leaves], text_by_key=dict.fromkeys(reversed(keys), "x")
    )

    body = await write(message)

    assert body == await write(reordered)
    assert body == orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)


async def test_other_tasks_run_while_a_large_body_is_written() -> None:
    turns = count()

    async def other() -> None:
        while True:
            next(turns)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(other())
        await write(Kinds(leaves=many_leaves()))
        task.cancel()

    assert next(turns) >= MANY // 100


async def test_a_small_body_is_written_at_once() -> None:
    turns = write(Kinds(leaves=many_leaves()[:10])).__await__()

    with pytest.raises(StopIteration):
        next(turns)


async def test_omitted_fields_never_appear_in_a_large_body() -> None:
    write_rest = body_writer_for(Kinds.DESCRIPTOR, frozenset({"leaves", "text"}))

    assert await write_rest(Kinds(leaves=many_leaves(), text="secret", flag=True)) == b'{"flag":true}'


@pytest.mark.parametrize("index", [0, 500, 999])
async def test_an_element_that_the_wire_cannot_say_is_named_by_its_index(index: int) -> None:
    items = [Kinds() for _ in range(MANY)]
    items[index].span.seconds = -1

    with pytest.raises(MappingError) as caught:
        await body_writer_for(Holder.DESCRIPTOR)(Holder(items=items))

    assert caught.value.field_path == f"items[{index}].span"


async def test_a_cancelled_writer_stops() -> None:
    task = asyncio.ensure_future(write(Kinds(leaves=many_leaves())))
    await asyncio.sleep(0)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": 1e400}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b"[" * 2000 + b"]" * 2000,
        b"\xef\xbb\xbf{}",
        b"<html>",
    ],
)
def test_a_body_that_cannot_be_mapped_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableJson) as caught:
        loads(body)

    assert caught.value.__suppress_context__
    assert str(caught.value) == "the body is not JSON that can be mapped"


def test_the_last_of_repeated_keys_counts() -> None:
    assert loads(b'{"a": 1, "b": 2, "a": 3}') == {"a": 3, "b": 2}


def test_integers_of_a_body_keep_their_digits() -> None:
    assert loads(b"[9223372036854775807, 18446744073709551615, 1.0]") == [2**63 - 1, 2**64 - 1, 1.0]
