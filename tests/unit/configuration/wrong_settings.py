"""Settings with one mistake each, whatever it is that would stop a start by them; `{folder}` is a test's own."""

from dataclasses import dataclass, field

COMPLETE = {
    "SINCH_PROJECT_ID": "project",
    "SINCH_KEY_ID": "key",
    "SINCH_KEY_SECRET": "canary-1",
    "GATEWAY_WEBHOOK_SECRET": "canary-2",
    "GATEWAY_STATE_URL": "sqlite://{folder}/state/state.db",
}
DIGEST, OTHER = "ab" * 32, "cd" * 32
CERTIFICATE, KEY = "GATEWAY_GRPC_TLS_CERT_FILE", "GATEWAY_GRPC_TLS_KEY_FILE"
WITH_CERTIFICATE, WITH_KEY = {CERTIFICATE: "{folder}/tls.crt"}, {KEY: "{folder}/tls.key"}
TLS = {**WITH_CERTIFICATE, **WITH_KEY}
CALLER = f"""\
[[callers]]
name = "shop"
token_sha256 = ["{DIGEST}"]
"""


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """Settings with one mistake."""

    said: str
    """How the one line about it begins."""
    environment: dict[str, str] = field(default_factory=dict)
    file: str = ""
    without: tuple[str, ...] = ()
    """Modules that are not installed."""


def variable(name: str, value: str, said: str, **more: str) -> Wrong:
    return Wrong(environment={name: value, **more}, said=f"{name} {said}")


WRONG = {
    # Values.
    "a project that is missing": variable("SINCH_PROJECT_ID", "", "is missing"),
    "a port of other digits": Wrong(
        environment={"GATEWAY_ADMIN_ADDRESS": "127.0.0.1:\uff18\uff10"}, said="GATEWAY_ADMIN_ADDRESS: must be host:port"
    ),
    "more connections than can be counted": Wrong(
        environment={"GATEWAY_GRPC_MAX_CONNECTIONS": "3000000000"}, said="GATEWAY_GRPC_MAX_CONNECTIONS: "
    ),
    "more calls than can be counted": Wrong(
        environment={"GATEWAY_GRPC_MAX_CALLS": "3000000000"}, said="GATEWAY_GRPC_MAX_CALLS: "
    ),
    "an endless connection": Wrong(
        environment={"GATEWAY_GRPC_MAX_CONNECTION_AGE_S": "inf"}, said="GATEWAY_GRPC_MAX_CONNECTION_AGE_S: "
    ),
    "bytes that are no text": Wrong(environment={"SINCH_KEY_ID": "\udc80"}, said="SINCH_KEY_ID is not UTF-8"),
    "a NUL": Wrong(
        file='grpc_tls_cert_file = "\\u0000"\n', said="{folder}/gateway.toml, line 1: grpc_tls_cert_file holds a NUL"
    ),
    "a file that holds a NUL": Wrong(
        environment={"GATEWAY_GRPC_ADDRESS_FILE": "{folder}/zero"},
        said="GATEWAY_GRPC_ADDRESS_FILE: {folder}/zero holds a NUL",
    ),
    "a file that is no TOML": Wrong(file="loop =\n", said="{folder}/gateway.toml: "),
    "no secret": variable("GATEWAY_WEBHOOK_SECRET", "", "is missing"),
    "an empty secret": Wrong(
        file='[[webhooks]]\nname = "shop"\nsecrets = ["", "canary-3"]\n',
        said="{folder}/gateway.toml, line 3: webhooks[0].secrets: one of the secrets is empty",
    ),
    "an empty file of tokens": Wrong(
        environment={"GATEWAY_CALLER_TOKENS_SHA256_FILE": "{folder}/empty"},
        said="GATEWAY_CALLER_TOKENS_SHA256 holds no digest",
    ),
    "an empty file of the webhook's tokens": Wrong(
        environment={"GATEWAY_WEBHOOK_BEARER_SHA256_FILE": "{folder}/empty"},
        said="GATEWAY_WEBHOOK_BEARER_SHA256 holds no digest",
    ),
    "a wide door": variable("GATEWAY_GRPC_ADDRESS", "0.0.0.0:1", "lies beyond this machine", **TLS),
    # Callers.
    "a token that is no text": Wrong(
        file="caller_tokens_sha256 = [1]\n", said="{folder}/gateway.toml, line 1: caller_tokens_sha256[0] must be text"
    ),
    "a glob that matches nothing": Wrong(
        file=f'{CALLER}methods = ["MessageService/*", "MesageService/*"]\n',
        said="{folder}/gateway.toml, line 4: callers[0].methods[1] is MesageService/*, which matches no method",
    ),
    "a caller's token that is everybody's": Wrong(
        environment={"GATEWAY_CALLER_TOKENS_SHA256": DIGEST},
        file=CALLER,
        said="{folder}/gateway.toml, line 1: callers[0] clashes with another caller: the token abababab… belongs to",
    ),
    "two callers of one name": Wrong(
        file=CALLER + CALLER.replace(DIGEST, OTHER),
        said="{folder}/gateway.toml, line 4: callers[1] clashes with another caller: the name shop belongs to",
    ),
    "a token twice": variable("GATEWAY_CALLER_TOKENS_SHA256", f"{DIGEST},{DIGEST}", "clashes with another caller"),
    # Certificates.
    "no certificate there": variable(CERTIFICATE, "/nowhere", "cannot read /nowhere (FileNotFoundError)", **WITH_KEY),
    "no key there": variable(KEY, "/nowhere", "cannot read /nowhere (FileNotFoundError)", **WITH_CERTIFICATE),
    "a certificate that is a folder": variable(CERTIFICATE, "{folder}", "cannot read {folder} (", **WITH_KEY),
    "a certificate without end": variable(CERTIFICATE, "/dev/zero", "names /dev/zero, which is larger", **WITH_KEY),
    "a certificate that is none": variable(
        CERTIFICATE, "{folder}/nonsense", "names {folder}/nonsense, which holds no certificates", **WITH_KEY
    ),
    "a key that is none": variable(
        KEY, "{folder}/nonsense", "names {folder}/nonsense, which holds no private key", **WITH_CERTIFICATE
    ),
    "the key of another certificate": variable(
        KEY, "{folder}/other/tls.key", "names {folder}/other/tls.key, which holds no", **WITH_CERTIFICATE
    ),
    "an authority that is not there": variable(
        "GATEWAY_GRPC_CLIENT_CA_FILE", "/nowhere", "cannot read /nowhere", **TLS
    ),
    "an authority that is none": variable(
        "GATEWAY_GRPC_CLIENT_CA_FILE", "{folder}/nonsense", "names {folder}/nonsense, which holds no cert", **TLS
    ),
    # Addresses.
    "a group that does not exist": variable(
        "GATEWAY_GRPC_SOCKET_GROUP", "nobody-has-this", "cannot be used: there is no group nobody-has-this"
    ),
    "a group of too large a number": variable("GATEWAY_GRPC_SOCKET_GROUP", "4294967296", "cannot be used: there is no"),
    "a socket's folder that is not there": variable(
        "GATEWAY_GRPC_ADDRESS", "unix:{folder}/none/gateway.sock", "needs the folder {folder}/none, which is not there"
    ),
    "a socket in what is no folder": variable(
        "GATEWAY_CONTROL_ADDRESS", "unix:{folder}/empty/gateway.sock", "needs {folder}/empty to be a folder"
    ),
    "a socket that is a file": variable(
        "GATEWAY_ADMIN_ADDRESS", "unix:{folder}/empty", "names {folder}/empty, which is there and is no socket"
    ),
    "a socket's path that is too long": variable(
        "GATEWAY_WEBHOOK_ADDRESS", "unix:/tmp/" + "x" * 103, "has a path of more than 107 bytes"
    ),
    "two doors at one port": variable(
        "GATEWAY_ADMIN_ADDRESS", "0.0.0.0:8080", "is where GATEWAY_WEBHOOK_ADDRESS listens already"
    ),
    "two doors at one socket": variable(
        "GATEWAY_CONTROL_ADDRESS",
        "unix:{folder}/./a.sock",
        "is where GATEWAY_GRPC_ADDRESS listens already",
        GATEWAY_GRPC_ADDRESS="unix:{folder}/a.sock",
    ),
    "an IPv6 address without brackets": variable("GATEWAY_GRPC_ADDRESS", "::1:50051", "must have its IPv6 address in"),
    "a star for gRPC": variable(
        "GATEWAY_GRPC_ADDRESS", "*:50051", "must name every address as 0.0.0.0", GATEWAY_GRPC_UNPROTECTED="true"
    ),
    # The state.
    "an unknown store": Wrong(environment={"GATEWAY_STATE_URL": "postgres://db/1"}, said="GATEWAY_STATE_URL: must be"),
    "a state file that is a folder": variable("GATEWAY_STATE_URL", "sqlite://{folder}", "names a folder, {folder}"),
    "a state file that is the root": variable("GATEWAY_STATE_URL", "sqlite:////", "names a folder, /"),
    "a state file that is a device": variable(
        "GATEWAY_STATE_URL", "sqlite:///dev/null", "names /dev/null, which is no file"
    ),
    "a state file below a file": variable(
        "GATEWAY_STATE_URL", "sqlite://{folder}/empty/state.db", "lies below {folder}/empty, which is no folder"
    ),
    "a store without its libraries": Wrong(
        environment={"GATEWAY_STATE_URL": "valkey://127.0.0.1:6379/0"},
        without=("gateway.state.valkey_store",),
        said="GATEWAY_STATE_URL names a Valkey server, and the libraries for it are not installed: pip install",
    ),
    # What else is needed.
    "a loop that is not installed": Wrong(
        environment={"GATEWAY_LOOP": "uvloop"},
        without=("uvloop",),
        said="GATEWAY_LOOP is uvloop, which is not installed",
    ),
    "a proxy that is none": Wrong(
        environment={"GATEWAY_ENVIRONMENT_PROXY": "true", "HTTPS_PROXY": "http://u:canary-4@host:canary-5"},
        said="GATEWAY_ENVIRONMENT_PROXY finds in HTTPS_PROXY",
    ),
    "authorities that are not there": Wrong(
        environment={"SSL_CERT_FILE": "/nowhere"}, said="SSL_CERT_FILE or SSL_CERT_DIR names no certificates"
    ),
    "an exporter that is not installed": Wrong(
        environment={"OTEL_TRACES_EXPORTER": "nobody"}, said="OTEL_TRACES_EXPORTER asks for nobody"
    ),
}  # fmt: skip
