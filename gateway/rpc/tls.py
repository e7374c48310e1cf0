"""The certificate of the gRPC door, from files that may be replaced at any time.

The files are looked at whenever somebody connects: the next handshake has the new certificate, and connections that
stand, with their streams, are not touched.
"""

import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

import grpc

from gateway.telemetry import logs

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
        # gRPC asks from threads of its own.
        self._lock = threading.Lock()
        self._served = self._read()
        self._problem = ""
        _check(files, self._served)

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
            try:
                material = self._read()
                if material == self._served:
                    return None
                _check(self._files, material)
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


def _check(files: TlsFiles, material: _Material) -> None:
    """Refuse what gRPC would take without a word, and then fail every handshake with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(files.certificate, files.key)
    except (OSError, ssl.SSLError):
        raise ValueError(f"{files.certificate} and {files.key} are no certificate chain with its private key") from None
    if material.client_authorities is not None:
        try:
            context.load_verify_locations(cadata=material.client_authorities.decode("ascii"))
        except (ValueError, ssl.SSLError):
            raise ValueError(f"{files.client_authorities} holds no certificates") from None
