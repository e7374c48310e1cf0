"""Nothing is taken for new twice, and nothing new for old."""

from gateway.upstream.repeats import Repeats


def test_each_of_many_keys_is_new_once() -> None:
    repeats = Repeats()
    keys = [str(number).encode() for number in range(50_000)]

    first = [repeats.is_new(key) for key in keys]
    second = [repeats.is_new(key) for key in keys]

    assert all(first)
    assert not any(second)
