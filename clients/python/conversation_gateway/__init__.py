"""Python client of the Conversation Gateway.

`connect` gives a `Client`: the generated stubs of every service, and the events as an async iterator; `answers` reads
any other stream. The same without asyncio is `conversation_gateway.sync`. The generated messages live in
`conversation_gateway.v1`, the vendor's vocabularies in `vocabulary`, what can go wrong in `errors`.
"""

# Before the imports, because the client names itself and its version to the gateway.
__version__ = "0.1.0"

from conversation_gateway.client import Client, connect
from conversation_gateway.event_stream import EventStream
from conversation_gateway.stream_answers import answers

__all__ = ["Client", "EventStream", "answers", "connect"]
