"""The files of the contract whose services call the API; a test holds that none is missing."""

from functools import cache

from conversation_gateway.v1 import (
    app_pb2,
    batch_pb2,
    capability_pb2,
    consent_pb2,
    contact_pb2,
    conversation_event_pb2,
    conversation_pb2,
    message_pb2,
    project_settings_pb2,
    template_pb2,
    webhook_pb2,
)

from gateway.upstream import raw
from gateway.upstream.method import Method, methods_of

FILES = (
    message_pb2,
    batch_pb2,
    capability_pb2,
    conversation_event_pb2,
    contact_pb2,
    conversation_pb2,
    app_pb2,
    webhook_pb2,
    template_pb2,
    consent_pb2,
    project_settings_pb2,
)


@cache
def methods() -> tuple[Method, ...]:
    """Every pass-through operation of the contract, compiled once for all projects and doors."""
    return tuple(method for file in FILES for method in methods_of(file.DESCRIPTOR))


def routes() -> list[tuple[str, str]]:
    """Host class and path template of everything that can be called, raw calls included; in order."""
    every = [*methods(), *(method for _, method in raw.methods())]
    return sorted({(method.host, method.template) for method in every})
