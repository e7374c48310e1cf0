"""Writes the service config that every client starts with: which calls gRPC repeats by itself.

    python proto/service_config.py IMAGE ROOT

IMAGE is the compiled contract, ROOT the repository to write into. Safe to repeat is what the contract marks so with
`idempotency_level`: at most 4 attempts, with back-off and jitter. Throttling stops the repetitions while most calls
fail, so that they cannot multiply the load of a gateway in trouble.
"""

import json
import sys
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet, MethodOptions

FILES = (
    "clients/python/conversation_gateway/service_config.json",
    "clients/go/service_config.json",
    "clients/node/src/service_config.json",
    "clients/java/src/main/resources/io/conversationgateway/service_config.json",
)


def service_config(files: FileDescriptorSet) -> dict[str, object]:
    """The config, by the rules of gRPC's own `service_config.proto`."""
    repeatable = [
        {"service": f"{file.package}.{service.name}", "method": method.name}
        for file in files.file
        for service in file.service
        for method in service.method
        if method.options.idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN
    ]
    policy = {
        "maxAttempts": 4,
        "initialBackoff": "0.1s",
        "maxBackoff": "2s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    return {
        "methodConfig": [{"name": repeatable, "retryPolicy": policy}],
        "retryThrottling": {"maxTokens": 20, "tokenRatio": 0.1},
    }


if __name__ == "__main__":
    image, root = map(Path, sys.argv[1:])
    text = json.dumps(service_config(FileDescriptorSet.FromString(image.read_bytes())), indent=2) + "\n"
    for name in FILES:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
