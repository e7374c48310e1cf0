"""Pages of a list: so many rows at a time, and an opaque token for what follows.

A token holds the number of the last row seen, so that rows deleted or added meanwhile shift nothing.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import TypeVar

from gateway.simulator.problem import invalid
from gateway.simulator.records.table import Table

Row = TypeVar("Row")

DEFAULT_PAGE_SIZE = 10


def page(
    table: Table[Row],
    *,
    size: object,
    token: object,
    most: int,
    newest_first: bool = False,
    wanted: Callable[[Row], bool] = lambda _: True,
) -> tuple[list[Row], str]:
    """The next rows that are wanted, and the token of the page after them, "" when there is none."""
    limit = page_size(size, most)
    last = _number(token)
    rows: list[Row] = []
    seen = 0
    for number, row in _after(table, last, newest_first=newest_first):
        if not wanted(row):
            continue
        if len(rows) == limit:
            return rows, page_token(seen)
        rows.append(row)
        seen = number
    return rows, ""


def slice_page(rows: list[Row], *, size: object, token: object, most: int) -> tuple[list[Row], str]:
    """The same for rows that are in no table: here a token holds a position."""
    limit = page_size(size, most)
    start = _number(token) or 0
    end = start + limit
    return rows[start:end], page_token(end) if end < len(rows) else ""


def page_size(size: object, most: int) -> int:
    """How many rows a page has: the default for none or 0, never more than the most."""
    if size in (None, ""):
        return DEFAULT_PAGE_SIZE
    try:
        wanted = int(size) if isinstance(size, str | int) else -1
    except ValueError:
        wanted = -1
    if wanted < 0:
        raise invalid("page_size", "must be a number that is not negative")
    return min(wanted or DEFAULT_PAGE_SIZE, most)


def page_token(number: int) -> str:
    """The token of what follows a row."""
    return base64.urlsafe_b64encode(f"page:{number}".encode()).decode()


def _number(token: object) -> int | None:
    if token in (None, ""):
        return None
    try:
        word, _, number = base64.urlsafe_b64decode(str(token).encode()).decode().partition(":")
        if word == "page":
            return int(number)
    except (ValueError, binascii.Error):
        pass
    raise invalid("page_token", "is not a token of this list")


def _after(table: Table[Row], last: int | None, *, newest_first: bool) -> Iterator[tuple[int, Row]]:
    for number, row in table.numbered(newest_first=newest_first):
        if last is None or (number < last if newest_first else number > last):
            yield number, row
