{{/*
What another chart includes, with this one as a dependency in mode `sidecar`:

    initContainers:   # or containers, where sidecar.native is false
      {{- include "conversation-gateway.sidecar" (index .Subcharts "conversation-gateway") | nindent 6 }}
    volumes:
      {{- include "conversation-gateway.volumes" (index .Subcharts "conversation-gateway") | nindent 6 }}
*/}}
{{- define "conversation-gateway.sidecar" -}}
{{- if ne .Values.mode "sidecar" -}}
{{- fail "conversation-gateway.sidecar is included, but the subchart's mode is not sidecar" -}}
{{- end -}}
{{- include "conversation-gateway.checks" . -}}
- {{- include "conversation-gateway.container" . | nindent 2 }}
{{- end -}}
