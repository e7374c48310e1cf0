"""What a request wants of the API's webhooks, read and checked before anything is asked. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conversation_gateway.v1 import webhook_pb2

from gateway.errors import Violation
from gateway.settings.values import is_loopback

MOST_WEBHOOKS = 100
_MOST_CHARACTERS = 742
_PATH = "/webhooks/"
_NO_TRIGGER = frozenset({"", "UNSPECIFIED_TRIGGER"})
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A webhook as it should be."""

    app_id: str
    target: str
    triggers: tuple[str, ...]
    webhook: str
    """Its name in the gateway's settings."""
    secret: str = field(repr=False)
    """Empty where the gateway takes unsigned posts: whatever the API has is left alone then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What one project brings to a request that leaves something out."""

    app_id: str
    """Empty where it has none of its own."""
    secrets: Mapping[str, str | None] = field(repr=False)
    """The webhooks that the gateway serves for it, by name, each with the secret that is to sign: empty where it takes
    unsigned posts, None where it has not got one."""
    triggers: tuple[str, ...]
    """Every trigger whose events are typed."""


def read_wishes(asked: Iterable[webhook_pb2.DesiredWebhook], own: Own) -> tuple[list[Wish], list[Violation]]:
    """The wishes of a request, and everything that is wrong with them; only without violations are they of use."""
    wishes: list[Wish] = []
    violations: list[Violation] = []
    seen: set[tuple[str, str]] = set()
    for index, desired in enumerate(asked):
        path = f"webhooks[{index}]"
        wish = Wish(
            app_id=desired.app_id or own.app_id,
            target=desired.target,
            triggers=tuple(dict.fromkeys(desired.triggers)) or own.triggers,
            webhook=desired.webhook or name_in(desired.target),
            secret=own.secrets.get(desired.webhook or name_in(desired.target)) or "",
        )
        violations += _violations(wish, path, served=own.secrets, named=bool(desired.webhook))
        if (wish.app_id, wish.target) in seen:
            violations.append(Violation(field=f"{path}.target", description="is there twice for one app"))
        seen.add((wish.app_id, wish.target))
        wishes.append(wish)
    return wishes, violations


def name_in(target: str) -> str:
    """The name of the gateway's webhook that a URL ends in; empty when it ends in none, or is no URL."""
    try:
        path = urlsplit(target).path
    except ValueError:
        return ""
    _, found, name = path.rpartition(_PATH)
    return name if found else ""


def _violations(wish: Wish, path: str, *, served: Mapping[str, str | None], named: bool) -> list[Violation]:
    violations = []
    if not wish.target:
        violations.append(Violation(field=f"{path}.target", description="is empty", reason="REQUIRED_FIELD_MISSING"))
    if not wish.app_id:
        hint = "is empty and the gateway has none of its own; set it or SINCH_APP_ID"
        violations.append(Violation(field=f"{path}.app_id", description=hint, reason="REQUIRED_FIELD_MISSING"))
    if wish.target and (wrong := _wrong_url(wish.target)):
        violations.append(Violation(field=f"{path}.target", description=wrong))
    elif wish.target and wish.webhook not in served:
        names = ", ".join(sorted(served)[:_MOST_NAMED]) or "none"
        lead = "is no webhook" if named else "does not end in /webhooks/ and the name of a webhook"
        hint = f"{lead} that this gateway serves in the project; it serves: {names}"
        field_path = f"{path}.webhook" if named else f"{path}.target"
        violations.append(Violation(field=field_path, description=hint, reason="WEBHOOK_UNKNOWN"))
    elif wish.target and served[wish.webhook] is None:
        # Nothing would sign its posts, and whoever takes them would refuse them.
        hint = f"leads to the webhook {wish.webhook}, of which this gateway has no secret; give it the secret"
        violations.append(Violation(field=f"{path}.target", description=hint, reason="WEBHOOK_UNKNOWN"))
    if not _NO_TRIGGER.isdisjoint(wish.triggers):
        violations.append(Violation(field=f"{path}.triggers", description="holds one that is none"))
    return violations


def _wrong_url(target: str) -> str:
    """What is wrong with a target, if anything."""
    if len(target) > _MOST_CHARACTERS:
        return f"has {len(target)} characters; at most {_MOST_CHARACTERS} can be taken"
    try:
        url = urlsplit(target)
        _ = url.port
    except ValueError:
        return "is no URL"
    if not target.isascii() or any(each.isspace() for each in target) or not url.hostname:
        return "is no URL with a host"
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.hostname)):
        return "must be https; plain http is accepted only to loopback"
    if url.username is not None or url.password is not None or "#" in target:
        return "must have neither a user name nor a fragment"
    return ""
