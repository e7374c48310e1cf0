"""Who has opted out of what an app sends. Pure.

Two sources say so, and either is enough. What recipients said themselves counts on the channel they said it on, the
newest word of each; what is on the API's lists counts on every channel, as the lists know none. Addresses are held as
digests only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from gateway.journeys.address import same_address
from gateway.state.consents import ConsentChanges, KeptConsents, Scope

LISTS = {"OPT_OUT_ALL": 1, "OPT_OUT_MARKETING": 2, "OPT_OUT_NOTIFICATION": 4}
"""The bit of each list of the API."""
_ALL = LISTS["OPT_OUT_ALL"]
_APPLYING = {
    "CONTENT_MARKETING": _ALL | LISTS["OPT_OUT_MARKETING"],
    "CONTENT_NOTIFICATION": _ALL | LISTS["OPT_OUT_NOTIFICATION"],
}
CHANNELS = (
    "SMS",
    "RCS",
    "WHATSAPP",
    "KAKAOTALK",
    "KAKAOTALKCHAT",
    "VIBERBM",
    "LINE",
    "INSTAGRAM",
    "MESSENGER",
    "WECHAT",
    "TELEGRAM",
    "APPLEBC",
    "VIBER",
)
# MMS reaches the same phone from the same sender: whoever writes STOP there means both.
_ONE_CHANNEL = {channel: channel for channel in CHANNELS} | {"MMS": "SMS"}
_OTHER = ""
MOST = 2_000_000
"""Addresses held at most: at 100 to 140 bytes each, 280 MB."""
# Webhooks are repeated for three days at most; an older word to opt in is of use no more, as absence says the same.
_FORGET_US = 7 * 86_400 * 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a recipient said about being written to."""

    scope: Scope
    channel: str
    address: str
    """Empty where it is not known; then the contact is."""
    contact_id: str
    out: bool
    at_us: int
    """When it was said, in microseconds of Unix time."""


@dataclass(slots=True)
class _Unwritten:
    said: set[bytes] = field(default_factory=set)
    listed: set[tuple[Scope, bytes]] = field(default_factory=set)
    refreshed: set[Scope] = field(default_factory=set)


class Consents:
    """The lists in memory, and which part of them is not on disk yet."""

    def __init__(self, kept: KeptConsents, *, most: int = MOST) -> None:
        """Begin with what was kept; nobody beyond `most` is added."""
        self._key = kept.key
        self._most = most
        self._said = kept.said
        self._listed = kept.listed
        self._refreshed_us = kept.refreshed_us
        self._opted_in: dict[Scope, set[bytes]] = {}
        self._unwritten = _Unwritten()
        self.full = False
        """Whether somebody could not be added: then who is absent may have opted out all the same."""

    @property
    def entry_count(self) -> int:
        """How many entries are held."""
        return len(self._said) + sum(map(len, self._listed.values()))

    @property
    def changed(self) -> bool:
        """Whether there is something to write."""
        return bool(self._unwritten.said or self._unwritten.listed or self._unwritten.refreshed)

    def refreshed_us(self, scope: Scope) -> int | None:
        """When the last complete reading of an app's lists began; None before there was one."""
        return self._refreshed_us.get(scope)

    def hear(self, word: Word) -> None:
        """Take a word in, unless a newer one of the same recipient is known; twice is as good as once."""
        sign = 1 if word.out else -1
        for kind, who in (("address", same_address(word.address)), ("contact", word.contact_id)):
            if not who:
                continue
            digest = self._said_digest(word.scope, kind, word.channel, who)
            if word.at_us < abs(self._said.get(digest, 0)) or not self._has_room(digest in self._said):
                continue
            self._said[digest] = sign * word.at_us
            self._unwritten.said.add(digest)
            if kind == "address" and not word.out:
                self._strike(word)

    def opted_out(self, scope: Scope, channel: str, address: str, content_type: str) -> bool:
        """Whether an address is not to be sent this kind of content."""
        plain = same_address(address)
        applying = _APPLYING.get(content_type, _ALL)
        if listed := self._listed.get(scope):
            lists = listed.get(self._digest(scope, "listed", plain), 0)
            if lists & applying:
                return True
        return self._said.get(self._said_digest(scope, "address", channel, plain), 0) > 0

    def contact_opted_out(self, scope: Scope, channels: Iterable[str], contact_id: str) -> bool:
        """Whether a contact said so on one of these channels, on any where none is named."""
        return any(
            self._said.get(self._said_digest(scope, "contact", channel, contact_id), 0) > 0
            for channel in dict.fromkeys(channels) or (*CHANNELS, _OTHER)
        )

    def begin_refresh(self, scope: Scope) -> None:
        """From now on an app's lists are read; who opts in meanwhile does not come back by what was read before."""
        self._opted_in[scope] = set()

    def found(self, scope: Scope, found: dict[bytes, int], list_type: str, addresses: Iterable[str]) -> None:
        """Gather the addresses on a page of one of the lists."""
        bit = LISTS[list_type]
        for address in addresses:
            if len(found) >= self._most:
                self.full = True
                return
            digest = self._digest(scope, "listed", same_address(address))
            found[digest] = found.get(digest, 0) | bit

    def finish_refresh(self, scope: Scope, found: Mapping[bytes, int], *, began_us: int) -> None:
        """Replace an app's lists by what was found on all of them."""
        opted_in = self._opted_in.pop(scope, set())
        after = {digest: lists & ~_ALL if digest in opted_in else lists for digest, lists in found.items()}
        after = {digest: lists for digest, lists in after.items() if lists}
        before = self._listed.get(scope, {})
        self._unwritten.listed.update(
            (scope, digest) for digest in before.keys() | after.keys() if before.get(digest) != after.get(digest)
        )
        self._listed[scope] = after
        self._refreshed_us[scope] = began_us
        self._unwritten.refreshed.add(scope)
        self._forget(began_us - _FORGET_US)
        self.full = self.entry_count >= self._most

    def take_changes(self, *, epoch: bytes, position: int) -> ConsentChanges:
        """What is not on disk yet; with `put_back` it is so again."""
        unwritten, self._unwritten = self._unwritten, _Unwritten()
        return ConsentChanges(
            epoch=epoch,
            position=position,
            said={digest: self._said.get(digest, 0) for digest in unwritten.said},
            listed={(scope, digest): self._listed.get(scope, {}).get(digest, 0) for scope, digest in unwritten.listed},
            refreshed_us={scope: self._refreshed_us[scope] for scope in unwritten.refreshed},
        )

    def put_back(self, changes: ConsentChanges) -> None:
        """These could not be written."""
        self._unwritten.said.update(changes.said)
        self._unwritten.listed.update(changes.listed)
        self._unwritten.refreshed.update(changes.refreshed_us)

    def _strike(self, word: Word) -> None:
        """Whoever opts in leaves the list of those who want nothing, unless the list is newer than the word."""
        scope, digest = word.scope, self._digest(word.scope, "listed", same_address(word.address))
        if scope in self._opted_in:
            self._opted_in[scope].add(digest)
        lists = self._listed.get(scope, {}).get(digest, 0)
        if not lists & _ALL or word.at_us < self._refreshed_us.get(scope, 0):
            return
        self._unwritten.listed.add((scope, digest))
        if lists & ~_ALL:
            self._listed[scope][digest] = lists & ~_ALL
        else:
            del self._listed[scope][digest]

    def _has_room(self, known: bool) -> bool:  # noqa: FBT001 - private, and called in one place
        if not known and self.entry_count >= self._most:
            self.full = True
            return False
        return True

    def _forget(self, before_us: int) -> None:
        for digest in [digest for digest, at_us in self._said.items() if -before_us < at_us < 0]:
            del self._said[digest]
            self._unwritten.said.add(digest)

    def _said_digest(self, scope: Scope, kind: str, channel: str, who: str) -> bytes:
        return self._digest(scope, kind, _ONE_CHANNEL.get(channel, _OTHER), who)

    def _digest(self, *parts: str | Scope) -> bytes:
        flat = (piece for part in parts for piece in ((part,) if isinstance(part, str) else part))
        return blake2b("\0".join(flat).encode(), key=self._key, digest_size=16).digest()
