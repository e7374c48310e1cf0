"""How the gateway is reached, as the environment says it.

CONVERSATION_GATEWAY_ADDRESS is `host:port` or `unix:/path`. TLS is used when CONVERSATION_GATEWAY_CA_FILE names the
certificates to trust, with CONVERSATION_GATEWAY_CERT_FILE and CONVERSATION_GATEWAY_KEY_FILE as the caller's own where
the gateway asks for one. CONVERSATION_GATEWAY_TOKEN, or the content of CONVERSATION_GATEWAY_TOKEN_FILE, which is read
for every call so that it may be replaced, is sent as a bearer token, and only over TLS.
"""

import os
from collections.abc import Callable
from pathlib import Path

import grpc

PREFIX = "CONVERSATION_GATEWAY_"
DEFAULT_ADDRESS = "127.0.0.1:50051"


def address() -> str:
    """Where the gateway is; on this machine unless the environment says otherwise."""
    return os.environ.get(PREFIX + "ADDRESS") or DEFAULT_ADDRESS


def credentials() -> grpc.ChannelCredentials | None:
    """What to trust and who the caller is; None means plaintext.

    Raises `OSError` when a file cannot be read, and `ValueError` for a token without TLS.
    """
    authorities, token = _content("CA_FILE"), _token()
    if authorities is None:
        if token is not None:
            raise ValueError(f"a token is only sent over TLS: set {PREFIX}CA_FILE as well")
        return None
    channel = grpc.ssl_channel_credentials(authorities, _content("KEY_FILE"), _content("CERT_FILE"))
    return (
        grpc.composite_channel_credentials(channel, grpc.metadata_call_credentials(Bearer(token))) if token else channel
    )


class Bearer(grpc.AuthMetadataPlugin):
    """Sends what `token` answers with every call; a call fails with UNAVAILABLE when that raises."""

    def __init__(self, token: Callable[[], str]) -> None:
        """`token` is called in a thread of grpc's."""
        self._token = token

    def __call__(self, _: grpc.AuthMetadataContext, callback: grpc.AuthMetadataPluginCallback) -> None:
        """Give the metadata of one call."""
        callback((("authorization", f"Bearer {self._token()}"),), None)


def _token() -> Callable[[], str] | None:
    if file := os.environ.get(PREFIX + "TOKEN_FILE"):
        return lambda: Path(file).read_text(encoding="ascii").strip()
    if token := os.environ.get(PREFIX + "TOKEN"):
        return lambda: token
    return None


def _content(name: str) -> bytes | None:
    file = os.environ.get(PREFIX + name)
    return Path(file).read_bytes() if file else None
