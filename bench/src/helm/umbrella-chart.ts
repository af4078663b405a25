/**
 * A chart of 30 dependencies, each with a copy of one library of 120 definitions, as charts of charts have them: much to
 * parse, little of it used.
 */
import { writeFiles } from './large-chart.ts';

const dependencies = 30;
const definitions = 120;
const objectsEach = 6;

/** Writes the chart into the directory. */
export async function writeUmbrellaChart(directory: string): Promise<void> {
  const files: Record<string, string> = { 'Chart.yaml': chartYaml('umbrella') };
  for (let index = 0; index < dependencies; index++) {
    const at = `charts/part-${index}`;
    files[`${at}/Chart.yaml`] = chartYaml(`part-${index}`);
    files[`${at}/values.yaml`] = values(index);
    for (let object = 0; object < objectsEach; object++)
      files[`${at}/templates/object-${object}.yaml`] = template(object);
    files[`${at}/charts/common/Chart.yaml`] = `${chartYaml('common')}type: library\n`;
    files[`${at}/charts/common/templates/_all.tpl`] = library;
  }
  await writeFiles(directory, files);
}

const chartYaml = (name: string): string => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`;

const values = (index: number): string => `enabled: true
name: part-${index}
labels: { team: platform, costCenter: "4711" }
image: { registry: registry.example.com, repository: example/part-${index}, tag: "1.${index}" }
`;

const definition = (index: number): string => `{{- define "common.part${index}" -}}
{{- if and .Values.enabled (or (eq .Values.name "none") (not (empty .Values.name))) -}}
{{- $name := default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- range $key, $value := .Values.labels }}
{{ $key }}: {{ $value | quote }}
{{- else }}
name: {{ $name }}-${index}
{{- end }}
{{- with .Values.image }}
image: {{ printf "%s/%s:%s" .registry .repository (.tag | toString) | quote }}
{{- end }}
{{- else if semverCompare ">=1.20-0" .Capabilities.KubeVersion.Version -}}
{{- include "common.part${(index + 1) % definitions}" . | nindent 2 -}}
{{- end -}}
{{- end -}}
`;

const library = Array.from({ length: definitions }, (_, index) => definition(index)).join('');

const template = (index: number): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.name }}-${index}
  annotations:
    {{- include "common.part${index}" . | nindent 4 }}
`;
