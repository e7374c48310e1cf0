"""A channel that the simulator knows nothing about: the words of the message."""

from gateway.simulator.channels.wording import wording
from gateway.simulator.problem import Json


def plain(message: Json, sender: str, to: str) -> Json:
    """The least that any channel takes."""
    return {"from": sender, "to": to, "text": wording(message)}
