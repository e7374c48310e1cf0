"""From a wish to a position: where in the log a reader starts, and whether a cursor is of this log at all."""

from dataclasses import dataclass

from gateway.events.cursor import Cursor
from gateway.events.failures import corrupted, from_future, other_log
from gateway.events.plan import AtTime, Earliest, Latest
from gateway.state.log import EventLog
from gateway.state.record import DamagedEventError


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The positions at which a log begins and ends, at one moment."""

    oldest: Cursor
    """Before the oldest event that is kept."""
    newest: Cursor


def ends(log: EventLog) -> Ends:
    """Where the log begins and ends now."""
    head, tail = log.head, log.tail
    return Ends(
        oldest=Cursor(head.epoch, head.trimmed_through, head.trimmed_mark),
        newest=Cursor(head.epoch, tail.position, tail.mark),
    )


async def start_cursor(log: EventLog, start: Cursor | Earliest | Latest | AtTime) -> Cursor:
    """The position to start after; a cursor is checked to be of this log, but may be older than what is kept."""
    match start:
        case Cursor():
            await check_cursor(log, start)
            return start
        case Earliest():
            return ends(log).oldest
        case Latest():
            return ends(log).newest
        case AtTime(time_us):
            return await _before(log, time_us)


async def check_cursor(log: EventLog, cursor: Cursor) -> None:
    """Raise CURSOR_EPOCH_MISMATCH or CURSOR_FROM_FUTURE unless the cursor names an event that this log has had."""
    here = ends(log)
    if cursor.epoch != here.newest.epoch:
        raise other_log()
    if cursor.position > here.newest.position:
        raise from_future()
    mark = await _mark(log, cursor.position, here)
    if cursor.mark and mark and cursor.mark != mark:
        # Restored from an older copy, the log has given this position to another event since.
        raise other_log()


async def _before(log: EventLog, time_us: int) -> Cursor:
    oldest = ends(log).oldest
    try:
        event = await log.read_time_start(time_us)
    except DamagedEventError as error:
        raise corrupted(Cursor(oldest.epoch, error.position, 0)) from None
    return oldest if event is None else Cursor(oldest.epoch, event.position, event.checksum)


async def _mark(log: EventLog, position: int, here: Ends) -> int:
    """The checksum of the event at a position, 0 when that is not known any more."""
    for end in (here.newest, here.oldest):
        if position == end.position:
            return end.mark
    try:
        event = await log.read_event(position)
    except DamagedEventError:
        return 0
    return 0 if event is None else event.checksum
