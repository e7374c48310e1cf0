"""How a recipient is addressed on a channel."""

from gateway.simulator.problem import Json

PHONE_CHANNELS = frozenset({"SMS", "MMS", "RCS", "WHATSAPP", "VIBERBM"})
UNIFIED_CHANNELS = frozenset({"SMS", "MMS", "RCS"})
"""Where one phone number is one person, once a project says so."""


def normalised(channel: str, identity: str) -> str:
    """A phone number without its plus, as the vendor stores it; anything else as it came."""
    return identity.removeprefix("+") if channel in PHONE_CHANNELS else identity


def channel_identity(channel: str, identity: str, app_id: str = "") -> Json:
    """The object that the API shows."""
    return {"app_id": app_id, "channel": channel, "identity": normalised(channel, identity)}
