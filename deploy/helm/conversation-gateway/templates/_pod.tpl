{{/* The container, for a pod of its own and for the sidecar alike. */}}
{{- define "conversation-gateway.container" -}}
name: conversation-gateway
image: {{ include "conversation-gateway.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- if and (eq .Values.mode "sidecar") .Values.sidecar.native }}
# Among init containers this makes it a native sidecar: started first, stopped last, no preStop hook needed.
restartPolicy: Always
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
env:
  {{- include "conversation-gateway.env" . | nindent 2 }}
ports:
  {{- with include "conversation-gateway.grpcPort" . }}
  - name: grpc
    containerPort: {{ . }}
  {{- end }}
  {{- if include "conversation-gateway.takesWebhooks" . }}
  - name: webhooks
    containerPort: 8080
  {{- end }}
  - name: admin
    containerPort: 9090
# HTTP, because the kubelet's gRPC probe knows neither TLS nor Unix sockets. Only a startup probe holds back the app of
# a native sidecar; it is up within two seconds, and gets a minute on a slow node.
startupProbe:
  httpGet:
    path: /startup
    port: admin
  periodSeconds: 1
  failureThreshold: 60
# Unready without its store, never for the sake of the API: other replicas would not reach it either.
readinessProbe:
  httpGet:
    path: /readiness
    port: admin
  periodSeconds: 5
  failureThreshold: 2
# Only a process that no longer answers at all is restarted.
livenessProbe:
  httpGet:
    path: /liveness
    port: admin
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  {{- if .Values.sinch.existingSecret }}
  - name: conversation-gateway-secrets
    mountPath: /etc/conversation-gateway/secrets
    readOnly: true
  {{- end }}
  {{- if .Values.configSecret }}
  - name: conversation-gateway-config
    mountPath: /etc/conversation-gateway/config
    readOnly: true
  {{- end }}
  {{- if eq .Values.state.kind "embedded" }}
  - name: conversation-gateway-state
    mountPath: /var/lib/conversation-gateway
  {{- end }}
  {{- if .Values.grpc.tls.existingSecret }}
  - name: conversation-gateway-tls
    mountPath: /etc/conversation-gateway/tls
    readOnly: true
  {{- end }}
  {{- if hasPrefix "unix:" .Values.grpc.address }}
  - name: conversation-gateway-socket
    mountPath: /run/conversation-gateway
  {{- end }}
{{- end -}}

{{- define "conversation-gateway.env" -}}
{{- $secrets := "/etc/conversation-gateway/secrets" -}}
{{- if .Values.sinch.projectId -}}
- name: SINCH_PROJECT_ID
  value: {{ .Values.sinch.projectId | quote }}
- name: SINCH_KEY_ID
  value: {{ .Values.sinch.keyId | quote }}
- name: SINCH_KEY_SECRET_FILE
  value: {{ $secrets }}/key-secret
- name: SINCH_REGION
  value: {{ .Values.sinch.region }}
{{ end -}}
{{- with .Values.sinch.appId -}}
- name: SINCH_APP_ID
  value: {{ . | quote }}
{{ end -}}
- name: GATEWAY_GRPC_ADDRESS
  value: {{ include "conversation-gateway.grpcAddress" . | quote }}
- name: GATEWAY_WEBHOOK_ADDRESS
  value: {{ ternary "0.0.0.0:8080" "" (ne (include "conversation-gateway.takesWebhooks" .) "") | quote }}
# Wide: the kubelet and Prometheus dial the pod's address. It serves probes and metrics only.
- name: GATEWAY_ADMIN_ADDRESS
  value: 0.0.0.0:9090
{{- if .Values.configSecret }}
- name: GATEWAY_CONFIG_FILE
  value: /etc/conversation-gateway/config/gateway.toml
{{- end }}
{{- if and .Values.sinch.existingSecret (include "conversation-gateway.takesWebhooks" .) }}
- name: GATEWAY_WEBHOOK_SECRET_FILE
  value: {{ $secrets }}/webhook-secret
{{- end }}
{{- if .Values.grpc.tls.existingSecret }}
- name: GATEWAY_GRPC_TLS_CERT_FILE
  value: /etc/conversation-gateway/tls/tls.crt
- name: GATEWAY_GRPC_TLS_KEY_FILE
  value: /etc/conversation-gateway/tls/tls.key
{{- if .Values.grpc.tls.clientCa }}
- name: GATEWAY_GRPC_CLIENT_CA_FILE
  value: /etc/conversation-gateway/tls/ca.crt
{{- end }}
{{- end }}
{{- with .Values.grpc.callerTokensSha256 }}
- name: GATEWAY_CALLER_TOKENS_SHA256
  value: {{ join "," . | quote }}
{{- end }}
{{- if eq .Values.state.kind "shared" }}
- name: GATEWAY_STATE_URL_FILE
  value: {{ $secrets }}/state-url
{{- else }}
- name: GATEWAY_STATE_URL
  value: sqlite:///var/lib/conversation-gateway/state.db
{{- end }}
- name: GATEWAY_FEED_RETENTION_S
  value: {{ int64 .Values.state.retentionSeconds | quote }}
- name: GATEWAY_FEED_RETENTION_BYTES
  value: {{ int64 .Values.state.retentionBytes | quote }}
- name: GATEWAY_CALLBACK_URL_HOSTS
  value: {{ .Values.callbackUrlHosts | quote }}
- name: GATEWAY_DRAIN_TIMEOUT_S
  value: {{ int64 .Values.drainTimeoutSeconds | quote }}
- name: GATEWAY_LOG_FORMAT
  value: json
{{- with .Values.otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end -}}

{{- define "conversation-gateway.volumes" -}}
{{- with .Values.sinch.existingSecret -}}
- name: conversation-gateway-secrets
  secret:
    secretName: {{ . }}
    # Readable by the pod's group, which the process has, and by nobody else.
    defaultMode: 0440
{{- end }}
{{- with .Values.configSecret }}
- name: conversation-gateway-config
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- if and (eq .Values.state.kind "embedded") (or (eq .Values.mode "sidecar") (not .Values.state.persistence.enabled)) }}
# Goes with the pod: events that were not read by then are lost.
- name: conversation-gateway-state
  emptyDir:
    sizeLimit: {{ .Values.state.persistence.size }}
{{- end }}
{{- with .Values.grpc.tls.existingSecret }}
- name: conversation-gateway-tls
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- if hasPrefix "unix:" .Values.grpc.address }}
# Shared with the app, which mounts it too and needs the pod's fsGroup to connect.
- name: conversation-gateway-socket
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
{{- end }}
{{- end -}}

{{- define "conversation-gateway.pod" -}}
metadata:
  labels:
    {{- include "conversation-gateway.labels" . | nindent 4 }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "conversation-gateway.name" . }}
  # It never talks to the cluster.
  automountServiceAccountToken: false
  enableServiceLinks: false
  # Longer than the drain, so that calls in flight are answered and streams get their cursor.
  terminationGracePeriodSeconds: {{ add (int64 .Values.drainTimeoutSeconds) 10 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    fsGroup: 65532
    # Without it a large volume is walked file by file at each start.
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  containers:
    - {{- include "conversation-gateway.container" . | nindent 6 }}
  volumes:
    {{- include "conversation-gateway.volumes" . | nindent 4 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "conversation-gateway.selector" . | nindent 10 }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
