"""Named subscriptions: how far each has got, and which consumer may say so.

A position that moved by itself would skip events silently, so these rows carry checksums too. Everything that changes
a subscription is a job for the writer and is true once that has committed.

No consumer may take itself for the holder of another subscription that has the name of its own, which was deleted: a
new one counts its consumers from where those that were deleted had got to. A row without a name remembers that.
"""

import sqlite3
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import grpc

from gateway.errors import CallerError
from gateway.state.record import DamagedError
from gateway.state.schema import read_head
from gateway.state.transaction import Transaction

NewSubscription = Literal["earliest", "latest", "fail"]

_COLUMNS = "project_id, name, position, mark, fence, committed_us, checksum"
_SELECT = f"SELECT {_COLUMNS} FROM subscriptions"  # noqa: S608  # own names
_NUMBERS = struct.Struct(">4q")
_NAMELESS = ""
# Nothing waits behind it: it holds back no event.
_BEYOND = (1 << 63) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One named subscription of a project."""

    project_id: str
    name: str
    position: int
    """Everything up to and including this is dealt with."""
    mark: int
    """The checksum of the event at that position, 0 where it is not known."""
    fence: int
    """Rises with each consumer that takes the subscription; the last one holds it."""
    committed_us: int


def acquire(transaction: Transaction, *, project_id: str, name: str, new: NewSubscription, most: int) -> Subscription:
    """Hand the subscription to a new consumer, creating it where `new` says; the former one is fenced off.

    `TOO_MANY_SUBSCRIPTIONS` when it would be more than the `most` of its project.
    """
    found = _find(transaction.connection, project_id, name)
    if found is None:
        if new == "fail":
            raise no_such_subscription(name)
        found = _begin(transaction, project_id=project_id, name=name, at_newest=new == "latest", most=most)
    held = replace(found, fence=found.fence + 1)
    _save(transaction.connection, held)
    return held


def commit(
    transaction: Transaction,
    *,
    project_id: str,
    name: str,
    position: int,
    mark: int,
    fence: int,
    most: int,
    back: bool = False,
) -> Subscription:
    """Move the subscription forward, `back` too if that is said, and create it if need be.

    A `fence` other than 0 has to be the current one: `FENCED` otherwise. `TOO_MANY_SUBSCRIPTIONS` as in `acquire`.
    """
    found = _find(transaction.connection, project_id, name)
    if fence and (found is None or found.fence != fence):
        raise fenced()
    if found is None:
        found = _begin(transaction, project_id=project_id, name=name, at_newest=False, most=most)
    elif position <= found.position and not back:
        return found
    moved = replace(found, committed_us=transaction.now_us)
    if position > found.position or back:
        moved = replace(moved, position=position, mark=mark)
    _save(transaction.connection, moved)
    return moved


def delete(transaction: Transaction, *, project_id: str, name: str) -> int:
    """Forget the subscription, or `SUBSCRIPTION_NOT_FOUND`; a number above that of each consumer that has held it."""
    connection = transaction.connection
    found = _find(connection, project_id, name)
    if found is None:
        raise no_such_subscription(name)
    fence = max(found.fence + 1, _first_fence(connection))
    now_us = transaction.now_us
    connection.execute("DELETE FROM subscriptions WHERE project_id = ? AND name = ?", (project_id, name))
    nameless = Subscription(
        project_id=_NAMELESS, name=_NAMELESS, position=_BEYOND, mark=0, fence=fence, committed_us=now_us
    )
    _save(connection, nameless)
    return fence


def read_subscriptions(connection: sqlite3.Connection, project_id: str | None = None) -> list[Subscription]:
    """The subscriptions of a project, or all, by name."""
    rows = connection.execute(f"{_SELECT} WHERE name != ? ORDER BY project_id, name", (_NAMELESS,)).fetchall()
    subscriptions = [_from_row(row) for row in rows]
    return [found for found in subscriptions if project_id is None or found.project_id == project_id]


def fenced() -> CallerError:
    """What the former holder of a subscription is told."""
    return CallerError(
        "the subscription was taken over, moved back or deleted", reason="FENCED", code=grpc.StatusCode.ABORTED
    )


def no_such_subscription(name: str) -> CallerError:
    """What those are told who want one that has to be there."""
    return CallerError(
        "there is no such subscription",
        reason="SUBSCRIPTION_NOT_FOUND",
        code=grpc.StatusCode.NOT_FOUND,
        metadata={"resource_type": "subscription", "resource_name": name},
    )


def too_many_subscriptions(project_id: str, most: int) -> CallerError:
    """What those are told who would create one more than a project may have; no wait helps, so they get no delay."""
    return CallerError(
        f"the project has as many named subscriptions as it may, {most}: delete one that nobody needs",
        reason="TOO_MANY_SUBSCRIPTIONS",
        code=grpc.StatusCode.RESOURCE_EXHAUSTED,
        metadata={
            "quota_subject": f"project:{project_id}",
            "quota_description": f"{most} named subscriptions",
        },
    )


def _begin(transaction: Transaction, *, project_id: str, name: str, at_newest: bool, most: int) -> Subscription:
    connection = transaction.connection
    counted = connection.execute("SELECT count(*) FROM subscriptions WHERE project_id = ?", (project_id,)).fetchone()
    if counted[0] >= most:
        raise too_many_subscriptions(project_id, most)
    head, tail = read_head(connection), transaction.tail
    return Subscription(
        project_id=project_id,
        name=name,
        position=tail.position if at_newest else head.trimmed_through,
        mark=tail.mark if at_newest else head.trimmed_mark,
        fence=_first_fence(connection),
        committed_us=transaction.now_us,
    )


def _first_fence(connection: sqlite3.Connection) -> int:
    nameless = _find(connection, _NAMELESS, _NAMELESS)
    return 0 if nameless is None else nameless.fence


def _find(connection: sqlite3.Connection, project_id: str, name: str) -> Subscription | None:
    row = connection.execute(f"{_SELECT} WHERE project_id = ? AND name = ?", (project_id, name)).fetchone()
    return None if row is None else _from_row(row)


def _save(connection: sqlite3.Connection, subscription: Subscription) -> None:
    columns = (
        subscription.project_id,
        subscription.name,
        subscription.position,
        subscription.mark,
        subscription.fence,
        subscription.committed_us,
    )
    connection.execute(
        f"INSERT OR REPLACE INTO subscriptions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # own names
        (*columns, _checksum(columns)),
    )


def _from_row(row: Sequence[Any]) -> Subscription:
    try:
        intact = _checksum(row) == row[-1]
    except (TypeError, ValueError, struct.error):
        intact = False
    if not intact:
        raise DamagedError("a subscription does not match its checksum")
    return Subscription(project_id=row[0], name=row[1], position=row[2], mark=row[3], fence=row[4], committed_us=row[5])


def _checksum(columns: Sequence[Any]) -> int:
    project_id, name, *numbers = columns[:6]
    return zlib.crc32(f"{project_id}\0{name}".encode(), zlib.crc32(_NUMBERS.pack(*numbers)))
