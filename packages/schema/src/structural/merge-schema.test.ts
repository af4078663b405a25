import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MergeSchema } from '@kindred/machinery';
import { mergeSchemaOfStructural } from './merge-schema.ts';
import { compileStructuralSchema } from './structural-schema.ts';

function fieldOf(schema: MergeSchema | undefined, ...path: string[]): MergeSchema | undefined {
  let current = schema;
  for (const name of path) current = current?.kind === 'map' ? current.field(name) : undefined;
  return current;
}

test('list and map types steer how a custom resource merges', () => {
  const schema = mergeSchemaOfStructural(
    compileStructuralSchema({
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: {
            set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
            map: {
              type: 'array',
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['port', 'protocol'],
              items: {
                type: 'object',
                properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
              },
            },
            atomic: { type: 'object', 'x-kubernetes-map-type': 'atomic' },
            free: { 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      },
    }),
  );
  const list = fieldOf(schema, 'spec', 'map');
  assert.ok(list?.kind === 'list' && list.listType === 'map');
  assert.deepEqual([list.keys, list.keyDefaults], [['port', 'protocol'], { protocol: 'TCP' }]);
  assert.equal(fieldOf(list.element(), 'port')?.kind, 'scalar');
  const set = fieldOf(schema, 'spec', 'set');
  assert.ok(set?.kind === 'list' && set.listType === 'set');
  const atomic = fieldOf(schema, 'spec', 'atomic');
  assert.ok(atomic?.kind === 'map' && atomic.atomic);
  assert.equal(fieldOf(schema, 'spec', 'free')?.kind, 'deduced');
  assert.equal(fieldOf(schema, 'spec', 'nothing'), undefined);
  assert.equal(fieldOf(schema, 'metadata', 'labels', 'app')?.kind, 'scalar');
});
