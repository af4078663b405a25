/** What helm says of broken YAML: the same words, line numbers and verdicts, and our hints behind them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readYaml, YamlError } from '@kindred/helm';
import fc from 'fast-check';
import { CHART_YAML, renderWithHelm, renderWithOurs } from './render-both.ts';

const WORDS = ['a', 'b', 'key', 'value', '1', 'é', '"q"', 'a: b', '- c', 'k: "v', '{a: b}', '[a, b]', 'k: [a', '<<: '];
const MARKS = [
  ': ',
  ':',
  '- ',
  '-',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  ', ',
  ',',
  '|',
  '>',
  '|-',
  ' # c',
  '&x ',
  '*x',
  '!t ',
];
const RARE = ['!!str ', '%', '@', '`', '? ', '---\n', '\\', ' ', '\n', '\n  ', '\n ', '\n    ', '\n\t', '\r\n'];
const PIECES = [...WORDS, ...MARKS, ...RARE];

/** Cases in which the verdicts may differ: what our reader refuses behind the first document, or inside flow collections. */
const TOLERATED = 0.005;

test('gives the messages of helm for broken texts, and for none else (2000 texts)', async () => {
  const texts = fc.sample(
    fc.tuple(fc.constantFrom('', 'a: 1\n'), fc.array(fc.constantFrom(...PIECES), { minLength: 2, maxLength: 9 })),
    { numRuns: 2000, seed: 5 },
  );
  const cases = texts.map(([start, pieces]) => start + pieces.join(''));
  const { output, error } = await renderWithHelm({
    'Chart.yaml': CHART_YAML,
    'values.yaml': JSON.stringify({ cases }),
    'templates/a.yaml':
      '{{ range $i, $c := .Values.cases }}{{ with fromYaml $c }}k{{ $i }}: {{ toJson . }}\n{{ end }}{{ end }}',
  });
  assert.equal(error, '');
  const theirs = new Map<number, string>();
  for (const [, index, json] of output.matchAll(/^k(\d+): \{"Error":(".*")\}$/gm)) {
    theirs.set(Number(index), JSON.parse(json ?? ''));
  }
  assert.ok(theirs.size > 1000);
  const differences = cases.flatMap((text, index) => {
    const helm = theirs.get(index) ?? '';
    // Go's words about documents that are no maps, and about keys, are another matter.
    if (helm.startsWith('error unmarshaling') || helm.includes('map key')) return [];
    const ours = messageOf(text);
    return ours === helm ? [] : [{ text, helm, ours }];
  });
  assert.ok(differences.length <= cases.length * TOLERATED, JSON.stringify(differences, undefined, 1));
});

function messageOf(text: string): string {
  try {
    readYaml(text);
    return '';
  } catch (error) {
    if (error instanceof YamlError) return `error converting YAML to JSON: ${error.message}`;
    throw error;
  }
}

const HELPERS = '{{- define "labels" -}}\napp: web\nversion: {{ .Values.tag }}\n{{- end }}\n';

// A template, values, and what our hints must say.
const FAILING: readonly (readonly [string, string, RegExp])[] = [
  [
    'a: b\nc: {{ .Values.tag }}\n',
    'tag: "x: y"\n',
    /the value on line 2 must be quoted: \.Values\.tag \(probe\/values\.yaml:1\)/,
  ],
  ['m:\n  {{- include "labels" . | nindent 2 }}\n', 'tag: "x: y"\n', /probe\/templates\/_h\.tpl:3:13 in "labels"/],
  [
    's:\n  x:\n    y: 1\n    {{- toYaml .Values.tag | nindent 3 }}\n',
    'tag: {a: 1}\n',
    /nindent 3 .* nindent 4 makes the document valid/,
  ],
  ['s:\n\tx: 1\n', '', /line 2 is indented with a tab/],
  ['s: {{ .Values.tga.x }}\n', 'tag: {x: 1}\n', /did you mean \.Values\.tag \(probe\/values\.yaml:1\)\?/],
  ['{{ tpl .Values.tag . }}\n', 'tag: |\n  a: 1\n  b: {{ .Values.no.x }}\n', /probe\/values\.yaml:3, line 2/],
];

test("keeps helm's message and adds hints", async () => {
  await Promise.all(
    FAILING.map(async ([template, values, hint]) => {
      const chart = {
        'Chart.yaml': CHART_YAML,
        'values.yaml': values,
        'templates/_h.tpl': HELPERS,
        'templates/a.yaml': template,
      };
      const [helm, ours] = [await renderWithHelm(chart), await renderWithOurs(chart)];
      assert.notEqual(helm.error, '');
      assert.equal(ours.error.slice(0, helm.error.length), helm.error);
      assert.match(ours.error.slice(helm.error.length), /^\n {2}hint: /);
      assert.match(ours.error, hint);
    }),
  );
});
