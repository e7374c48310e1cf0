"""A large batch takes no more memory the longer it gets: the short form of `bench/large_batch.py`."""

import sys

from bench.large_batch import measure
from tests.requirements import require

MIB = 2**20


async def test_what_was_sent_of_a_large_batch_is_not_kept() -> None:
    require(sys.platform == "linux", "the memory of a process is read from /proc")

    result = await measure(40_000, (10_000, 40_000))

    # Kept, the 30,000 recipients between the marks would be more than this by their parameters and addresses alone.
    assert result.growth_bytes < 8 * MIB
    assert (result.arrived_count, result.distinct_count) == (40_000, 40_000)
