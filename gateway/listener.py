"""A bound socket: taken before anything else is started, so that a taken address stops the gateway with one line.

Addresses are `host:port` (`[::1]:0` for IPv6; port 0 picks one) or `unix:/path`. Of two processes on one address the
second always fails: TCP sockets listen at once and without `SO_REUSEPORT`, and a lock file (which stays behind) stands
beside a Unix socket, whose path alone would let the newcomer take over from a live server without a word.
"""

import contextlib
import fcntl
import os
import socket
from pathlib import Path

_UNIX = "unix:"
# Owner and group may connect; connecting to a Unix socket needs write permission on it.
_UNIX_UMASK = 0o117
_BACKLOG = 1024
_LAST_PORT = 65_535


class Listener:
    """One listening socket and the address that clients can dial."""

    def __init__(self, *, sock: socket.socket, address: str, lock: int | None = None) -> None:
        """Own `sock` and, beside a Unix socket, the descriptor that holds its lock."""
        self.sock = sock
        self.address = address
        self._lock = lock

    @classmethod
    def open(cls, address: str) -> "Listener":
        """Listen on `address`; `OSError` names the address that is taken or out of reach, `ValueError` a malformed one.

        A host name is resolved with a blocking look-up and its first address is used: call before the loop is busy.
        """
        try:
            return cls._open_unix(address.removeprefix(_UNIX)) if address.startswith(_UNIX) else cls._open_tcp(address)
        except OSError as error:
            raise OSError(error.errno, f"cannot listen on {address}: {error.strerror or error}") from error

    @classmethod
    def _open_tcp(cls, address: str) -> "Listener":
        host, colon, port = address.rpartition(":")
        if not colon or not port.isascii() or not port.isdigit() or int(port) > _LAST_PORT:
            raise ValueError(f"{address!r} is no address: write host:port or unix:/path")
        found = socket.getaddrinfo(
            host.strip("[]") or None,
            int(port),
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV,
        )
        family, _, _, _, target = found[0]
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            # Allows a restart while old connections linger, not two servers at once.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(target)
            sock.listen(_BACKLOG)
        except BaseException:
            sock.close()
            raise
        bound_host, bound_port = sock.getsockname()[:2]
        shown = f"[{bound_host}]" if family == socket.AF_INET6 else bound_host
        return cls(sock=sock, address=f"{shown}:{bound_port}")

    @classmethod
    def _open_unix(cls, path: str) -> "Listener":
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove_abandoned(Path(path))
            old_umask = os.umask(_UNIX_UMASK)
            try:
                sock.bind(path)
            finally:
                os.umask(old_umask)
            sock.listen(_BACKLOG)
        except BlockingIOError as error:
            sock.close()
            os.close(lock)
            raise OSError(error.errno, "another process is listening there") from error
        except BaseException:
            sock.close()
            os.close(lock)
            raise
        return cls(sock=sock, address=f"{_UNIX}{path}", lock=lock)

    @property
    def is_unix(self) -> bool:
        """Whether clients dial a path rather than a port."""
        return self.sock.family == socket.AF_UNIX

    def close(self) -> None:
        """Give the address up; a Unix socket's path is removed. Harmless when repeated."""
        self.sock.close()
        if self._lock is not None:
            with contextlib.suppress(OSError):
                _remove_abandoned(Path(self.address.removeprefix(_UNIX)))
            os.close(self._lock)
            self._lock = None


def _remove_abandoned(path: Path) -> None:
    """Remove a socket's path: whoever listened there is gone, for its lock is ours. Anything else stays, and fails."""
    if path.is_socket():
        path.unlink(missing_ok=True)
