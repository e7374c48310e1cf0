"""The same client for programs without asyncio: `connect` gives a `Client` whose calls block.

Only what waits is different. Messages, errors, vocabularies and the behaviour of channel and stream are shared.
"""

from conversation_gateway.sync.client import Client, connect
from conversation_gateway.sync.event_stream import EventStream
from conversation_gateway.sync.stream_answers import answers

__all__ = ["Client", "EventStream", "answers", "connect"]
