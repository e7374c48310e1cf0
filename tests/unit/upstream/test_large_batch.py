"""Recipients are cut by their order alone, so that the same ones always make the same parts."""

from typing import Any

import pytest
from conversation_gateway.v1.batch_pb2 import RecipientAndParams, SendBatchRequest

from gateway.upstream.large_batch import MAX_PART_BYTES, LargeBatch, part_id

NOBODY: Any = None


def cut(*rows: RecipientAndParams) -> list[tuple[int, int]]:
    batch = LargeBatch(calls=NOBODY, operation=NOBODY, batch=SendBatchRequest(), caller="")
    parts = [part for row in rows for part in batch.add(row)]
    parts += batch.rest()
    return [(part.first_index, part.recipient_count) for part in parts]


@pytest.mark.parametrize(
    ("count", "parts"),
    [(0, []), (1, [(0, 1)]), (1000, [(0, 1000)]), (1001, [(0, 1000), (1000, 1)]), (2000, [(0, 1000), (1000, 1000)])],
)
def test_a_part_ends_after_a_thousand_recipients(count: int, parts: list[tuple[int, int]]) -> None:
    assert cut(*[RecipientAndParams()] * count) == parts


def test_a_part_ends_sooner_where_recipients_are_long() -> None:
    third = RecipientAndParams(parameters={"text": "x" * (MAX_PART_BYTES // 3)})

    assert cut(third, third, third, third) == [(0, 2), (2, 2)]


def test_a_part_is_sent_as_soon_as_it_is_whole() -> None:
    batch = LargeBatch(calls=NOBODY, operation=NOBODY, batch=SendBatchRequest(), caller="")
    for _ in range(999):
        list(batch.add(RecipientAndParams()))

    assert [part.recipient_count for part in batch.add(RecipientAndParams())] == [1000]


def test_parts_have_ids_of_their_own_that_fit() -> None:
    ids = {part_id(request_id, index) for request_id in ("a", "b" * 64) for index in (0, 1000, 10**18)}

    assert len(ids) == 6
    assert all(len(one) <= 64 and one.isprintable() for one in ids)
