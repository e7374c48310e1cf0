"""One webhook that the gateway receives: where it is posted to, whose it is, and what proves it genuine."""

import hashlib
import hmac
from dataclasses import dataclass, field

_THREE_DAYS_S = 3 * 86_400.0
_HOUR_S = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSource:
    """A webhook by its name in `/webhooks/{name}`. Secrets are kept out of its `repr`."""

    name: str
    project_id: str
    """The project whose log its events go to."""
    secrets: tuple[bytes, ...] = field(default=(), repr=False)
    """UTF-8 of every secret that may sign: the webhook's, its successor during rotation, and the app's secret for
    overridden callback URLs."""
    accept_unsigned: bool = False
    """Take any post at all. Only without secrets: where there is one, every post has to be signed."""
    accept_missing_algorithm: bool = False
    """Take a signature whose algorithm header is missing; another algorithm than HmacSHA256 is refused regardless."""
    window_s: float = _THREE_DAYS_S
    """Oldest signature taken. A genuine retry may carry the first attempt's, so this is how long repeats are
    remembered: shorter refuses retries, longer lets a captured post be stored twice."""
    future_s: float = _HOUR_S
    """How far ahead of this machine's clock a signature may be."""
    bearer_hashes: tuple[bytes, ...] = field(default=(), repr=False)
    """SHA-256 of every OAuth2 access token that callbacks may bring; none means that no token is asked for."""

    def __post_init__(self) -> None:
        """Refuse a webhook that nothing protects unless that was asked for, and an empty secret, which is none."""
        if not all(self.secrets):
            raise ValueError(f"webhook {self.name}: a secret is empty")
        if not self.secrets and not self.accept_unsigned:
            raise ValueError(f"webhook {self.name}: it has no secret, and unsigned posts are not accepted")

    def admits(self, authorizations: list[bytes]) -> bool:
        """Whether the `Authorization` headers of a post hold one of the tokens, where one is asked for."""
        if not self.bearer_hashes:
            return True
        if len(authorizations) != 1:
            return False
        scheme, _, token = authorizations[0].partition(b" ")
        digest = hashlib.sha256(token.strip()).digest()
        matches = [hmac.compare_digest(digest, known) for known in self.bearer_hashes]
        return scheme.lower() == b"bearer" and any(matches)
