/** Every verb of printf with every flag, width and precision, for values of every type, right ones and wrong ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHART_YAML, renderWithHelm, renderWithOurs } from './render-both.ts';

const FLAGS = ['', '+', '-', '#', ' ', '0', '+#', '-0', '# ', '+ 0'];
const SIZES = ['', '9', '.2'];
// %p is left out: addresses are never the same.
const VERBS = 'vsdqxXtfgeEGcUoObTwj'.split('');
const VALUES =
  '{f: 1234567.5, i: 3, z: 0, n: -2.25, s: some Text, e: "", u: "h\\u00e9\\a`\\"", t: true, l: [a, 1, 2.5, null, true, [x]], m: {k: v, n: 1}}';
const ARGUMENTS = [
  ...['.f', '.i', '.z', '.n', '.s', '.e', '.u', '.t', '.nil', '.l', '.m'].map((path) => `$.Values${path}`),
  '5',
  '-7',
  "'x'",
  '1e21',
  '(int64 300)',
  '(until 3)',
  '(splitList "," "a,b")',
  '(duration "90")',
  '(dict "a" (list 1 "x"))',
];

test('prints values under all verbs, flags and sizes as Go does', async () => {
  const directives = FLAGS.flatMap((flag) => SIZES.flatMap((size) => VERBS.map((verb) => `%${flag}${size}${verb}`)));
  const lines = directives.flatMap((directive) =>
    ARGUMENTS.map((argument) => `- {{ printf "${directive}" ${argument} | toJson }}`),
  );
  const chart = {
    'Chart.yaml': CHART_YAML,
    'values.yaml': VALUES,
    'templates/a.yaml': `a:\n${lines.join('\n')}\n`,
  };
  const [helm, ours] = [await renderWithHelm(chart), await renderWithOurs(chart)];
  assert.deepEqual([helm.error, ours.error], ['', '']);
  const wanted = helm.output.split('\n');
  const differences = ours.output
    .split('\n')
    .flatMap((line, index) => (line === wanted[index] ? [] : [line, wanted[index]]));
  assert.ok(wanted.length > lines.length);
  assert.deepEqual(differences, []);
});
