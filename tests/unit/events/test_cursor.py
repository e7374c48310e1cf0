import base64

import pytest

from gateway.errors import CallerError
from gateway.events.cursor import Cursor, decode_cursor, decode_page_token, encode_page_token

CURSOR = Cursor(b"epoch-00", 123_456_789_012, 0xDEADBEEF)


@pytest.mark.parametrize("cursor", [CURSOR, Cursor(b"\0" * 8, 0, 0), Cursor(b"\xff" * 8, (1 << 63) - 1, (1 << 32) - 1)])
def test_a_cursor_survives_its_encoding(cursor: Cursor) -> None:
    assert decode_cursor(cursor.encode()) == cursor
    assert decode_page_token(encode_page_token(cursor)) == cursor


def test_a_cursor_is_short() -> None:
    assert len(CURSOR.encode()) <= 64


def test_its_text_is_its_base64() -> None:
    assert base64.b64decode(CURSOR.text()) == CURSOR.encode()


@pytest.mark.parametrize("cut", range(25))
def test_a_truncated_cursor_is_refused(cut: int) -> None:
    assert refused(CURSOR.encode()[:cut])


@pytest.mark.parametrize("at", range(25))
def test_a_cursor_with_one_changed_byte_is_refused(at: int) -> None:
    changed = bytearray(CURSOR.encode())
    changed[at] ^= 1

    assert refused(bytes(changed))


def test_a_cursor_that_was_made_text_is_refused() -> None:
    assert refused(CURSOR.text().encode())


@pytest.mark.parametrize("token", ["", "page", CURSOR.text(), "ü" * 8, encode_page_token(CURSOR)[:-4], "AAAA" * 50])
def test_what_is_no_page_token_is_refused(token: str) -> None:
    with pytest.raises(CallerError) as refusal:
        decode_page_token(token)

    assert refusal.value.reason == "INVALID_CURSOR"


def refused(encoded: bytes) -> bool:
    with pytest.raises(CallerError) as refusal:
        decode_cursor(encoded)
    return refusal.value.reason == "INVALID_CURSOR"
