"""The log at a glance: its size, its age, and how long each named subscription has let events wait."""

import sqlite3
from dataclasses import dataclass

from gateway.state.schema import read_head
from gateway.state.subscriptions import Subscription, read_subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What one read found; times in microseconds of Unix time."""

    size_bytes: int
    """Room that the database takes, the write-ahead log not counted."""
    oldest_us: int | None
    """When the oldest retained event was stored; None in an empty log."""
    subscriptions: tuple[tuple[Subscription, int | None], ...]
    """Each with the time its oldest waiting event was stored; None when none waits."""


def read_overview(connection: sqlite3.Connection, *, project_id: str) -> Overview:
    """The log now, with the subscriptions of one project."""
    oldest = read_head(connection).trimmed_through + 1
    subscriptions = read_subscriptions(connection, project_id)
    return Overview(
        size_bytes=_pragma(connection, "page_count") * _pragma(connection, "page_size"),
        oldest_us=read_stored_us(connection, oldest),
        subscriptions=tuple(
            (each, read_stored_us(connection, max(each.position + 1, oldest))) for each in subscriptions
        ),
    )


def read_stored_us(connection: sqlite3.Connection, position: int) -> int | None:
    """When the event at a position was stored, in microseconds of Unix time; None when it is not there."""
    row = connection.execute("SELECT stored_us FROM events WHERE position = ?", (position,)).fetchone()
    return None if row is None else int(row[0])


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
