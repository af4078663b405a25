import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { GoMap } from '../go/value.ts';
import { nodeProviders } from '../node/providers.ts';
import { renderTemplates } from '../render/engine.ts';
import type { GeneratedValue, GeneratorMemory } from './stable-generators.ts';

const DAY = 86_400_000;
const START = Date.UTC(2030, 0, 1);

/** Renders again and again with one memory. */
function memoryOf() {
  const values = new Map<string, GeneratedValue>();
  const memory: GeneratorMemory = {
    begin: () => undefined,
    recall: (key) => values.get(key),
    keep: (key, value) => values.set(key, value),
  };
  return {
    values,
    render(templates: Readonly<Record<string, string>>, now = START): Record<string, string> {
      const files = Object.entries(templates).map(([name, source]) => ({
        name: `c/templates/${name}`,
        source,
        data: new GoMap(),
        basePath: 'c/templates',
      }));
      const time = { now: () => BigInt(now) * 1_000_000n, timeZone: 'UTC' };
      const rendered = renderTemplates(files, { ...nodeProviders(), time, generators: memory });
      return Object.fromEntries([...rendered].map(([name, text]) => [name.replace('c/templates/', ''), text]));
    },
  };
}

const EVERY = [
  '{{ randAlphaNum 12 }}',
  '{{ randAlpha 12 }}',
  '{{ randNumeric 12 }}',
  '{{ randAscii 12 }}',
  '{{ randBytes 12 }}',
  '{{ randInt 0 1000000000 }}',
  '{{ shuffle "abcdefghijklmnopqrstuvwxyz" }}',
  '{{ uuidv4 }}',
  '{{ bcrypt "x" }}',
  '{{ htpasswd "u" "x" }}',
  '{{ encryptAES "p" "x" }}',
  '{{ genPrivateKey "ecdsa" }}',
  '{{ (genSelfSignedCertWithKey "x" nil nil 10 (genPrivateKey "ecdsa")).Cert }}',
].join('\n===\n');

test('every random function gives what it gave before; what is not random is not kept', () => {
  const { render, values } = memoryOf();
  const first = render({ a: `${EVERY}{{ now }}{{ derivePassword 1 "long" "p" "u" "s" }}` });
  assert.equal(values.size, EVERY.split('===').length + 1);
  assert.deepEqual(render({ a: `${EVERY}{{ now }}{{ derivePassword 1 "long" "p" "u" "s" }}` }), first);
  const other = memoryOf().render({ a: '{{ randAlphaNum 12 }}\n' })['a'] ?? '';
  assert.ok(!first['a']?.startsWith(other));
});

test('a result survives edits elsewhere; another request, template or turn of a loop has another one', () => {
  const { render } = memoryOf();
  const a = '{{ range until 3 }}{{ randAlphaNum 20 }} {{ end }}';
  const first = render({ a, b: '{{ randAlphaNum 20 }}' });
  const turns = (first['a'] ?? '').trim().split(' ');
  assert.equal(new Set([...turns, first['b']]).size, 4);
  const next = render({
    '0': '{{ randAlphaNum 20 }}',
    a: `# a comment\n{{ randAlphaNum 21 | len }}${a}`,
    b: 'x{{ randAlphaNum 20 }}',
  });
  assert.equal(next['a'], `# a comment\n21${first['a']}`);
  assert.equal(next['b'], `x${first['b']}`);
  assert.notEqual(render({ a, b: '{{ randAlphaNum 21 }}' })['b']?.slice(0, 20), first['b']);
});

test('a named template generates for the file that includes it', () => {
  const { render } = memoryOf();
  const helpers = '{{ define "p" }}{{ randAlphaNum 20 }}{{ end }}{{ define "q" }}{{ randAlphaNum 20 }}{{ end }}';
  const first = render({ '_h.tpl': helpers, a: '{{ include "p" . }} {{ include "q" . }}', b: '{{ include "q" . }}' });
  const [p = '', q = ''] = (first['a'] ?? '').split(' ');
  assert.equal(new Set([p, q, first['b']]).size, 3);
  assert.equal(render({ '_h.tpl': helpers, a: '{{ include "q" . }} {{ include "p" . }}' })['a'], `${q} ${p}`);
});

const TLS = (name: string, ca = 'ca') =>
  `{{ $key := genPrivateKey "ecdsa" }}{{ $ca := genCAWithKey "${ca}" 30 $key }}` +
  `{{ $c := genSignedCertWithKey "${name}" (list "10.0.0.1") (list "${name}.local") 30 $ca $key }}` +
  '{{ $ca.Cert }}==={{ $c.Cert }}==={{ $c.Key }}';

function tls(text: string | undefined) {
  const [ca = '', certificate = '', key = ''] = (text ?? '').split('===');
  return { ca, certificate, key, subject: new X509Certificate(certificate).subject };
}

test('certificates stay; another name makes another one of the same authority, another authority all anew', () => {
  const { render } = memoryOf();
  const first = tls(render({ a: TLS('web') })['a']);
  assert.deepEqual(tls(render({ a: TLS('web') })['a']), first);
  const renamed = tls(render({ a: TLS('api') })['a']);
  assert.equal(renamed.ca, first.ca);
  assert.equal(renamed.subject, 'CN=api');
  assert.ok(new X509Certificate(renamed.certificate).verify(new X509Certificate(first.ca).publicKey));
  const other = tls(render({ a: TLS('web', 'other') })['a']);
  assert.notEqual(other.ca, first.ca);
  assert.notEqual(other.certificate, first.certificate);
});

test('a certificate with less than a third of its life left is made anew, and so is what it has signed', () => {
  const { render } = memoryOf();
  const first = tls(render({ a: TLS('web') })['a']);
  assert.deepEqual(tls(render({ a: TLS('web') }, START + 19 * DAY)['a']), first);
  const renewed = tls(render({ a: TLS('web') }, START + 21 * DAY)['a']);
  assert.notEqual(renewed.ca, first.ca);
  assert.notEqual(renewed.certificate, first.certificate);
  assert.deepEqual(tls(render({ a: TLS('web') }, START + 22 * DAY)['a']), renewed);
});

test('keys hold no arguments, which may be secrets', () => {
  const { render, values } = memoryOf();
  render({ a: '{{ htpasswd "user" "geheim" }}{{ bcrypt "geheim" }}' });
  assert.equal(values.size, 2);
  assert.doesNotMatch([...values.keys()].join(), /geheim/);
});
