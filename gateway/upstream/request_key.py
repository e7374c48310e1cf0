"""What a request id is, which request it stands for, and the stamp by which a webhook is recognised as its proof."""

import hashlib

from gateway.errors import Violation

MAX_CHARACTERS = 64
_STAMP = "cgw:"


def violation_of(request_id: str) -> Violation | None:
    """What is wrong with an id that a caller has set; an id that is set must not be empty either."""
    if 1 <= len(request_id) <= MAX_CHARACTERS and request_id.isascii() and request_id.isprintable():
        return None
    return Violation(
        field="options.request_id", description=f"must be 1 to {MAX_CHARACTERS} printable ASCII characters"
    )


def fingerprint(*, method: str, target: str, body: bytes) -> bytes:
    """Which request an id stands for: 32 bytes that equal requests share.

    `method` is the gRPC path and `target` the path and query of the call. `body` must be written with sorted keys, or
    the same message would not always give the same bytes.
    """
    digest = hashlib.sha256()
    for part in (method.encode(), target.encode(), body):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def stamp(request_id: str) -> str:
    """What goes into an empty `message_metadata`, so that every webhook about the message names its request."""
    return _STAMP + request_id


def stamped_id(message_metadata: str) -> str | None:
    """The request id in a webhook's `message_metadata`; None when there is no stamp of ours."""
    request_id = message_metadata.removeprefix(_STAMP)
    if request_id == message_metadata or violation_of(request_id) is not None:
        return None
    return request_id
