/** The templates of the starter chart: they give the objects that those of `helm create` give. */

const HELPERS = `{{/* Names and labels that all templates use. Kubernetes allows 63 characters for most of them. */}}

{{- define "<CHARTNAME>.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* The release's name, followed by the chart's unless that is part of it. */}}
{{- define "<CHARTNAME>.fullname" -}}
{{- $chart := .Values.nameOverride | default .Chart.Name -}}
{{- $own := ternary .Release.Name (printf "%s-%s" .Release.Name $chart) (contains $chart .Release.Name) -}}
{{- .Values.fullnameOverride | default $own | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "<CHARTNAME>.chart" -}}
{{- list .Chart.Name .Chart.Version | join "-" | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Labels that never change: a Deployment's selector can't. */}}
{{- define "<CHARTNAME>.selectorLabels" -}}
app.kubernetes.io/name: {{ include "<CHARTNAME>.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "<CHARTNAME>.labels" -}}
helm.sh/chart: {{ include "<CHARTNAME>.chart" . }}
{{ include "<CHARTNAME>.selectorLabels" . }}
{{- with .Chart.AppVersion }}
app.kubernetes.io/version: {{ quote . }}
{{- end }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "<CHARTNAME>.serviceAccountName" -}}
{{- $fallback := ternary (include "<CHARTNAME>.fullname" .) "default" .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default $fallback -}}
{{- end }}
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels: {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  selector:
    matchLabels: {{- include "<CHARTNAME>.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      {{- with .Values.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
      labels: {{- include "<CHARTNAME>.labels" . | nindent 8 }}
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "<CHARTNAME>.serviceAccountName" . }}
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.podSecurityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          {{- with .Values.securityContext }}
          securityContext: {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            - name: http
              containerPort: {{ .Values.service.port }}
              protocol: TCP
          {{- range $field := list "livenessProbe" "readinessProbe" "resources" "volumeMounts" }}
          {{- with index $.Values $field }}
          {{ $field }}: {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- end }}
      {{- range $field := list "volumes" "nodeSelector" "affinity" "tolerations" }}
      {{- with index $.Values $field }}
      {{ $field }}: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels: {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  selector: {{- include "<CHARTNAME>.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .Values.service.port }}
      targetPort: http
      protocol: TCP
`;

const SERVICE_ACCOUNT = `{{- with .Values.serviceAccount }}
{{- if .create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "<CHARTNAME>.serviceAccountName" $ }}
  labels: {{- include "<CHARTNAME>.labels" $ | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: {{ .automount }}
{{- end }}
{{- end }}
`;

const HPA = `{{- with .Values.autoscaling }}
{{- if .enabled }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "<CHARTNAME>.fullname" $ }}
  labels: {{- include "<CHARTNAME>.labels" $ | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "<CHARTNAME>.fullname" $ }}
  minReplicas: {{ .minReplicas }}
  maxReplicas: {{ .maxReplicas }}
  {{- $targets := dict "cpu" .targetCPUUtilizationPercentage "memory" .targetMemoryUtilizationPercentage }}
  metrics:
    {{- range $resource, $percent := $targets }}
    {{- with $percent }}
    - type: Resource
      resource:
        name: {{ $resource }}
        target:
          type: Utilization
          averageUtilization: {{ . }}
    {{- end }}
    {{- end }}
{{- end }}
{{- end }}
`;

const INGRESS = `{{- with .Values.ingress }}
{{- if .enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "<CHARTNAME>.fullname" $ }}
  labels: {{- include "<CHARTNAME>.labels" $ | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .tls }}
  tls:
    {{- range . }}
    - secretName: {{ .secretName }}
      hosts:
        {{- range .hosts }}
        - {{ quote . }}
        {{- end }}
    {{- end }}
  {{- end }}
  rules:
    {{- range .hosts }}
    - host: {{ quote .host }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ .path }}
            {{- with .pathType }}
            pathType: {{ . }}
            {{- end }}
            backend:
              service:
                name: {{ include "<CHARTNAME>.fullname" $ }}
                port:
                  number: {{ $.Values.service.port }}
          {{- end }}
    {{- end }}
{{- end }}
{{- end }}
`;

const HTTP_ROUTE = `{{- with .Values.httpRoute }}
{{- if .enabled }}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ include "<CHARTNAME>.fullname" $ }}
  labels: {{- include "<CHARTNAME>.labels" $ | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  parentRefs: {{- with .parentRefs }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- with .hostnames }}
  hostnames: {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    {{- range .rules }}
    - backendRefs:
        - name: {{ include "<CHARTNAME>.fullname" $ }}
          port: {{ $.Values.service.port }}
          weight: 1
      {{- with .matches }}
      matches: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .filters }}
      filters: {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
{{- end }}
{{- end }}
`;

const TEST_CONNECTION = `# Run by \`helm test\`: fetches a page from the service.
apiVersion: v1
kind: Pod
metadata:
  name: "{{ include "<CHARTNAME>.fullname" . }}-test-connection"
  labels: {{- include "<CHARTNAME>.labels" . | nindent 4 }}
  annotations:
    "helm.sh/hook": test
spec:
  restartPolicy: Never
  containers:
    - name: wget
      image: busybox
      command: [wget]
      args: ['{{ include "<CHARTNAME>.fullname" . }}:{{ .Values.service.port }}']
`;

const NOTES = `{{- $name := include "<CHARTNAME>.fullname" . -}}
{{- $kubectl := printf "kubectl --namespace %s" .Release.Namespace -}}
{{ .Chart.Name }} was released as {{ .Release.Name }}. To reach it:

{{- if .Values.httpRoute.enabled }}
{{- range .Values.httpRoute.hostnames }}
  http://{{ . }}/
{{- else }}
  See the listeners of the gateway {{ (first .Values.httpRoute.parentRefs).name }}.
{{- end }}

The paths are those of the route's rules.
{{- else if .Values.ingress.enabled }}
{{- range $host := .Values.ingress.hosts }}
{{- range .paths }}
  http{{ if $.Values.ingress.tls }}s{{ end }}://{{ $host.host }}{{ .path }}
{{- end }}
{{- end }}
{{- else if eq .Values.service.type "NodePort" }}
  PORT=$({{ $kubectl }} get service {{ $name }} -o jsonpath='{.spec.ports[0].nodePort}')
  HOST=$({{ $kubectl }} get nodes -o jsonpath='{.items[0].status.addresses[0].address}')
  curl http://$HOST:$PORT
{{- else if eq .Values.service.type "LoadBalancer" }}
  {{ $kubectl }} get service {{ $name }} --watch

The address takes a while to show as EXTERNAL-IP; the port is {{ .Values.service.port }}.
{{- else }}
  {{ $kubectl }} port-forward service/{{ $name }} 8080:{{ .Values.service.port }}
  curl http://127.0.0.1:8080
{{- end }}
`;

/** In the order in which they are written. */
export const STARTER_TEMPLATES: Readonly<Record<string, string>> = {
  'templates/ingress.yaml': INGRESS,
  'templates/httproute.yaml': HTTP_ROUTE,
  'templates/deployment.yaml': DEPLOYMENT,
  'templates/service.yaml': SERVICE,
  'templates/serviceaccount.yaml': SERVICE_ACCOUNT,
  'templates/hpa.yaml': HPA,
  'templates/NOTES.txt': NOTES,
  'templates/_helpers.tpl': HELPERS,
  'templates/tests/test-connection.yaml': TEST_CONNECTION,
};
