"""Whether Sinch signed these very bytes, and lately enough.

The signature is `base64(HMAC-SHA256(secret, body + "." + nonce + "." + timestamp))` over the bytes as they were
posted: this check comes before anything is parsed. Pure: the caller brings the time.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum

_SIGNATURE = b"x-sinch-webhook-signature"
_TIMESTAMP = b"x-sinch-webhook-signature-timestamp"
_NONCE = b"x-sinch-webhook-signature-nonce"
_ALGORITHM = b"x-sinch-webhook-signature-algorithm"
_HEADERS = frozenset({_SIGNATURE, _TIMESTAMP, _NONCE, _ALGORITHM})
_HMAC_SHA256 = b"HmacSHA256"

# The dots that join what is signed are not escaped, so whoever holds one signed post could cut its body at a dot and
# move the rest into the nonce. That rest ends with the body's closing brace, which no opaque token contains.
_OPAQUE_TOKEN = re.compile(rb"[\w.~+/=:-]{1,256}", re.ASCII)

_MAX_DIGITS = 16
# As seconds this is the year 5138, so from here on the unit can only be milliseconds.
_FIRST_MILLISECONDS = 10**11


class Verdict(StrEnum):
    """What a check found. The peer is told none of this, only that it was refused."""

    ACCEPTED = "accepted"
    MISSING_HEADER = "missing_header"
    """The signature, its timestamp, its nonce or (unless waived) its algorithm is not there."""
    MALFORMED = "malformed"
    """A signature header came twice, or holds what such a header never holds."""
    UNKNOWN_ALGORITHM = "unknown_algorithm"
    """The algorithm header names another algorithm than `HmacSHA256`; the sender never gets to choose."""
    BAD_SIGNATURE = "bad_signature"
    """No secret makes this signature."""
    STALE = "stale"
    """Genuine, but signed too long ago or too far ahead of our clock."""


def verify(
    headers: Iterable[tuple[bytes, bytes]],
    body: bytes,
    *,
    secrets: Sequence[bytes],
    now_s: float,
    window_s: float,
    future_s: float,
    accept_missing_algorithm: bool = False,
) -> Verdict:
    """Judge a post by its raw headers and body; `now_s` is Unix time.

    Every secret is tried, whichever fits, so that the time taken tells nothing about them. A signature may be
    `window_s` seconds old and, for clocks that disagree, up to `future_s` seconds ahead. Without secrets nothing fits.
    """
    found = [(lower, value) for name, value in headers if (lower := name.lower()) in _HEADERS]
    fields = dict(found)
    repeated = len(fields) < len(found)
    if accept_missing_algorithm:
        fields.setdefault(_ALGORITHM, _HMAC_SHA256)
    if len(fields) < len(_HEADERS):
        return Verdict.MISSING_HEADER
    if fields[_ALGORITHM] != _HMAC_SHA256:
        return Verdict.UNKNOWN_ALGORITHM
    if repeated or _OPAQUE_TOKEN.fullmatch(fields[_NONCE]) is None:
        return Verdict.MALFORMED
    signed = b".".join((body, fields[_NONCE], fields[_TIMESTAMP]))
    if not _any_matches(fields[_SIGNATURE], signed, secrets):
        return Verdict.BAD_SIGNATURE
    signed_at_s = _unix_seconds(fields[_TIMESTAMP])
    if signed_at_s is None:
        return Verdict.MALFORMED
    return Verdict.ACCEPTED if -future_s <= now_s - signed_at_s <= window_s else Verdict.STALE


def _any_matches(signature: bytes, signed: bytes, secrets: Sequence[bytes]) -> bool:
    # Compared as text: base64 has several spellings of one MAC, and only the vendor's is accepted.
    matches = [
        hmac.compare_digest(base64.b64encode(hmac.digest(secret, signed, "sha256")), signature) for secret in secrets
    ]
    return any(matches)


def _unix_seconds(timestamp: bytes) -> float | None:
    """Decimal seconds as Sinch writes them; milliseconds and ISO 8601 too, since a verified sender is believed."""
    if timestamp.isdigit():
        if len(timestamp) > _MAX_DIGITS:
            return None
        number = int(timestamp)
        return number / 1000 if number >= _FIRST_MILLISECONDS else float(number)
    try:
        instant = datetime.fromisoformat(timestamp.decode("ascii"))
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
