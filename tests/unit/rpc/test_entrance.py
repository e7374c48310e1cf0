"""One caller, whatever it does, leaves room for the others."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.clock import Clock
from gateway.errors import LimitError
from gateway.rpc.callers import Callers, Principal
from gateway.rpc.entrance import Admission, Bounds, Entrance

BOUNDS = Bounds(max_calls=4, max_streams=4, max_request_bytes=1000)


def known(name: str) -> Any:
    return Principal(name=name, peer=name, entry=SimpleNamespace(name=name))  # type: ignore[arg-type]  # as much of it as is used


def test_a_known_caller_opens_half_of_the_streams_and_another_finds_room() -> None:
    entrance = Entrance(callers=Callers(clock=Clock()), bounds=BOUNDS)
    greedy, other = entrance.purse(known("greedy")), entrance.purse(known("other"))

    with entrance.room("streams", greedy), entrance.room("streams", greedy):
        with pytest.raises(LimitError), entrance.room("streams", greedy):
            pass
        with entrance.room("streams", other):
            pass
    with entrance.room("streams", greedy):
        pass


def test_a_known_caller_holds_half_of_the_bytes_and_another_finds_room() -> None:
    entrance = Entrance(callers=Callers(clock=Clock()), bounds=BOUNDS)
    greedy, other = (Admission(entrance, known(name)) for name in ("greedy", "other"))
    greedy.hold(400)

    with pytest.raises(LimitError):
        greedy.hold(200)
    other.hold(500)
    greedy.release()
    greedy.hold(500)


def test_where_nobody_is_asked_who_he_is_everybody_shares_the_whole() -> None:
    entrance = Entrance(callers=Callers(clock=Clock()), bounds=BOUNDS)
    anyone = Admission(entrance, Principal(name="ipv4:127.0.0.1", peer="ipv4:127.0.0.1:1"))

    anyone.hold(1000)

    with pytest.raises(LimitError):
        anyone.hold(1)
