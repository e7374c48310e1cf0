"""What a request id may be, what makes two requests the same, and how a webhook is recognised as proof."""

import pytest

from gateway.upstream.request_key import fingerprint, stamp, stamped_id, violation_of


@pytest.mark.parametrize("request_id", ["x", "a b", "~" * 64, "7f9c24e8-3b12-4e0a-9d8f-0a1b2c3d4e5f", "{}:/\\'\""])
def test_up_to_64_printable_ascii_characters_are_an_id(request_id: str) -> None:
    assert violation_of(request_id) is None


@pytest.mark.parametrize("request_id", ["", "x" * 65, "a\nb", "a\x00", "a\x7f", "é", "\u200b", "\uff11"])
def test_anything_else_is_a_violation_that_names_the_field_and_quotes_nothing(request_id: str) -> None:
    violation = violation_of(request_id)

    assert violation is not None
    assert violation.field == "options.request_id"
    assert violation.description == "must be 1 to 64 printable ASCII characters"


def test_equal_requests_have_one_fingerprint() -> None:
    first = fingerprint(method="/s/Send", target="/v1/projects/p/messages:send", body=b'{"a":1}')
    second = fingerprint(method="/s/Send", target="/v1/projects/p/messages:send", body=b'{"a":1}')

    assert first == second
    assert len(first) == 32


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("/s/Other", "/v1", b"{}"),
        ("/s/Send", "/v2", b"{}"),
        ("/s/Send", "/v1", b'{"a":1}'),
        ("/s/Send/", "v1", b"{}"),
        ("/s/Send", "/v1{", b"}"),
    ],
)
def test_method_target_and_body_each_make_another_request(method: str, target: str, body: bytes) -> None:
    plain = fingerprint(method="/s/Send", target="/v1", body=b"{}")

    assert fingerprint(method=method, target=target, body=body) != plain


def test_a_stamp_gives_its_request_id_back() -> None:
    assert stamped_id(stamp("cgw:id 1")) == "cgw:id 1"


@pytest.mark.parametrize("metadata", ["", "order 7", "cgw:", "CGW:id", " cgw:id", "cgw:" + "x" * 65, "cgw:a\nb"])
def test_metadata_of_somebody_elses_is_no_stamp(metadata: str) -> None:
    assert stamped_id(metadata) is None
