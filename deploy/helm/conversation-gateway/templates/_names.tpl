{{- define "conversation-gateway.name" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "conversation-gateway.selector" -}}
app.kubernetes.io/name: conversation-gateway
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "conversation-gateway.labels" -}}
{{ include "conversation-gateway.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: {{ .Values.mode }}
app.kubernetes.io/part-of: conversation-gateway
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "conversation-gateway.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "conversation-gateway.grpcAddress" -}}
{{- if eq .Values.mode "ingress" -}}
{{- else if .Values.grpc.address -}}
{{ .Values.grpc.address }}
{{- else if eq .Values.mode "sidecar" -}}
127.0.0.1:50051
{{- else -}}
0.0.0.0:50051
{{- end -}}
{{- end -}}

{{- define "conversation-gateway.grpcPort" -}}
{{- $address := include "conversation-gateway.grpcAddress" . -}}
{{- if and $address (not (hasPrefix "unix:" $address)) -}}
{{ last (splitList ":" $address) }}
{{- end -}}
{{- end -}}

{{/* Not empty where the gRPC address can be reached from outside the pod. */}}
{{- define "conversation-gateway.wide" -}}
{{- $address := include "conversation-gateway.grpcAddress" . -}}
{{- if and $address (not (regexMatch "^(unix:.+|127\\.[0-9.]+:[0-9]+|localhost:[0-9]+|\\[::1\\]:[0-9]+)$" $address)) -}}
wide
{{- end -}}
{{- end -}}

{{- define "conversation-gateway.takesWebhooks" -}}
{{- if or .Values.webhooks.enabled (eq .Values.mode "ingress") -}}
webhooks
{{- end -}}
{{- end -}}
