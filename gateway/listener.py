"""A bound socket: taken before anything else is started, so that a taken address stops the gateway with one line.

Addresses are `host:port` (`[::1]:0` for IPv6; port 0 picks one) or `unix:/path`. Of two processes on one address the
second always fails: TCP sockets listen at once and without `SO_REUSEPORT`, and a lock file (which stays behind) stands
beside a Unix socket, whose path alone would let the newcomer take over from a live server without a word.
"""

import contextlib
import errno
import fcntl
import grp
import os
import socket
from collections.abc import Iterator
from pathlib import Path

_UNIX = "unix:"
# Owner and group may connect; connecting to a Unix socket needs write permission on it.
_UNIX_MODE = 0o660
_BACKLOG = 1024
_LAST_PORT = 65_535
# Room for the path in a socket's address, less the zero at its end (unix(7)).
MOST_PATH_BYTES = 107
_LAST_GROUP = 2**32 - 2


class Listener:
    """One listening socket and the address that clients can dial."""

    def __init__(self, *, sock: socket.socket, address: str, held: "SocketPath | None" = None) -> None:
        """Own `sock` and, beside a Unix socket, the descriptor that holds its lock."""
        self.sock = sock
        self.address = address
        self._held = held

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
        held = SocketPath.hold(Path(path))
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with held.narrowed(_UNIX_MODE):
                sock.bind(path)
            sock.listen(_BACKLOG)
        except BaseException:
            sock.close()
            held.give_up()
            raise
        return cls(sock=sock, address=f"{_UNIX}{path}", held=held)

    @property
    def is_unix(self) -> bool:
        """Whether clients dial a path rather than a port."""
        return self.sock.family == socket.AF_UNIX

    def close(self) -> None:
        """Give the address up; a Unix socket's path is removed. Harmless when repeated."""
        self.sock.close()
        if self._held is not None:
            self._held.release()
            self._held = None


def group_id(name: str) -> int:
    """The id of a group by its name or number; `ValueError` says that there is none."""
    if name.isascii() and name.isdigit() and int(name) <= _LAST_GROUP:
        return int(name)
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise ValueError(f"there is no group {name}") from None


class SocketPath:
    """The path of a Unix socket, ours as long as the lock file beside it is.

    Without the lock a second process would take a live socket over without a word.
    """

    def __init__(self, path: Path, lock: int) -> None:
        """Made by `hold`."""
        self._path = path
        self._lock = lock

    @classmethod
    def hold(cls, path: Path) -> "SocketPath":
        """Take the path, and clear away a socket that nobody listens on; `OSError` when it cannot be had."""
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise OSError(error.errno, "another process is listening there") from error
        held = cls(path, lock)
        held._remove()
        if path.exists():
            held.give_up()
            raise OSError(errno.EADDRINUSE, "Address already in use, by a file that is no socket")
        return held

    @contextlib.contextmanager
    def narrowed(self, mode: int) -> Iterator[None]:
        """Have what is bound inside the block carry `mode` from its first moment: later would be too late."""
        before = os.umask(0o777 & ~mode)
        try:
            yield
        finally:
            os.umask(before)

    def give_to(self, group: int, mode: int) -> None:
        """Hand the bound socket to a group; `OSError` when the process is not allowed to."""
        os.chown(self._path, -1, group)
        self._path.chmod(mode)

    def release(self) -> None:
        """Remove the socket, then let the next process in."""
        with contextlib.suppress(OSError):
            self._remove()
        self.give_up()

    def give_up(self) -> None:
        """Let the next process in, and leave what is there as it is."""
        os.close(self._lock)

    def _remove(self) -> None:
        """Whoever listened there is gone, for the lock is ours. Anything but a socket stays."""
        if self._path.is_socket():
            self._path.unlink(missing_ok=True)
