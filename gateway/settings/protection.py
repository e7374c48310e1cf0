"""Settings that would open a door unprotected: they stop the start, unless one says that this is meant."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.settings.model import Settings
from gateway.settings.reading import Mistake
from gateway.settings.values import is_local, split


def unprotected(values: Mapping[str, Any], *, accepted: bool) -> Iterator[Mistake]:
    """Where each mistake is, and what to do about it; said of the raw values, beside every other mistake."""
    yield from _tls(values)
    grpc = text_of(values, "grpc_address")
    if not is_local(grpc) and not accepted:
        if not values.get("grpc_tls_cert_file"):
            yield (
                ("grpc_address",),
                (
                    "lies beyond this machine, and whoever listens on the way reads what is sent: set "
                    "GATEWAY_GRPC_TLS_CERT_FILE and GATEWAY_GRPC_TLS_KEY_FILE, or listen on loopback or unix:/path, or "
                    "accept it with GATEWAY_GRPC_UNPROTECTED=true"
                ),
            )
        elif not (_tokens(values) or any(values.get(name) for name in ("grpc_client_ca_file", "callers"))):
            yield (
                ("grpc_address",),
                (
                    "lies beyond this machine, and whoever reaches it sends in your name: set "
                    "GATEWAY_CALLER_TOKENS_SHA256, GATEWAY_GRPC_CLIENT_CA_FILE or [[callers]], or accept it with "
                    "GATEWAY_GRPC_UNPROTECTED=true"
                ),
            )
    for field in ("caller_tokens_sha256", "webhook_bearer_sha256"):
        if isinstance(values.get(field), str) and not split(values[field]):
            # As an emptied file has it. Taken for nothing at all it would let everybody in.
            yield (field,), "holds no digest: set it to the SHA-256 of each token, or leave it out"
    if not is_local(text_of(values, "control_address")):
        yield ("control_address",), "must be loopback or unix:/path: it asks for no credentials"


def _tls(values: Mapping[str, Any]) -> Iterator[Mistake]:
    certificate, key = values.get("grpc_tls_cert_file"), values.get("grpc_tls_key_file")
    if certificate and not key:
        yield ("grpc_tls_key_file",), "is missing: a certificate needs its private key"
    if key and not certificate:
        yield ("grpc_tls_cert_file",), "is missing: a private key needs its certificate"
    authorities = values.get("grpc_client_ca_file")
    if authorities and not certificate:
        yield ("grpc_client_ca_file",), "needs TLS: set GATEWAY_GRPC_TLS_CERT_FILE and GATEWAY_GRPC_TLS_KEY_FILE"
    callers = values.get("callers")
    for index, caller in enumerate(callers if isinstance(callers, list) else ()):
        if isinstance(caller, dict) and caller.get("certificate_names") and not authorities:
            yield (
                ("callers", index, "certificate_names"),
                "need GATEWAY_GRPC_CLIENT_CA_FILE: without it nobody is asked for a certificate",
            )


def _tokens(values: Mapping[str, Any]) -> Any:
    """The digests that the setting holds, which may be none although it is set."""
    return split(values.get("caller_tokens_sha256") or ())


def text_of(values: Mapping[str, Any], field: str) -> str:
    """A setting that is text, or its default; what is no text is said to be none elsewhere."""
    text = values.get(field, getattr(Settings, field, ""))
    return text if isinstance(text, str) else ""
