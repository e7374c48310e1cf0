# Any bytes are either a cursor that encodes to themselves, or refused with INVALID_CURSOR; nothing else happens.

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.errors import CallerError
from gateway.events.cursor import Cursor, decode_cursor, decode_page_token, encode_page_token

T = TypeVar("T", bytes, str)

cursors = st.builds(
    Cursor,
    st.binary(min_size=8, max_size=8),
    st.integers(0, 2**63 - 1),
    st.integers(0, 2**32 - 1),
)


@given(cursors)
def test_every_cursor_survives_its_encoding(cursor: Cursor) -> None:
    assert decode_cursor(cursor.encode()) == cursor
    assert decode_page_token(encode_page_token(cursor)) == cursor


@given(st.binary(max_size=80) | st.binary(min_size=25, max_size=25))
@example(b"")
def test_other_bytes_are_refused(encoded: bytes) -> None:
    cursor = _decoded(decode_cursor, encoded)

    assert cursor is None or cursor.encode() == encoded


@given(cursors, st.integers(0, 24), st.integers(1, 255))
def test_a_changed_byte_never_makes_another_cursor(cursor: Cursor, at: int, change: int) -> None:
    encoded = bytearray(cursor.encode())
    encoded[at] ^= change

    assert _decoded(decode_cursor, bytes(encoded)) is None


@given(st.text(max_size=80))
def test_other_text_is_no_page_token(token: str) -> None:
    cursor = _decoded(decode_page_token, token)

    assert cursor is None or encode_page_token(cursor) == token


def _decoded(decode: Callable[[T], Cursor], given_by_client: T) -> Cursor | None:
    with suppress(CallerError):
        return decode(given_by_client)
    return None
