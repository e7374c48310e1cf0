"""The certificate of the gRPC door, from files that may be replaced at any time.

The files are looked at whenever somebody connects: the next handshake has the new certificate, and connections that
stand, with their streams, are not touched.
"""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc

from gateway.telemetry import logs

# More than the certificates of every authority that there is.
_MOST_BYTES = 1024 * 1024

log = logs.logger("rpc")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """PEM files: the certificate chain, its private key, and the authorities of client certificates, if asked for."""

    certificate: Path
    key: Path
    client_authorities: Path | None = None


@dataclass(frozen=True, slots=True)
class _Material:
    certificate: bytes
    key: bytes
    client_authorities: bytes | None


class ReloadingTls:
    """Server credentials that follow their files.

    Files that do not fit together, as in the middle of a replacement, change nothing: the last good ones are served
    until all of them fit, and the log says so once.
    """

    def __init__(self, files: TlsFiles) -> None:
        """Read the files; raises `ValueError` when they cannot be used."""
        self._files = files
        self.handshakes = 0
        """How many were begun."""
        # gRPC asks from threads of its own.
        self._lock = threading.Lock()
        _check(files)
        self._served = self._read()
        self._problem = ""

    def credentials(self) -> grpc.ServerCredentials:
        """What a server listens with. Client certificates are required where their authorities are given."""
        return grpc.dynamic_ssl_server_credentials(
            _configuration(self._served),
            self._changed,  # type: ignore[arg-type]  # None is documented to change nothing
            require_client_authentication=self._files.client_authorities is not None,
        )

    def _changed(self) -> grpc.ServerCertificateConfiguration | None:
        """The new certificate, where there is one; called by gRPC before each handshake."""
        with self._lock:
            self.handshakes += 1
            try:
                material = self._read()
                if material == self._served:
                    return None
                _check(self._files)
            except ValueError as error:
                # Once, not at each handshake: strangers can make as many of those as they like.
                if str(error) != self._problem:
                    self._problem = str(error)
                    log.warning("certificate_not_reloaded", problem=self._problem)
                return None
            self._served, self._problem = material, ""
            log.info("certificate_reloaded")
            return _configuration(material)

    def _read(self) -> _Material:
        files = self._files
        try:
            return _Material(
                files.certificate.read_bytes(),
                files.key.read_bytes(),
                files.client_authorities.read_bytes() if files.client_authorities else None,
            )
        except OSError as error:
            raise ValueError(f"cannot read {error.filename}: {error.strerror}") from error


def _configuration(material: _Material) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration(
        [(material.key, material.certificate)], root_certificates=material.client_authorities
    )


def _check(files: TlsFiles) -> None:
    found = faults(certificate=files.certificate, key=files.key, client_authorities=files.client_authorities)
    if lines := [text for _, text in found]:
        raise ValueError("; ".join(lines))


def faults(
    *, certificate: Path | None = None, key: Path | None = None, client_authorities: Path | None = None
) -> Iterator[tuple[str, str]]:
    """What gRPC would take without a word, and then fail every handshake with: which file it is, and what to do.

    Files that are not given are not missed, and nothing is quoted from those that are.
    """
    given = {"certificate": certificate, "key": key, "client_authorities": client_authorities}
    unread = {part: text for part, path in given.items() if path is not None and (text := _unreadable(path))}
    yield from unread.items()
    files = {part: path for part, path in given.items() if path is not None and part not in unread}
    strange = [part for part, path in files.items() if part != "key" and not _holds_certificates(path)]
    yield from ((part, f"names {files[part]}, which holds no certificates: name a PEM file") for part in strange)
    if files.keys() >= {"certificate", "key"} and "certificate" not in strange:
        try:
            # Without an empty password OpenSSL would ask the terminal for one.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files["certificate"], files["key"], password="")
        except (OSError, ssl.SSLError):
            fix = "name a PEM file with the key that the certificate was issued for, and no password"
            yield "key", f"names {files['key']}, which holds no private key of {files['certificate']}: {fix}"


def _unreadable(path: Path) -> str:
    try:
        with path.open("rb") as file:
            too_large = len(file.read(_MOST_BYTES + 1)) > _MOST_BYTES
    except OSError as error:
        return f"cannot read {path} ({type(error).__name__})"
    return f"names {path}, which is larger than {_MOST_BYTES} bytes" if too_large else ""


def _holds_certificates(path: Path) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(path)
    except (OSError, ssl.SSLError):
        return False
    return True
