"""A raw call stays inside the gateway's own project, whatever tricks its path tries."""

import pytest

from gateway.upstream.raw import check_path

INSIDE = [
    "/v1/projects/p-1/messages:send",
    "/v1/projects/p-1/contacts/01ABC",
    "/v2/projects/p-1/templates/a%20name/translations",
    "/v1/projects/p-1/apps/x/consents/identities/%2B46700000001",
]
OUTSIDE = [
    "",
    "v1/projects/p-1/messages",
    "/v1/projects/p-1",
    "/v1/projects/p-1/",
    "/v3/projects/p-1/messages",
    "/v1/projects/p-2/messages",
    "/v1/projects/p-1/../p-2/messages",
    "/v1/projects/p-1/./messages",
    "/v1/projects/p-1//messages",
    "/v1/projects/p-1/..%2fp-2/messages",
    "/v1/projects/p-1/%2e%2e/p-2/messages",
    "/v1/projects/p-1/%252e%252e/messages",
    "/v1/projects/p-1/..\\p-2/messages",
    "/v1/projects/p-1/%5c..%5cmessages",
    "/v1/projects/p-1/messages?x=1",
    "/v1/projects/p-1/messages#x",
    "/v1/projects/p-1/messages\r\nHost: evil",
    "/v1/projects/p-1/messages%0d%0aHost:evil",
    "/v1/projects/p-1/mess ages",
    "/v1/projects/p-1/m\u00e9ssages",
    "/v1/projects/p-1/messages%",
    "/v1/projects/p-1/messages%zz",
    "https://evil.test/v1/projects/p-1/messages",
    "//evil.test/v1/projects/p-1/messages",
    "/v1/projects/P-1/messages",
    "/v1/projects/p%2D1/messages",
    "/v1/projects/p-1/..;/apps",
    "/v1/projects/p-1/..%3b/apps",
    "/v1/projects/p-1/%c0%ae%c0%ae/apps",
]


@pytest.mark.parametrize("path", INSIDE)
def test_a_plain_path_of_the_project_is_allowed(path: str) -> None:
    assert check_path(path, "p-1")


@pytest.mark.parametrize("path", OUTSIDE)
def test_every_other_path_is_refused(path: str) -> None:
    assert not check_path(path, "p-1")
