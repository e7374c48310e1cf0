"""A webhook that nothing protects is not served by accident, and its secrets are never printed."""

import hashlib

import pytest

from gateway.webhooks.source import WebhookSource


def test_a_webhook_without_a_secret_is_refused_unless_unsigned_posts_were_asked_for() -> None:
    with pytest.raises(ValueError, match="no secret"):
        WebhookSource(name="default", project_id="P")

    assert WebhookSource(name="default", project_id="P", accept_unsigned=True).secrets == ()


def test_an_empty_secret_is_no_secret() -> None:
    with pytest.raises(ValueError, match="empty"):
        WebhookSource(name="default", project_id="P", secrets=(b"s", b""))


def test_secrets_and_tokens_are_never_printed() -> None:
    source = WebhookSource(name="default", project_id="P", secrets=(b"canary",), bearer_hashes=(b"canary",))

    assert "canary" not in repr(source)


def test_signatures_are_taken_for_as_long_as_repeats_are_remembered() -> None:
    source = WebhookSource(name="default", project_id="P", secrets=(b"s",))

    assert source.window_s == 3 * 24 * 60 * 60


@pytest.mark.parametrize(
    ("authorizations", "admitted"),
    [
        ([b"Bearer one"], True),
        ([b"BEARER two"], True),
        ([b"Bearer  one "], True),
        ([], False),
        ([b"Bearer three"], False),
        ([b"Bearer"], False),
        ([b"one"], False),
        ([b"Basic one"], False),
        ([b"Bearer one", b"Bearer one"], False),
    ],
)
def test_only_a_known_token_given_once_is_admitted(authorizations: list[bytes], admitted: bool) -> None:
    hashes = tuple(hashlib.sha256(token).digest() for token in (b"one", b"two"))
    source = WebhookSource(name="default", project_id="P", secrets=(b"s",), bearer_hashes=hashes)

    assert source.admits(authorizations) is admitted
