"""Recognises who is on the other end of a call, and says what that caller may do.

Strangers all hear the same sentence, whatever they brought or asked for: which methods exist, which tokens were once
good and what a certificate lacks is nobody's business but the caller's own.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

import grpc
from conversation_gateway.v1.call_options_pb2 import CallOptions, Priority
from google.protobuf.message import Message

from gateway.callers import matching
from gateway.clock import Clock
from gateway.errors import CallerError
from gateway.settings import CallerSettings
from gateway.settings.tables import clashes

_SCHEME = "bearer "
# Alternative names first: where a certificate has any, its common name means nothing (RFC 6125, section 6.4.4).
_CERTIFICATE_NAMES = ("x509_subject_alternative_name", "x509_common_name")
_PRIORITY_TRAILER = "x-gateway-priority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who calls, and what that is good for."""

    name: str
    peer: str
    """What waiting calls are shared between fairly: a caller that has a name has one turn over all its connections."""
    entry: CallerSettings | None = None
    paths: frozenset[str] | None = None
    """The gRPC paths it may call; none is all of them."""

    def cap(self, request: Message, trailers: dict[str, str]) -> None:
        """Lower the priority that a request asks for to the caller's own cap, and say so in a trailer.

        Lowered rather than refused: the call is legitimate, and a client that is shared between callers needs no
        knowledge of who may be urgent.
        """
        if self.entry is None or self.entry.priority_cap == "URGENT":
            return
        most = Priority.Value(f"PRIORITY_{self.entry.priority_cap}")
        for options in _options(request):
            # A call that names no priority is a normal one.
            if 0 <= options.priority < most and (options.priority or Priority.PRIORITY_NORMAL) < most:
                options.priority = most
                trailers[_PRIORITY_TRAILER] = self.entry.priority_cap


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """The callers of one moment; replaced as a whole."""

    digests: Sequence[tuple[bytes, CallerSettings]] = ()
    certificates: dict[str, CallerSettings] = field(default_factory=dict)
    paths: dict[str, frozenset[str]] = field(default_factory=dict)


class Callers:
    """Everyone who may call. Without any entry, and without client certificates, that is everyone who can connect."""

    def __init__(self, *, clock: Clock, certificates: bool = False) -> None:
        """Know nobody yet; `certificates` is whether the door asks for client certificates."""
        self._clock = clock
        self._certificates = certificates
        self._entries: tuple[CallerSettings, ...] = ()
        self._book = _Book()

    @property
    def required(self) -> bool:
        """Whether a caller has to prove who it is."""
        return self._certificates or bool(self._entries)

    def replace(self, entries: Iterable[CallerSettings], *, paths: Iterable[str]) -> None:
        """Know these callers from the next call on; calls and streams that are under way go on.

        `paths` are all that is served. Raises `ValueError` with everything that is wrong, and changes nothing then.
        """
        entries, served = tuple(entries), tuple(paths)
        mistakes = [f"callers: {line}" for lines in clashes(entries).values() for line in lines]
        allowed: dict[str, frozenset[str]] = {}
        for entry in entries:
            found: set[str] = set()
            for glob in entry.methods:
                meant = matching(glob, served)
                if not meant:
                    mistakes.append(f"callers: {entry.name}: {glob} matches no method")
                found |= meant
            allowed[entry.name] = frozenset(found)
        if self._entries and not entries and not self._certificates:
            mistakes.append("callers: the last one was taken away, which would let everyone in")
        if mistakes:
            raise ValueError("\n".join(mistakes))
        self._book = _Book(
            digests=[(bytes.fromhex(digest), entry) for entry in entries for digest in entry.token_sha256],
            certificates={name: entry for entry in entries for name in entry.certificate_names},
            paths=allowed,
        )
        self._entries = entries

    def identify(self, context: Any, refused: Callable[[str], None]) -> Principal:
        """Who calls; raises `CallerError` for a stranger and tells `refused` why, in a word."""
        peer = context.peer()
        if not self.required:
            return _anyone(peer)
        brought = [value for key, value in context.invocation_metadata() or () if key == "authorization"]
        entry, problem = self._by_token(brought) if brought else self._by_certificate(context)
        if entry is None and not problem:
            name = f"certificate:{_names(context)[0]}"
            return Principal(name=name, peer=name)
        if entry is not None and entry.expires is not None and self._clock.now() >= entry.expires:
            problem = "expired"
        if entry is None or problem:
            refused(problem)
            raise stranger()
        return Principal(name=entry.name, peer=entry.name, entry=entry, paths=self._book.paths[entry.name])

    def _by_token(self, brought: Sequence[str | bytes]) -> tuple[CallerSettings | None, str]:
        """The caller whose token it is. A wrong token is not made good by a certificate."""
        text = brought[0]
        if len(brought) > 1 or not isinstance(text, str) or text[: len(_SCHEME)].lower() != _SCHEME:
            return None, "unknown_token"
        digest = sha256(text[len(_SCHEME) :].strip().encode()).digest()
        found = None
        # All of them, whatever is found: how long this takes says nothing about any of them.
        for known, entry in self._book.digests:
            if hmac.compare_digest(known, digest):
                found = entry
        return found, "" if found else "unknown_token"

    def _by_certificate(self, context: Any) -> tuple[CallerSettings | None, str]:
        names = _names(context) if self._certificates else ()
        for name in names:
            if name in self._book.certificates:
                return self._book.certificates[name], ""
        if names and not self._entries:
            # Nobody is named: whom the authority trusts is a caller.
            return None, ""
        return None, "unknown_certificate" if names else "no_credentials"


def stranger() -> CallerError:
    """The one answer for whoever is not known."""
    return CallerError(
        "this gateway does not know the caller: bring a bearer token or a client certificate that it knows",
        reason="CALLER_UNKNOWN",
        code=grpc.StatusCode.UNAUTHENTICATED,
    )


def _options(request: Any) -> Iterator[Any]:
    """The options of a request, or of the request that is somewhere inside a stream's message."""
    fields = request.DESCRIPTOR.fields_by_name
    if "options" in fields and fields["options"].message_type is CallOptions.DESCRIPTOR:
        yield request.options
        return
    for part, value in request.ListFields():
        is_ours = (
            part.message_type is not None and part.message_type.file.package == CallOptions.DESCRIPTOR.file.package
        )
        if is_ours and not part.is_repeated:
            yield from _options(value)


def _names(context: Any) -> tuple[str, ...]:
    presented = context.auth_context()
    for key in _CERTIFICATE_NAMES:
        if names := presented.get(key):
            return tuple(name.decode(errors="replace") for name in names)
    return ()


@lru_cache(maxsize=1024)
def _anyone(peer: str) -> Principal:
    """Who calls where nobody has to say it. The name leaves out the port, which is another one each time."""
    return Principal(name=peer.rpartition(":")[0] if peer.startswith("ipv") else peer, peer=peer)
