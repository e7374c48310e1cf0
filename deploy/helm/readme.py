"""Prints the chart's README; its table is made from values.yaml, where the line before a key says what it means."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parent / "conversation-gateway"
INDENT = 2

HEAD = """\
# conversation-gateway

Three modes: `standalone` is a gRPC service that several apps share, `ingress` takes webhooks into a shared log, and
`sidecar` gives your own chart a container to include (see `../example`). docs/deploying.md says which to choose.

```sh
kubectl create secret generic conversation-gateway --from-file=key-secret --from-file=webhook-secret
helm install gateway deploy/helm/conversation-gateway -f my-values.yaml && helm test gateway
```

`my-values.yaml` needs at least `sinch.projectId`, `sinch.keyId` and `sinch.existingSecret`, and stand-alone also
`grpc.tls.existingSecret` with `grpc.tls.clientCa` or `grpc.callerTokensSha256`. What would be unsafe (callers nobody
authenticates, webhooks nobody signs, several replicas on one file) fails when it is rendered, and says why.

| value | default | meaning |
| --- | --- | --- |
"""


def main() -> None:
    """Write the page to standard output."""
    print(page(), end="")


def page() -> str:
    """The whole README."""
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    rows = [f"| `{path}` | `{_shown(values, path)}` | {meaning} |" for path, meaning in _meanings()]
    return HEAD + "\n".join(rows) + "\n"


def _meanings() -> Iterator[tuple[str, str]]:
    """Each commented key of values.yaml by its dotted path, in the order of the file."""
    path: list[str] = []
    comment: list[str] = []
    for line in (CHART / "values.yaml").read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith("#"):
            comment.append(text.removeprefix("#").strip())
        elif not text:
            comment = []
        else:
            depth = (len(line) - len(line.lstrip())) // INDENT
            path = [*path[:depth], text.partition(":")[0]]
            if comment:
                yield ".".join(path), " ".join(comment)
            comment = []


def _shown(values: Any, path: str) -> str:
    """A default as one writes it on one line."""
    for key in path.split("."):
        values = values[key]
    return json.dumps(values)


if __name__ == "__main__":
    main()
