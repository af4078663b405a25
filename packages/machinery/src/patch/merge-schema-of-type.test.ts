import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MergeSchema } from './merge-schema.ts';
import { mergeSchemaOfType, mergeSchemasOf } from './merge-schema-of-type.ts';
import { deploymentSchema, workloadTypes } from './workload-types.test.fixture.ts';

/** The schema at a path of field names; `*` is a list's element. */
function at(path: string): MergeSchema | undefined {
  let schema: MergeSchema | undefined = deploymentSchema;
  for (const name of path.split('.')) {
    if (schema?.kind === 'list' && name === '*') schema = schema.element();
    else schema = schema?.kind === 'map' ? schema.field(name) : undefined;
  }
  return schema;
}

describe('mergeSchemasOf', () => {
  it('gives lists their type, keys, defaults and patch facts', () => {
    const ports = at('spec.template.spec.containers.*.ports');
    assert.ok(ports?.kind === 'list');
    const { element: _, ...facts } = ports;
    assert.deepEqual(facts, {
      kind: 'list',
      listType: 'map',
      keys: ['containerPort', 'protocol'],
      keyDefaults: { protocol: 'TCP' },
      patchStrategy: 'merge',
      patchMergeKey: 'containerPort',
    });
  });

  it('tells atomic from granular maps, by type and by field', () => {
    const atomic = (path: string) => {
      const schema = at(path);
      return schema?.kind === 'map' && schema.atomic;
    };
    assert.deepEqual(['metadata.labels', 'spec.selector', 'metadata.ownerReferences.*', 'spec.strategy'].map(atomic), [
      false,
      true,
      true,
      false,
    ]);
  });

  it('puts the patch strategy of a field on the map', () => {
    const strategy = at('spec.strategy');
    assert.equal(strategy?.kind === 'map' && strategy.patchStrategy, 'retainKeys');
  });

  it('takes scalars as scalars, raw extensions as maps of leaves', () => {
    assert.deepEqual(
      ['spec.replicas', 'metadata.creationTimestamp', 'spec.raw.x', 'spec.unknown'].map((path) => at(path)?.kind),
      ['scalar', 'scalar', 'scalar', undefined],
    );
  });

  it('knows declared fields from keys, and fields that are always there', () => {
    const [spec, labels] = [at('spec'), at('metadata.labels')];
    assert.ok(spec?.kind === 'map' && labels?.kind === 'map');
    assert.deepEqual([spec.declares('replicas'), spec.declares('x'), labels.declares('x')], [true, false, false]);
    assert.deepEqual(
      ['template', 'strategy', 'replicas', 'disruption'].map((name) => spec.alwaysPresent?.(name)),
      [true, true, false, false],
    );
  });

  it('makes each schema once', () => {
    const schemaOf = mergeSchemasOf(workloadTypes);
    assert.equal(schemaOf('io.PodSpec'), schemaOf('io.PodSpec'));
    assert.equal(at('spec.template'), at('spec.template'));
    assert.equal(mergeSchemaOfType(workloadTypes, 'no.such.Type').kind, 'deduced');
  });
});
