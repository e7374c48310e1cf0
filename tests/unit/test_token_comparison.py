"""However long a token is looked for, that says nothing of the tokens there are: each is compared, in constant time."""

import hmac
from hashlib import sha256
from typing import Any
from unittest.mock import Mock

import pytest

from gateway.clock import Clock
from gateway.errors import CallerError
from gateway.rpc.callers import Callers
from gateway.settings import CallerSettings
from gateway.webhooks.source import WebhookSource

KNOWN = ("first", "second", "third")


def digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Everything that is compared in a time which depends on nothing but its length."""
    seen: set[Any] = set()
    compare = hmac.compare_digest

    def noting(one: Any, other: Any) -> bool:
        seen.update((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", noting)
    return seen


@pytest.mark.parametrize("token", [*KNOWN, "nobody's"])
def test_a_callers_token_is_compared_with_every_one_whichever_fits(token: str, compared: set[Any]) -> None:
    callers = Callers(clock=Clock())
    entries = [CallerSettings(name=name, token_sha256=(digest(name).hex(),)) for name in KNOWN]
    callers.replace(entries, paths=["/service/Method"])
    call = Mock(**{"invocation_metadata.return_value": (("authorization", f"Bearer {token}"),)})

    try:
        found = callers.identify(call, lambda _reason: None).name
    except CallerError:
        found = "nobody's"

    assert found == token
    assert compared == {digest(token), *map(digest, KNOWN)}


@pytest.mark.parametrize("token", [*KNOWN, "nobody's"])
def test_a_webhooks_token_is_compared_with_every_one_whichever_fits(token: str, compared: set[Any]) -> None:
    hashes = tuple(map(digest, KNOWN))
    source = WebhookSource(name="default", project_id="P", secrets=(b"s",), bearer_hashes=hashes)

    admitted = source.admits([f"Bearer {token}".encode()])

    assert admitted is (token in KNOWN)
    assert compared == {digest(token), *hashes}
