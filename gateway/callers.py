"""Who may call over gRPC, as the settings say it: one entry per caller.

Whoever reaches the gRPC door sends messages in the company's name and reads its customers' answers. A caller proves who
it is by a token, of which only the SHA-256 is written down, or by a client certificate.
"""

import re
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


# A colon would let a name pass for the address of a caller without one.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
Digest = Annotated[str, BeforeValidator(_lower), StringConstraints(pattern="^[0-9a-f]{64}$")]
Glob = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._*?/]{1,200}$")]
PriorityName = Literal["URGENT", "NORMAL", "BULK"]


class CallerEntry(BaseModel):
    """One caller: how it is recognised, and what it may do."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Name
    """What it is called in logs, and what fairness and caps count it by."""
    token_sha256: tuple[Digest, ...] = ()
    """SHA-256, in hex, of each of its bearer tokens; two while one replaces the other."""
    certificate_names: tuple[str, ...] = ()
    """Subject alternative names of its client certificates; the common name counts where a certificate has none."""
    methods: tuple[Glob, ...] = ("*",)
    """Globs over `Service/Method`; nothing else may be called."""
    quota_share: float | None = Field(default=None, gt=0, le=1)
    """The largest part of a project's rate that it may use; none is all of it."""
    priority_cap: PriorityName = "URGENT"
    """The most urgent priority it gets; calls that ask for a more urgent one get this one."""
    expires: AwareDatetime | None = None
    """From this instant on it is a stranger."""

    @model_validator(mode="after")
    def _recognisable(self) -> Self:
        if not self.token_sha256 and not self.certificate_names:
            raise ValueError("needs token_sha256 or certificate_names: otherwise nobody could ever be this caller")
        return self


def of_tokens(digests: Iterable[str]) -> tuple[CallerEntry, ...]:
    """Callers that may do everything, one per token and named after its digest, which outlives a reordered list."""
    return tuple(CallerEntry(name=f"token-{digest[:8].lower()}", token_sha256=(digest,)) for digest in digests)


def clashes(entries: Iterable[CallerEntry]) -> list[str]:
    """What no two callers may share: a name, a token, the name of a certificate."""
    lines, owners = [], dict[str, str]()
    for entry in entries:
        claims = [f"the name {entry.name}", *(f"the certificate name {name}" for name in entry.certificate_names)]
        # Tokens are told apart by a few digits of their digests: enough to find them in the settings.
        claims += [f"the token {digest[:8]}…" for digest in entry.token_sha256]
        for claim in claims:
            if claim in owners:
                lines.append(f"callers: {claim} belongs to two callers, {owners[claim]} and {entry.name}")
            owners[claim] = entry.name
    return lines


def matcher(glob: str) -> re.Pattern[str]:
    """A glob over `Service/Method` as an expression over gRPC paths; the service's package may be left out."""
    package = "" if "." in glob.partition("/")[0] or glob.startswith("*") else r"(?:[\w.]+\.)?"
    body = re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(f"/{package}{body}")
