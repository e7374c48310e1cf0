"""A line of scripts for the shared store goes on, whatever becomes of one of them."""

from collections.abc import Sequence
from typing import Any

from structlog.testing import capture_logs

from gateway.state.valkey_lane import Lane, Order
from gateway.state.valkey_scripts import script
from gateway.state.writer import WriterLimits
from tests.patience import PATIENCE_S


async def answers(group: Sequence[Order]) -> list[Any]:
    """The server's, which are what was asked."""
    return [order.arguments[0] for order in group]


def puzzled(_answer: Any) -> None:
    raise ValueError("one odd event")


async def test_a_listener_that_fails_takes_the_answer_from_nobody_and_holds_up_nothing() -> None:
    lane = Lane(name="test", send=answers, limits=WriterLimits())
    with capture_logs() as lines:
        first = await lane.run(script("append"), (), (1,), wait_s=PATIENCE_S, told=puzzled)
    second = await lane.run(script("append"), (), (2,), wait_s=PATIENCE_S)
    await lane.close()

    assert (first, second) == (1, 2)
    assert [(line["event"], line["error"]) for line in lines] == [("store_answer_not_told", "ValueError")]
