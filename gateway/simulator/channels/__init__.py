"""What a message looks like on a channel, in the channel's own JSON: an approximation, and only a preview."""

from collections.abc import Callable

from gateway.simulator.channels.messenger import messenger
from gateway.simulator.channels.plain import plain
from gateway.simulator.channels.rcs import rcs
from gateway.simulator.channels.sms import sms
from gateway.simulator.channels.whatsapp import whatsapp
from gateway.simulator.problem import Json

Renderer = Callable[[Json, str, str], Json]

_RENDERERS: dict[str, Renderer] = {"SMS": sms, "WHATSAPP": whatsapp, "RCS": rcs, "MESSENGER": messenger}


def render(channel: str, message: Json, sender: str, to: str) -> Json:
    """The channel's own form of an app message, with what is meant for this channel alone taken into account."""
    override = (message.get("explicit_channel_omni_message") or {}).get(channel)
    return _RENDERERS.get(channel, plain)(override or message, sender, to)


__all__ = ["render"]
