"""Who may call over gRPC, made of the settings: callers, and the methods that a caller's globs stand for.

Whoever reaches the gRPC door sends messages in the company's name and reads its customers' answers. A caller proves who
it is by a token, of which only the SHA-256 is written down, or by a client certificate.
"""

import re
from collections.abc import Iterable

from gateway.settings import CallerSettings


def of_tokens(digests: Iterable[str]) -> tuple[CallerSettings, ...]:
    """Callers that may do everything, one per token and named after its digest, which outlives a reordered list."""
    return tuple(CallerSettings(name=f"token-{digest[:8].lower()}", token_sha256=(digest,)) for digest in digests)


def matcher(glob: str) -> re.Pattern[str]:
    """A glob over `Service/Method` as an expression over gRPC paths; the service's package may be left out."""
    package = "" if "." in glob.partition("/")[0] or glob.startswith("*") else r"(?:[\w.]+\.)?"
    body = re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(f"/{package}{body}")
