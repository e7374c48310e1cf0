"""Python client of the Conversation Gateway.

The generated messages and stubs live in `conversation_gateway.v1`.
"""

__version__ = "0.1.0"
