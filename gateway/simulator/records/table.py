"""A bounded table of rows, in the order in which they were added."""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from gateway.simulator.problem import not_found

Row = TypeVar("Row")

MAX_ROWS = 200_000


class Table(Generic[Row]):
    """Rows by id in the order of their creation; when full, the oldest makes room."""

    def __init__(
        self, what: str, *, max_rows: int = MAX_ROWS, dropped: Callable[[str, Row], None] | None = None
    ) -> None:
        """Name what a row is, as a refusal calls it; `dropped` hears of every row that leaves."""
        self._what = what
        self._max_rows = max_rows
        self._dropped = dropped
        self._rows: OrderedDict[str, tuple[int, Row]] = OrderedDict()
        self._sequence = itertools.count(1)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[Row]:
        return (row for _, row in list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, key: str, row: Row) -> Row:
        """Keep a new row."""
        self._rows[key] = (next(self._sequence), row)
        if len(self._rows) > self._max_rows:
            self._drop(next(iter(self._rows)))
        return row

    def get(self, key: str) -> Row | None:
        """The row, if there is one."""
        entry = self._rows.get(key)
        return None if entry is None else entry[1]

    def find(self, key: str) -> Row:
        """The row, or the 404 that says what is missing."""
        row = self.get(key)
        if row is None:
            raise not_found(self._what)
        return row

    def remove(self, key: str) -> Row:
        """Take a row out and return it, or raise the 404."""
        row = self.find(key)
        self._drop(key)
        return row

    def numbered(self, *, newest_first: bool = False) -> Iterator[tuple[int, Row]]:
        """The rows with their numbers, which only ever grow: what a page token can hold on to."""
        entries = self._rows.values()
        return iter(list(reversed(entries) if newest_first else entries))

    def _drop(self, key: str) -> None:
        _, row = self._rows.pop(key)
        if self._dropped is not None:
            self._dropped(key, row)
