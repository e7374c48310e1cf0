"""Recognises what was seen before among any number of things, at eight bytes each."""

from array import array
from bisect import bisect_left
from hashlib import blake2b

# Each holds about a thousand digests when there are a million, so that making room for one costs next to nothing.
_SHARDS = 1024
_DIGEST_BYTES = 8


class Repeats:
    """Remembers a 64-bit digest of each key.

    Two different keys are taken for the same one with a probability of one in 37 million among a million of them.
    """

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._shards = [array("Q") for _ in range(_SHARDS)]

    def is_new(self, key: bytes) -> bool:
        """Whether this key comes for the first time; it does not from now on."""
        digest = int.from_bytes(blake2b(key, digest_size=_DIGEST_BYTES).digest())
        shard = self._shards[digest % _SHARDS]
        place = bisect_left(shard, digest)
        if place < len(shard) and shard[place] == digest:
            return False
        shard.insert(place, digest)
        return True
