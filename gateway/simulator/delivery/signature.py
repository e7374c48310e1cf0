"""How a callback is signed: the exact bytes of its body, a nonce and a time, under the webhook's secret."""

import base64
import hmac
from hashlib import sha256

_PREFIX = "x-sinch-webhook-signature"


def sign(body: bytes, *, secret: str, nonce: str, timestamp: str) -> str:
    """The signature as it stands in its header."""
    signed = b".".join((body, nonce.encode(), timestamp.encode()))
    return base64.b64encode(hmac.new(secret.encode(), signed, sha256).digest()).decode()


def signature_headers(body: bytes, *, secret: str, nonce: str, timestamp: str) -> dict[str, str]:
    """The four headers of a signed callback; none without a secret."""
    if not secret:
        return {}
    return {
        _PREFIX: sign(body, secret=secret, nonce=nonce, timestamp=timestamp),
        f"{_PREFIX}-algorithm": "HmacSHA256",
        f"{_PREFIX}-nonce": nonce,
        f"{_PREFIX}-timestamp": timestamp,
    }
