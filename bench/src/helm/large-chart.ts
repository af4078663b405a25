/**
 * A chart of 1,000 objects written the way large charts are: five dependencies, each with 25 components of 8 objects, a
 * helper for every name, label, image and probe, `include … | nindent`, `toYaml`, `tpl`, `range`, `with`, `printf`,
 * lists and dictionaries.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const parts = ['web', 'api', 'jobs', 'data', 'edge'];
const componentsEach = 25;

/** Writes the chart into the directory. */
export async function writeLargeChart(directory: string): Promise<void> {
  const files: Record<string, string> = {
    'Chart.yaml': `${chartYaml('platform')}dependencies:\n${parts.map(dependencyYaml).join('')}`,
    'values.yaml': rootValues,
    'templates/_helpers.tpl': helpers,
  };
  for (const part of parts) {
    files[`charts/${part}/Chart.yaml`] = chartYaml(part);
    files[`charts/${part}/values.yaml`] = partValues(part);
    for (const [name, text] of Object.entries(templates)) files[`charts/${part}/templates/${name}`] = text;
  }
  await writeFiles(directory, files);
}

/** The same without dependencies and with one object. */
export function writeSmallChart(directory: string): Promise<void> {
  return writeFiles(directory, {
    'Chart.yaml': chartYaml('small'),
    'values.yaml': 'text: hello\n',
    'templates/configmap.yaml': smallTemplate,
  });
}

/** Texts by their paths below the directory. */
export async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

const smallTemplate = `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }} }
data: { text: {{ .Values.text | quote }} }
`;

const chartYaml = (name: string): string =>
  `apiVersion: v2\nname: ${name}\nversion: 1.4.2\nappVersion: "2.9.1"\ndescription: Part of a large chart\n`;

const dependencyYaml = (name: string): string =>
  `- name: ${name}\n  version: 1.x.x\n  repository: ""\n  condition: ${name}.enabled\n`;

const rootValues = `global:
  registry: registry.example.com
  imagePullSecrets: [pull-secret]
  commonLabels: { team: platform, costCenter: "4711" }
  commonAnnotations: { example.com/owner: "{{ .Release.Name }}-owners" }
  storageClass: fast
${parts.map((part) => `${part}:\n  enabled: true\n  logLevel: info\n`).join('')}`;

function partValues(part: string): string {
  const components = Array.from({ length: componentsEach }, (_, index) => component(part, index)).join('');
  return `logLevel: warn
nameOverride: ""
podSecurityContext: { fsGroup: 1001, runAsNonRoot: true }
tolerations: []
nodeSelector: {}
components:
${components}`;
}

const component = (part: string, index: number): string => `  ${part}-component-${index}:
    enabled: true
    replicas: ${(index % 3) + 1}
    image: { repository: example/${part}-${index}, tag: "1.${index}.0", pullPolicy: IfNotPresent }
    ports: [{ name: http, port: 80, targetPort: ${8000 + index} }, { name: metrics, port: 9090, targetPort: 9090 }]
    resources:
      limits: { cpu: 500m, memory: 512Mi }
      requests: { cpu: 100m, memory: ${64 + index}Mi }
    env:
      MODE: production
      SERVICE_URL: 'http://{{ .Release.Name }}-${part}.{{ .Release.Namespace }}.svc:{{ .port | default 80 }}'
      MAX_CONNECTIONS: "${100 + index}"
      FEATURE_FLAGS: 'a,b,c'
    config:
      server: { host: 0.0.0.0, port: ${8000 + index}, timeouts: { read: 30s, write: 1m } }
      cache: { enabled: ${index % 2 === 0}, size: ${1024 * (index + 1)}, ratio: 0.${index + 1} }
      upstreams: [one.example.com, two.example.com, 'three.example.com:8443']
      notice: |
        A notice of ${part}-${index}
        in several lines: with "quotes" and # signs
    secrets: { username: user-${index}, password: "s3cr#t-${index}" }
    annotations: { example.com/index: "${index}" }
    nodeAffinity: { type: soft, key: disk, values: [ssd, nvme] }
    autoscaling: { minReplicas: 1, maxReplicas: ${index + 2}, targetCPU: 75 }
`;

const helpers = `{{/* Names, labels and pieces of pods that all parts share. */}}
{{- define "platform.name" -}}
{{- default .context.Chart.Name .context.Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "platform.fullname" -}}
{{- $name := include "platform.name" . -}}
{{- if contains $name .component -}}
{{- printf "%s-%s" .context.Release.Name .component | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s-%s" .context.Release.Name $name .component | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- define "platform.chart" -}}
{{- printf "%s-%s" .context.Chart.Name .context.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "platform.render" -}}
{{- $value := typeIs "string" .value | ternary .value (.value | toYaml) -}}
{{- if contains "{{" (toJson .value) -}}
{{- tpl $value .context -}}
{{- else -}}
{{- $value -}}
{{- end -}}
{{- end -}}
{{- define "platform.selectorLabels" -}}
app.kubernetes.io/name: {{ include "platform.name" . }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
app.kubernetes.io/component: {{ .component | quote }}
{{- end -}}
{{- define "platform.labels" -}}
helm.sh/chart: {{ include "platform.chart" . }}
{{ include "platform.selectorLabels" . }}
{{- with .context.Chart.AppVersion }}
app.kubernetes.io/version: {{ . | quote }}
{{- end }}
app.kubernetes.io/managed-by: {{ .context.Release.Service }}
{{- with .context.Values.global.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}
{{- define "platform.annotations" -}}
{{- $all := merge (dict) (.settings.annotations | default dict) (.context.Values.global.commonAnnotations | default dict) -}}
{{- include "platform.render" (dict "value" $all "context" .context) -}}
{{- end -}}
{{- define "platform.metadata" -}}
name: {{ include "platform.fullname" . }}
namespace: {{ .context.Release.Namespace | quote }}
labels:
  {{- include "platform.labels" . | nindent 2 }}
annotations:
  {{- include "platform.annotations" . | nindent 2 }}
{{- end -}}
{{- define "platform.image" -}}
{{- $registry := .image.registry | default .context.Values.global.registry -}}
{{- if $registry -}}
{{- printf "%s/%s:%s" $registry .image.repository (.image.tag | toString) -}}
{{- else -}}
{{- printf "%s:%s" .image.repository (.image.tag | toString) -}}
{{- end -}}
{{- end -}}
{{- define "platform.pullSecrets" -}}
{{- $names := list -}}
{{- range .context.Values.global.imagePullSecrets -}}
{{- $names = append $names . -}}
{{- end -}}
{{- if not (empty $names) -}}
imagePullSecrets:
{{- range $names | uniq }}
  - name: {{ . }}
{{- end }}
{{- end -}}
{{- end -}}
{{- define "platform.nodeAffinity" -}}
{{- if eq .type "soft" -}}
preferredDuringSchedulingIgnoredDuringExecution:
  - preference:
      matchExpressions:
        - key: {{ .key }}
          operator: In
          values:
            {{- range .values }}
            - {{ . | quote }}
            {{- end }}
    weight: 1
{{- else if eq .type "hard" -}}
requiredDuringSchedulingIgnoredDuringExecution: {}
{{- end -}}
{{- end -}}
{{- define "platform.deployment.apiVersion" -}}
{{- if semverCompare "<1.14-0" .context.Capabilities.KubeVersion.Version -}}
extensions/v1beta1
{{- else -}}
apps/v1
{{- end -}}
{{- end -}}
`;

/** A document for each component; `body` sees `$scope`, `$name` and `$settings`. */
const forEachComponent = (body: string): string => `{{- range $name, $settings := .Values.components }}
{{- if $settings.enabled }}
{{- $scope := dict "context" $ "component" $name "settings" $settings }}
---
${body}{{- end }}
{{- end }}
`;

const templates: Readonly<Record<string, string>> = {
  'serviceaccount.yaml': forEachComponent(`apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "platform.metadata" $scope | nindent 2 }}
automountServiceAccountToken: {{ $settings.automountToken | default false }}
`),
  'configmap.yaml': forEachComponent(`apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "platform.metadata" $scope | nindent 2 }}
data:
  config.yaml: |
    {{- toYaml $settings.config | nindent 4 }}
  config.json: {{ $settings.config | toJson | quote }}
  log-level: {{ $.Values.logLevel | upper | quote }}
  {{- range $index, $host := $settings.config.upstreams }}
  upstream-{{ add $index 1 }}: {{ printf "%s://%s" (ternary "https" "http" (contains ":" $host)) $host | quote }}
  {{- end }}
`),
  'secret.yaml': forEachComponent(`apiVersion: v1
kind: Secret
metadata:
  {{- include "platform.metadata" $scope | nindent 2 }}
type: Opaque
data:
  {{- range $key, $value := $settings.secrets }}
  {{ $key }}: {{ $value | b64enc | quote }}
  {{- end }}
`),
  'service.yaml': forEachComponent(`apiVersion: v1
kind: Service
metadata:
  {{- include "platform.metadata" $scope | nindent 2 }}
spec:
  type: {{ dig "service" "type" "ClusterIP" $settings }}
  ports:
    {{- range $settings.ports }}
    - name: {{ .name }}
      port: {{ .port }}
      targetPort: {{ .name }}
      protocol: {{ .protocol | default "TCP" }}
    {{- end }}
  selector:
    {{- include "platform.selectorLabels" $scope | nindent 4 }}
`),
  'deployment.yaml': forEachComponent(`apiVersion: {{ include "platform.deployment.apiVersion" $scope }}
kind: Deployment
metadata:
  {{- include "platform.metadata" $scope | nindent 2 }}
spec:
  {{- if not $settings.autoscaling }}
  replicas: {{ $settings.replicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "platform.selectorLabels" $scope | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "platform.labels" $scope | nindent 8 }}
      annotations:
        checksum/config: {{ $settings.config | toJson | sha256sum }}
        {{- include "platform.annotations" $scope | nindent 8 }}
    spec:
      {{- include "platform.pullSecrets" $scope | nindent 6 }}
      serviceAccountName: {{ include "platform.fullname" $scope }}
      {{- with $.Values.podSecurityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ $name | trunc 40 }}
          image: {{ include "platform.image" (dict "image" $settings.image "context" $) | quote }}
          imagePullPolicy: {{ $settings.image.pullPolicy | quote }}
          env:
            {{- range $key := keys $settings.env | sortAlpha }}
            - name: {{ $key }}
              value: {{ tpl (get $settings.env $key) (dict "Release" $.Release "port" (index $settings.ports 0).port "Template" $.Template) | quote }}
            {{- end }}
            {{- range $key, $_ := $settings.secrets }}
            - name: {{ printf "SECRET_%s" $key | upper | replace "-" "_" }}
              valueFrom:
                secretKeyRef:
                  name: {{ include "platform.fullname" $scope }}
                  key: {{ $key }}
            {{- end }}
          ports:
            {{- range $settings.ports }}
            - name: {{ .name }}
              containerPort: {{ .targetPort | int }}
              protocol: TCP
            {{- end }}
          livenessProbe:
            httpGet: { path: /healthz, port: http }
            initialDelaySeconds: {{ coalesce $settings.initialDelay 10 }}
          {{- if or $settings.resources (not $settings.unlimited) }}
          resources:
            {{- toYaml $settings.resources | nindent 12 }}
          {{- end }}
          volumeMounts:
            - name: config
              mountPath: /etc/{{ $.Chart.Name }}
      {{- with $settings.nodeAffinity }}
      affinity:
        nodeAffinity:
          {{- include "platform.nodeAffinity" . | nindent 10 }}
      {{- end }}
      {{- with $.Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $.Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumes:
        - name: config
          configMap:
            name: {{ include "platform.fullname" $scope }}
`),
  'role.yaml': forEachComponent(`apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "platform.metadata" $scope | nindent 2 }}
rules:
  - apiGroups: [""]
    resources: {{ list "configmaps" "secrets" | toJson }}
    resourceNames: [{{ include "platform.fullname" $scope | quote }}]
    verbs: [get, list, watch]
`),
  'rolebinding.yaml': forEachComponent(`apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "platform.metadata" $scope | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ include "platform.fullname" $scope }}
subjects:
  - kind: ServiceAccount
    name: {{ include "platform.fullname" $scope }}
    namespace: {{ $.Release.Namespace }}
`),
  'hpa.yaml': forEachComponent(`apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "platform.metadata" $scope | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: {{ include "platform.deployment.apiVersion" $scope }}
    kind: Deployment
    name: {{ include "platform.fullname" $scope }}
  minReplicas: {{ $settings.autoscaling.minReplicas }}
  maxReplicas: {{ max $settings.autoscaling.maxReplicas $settings.replicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ $settings.autoscaling.targetCPU }} }
`),
};
