"""The values the chart is rendered with: each mode, and each flag at least once."""

from typing import Any

Values = dict[str, Any]

SINCH: Values = {"projectId": "a-project", "keyId": "a-key", "existingSecret": "conversation-gateway"}
TLS: Values = {"tls": {"existingSecret": "grpc-tls", "clientCa": True}}
EVERYTHING: Values = {
    "podDisruptionBudget": {"enabled": True},
    "networkPolicy": {"enabled": True},
    "serviceMonitor": {"enabled": True},
    "podMonitor": {"enabled": True},
    "prometheusRule": {"enabled": True},
    "dashboard": {"enabled": True},
    "otlpEndpoint": "http://collector.monitoring:4317",
}
WEBHOOK_HOST: Values = {
    "ingress": {"enabled": True, "host": "hooks.example.com", "tlsSecretName": "hooks-tls", "className": "nginx"}
}

RENDERED: dict[str, Values] = {
    "standalone": {"sinch": SINCH, "grpc": TLS},
    "standalone-in-memory": {"sinch": SINCH, "grpc": TLS, "state": {"persistence": {"enabled": False}}},
    "standalone-by-token": {
        "sinch": {**SINCH, "appId": "an-app", "region": "eu"},
        "grpc": {"tls": {"existingSecret": "grpc-tls"}, "callerTokensSha256": ["ab" * 32, "cd" * 32]},
        "webhooks": {"enabled": False},
        "settings": {"GATEWAY_RATE_LIMIT_PER_S": 400, "GATEWAY_STRICT_SENDS": True},
        "image": {"digest": "sha256:" + "0" * 64, "pullPolicy": "IfNotPresent", "pullSecrets": ["mirror"]},
    },
    "standalone-shared": {
        "sinch": SINCH, "grpc": TLS, "state": {"kind": "shared"}, "replicas": 3, "webhooks": WEBHOOK_HOST, **EVERYTHING,
    },
    "standalone-many-projects": {"configSecret": "gateway-toml", "grpc": TLS},
    "standalone-scaled": {
        "sinch": SINCH, "grpc": {**TLS, "allowedPods": [{"matchLabels": {"app": "order-service"}}]},
        "state": {"kind": "shared"}, "autoscaling": {"enabled": True}, "networkPolicy": {"enabled": True},
        "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "dedicated", "operator": "Exists"}],
        "podAnnotations": {"team": "messaging"}, "commonLabels": {"team": "messaging"}, "priorityClassName": "high",
    },
    "ingress": {
        "mode": "ingress", "sinch": SINCH, "state": {"kind": "shared"}, "replicas": 2, "webhooks": WEBHOOK_HOST,
        **EVERYTHING,
    },
    "sidecar-monitoring": {
        "mode": "sidecar", "sinch": SINCH, "podMonitor": {"enabled": True}, "prometheusRule": {"enabled": True},
        "dashboard": {"enabled": True},
    },
}  # fmt: skip

EXAMPLE: dict[str, Values] = {
    "example-native": {},
    "example-classic": {"conversation-gateway": {"sidecar": {"native": False}}},
    "example-loopback": {
        "conversation-gateway": {"grpc": {"address": ""}, "state": {"kind": "embedded"}, "webhooks": {"enabled": True}}
    },
}

_WIDE = "reached from outside the pod"
REFUSED: list[tuple[Values, str]] = [
    ({"sinch": SINCH}, _WIDE),
    ({"sinch": SINCH, "grpc": {"address": "[::]:50051"}}, _WIDE),
    ({"sinch": SINCH, "grpc": {"address": "10.0.0.1:50051"}}, _WIDE),
    ({"mode": "sidecar", "sinch": SINCH, "grpc": {"address": "0.0.0.0:50051"}}, _WIDE),
    ({"sinch": SINCH, "grpc": {"tls": {"existingSecret": "grpc-tls"}}}, "would be unauthenticated"),
    ({"sinch": {**SINCH, "existingSecret": ""}, "grpc": TLS}, "Without a webhook secret"),
    ({"sinch": SINCH, "grpc": TLS, "settings": {"GATEWAY_WEBHOOK_UNSIGNED": True}}, "without a webhook secret"),
    ({"sinch": SINCH, "grpc": TLS, "replicas": 2}, "embedded state belongs to one process"),
    ({"sinch": SINCH, "grpc": TLS, "autoscaling": {"enabled": True}}, "embedded state belongs to one process"),
    ({"mode": "ingress", "sinch": SINCH}, "mode ingress needs state.kind: shared"),
    ({"sinch": SINCH, "grpc": TLS, "podDisruptionBudget": {"enabled": True}}, "disruption budget for one replica"),
    ({"sinch": SINCH, "grpc": TLS, "webhooks": {"ingress": {"enabled": True}}}, "Sinch posts to https"),
    ({"sinch": {"existingSecret": "s"}, "grpc": TLS}, "sinch.projectId and sinch.keyId are required"),
    ({"sinch": SINCH, "settings": {"GATEWAY_GRPC_ADDRESS": "0.0.0.0:1"}, "grpc": TLS}, "have values of their own"),
    ({"sinch": SINCH, "settings": {"GATEWAY_GRPC_UNPROTECTED": True}, "grpc": TLS}, "have values of their own"),
    ({"configSecret": "gateway-toml", "grpc": TLS, "state": {"kind": "shared"}}, "shared state needs"),
    ({"sinch": SINCH, "settings": {"SINCH_KEY_SECRET": "plain"}, "grpc": TLS}, "have values of their own"),
    ({"sinch": SINCH, "grpc": TLS, "repicas": 2}, "'repicas' not allowed"),
    ({"sinch": SINCH, "grpc": {**TLS, "adress": "x"}}, "'adress' not allowed"),
    ({"sinch": {**SINCH, "keySecret": "plain"}, "grpc": TLS}, "'keySecret' not allowed"),
    ({"sinch": SINCH, "grpc": TLS, "settings": {"GATEWAY-LEVEL": "x"}}, "invalid propertyName 'GATEWAY-LEVEL'"),
    ({"sinch": {**SINCH, "region": "mars"}, "grpc": TLS}, "region"),
]
