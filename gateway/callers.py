"""Who may call over gRPC, made of the settings: callers, and the methods that a caller's globs stand for.

Whoever reaches the gRPC door sends messages in the company's name and reads its customers' answers. A caller proves who
it is by a token, of which only the SHA-256 is written down, or by a client certificate.
"""

import pkgutil
import re
from collections.abc import Iterable
from functools import cache
from importlib import import_module

from gateway.settings import CallerSettings
from gateway.settings.reading import read_table


def of_tokens(digests: Iterable[str]) -> tuple[CallerSettings, ...]:
    """Callers that may do everything, one per token and named after its digest, which outlives a reordered list."""
    named = ({"name": f"token-{digest[:8].lower()}", "token_sha256": (digest,)} for digest in digests)
    return tuple(read_table(CallerSettings, values) for values in named)


@cache
def served() -> frozenset[str]:
    """The gRPC path of every method of the contract, known before any of them is served."""
    package = import_module("conversation_gateway.v1")
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if module.name.endswith("_pb2")]
    files = [import_module(f"{package.__name__}.{name}").DESCRIPTOR for name in names]
    services = [service for file in files for service in file.services_by_name.values()]
    return frozenset(f"/{service.full_name}/{method.name}" for service in services for method in service.methods)


def matching(glob: str, paths: Iterable[str]) -> frozenset[str]:
    """The gRPC paths that a glob over `Service/Method` stands for; the service's package may be left out."""
    package = "" if "." in glob.partition("/")[0] or glob.startswith("*") else r"(?:[\w.]+\.)?"
    body = re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".")
    expression = re.compile(f"/{package}{body}")
    return frozenset(path for path in paths if expression.fullmatch(path))
