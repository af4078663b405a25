/** Templates that call themselves: 1,000 levels of include work, the next one fails with helm's message, all of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHART_YAML, type Outcome, renderWithHelm, renderWithOurs } from './render-both.ts';

const down = `{{ define "down" }}{{ if gt (int .n) 0 -}}
{{ range until 1 }}{{ with $ }}{{ print "a" (include "down" (dict "n" (sub (int .n) 1)) | trim) }}{{ end }}{{ end }}
{{- else }}end{{ end }}{{ end }}`;
const jump = `{{ define "jump" }}{{ if gt (int .n) 0 }}{{ template "jump" (dict "n" (sub (int .n) 1)) }}{{ else }}end{{ end }}{{ end }}`;

async function both(template: string): Promise<{ helm: Outcome; ours: Outcome }> {
  const files = { 'Chart.yaml': CHART_YAML, 'values.yaml': '', 'templates/a.yaml': template };
  const [helm, ours] = await Promise.all([renderWithHelm(files), renderWithOurs(files)]);
  return { helm, ours };
}

const templates = {
  'includes itself 1,000 times': `${down}a: {{ include "down" (dict "n" 1000) | quote }}`,
  'includes itself once more than that': `${down}a: {{ include "down" (dict "n" 1001) | quote }}`,
  'includes itself for ever': '{{ define "f" }}{{ include "f" . }}{{ end }}{{ include "f" . }}',
  'includes one that includes it':
    '{{ define "a" }}{{ with .n }}{{ include "b" $ }}{{ end }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" (dict "n" 3) }}',
  'includes itself by tpl': '{{ define "t" }}{{ tpl "{{ include \\"t\\" . }}" . }}{{ end }}{{ include "t" . }}',
  'calls itself 20,000 times': `${jump}a: {{ template "jump" (dict "n" 20000) }}`,
  'calls itself for ever': '{{ define "x" }}{{ template "x" . }}{{ end }}a: {{ template "x" . }}',
};

for (const [name, template] of Object.entries(templates)) {
  test(`a template that ${name}`, async () => {
    const { helm, ours } = await both(template);
    assert.equal(ours.error.slice(0, 500), helm.error.slice(0, 500));
    assert.ok(ours.error === helm.error, 'the rest of the message differs');
    assert.equal(ours.output, helm.output);
  });
}
