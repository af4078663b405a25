import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readValues } from '../chart/load-files.ts';
import { goText } from '../go/format.ts';
import { GoMap, type GoValue } from '../go/value.ts';
import { writeYaml } from '../yaml/write.ts';
import { decryptText, encryptText, newSecretKey, readSecretKey, SecretError } from './secret-cipher.ts';
import { decryptValues, encryptValues } from './secret-values.ts';

const key = readSecretKey('bc3458408a5687e60b9417adb84e4ad0');

test('reads what werf has written', () => {
  const encrypted =
    '10007b717b44ec49b722c5d517cf6259bd20c93ea5ef2dcfc3934bccee59613d0ac07f5f39835d30f3736fc5d3edc10335bb';
  assert.equal(decryptText(key, encrypted).toString(), 'added_via_secret_values');
  assert.equal(decryptValues(`a:\n  b: ${encrypted} # c\n`, key), 'a:\n  b: "added_via_secret_values" # c\n');
});

test('keys of all lengths, new ones for AES-256', () => {
  assert.match(newSecretKey(), /^[0-9a-f]{64}$/);
  for (const length of [16, 24, 32]) {
    const each = readSecretKey('ab'.repeat(length));
    assert.equal(decryptText(each, encryptText(each, 'x')).toString(), 'x');
  }
  for (const wrong of ['', 'ab', 'zz'.repeat(16), 'ab'.repeat(17)])
    assert.throws(() => readSecretKey(wrong), SecretError);
});

const PLAIN = `# of the shop
db:
  password: geheim # changed every year
  port: 5432
  users:
  - {name: "a: b", admin: true}
  - !!str 'it''s'
  cert: |
    line 1
    line 2
  empty:
  none: ~
text: >-
  folded
  text
base: &base {x: 1}
more:
  <<: *base
`;

test('values are encrypted in place: keys, comments and lines stay, and come back as text', () => {
  const encrypted = encryptValues(PLAIN, key);
  for (const secret of ['geheim', '5432', 'a: b', 'it', 'line 1', 'folded', 'true']) {
    assert.ok(!encrypted.includes(secret), `${secret} is still there`);
  }
  assert.match(encrypted, /^# of the shop\ndb:\n {2}password: 1000[0-9a-f]+ # changed every year\n {2}port: 1000/);
  const decrypted = decryptValues(encrypted, key);
  assert.equal(decrypted.split('\n').length, encrypted.split('\n').length);
  assert.equal(writeYaml(readValues(decrypted, '')), writeYaml(asTexts(readValues(PLAIN, '', { integers: true }))));
});

/** Scalars as their texts; what is null stays so. */
function asTexts(value: GoValue): GoValue {
  if (Array.isArray(value)) return value.map(asTexts);
  if (value instanceof GoMap) return new GoMap([...value].map(([name, member]) => [name, asTexts(member)]));
  if (value === null || value === undefined || typeof value === 'string') return value;
  return goText(value);
}

test('what can not be decrypted is named by its key and line, and never shown', () => {
  const refused = (text: string, message: RegExp, by = key): void =>
    assert.throws(
      () => decryptValues(text, by),
      (error) => {
        assert.ok(error instanceof SecretError);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /geheim/);
        return true;
      },
    );
  refused('a:\n- b: geheim\n', /^a\[0\]\.b \(line 2\): it is not encrypted$/);
  refused('a: 1000ab\n', /^a \(line 1\): it is cut off$/);
  refused(`a: 0200${'ab'.repeat(40)}\n`, /^a \(line 1\): it is encrypted in a form that isn't known \(2\)$/);
  refused('a: [geheim\n', /^it is no YAML: line /);
  // A wrong key shows by the padding, unless that fits by chance.
  const other = readSecretKey('cd'.repeat(16));
  const encrypted = `a:\n  b: ${Array.from({ length: 20 }, () => encryptText(key, 'geheim')).join('\n  b: ')}\n`;
  refused(encrypted, /isn't encrypted with this key, or is damaged$/, other);
});

test('law: any text comes back as it was', () => {
  const member = fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 5 }), (members) => {
      const values = new GoMap(members);
      const decrypted = decryptValues(encryptValues(writeYaml(values), key), key);
      assert.deepEqual(new Map(readValues(decrypted, '')), new Map(values));
    }),
    { numRuns: 50 },
  );
});
