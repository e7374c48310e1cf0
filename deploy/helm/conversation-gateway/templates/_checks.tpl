{{/* What would be unsafe or could not work fails here, with its reason, rather than in the cluster. */}}
{{- define "conversation-gateway.checks" -}}
{{- if and (or (not .Values.sinch.projectId) (not .Values.sinch.keyId)) (not .Values.configSecret) -}}
{{- fail "sinch.projectId and sinch.keyId are required: the gateway calls for one Sinch project" -}}
{{- end -}}
{{- if and (not .Values.sinch.existingSecret) (or .Values.sinch.projectId (not .Values.configSecret)) -}}
{{- $needed := "key-secret" -}}
{{- if include "conversation-gateway.takesWebhooks" . }}{{ $needed = "key-secret and webhook-secret" }}{{ end -}}
{{- fail (printf "sinch.existingSecret is required: name a Secret with %s. Without a webhook secret anyone could forge events, and without the key's there are no calls" $needed) -}}
{{- end -}}
{{- if and (eq .Values.state.kind "shared") (not .Values.sinch.existingSecret) -}}
{{- fail "shared state needs sinch.existingSecret: its key state-url says where, and holds a password" -}}
{{- end -}}
{{- if eq (toString (index .Values.settings "GATEWAY_WEBHOOK_UNSIGNED" | default "false")) "true" -}}
{{- fail "GATEWAY_WEBHOOK_UNSIGNED=true would take webhooks without a webhook secret, and anyone could forge events" -}}
{{- end -}}
{{- range $name, $value := .Values.settings -}}
{{- if regexMatch "(SECRET|_ADDRESS$|^GATEWAY_GRPC_(TLS|CLIENT|UNPROTECTED)|CALLER_TOKENS|STATE_URL|CONFIG_FILE)" $name -}}
{{- fail (printf "settings.%s: addresses, credentials and state have values of their own, which are checked here" $name) -}}
{{- end -}}
{{- end -}}
{{- if include "conversation-gateway.wide" . -}}
{{- if not .Values.grpc.tls.existingSecret -}}
{{- fail (printf "grpc.address %s is reached from outside the pod, and whoever reaches it sends in your name: set grpc.tls.existingSecret, and grpc.tls.clientCa or grpc.callerTokensSha256" (include "conversation-gateway.grpcAddress" .)) -}}
{{- end -}}
{{- if and (not .Values.grpc.tls.clientCa) (not .Values.grpc.callerTokensSha256) -}}
{{- fail (printf "grpc.address %s would be unauthenticated: set grpc.tls.clientCa (callers show a certificate) or grpc.callerTokensSha256 (callers bring a token)" (include "conversation-gateway.grpcAddress" .)) -}}
{{- end -}}
{{- end -}}
{{- if eq .Values.state.kind "embedded" -}}
{{- if or (gt (int .Values.replicas) 1) .Values.autoscaling.enabled -}}
{{- fail "embedded state belongs to one process: several replicas, or autoscaling, need state.kind: shared" -}}
{{- end -}}
{{- if eq .Values.mode "ingress" -}}
{{- fail "an ingress with embedded state would keep events where nobody can read them: mode ingress needs state.kind: shared" -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.mode "sidecar") .Values.sidecar.native (semverCompare "<1.29.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail (printf "a native sidecar needs Kubernetes 1.29, and this is %s: set sidecar.native to false" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if and .Values.podDisruptionBudget.enabled (lt (int .Values.replicas) 2) (not .Values.autoscaling.enabled) -}}
{{- fail "a disruption budget for one replica would block every node's drain: set replicas to 2 or more" -}}
{{- end -}}
{{- if and .Values.webhooks.ingress.enabled (or (not .Values.webhooks.ingress.host) (not .Values.webhooks.ingress.tlsSecretName)) -}}
{{- fail "webhooks.ingress needs a host and a tlsSecretName: Sinch posts to https" -}}
{{- end -}}
{{- end -}}
