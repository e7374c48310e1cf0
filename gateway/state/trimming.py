"""Removing the oldest events, a little at a time, in the order in which they were stored.

Only a prefix of the log is ever removed, so positions keep having no holes, and the log remembers the last event that
went: whoever still stands before it has a gap, and is told.
"""

from collections.abc import Callable

from gateway.state.events import Head, StoredEvent
from gateway.state.log import Keep, Trimmed
from gateway.state.reader import read_event
from gateway.state.record import DamagedEventError
from gateway.state.schema import read_head, write_head
from gateway.state.subscriptions import read_subscriptions
from gateway.state.transaction import Transaction

CHUNK_ROWS = 500
SPARE_PAGES = 1024
"""Free pages that stay in the file for the next events; what is beyond them goes back to the disk."""
_STEP_PAGES = 512


def trim(transaction: Transaction, *, keep: Keep, held: Keep) -> Trimmed:
    """Remove up to `CHUNK_ROWS` events beyond `keep`; those a subscription still needs only when beyond `held` too."""
    transaction.finish()
    connection = transaction.connection
    head = read_head(connection)
    subscriptions = read_subscriptions(connection)
    needed = min((each.position for each in subscriptions), default=transaction.tail.position)

    def goes(event: StoredEvent) -> bool:
        if not _is_beyond(event, keep, transaction):
            return False
        return event.position <= needed or _is_beyond(event, held, transaction)

    last = _last_where(transaction, head, goes)
    if last is None:
        return Trimmed(head=head, count=0, lost=())
    connection.execute("DELETE FROM events WHERE position <= ?", (last.position,))
    trimmed = Head(
        epoch=head.epoch,
        trimmed_through=last.position,
        trimmed_mark=last.checksum,
        trimmed_time_us=last.stored_us,
        trimmed_bytes=last.end_bytes,
    )
    write_head(connection, trimmed)
    return Trimmed(
        head=trimmed,
        count=last.position - head.trimmed_through,
        lost=tuple(each for each in subscriptions if head.trimmed_through <= each.position < last.position),
    )


def forget(transaction: Transaction, *, after_s: float) -> int:
    """Forget up to `CHUNK_ROWS` identities of events that are trimmed and were seen so long ago; how many."""
    connection = transaction.connection
    before_us = transaction.now_us - int(after_s * 1_000_000)
    rows = connection.execute(
        "SELECT position, seen_us FROM seen WHERE position <= ? ORDER BY position LIMIT ?",
        (read_head(connection).trimmed_through, CHUNK_ROWS),
    ).fetchall()
    old = [position for position, seen_us in rows if seen_us < before_us]
    if old:
        connection.execute("DELETE FROM seen WHERE position <= ?", (old[-1],))
    return len(old)


def give_back(transaction: Transaction) -> int:
    """Return some free pages beyond `SPARE_PAGES` to the disk; how many are left in the file."""
    connection = transaction.connection
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    for _ in range(min(free - SPARE_PAGES, _STEP_PAGES)):
        # Through `execute` the pragma frees one page a time, and as a script it would end the transaction.
        connection.execute("PRAGMA incremental_vacuum(1)")
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    return int(free)


def _is_beyond(event: StoredEvent, keep: Keep, transaction: Transaction) -> bool:
    newest = transaction.tail
    return (
        newest.position - event.position >= keep.count
        or newest.end_bytes - event.end_bytes >= keep.size_bytes
        or transaction.now_us - event.stored_us > keep.age_s * 1_000_000
    )


def _last_where(transaction: Transaction, head: Head, goes: Callable[[StoredEvent], bool]) -> StoredEvent | None:
    """The last event of the next chunk for which `goes`, which is true up to some event and for none after it."""
    low = head.trimmed_through + 1
    high = min(head.trimmed_through + CHUNK_ROWS, transaction.tail.position)
    last: StoredEvent | None = None
    while low <= high:
        middle = (low + high) // 2
        event = _intact_event(transaction, low, middle)
        if event is None or goes(event):
            last = event or last
            low = middle + 1
        else:
            high = event.position - 1
    return last


def _intact_event(transaction: Transaction, low: int, high: int) -> StoredEvent | None:
    # A flipped bit must not delete the log: only a row that is what was written is asked how old it is. A damaged one
    # is passed over, and goes with the next intact one.
    for position in range(high, low - 1, -1):
        try:
            return read_event(transaction.connection, position)
        except DamagedEventError:
            continue
    return None
