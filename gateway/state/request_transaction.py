"""What may become of a remembered request, one method per step, inside a write transaction."""

import sqlite3

from gateway.errors import StoreError
from gateway.state.request_record import COLUMNS, decode, encode
from gateway.state.requests import RequestKey, RequestRecord, RequestState

KEPT_US = 24 * 60 * 60 * 1_000_000
# As many as a group of calls could add are removed with it, so that the file stays as large as a day is busy.
_FORGOTTEN_AT_ONCE = 256

_NAMES = ", ".join(COLUMNS)
_FIND = f"SELECT {_NAMES} FROM requests WHERE project_id = ? AND request_id = ?"  # noqa: S608  # own names
_WRITE = (
    f"INSERT INTO requests ({_NAMES}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608  # own names
    " ON CONFLICT (project_id, request_id) DO UPDATE SET fingerprint = excluded.fingerprint, state = excluded.state,"
    " expires_us = excluded.expires_us, answer = excluded.answer, message_id = excluded.message_id,"
    " checksum = excluded.checksum"
)
_DELETE = "DELETE FROM requests WHERE project_id = ? AND request_id = ?"
_FORGET = "DELETE FROM requests WHERE rowid IN (SELECT rowid FROM requests WHERE expires_us <= ? LIMIT ?)"


class RequestTransaction:
    """One write transaction over remembered requests; what its methods return is true after the commit."""

    def __init__(self, connection: sqlite3.Connection, *, now_us: int) -> None:
        """Work inside the open transaction of `connection`, at the instant `now_us`."""
        self._connection = connection
        self._now_us = now_us

    def holds(self, project_id: str, request_id: str) -> bool:
        """Whether anything is remembered of an id."""
        standing = self._find(project_id, request_id)
        return standing is not None and not self._expired(standing)

    def reserve(self, key: RequestKey) -> RequestRecord | None:
        """Take the id, or give the record that stands in the way.

        The caller knows that nobody else works on this id: one found `RESERVED` belongs to nobody and is taken over,
        one found `DISPATCHED` has lost whoever would have learnt its outcome.
        """
        standing = self._find(key.project_id, key.request_id)
        if standing is not None and standing.state is not RequestState.RESERVED and not self._expired(standing):
            return standing
        self._write(self._record(key, RequestState.RESERVED))
        return None

    def dispatched(self, key: RequestKey) -> None:
        """Turn `RESERVED` into `DISPATCHED`; anything else means that the reservation is not held."""
        standing = self._find(key.project_id, key.request_id)
        if standing is None or standing.state is not RequestState.RESERVED:
            raise StoreError.unavailable("the request id is no longer reserved; nothing was sent")
        self._write(standing._replace(state=RequestState.DISPATCHED))

    def conclude(self, key: RequestKey, state: RequestState, answer: bytes | None) -> RequestRecord | None:
        """Write how it ended, unless a webhook knows better."""
        standing = self._find(key.project_id, key.request_id)
        if standing is not None and standing.state is RequestState.DONE and state is not RequestState.DONE:
            return standing
        self._write(self._record(key, state)._replace(expires_us=self._expiry_us(standing), answer=answer))
        return None

    def release(self, key: RequestKey) -> RequestRecord | None:
        """Forget it, unless a webhook knows better."""
        standing = self._find(key.project_id, key.request_id)
        if standing is not None and standing.state is RequestState.DONE:
            return standing
        self._connection.execute(_DELETE, (key.project_id, key.request_id))
        return None

    def settle(self, project_id: str, request_id: str, message_id: str) -> bool:
        """Turn `DISPATCHED` or `UNKNOWN` into `DONE`."""
        standing = self._find(project_id, request_id)
        if standing is None or standing.state not in {RequestState.DISPATCHED, RequestState.UNKNOWN}:
            return False
        expires_us = self._expiry_us(standing)
        self._write(standing._replace(state=RequestState.DONE, expires_us=expires_us, message_id=message_id))
        return True

    def finish(self) -> None:
        """Forget what has expired, a bounded number at a time."""
        self._connection.execute(_FORGET, (self._now_us, _FORGOTTEN_AT_ONCE))

    def _find(self, project_id: str, request_id: str) -> RequestRecord | None:
        row = self._connection.execute(_FIND, (project_id, request_id)).fetchone()
        return None if row is None else decode(row)

    def _write(self, record: RequestRecord) -> None:
        self._connection.execute(_WRITE, encode(record))

    def _record(self, key: RequestKey, state: RequestState) -> RequestRecord:
        return RequestRecord(
            project_id=key.project_id,
            request_id=key.request_id,
            fingerprint=key.fingerprint,
            state=state,
            expires_us=self._expiry_us(None),
            answer=None,
            message_id="",
        )

    def _expiry_us(self, standing: RequestRecord | None) -> int:
        """A day from the reservation, whatever happens later; a damaged row cannot tell when that was."""
        if standing is None or not standing.fingerprint:
            return self._now_us + KEPT_US
        return standing.expires_us

    def _expired(self, record: RequestRecord) -> bool:
        return bool(record.fingerprint) and record.expires_us <= self._now_us
