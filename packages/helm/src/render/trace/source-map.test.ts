import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GoMap } from '../../go/value.ts';
import { pathFinder } from '../../values/path-finder.ts';
import { valuePathText } from '../../values/value-path.ts';
import { readYaml } from '../../yaml/read.ts';
import { renderTemplates, type TemplateFile } from '../engine.ts';
import { type Call, callText, createRecorder } from './recorder.ts';
import { locate, spansOf } from './source-map.ts';

const VALUES = 'a: 1\nlist: [x, z]\nmap: {k: v, l: w}\ntext: "t {{ .Values.a }}\\n"\nnothing:\n';
const HELPERS =
  '{{ define "one" }}one: {{ .Values.a }}{{ end }}' +
  '{{- define "lines" -}}\nfirst: 1\nsecond: {{ .Values.map.k }}\n{{- end }}{{ define "empty" }} {{ end }}';

interface Traced {
  readonly text: string;
  readonly call: Call | undefined;
}

function trace(source: string): Traced {
  const values = readYaml(VALUES);
  assert.ok(values instanceof GoMap);
  const data = new GoMap([['Values', values]]);
  const files: TemplateFile[] = [
    { name: 'web/templates/_h.tpl', source: HELPERS, data, basePath: 'web/templates' },
    { name: 'web/templates/a.yaml', source, data, basePath: 'web/templates' },
  ];
  const recorder = createRecorder(pathFinder(values, [[data, []]]));
  const rendered = renderTemplates(files, {
    time: { now: () => 0n, timeZone: 'UTC' },
    tracing: {
      instrument: recorder.instrument,
      functions: recorder.functions,
      failed: (_file, error) => {
        throw error;
      },
    },
  });
  return { text: rendered.get('web/templates/a.yaml') ?? '', call: recorder.files.get('web/templates/a.yaml') };
}

const fragment = fc.constantFrom(
  'plain: text\n',
  '  é ',
  '{{ .Values.a }}',
  '{{- .Values.nothing }}',
  '{{ .Values.nope.deep | default "d" }}'.replace('.nope.deep', '.nope'),
  '{{ if .Values.a }}yes{{ else }}no{{ end }}\n',
  '{{ range .Values.list }}- {{ . }}\n{{ end }}',
  '{{ range $k, $v := .Values.map }}{{ $k }}: {{ $v }}\n{{ end }}',
  '{{ range .Values.list }}{{ if eq . "z" }}{{ continue }}{{ end }}x{{ break }}{{ end }}',
  '{{ with .Values.map }}{{ .k }}{{ end }}',
  '{{ with .Values.nothing }}a{{ else }}b{{ end }}',
  '{{ include "one" . }}',
  '{{- include "lines" . | nindent 4 }}\n',
  '{{ template "one" . }}\n',
  '{{ template "empty" . }}',
  '{{ include "empty" . }}',
  '{{ $v := include "lines" . }}{{ $v | indent 2 }}\n',
  '{{ tpl .Values.text . }}',
  '{{ toYaml .Values.map | nindent 2 }}\n',
  '{{/* comment */}}',
  '{{ printf "%s-%v" "x" .Values.a }}',
  '{{ $w := "x" }}{{ $w = "y" }}{{ $w }}',
);

test('the pieces are the text, and every character has a place in a template', () => {
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 8 }), (fragments) => {
      const { text, call } = trace(fragments.join(''));
      if (call === undefined) {
        assert.equal(text.trim(), '');
        return;
      }
      assert.equal(callText(call), text);
      assert.equal(spansOf(call).at(-1)?.end ?? 0, text.length);
      for (let offset = 0; offset < text.length; offset++) {
        const steps = locate(call, offset);
        const innermost = steps.at(-1);
        assert.ok(innermost !== undefined);
        assert.equal(steps[0]?.template.name, 'web/templates/a.yaml');
        if (innermost.node.type === 'text' && text[offset]?.trim() !== '') {
          assert.equal(innermost.template.source[innermost.position], text[offset], `${offset} of ${text}`);
        }
      }
    }),
    { numRuns: 200 },
  );
});

function innermostAt(source: string, wanted: string): string {
  const { text, call } = trace(source);
  assert.ok(call !== undefined);
  const step = locate(call, text.indexOf(wanted)).at(-1);
  const line = step?.template.source.slice(0, step.position).split('\n').length;
  return `${step?.template.name} ${line} ${step?.reads.map(valuePathText).join()}`;
}

test('goes through include, nindent, variables and tpl, down to the value', () => {
  assert.equal(innermostAt('x:\n  {{- include "lines" . | nindent 2 }}\n', 'second'), 'lines 3 ');
  assert.equal(innermostAt('x:\n  {{- include "lines" . | nindent 2 }}\n', 'v'), 'lines 3 map.k');
  assert.equal(innermostAt('{{ $x := include "lines" . }}\n{{ $x | indent 2 }}', 'first'), 'lines 2 ');
  assert.equal(innermostAt('{{ tpl .Values.text . }}', '1'), 'gotpl 1 a');
  assert.equal(innermostAt('{{ range .Values.list }}-{{ . }}{{ end }}', 'z'), 'web/templates/a.yaml 1 list[1]');
  assert.equal(innermostAt('{{ range $k, $v := .Values.map }}{{ $v }}{{ end }}', 'w'), 'web/templates/a.yaml 1 map.l');
  assert.equal(innermostAt('{{ $m := .Values.map }}{{ $m.k }}', 'v'), 'web/templates/a.yaml 1 map.k');
});
