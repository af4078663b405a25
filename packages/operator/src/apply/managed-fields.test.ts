import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractFields, namesSameFields } from './managed-fields.ts';

const fields = {
  'f:replicas': {},
  'f:selector': {},
  'f:ports': {
    'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {}, 'f:targetPort': {} },
  },
  'f:finalizers': { '.': {}, 'v:"a/b"': {} },
};
const intent = { replicas: 1, selector: { app: 'x' }, ports: [{ port: 80, targetPort: 8080 }], finalizers: ['a/b'] };

test('an intent that names the same fields is recognized, whatever the values', () => {
  assert.ok(namesSameFields(intent, fields));
  assert.ok(namesSameFields({ ...intent, replicas: 7, selector: { app: 'y', other: 'z' } }, fields));
  assert.ok(namesSameFields({ ...intent, absent: undefined, empty: {} }, fields));
});

test('a field more or less is seen, in lists too', () => {
  const { replicas: _, ...less } = intent;
  assert.equal(namesSameFields(less, fields), false);
  assert.equal(namesSameFields({ ...intent, paused: true }, fields), false);
  assert.equal(namesSameFields({ ...intent, ports: [{ port: 80 }] }, fields), false);
  assert.equal(namesSameFields({ ...intent, ports: [...intent.ports, { port: 81, targetPort: 1 }] }, fields), false);
  assert.equal(namesSameFields({ ...intent, ports: [{ port: 81, targetPort: 8080 }] }, fields), false);
  assert.equal(namesSameFields({ ...intent, finalizers: ['c/d'] }, fields), false);
  assert.equal(namesSameFields({ ...intent, finalizers: [] }, fields), false);
});

test('the last intent can be read back from an object that has more', () => {
  const observed = {
    ...intent,
    strategy: 'default',
    ports: [
      { port: 80, protocol: 'TCP', targetPort: 8080, nodePort: 30000 },
      { port: 443, protocol: 'TCP' },
    ],
    finalizers: ['x/y', 'a/b'],
  };
  const ports = [{ port: 80, protocol: 'TCP', targetPort: 8080 }];
  assert.deepEqual(extractFields(observed, fields), { ...intent, ports });
});
