"""Whether a host can be dialled: its name resolves, it accepts a connection, and TLS proves that it is the host."""

import asyncio
import socket
import ssl
import time

from gateway.doctor.finding import Finding, Grade
from gateway.upstream.exchange import Origin
from gateway.upstream.trust import verifying_context

_NAME = "check the host's name in the settings, and that this machine's DNS resolves names outside"
_FIREWALL = "let this machine connect to it: look at firewalls, network policies and egress rules"
_CERTIFICATE = (
    "nothing was sent. If a proxy of your own terminates TLS, name its authority in SSL_CERT_FILE; else check this "
    "machine's clock and its list of authorities"
)


async def dial(origin: Origin, *, needed: bool) -> Finding:
    """Connect once and hang up. What is not `needed`, as no app lives there, is a warning at worst."""
    found, todo = await _trouble(origin)
    if not todo:
        return Finding(check="reachability", about=origin.authority, grade=Grade.OK, found=found)
    grade = Grade.FAILED if needed else Grade.WARNING
    return Finding(check="reachability", about=origin.authority, grade=grade, found=found, todo=todo)


async def _trouble(origin: Origin) -> tuple[str, str]:
    """What was found, and what to do about it if anything."""
    started_s = time.monotonic()
    try:
        await asyncio.get_running_loop().getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
        # The one that calls use.
        context = verifying_context() if origin.scheme == "https" else None
        _, writer = await asyncio.open_connection(origin.host, origin.port, ssl=context)
        writer.transport.abort()
    except socket.gaierror as error:
        return f"the name does not resolve ({error.strerror})", _NAME
    except UnicodeError:
        return "the name is none that DNS could know", _NAME
    except ssl.SSLCertVerificationError as error:
        return f"its certificate is not trusted: {error.verify_message}", _CERTIFICATE
    except (ssl.SSLError, ConnectionResetError, asyncio.IncompleteReadError):
        return "the connection was accepted, and TLS failed", _CERTIFICATE
    except OSError as error:
        # Several addresses may have been tried; the last one's reason stands for all.
        return f"no connection ({error.strerror or type(error).__name__})", _FIREWALL
    how = "TLS verified" if context else "reachable without TLS"
    return f"{how}, {(time.monotonic() - started_s) * 1000:.0f} ms", ""
