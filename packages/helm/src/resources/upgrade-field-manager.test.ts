import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedFieldsEntry } from '@kindred/machinery';
import { upgradeManagedFields } from './upgrade-field-manager.ts';

const entry = (operation: 'Apply' | 'Update', fields: string[], more: ManagedFieldsEntry = {}): ManagedFieldsEntry => ({
  manager: 'helm',
  operation,
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:data': Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
  ...more,
});

test('an update becomes an apply', () => {
  const others = entry('Update', ['x'], { manager: 'hand' });
  assert.deepEqual(upgradeManagedFields([others, entry('Update', ['a'])], 'helm'), [others, entry('Apply', ['a'])]);
});

test('an update joins the apply that is there; those of other versions are dropped', () => {
  const old = entry('Update', ['c'], { apiVersion: 'v1beta1' });
  const status = entry('Update', ['s'], { subresource: 'status' });
  assert.deepEqual(upgradeManagedFields([entry('Apply', ['a']), old, entry('Update', ['b']), status], 'helm'), [
    entry('Apply', ['a', 'b']),
    status,
  ]);
});

test('there may be nothing to change', () => {
  assert.equal(upgradeManagedFields([], 'helm'), undefined);
  assert.equal(
    upgradeManagedFields([entry('Apply', ['a']), entry('Update', ['a'], { manager: 'hand' })], 'helm'),
    undefined,
  );
});
