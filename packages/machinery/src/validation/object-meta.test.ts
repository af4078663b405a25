import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatFieldError } from '../status/field-errors.ts';
import * as names from './names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta.ts';

test('words broken names as the API does', () => {
  assert.deepEqual(names.checkDnsSubdomain('kubia.example.com'), []);
  assert.deepEqual(names.checkDnsSubdomain('Kubia_1'), [
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ]);
  assert.deepEqual(names.checkDnsLabel('x'.repeat(64)), ['must be no more than 63 bytes']);
  assert.match(
    names.checkDns1035Label('1a')[0] ?? '',
    /^a DNS-1035 label must consist .* \(e\.g\. 'my-name', {2}or 'abc-123', regex/,
  );
  assert.deepEqual(names.checkQualifiedName('example.com/Name_1'), []);
  assert.deepEqual(names.checkQualifiedName('/x'), ['prefix part must be non-empty']);
  assert.match(
    names.checkQualifiedName('a/b/c')[0] ?? '',
    /^a qualified name must .* with an optional DNS subdomain prefix/,
  );
  assert.match(names.checkQualifiedName('')[1] ?? '', /^name part must consist of/);
  assert.deepEqual(names.checkLabelValue(''), []);
  assert.equal(names.checkLabelValue('-').length, 1);
  assert.deepEqual(names.checkPortName('http'), []);
  assert.deepEqual(names.checkPortName('80'), ['must contain at least one letter (a-z)']);
  assert.deepEqual(names.checkPortNumber(0), ['must be between 1 and 65535, inclusive']);
  assert.deepEqual(names.checkConfigKey('..a'), ["must not start with '..'"]);
  assert.deepEqual(names.checkPathSegment('a/b%'), ["may not contain '/'", "may not contain '%'"]);
  assert.deepEqual(names.checkEnvironmentName('A.b-C'), []);
  assert.deepEqual(names.checkIpAddress('::1'), []);
});

test('a qualified name is a name of 63 characters, behind a prefix that is a subdomain', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'B', '7', '-', '.', '_', ' '), maxLength: 6 }),
    fc.constantFrom('example.com', 'a'.repeat(63), 'a'.repeat(64), `${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}ab`),
  );
  const isName = (text: string) => /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(text) && text.length <= 63;
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
      const [first = '', second = first] = parts;
      const isPrefixFine = parts.length === 1 || names.checkDnsSubdomain(first).length === 0;
      const expected = parts.length < 3 && isPrefixFine && isName(second);
      assert.equal(names.checkQualifiedName(parts.join('/')).length === 0, expected);
    }),
    { numRuns: 1000 },
  );
});

test('finds what is wrong in new metadata', () => {
  const check = (meta: object, namespaced = true) => validateObjectMeta(meta, { namespaced }).map(formatFieldError);
  assert.deepEqual(check({ name: 'a', namespace: 'b', generateName: 'a-' }), []);
  assert.deepEqual(check({}), [
    'metadata.name: Required value: name or generateName is required',
    'metadata.namespace: Required value',
  ]);
  assert.deepEqual(check({ name: 'a', namespace: 'b' }, false), [
    'metadata.namespace: Forbidden: not allowed on this type',
  ]);
  const annotations = { big: 'x'.repeat(256 * 1024) };
  assert.deepEqual(check({ name: 'a', namespace: 'b', annotations }), [
    'metadata.annotations: Too long: may not be more than 262144 bytes',
  ]);
  const reference = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', controller: true };
  assert.match(
    check({ name: 'a', namespace: 'b', ownerReferences: [reference, { ...reference, name: 'q' }] }).join(),
    /Only one reference can have Controller set to true\. Found "true" in references for p and q$/,
  );
  assert.equal(check({ name: 'a', namespace: 'b', ownerReferences: [{}] }).length, 4);
  assert.equal(check({ name: 'a', namespace: 'b', finalizers: ['a b', 'orphan', 'foregroundDeletion'] }).length, 2);
  assert.equal(check({ name: 'a', namespace: 'b', labels: { 'a b': 'c d' } }).length, 2);
});

test('keeps what must not change', () => {
  const old = { name: 'a', namespace: 'b', uid: 'u', creationTimestamp: 't', generation: 2 };
  const check = (meta: object, before: object = old) => validateObjectMetaUpdate(meta, before).map(formatFieldError);
  assert.deepEqual(check({ ...old, labels: { x: 'y' } }), []);
  assert.deepEqual(check({ ...old, name: 'z', generation: 1 }), [
    'metadata.name: Invalid value: "z": field is immutable',
    'metadata.generation: Invalid value: 1: must not be decremented',
  ]);
  const deleted = { ...old, deletionTimestamp: 't', finalizers: ['x/y'] };
  assert.deepEqual(check({ ...deleted, finalizers: [] }, deleted), []);
  assert.deepEqual(check({ ...deleted, finalizers: ['x/y', 'n/m'] }, deleted), [
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"n/m"}',
  ]);
});
