import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CHART_YAML, type ChartSource, renderWithHelm, renderWithOurs } from './render-both.ts';

/** One start of helm for so many values. */
const COUNT = 400;

const tricky = fc.constantFrom(
  'yes',
  'No',
  '0777',
  '0o17',
  '1e3',
  '1_000',
  '0x1F',
  '',
  ' a',
  'a ',
  'a: b',
  '- x',
  '#c',
  'a #b',
  '2001-01-01',
  '12:30',
  '<<',
  '=',
  '~',
  '.inf',
  '|',
  'a\nb',
  'a\n\n',
  '\n',
  ' \n',
  'a\n b',
  "it's",
  '"',
  '\\',
  '\t',
  '\u0085',
  '\u2028',
  '\ufeff',
  'é',
  '😀',
);
const words = fc
  .array(fc.constantFrom('word', 'a', '', 'longer-word', "it's", 'x: y', '#', '"', 'é', '😀', '-', 'b\n'), {
    maxLength: 40,
  })
  .map((parts) => parts.join(' '));
const text = fc.oneof(tricky, words, fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[ \n\ta:#'"-]{0,12}$/));
/** Characters on whose classes every version of Unicode agrees. */
const plainText = fc.oneof(
  tricky,
  words,
  fc.string({ unit: 'grapheme-ascii' }),
  fc.stringMatching(/^[a-zA-Z0-9 _.:é-]{0,20}$/),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e6, 1e21, 1e20, 123456789012, 1e-7, 0.1, 1e-5, 2 ** 53, -(2 ** 63)),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.constantFrom(null, true, false),
    fc.array(tie('value'), { maxLength: 4 }),
    // Numbers in keys make the order depend on the order of insertion in Go.
    fc.dictionary(fc.stringMatching(/^[a-zA-Z_./-]{1,10}$/), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** The template sees each value as `.`. */
async function check(name: string, samples: readonly unknown[], template: string): Promise<void> {
  const files: ChartSource = {
    'Chart.yaml': CHART_YAML,
    // Escaped, because YAML takes some characters beyond ASCII for line breaks.
    'values.yaml': escape(JSON.stringify({ all: samples })),
    'templates/_one.tpl': `{{ define "one" }}${template}{{ end }}`,
    'templates/a.yaml': '{{ range $i, $v := .Values.all }}v{{ $i }}: {{ include "one" $v | b64enc }}\n{{ end }}',
  };
  const helm = await renderWithHelm(files);
  const ours = await renderWithOurs(files);
  assert.equal(helm.error, '', name);
  assert.equal(ours.error, '', name);
  const left = helm.output.split('\n');
  const right = ours.output.split('\n');
  const first = left.findIndex((line, index) => line !== right[index]);
  if (first < 0) return;
  const index = Number(/^v(\d+)/.exec(left[first] ?? '')?.[1] ?? -1);
  const shown = [JSON.stringify(samples[index]), decode(left[first]), decode(right[first])].map(escape);
  assert.fail(`${name}: ${shown[0]}\nhelm: ${shown[1]}\nours: ${shown[2]}`);
}

/** The text behind `v1: ` and base64. */
function decode(line = ''): string {
  return Buffer.from(line.replace(/^v\d+: /, ''), 'base64').toString();
}

/** Characters beyond ASCII as YAML's escapes. */
function escape(line: string): string {
  return line.replace(/[^ -~]/gu, (each) => {
    const code = each.codePointAt(0) ?? 0;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });
}

/** JSON without what the reader of values refuses or changes: lone surrogates. */
function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number): T[] {
  // A lone surrogate shows as an escape in the text of JSON.
  const isWhole = (each: T): boolean => !/\\ud[89a-f]/.test(JSON.stringify(each));
  return fc.sample(arbitrary.filter(isWhole), { numRuns: COUNT, seed });
}

/** Without the characters that YAML 1.1 takes for line breaks or refuses, where they would stand as they are. */
function plainSample<T>(arbitrary: fc.Arbitrary<T>, seed: number): T[] {
  return sample(
    arbitrary.filter((each) => !/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/.test(JSON.stringify(each))),
    seed,
  );
}

test('writes generated values as YAML and JSON as helm does', async () => {
  const samples = sample(value, 20_260_101);
  await check('toYaml', samples, '{{ toYaml . }}');
  await check(
    'toYaml inside',
    samples,
    '{{ dict "list" (list . (dict "k" .)) "some-long-key" . | toYaml | nindent 4 }}',
  );
  await check('toJson', samples, '{{ toJson . }}{{ toRawJson . }}{{ toPrettyJson . }}');
});

test('reads YAML back as helm does', async () => {
  await check('fromYaml', plainSample(value, 20_260_102), '{{ (fromYaml (toYaml (dict "v" .))).v | toJson }}');
});

test('prints generated values as Go does', async () => {
  const samples = plainSample(value, 20_260_103);
  await check(
    'print',
    samples,
    '{{ . }}|{{ print . }}|{{ printf "%v %+v %q %s %d %5v %x" . . . . . . . }}|{{ quote . }}|{{ squote . }}',
  );
  await check(
    'numbers',
    sample(number, 20_260_104),
    '{{ . }} {{ printf "%g %e %f %.3f %8.2f %.2e %G" . . . . . . . }} {{ int . }} {{ int64 . }} {{ toJson . }} {{ toYaml . }}',
  );
  await check(
    'types',
    samples,
    '{{ typeOf . }} {{ kindOf . }} {{ empty . }} {{ default "d" . | toJson }} {{ deepCopy (list .) | toJson }} {{ toString . }}',
  );
});

test('cuts and changes generated texts as helm does', async () => {
  await check(
    'texts',
    plainSample(plainText, 20_260_105),
    '{{ upper . }}|{{ lower . }}|{{ title . }}|{{ trim . }}|{{ trunc 5 . | b64enc }}|{{ snakecase . }}|{{ kebabcase . }}|{{ camelcase . }}|' +
      '{{ nospace . }}|{{ initials . }}|{{ wrap 10 . }}|{{ abbrev 8 . | b64enc }}|{{ splitList " " . | toJson }}|{{ indent 3 . }}|{{ len . }}|' +
      '{{ b64enc . | b64dec }}|{{ b32enc . | b32dec }}|{{ sha256sum . }}|{{ urlquery . }}|{{ html . }}|{{ js . }}|{{ regexReplaceAll "[a-z]+" . "<${0}>" }}|{{ swapcase . }}|{{ untitle . }}',
  );
});
