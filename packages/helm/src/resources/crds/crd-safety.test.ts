import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject, Unstructured } from '@kindred/machinery';
import { crdProblems } from './crd-safety.ts';

interface VersionOf {
  readonly name: string;
  readonly served?: boolean;
  readonly schema?: JsonObject;
}

function definition(versions: readonly VersionOf[], more: JsonObject = {}): Unstructured {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: versions.map(({ name, served = true, schema = { type: 'object' } }) => ({
        name,
        served,
        schema: { openAPIV3Schema: schema },
      })),
      ...more,
    },
    status: { storedVersions: ['v1'] },
  };
}

const texts = (live: Unstructured, wanted: Unstructured): string[] =>
  crdProblems(live, wanted).map(({ path, detail }) => `${path}: ${detail}`);

describe('updates of definitions', () => {
  it('may add versions and fields', () => {
    const before = definition([{ name: 'v1' }]);
    const after = definition([
      { name: 'v1', schema: { type: 'object', properties: { spec: { type: 'object' } } } },
      { name: 'v2', schema: { type: 'object', required: ['spec'], properties: { spec: { type: 'object' } } } },
    ]);
    assert.deepEqual(texts(before, after), []);
  });

  it('may not remove versions that are stored or served, nor end serving them', () => {
    const live = definition([{ name: 'v1' }, { name: 'v1beta1' }, { name: 'v1alpha1', served: false }, { name: 'v2' }]);
    assert.deepEqual(texts(live, definition([{ name: 'v2', served: false }])), [
      'spec.versions[v1]: is removed, and objects are stored in it',
      'spec.versions[v1beta1]: is removed, and clients may use it',
      'spec.versions[v2]: is no longer served, and clients may use it',
    ]);
  });

  it('may not change names and scope', () => {
    const live = definition([{ name: 'v1' }]);
    assert.deepEqual(texts(live, definition([{ name: 'v1' }], { scope: 'Cluster' })), [
      'spec.scope: changes from Namespaced to Cluster',
    ]);
  });

  const tightened: [name: string, before: JsonObject, after: JsonObject, problem: string | undefined][] = [
    [
      'a lower limit that rises',
      { type: 'integer', minimum: 1 },
      { type: 'integer', minimum: 2 },
      'minimum changes from 1 to 2',
    ],
    ['a lower limit that falls', { type: 'integer', minimum: 2 }, { type: 'integer', minimum: 1 }, undefined],
    ['an upper limit that is new', { type: 'string' }, { type: 'string', maxLength: 5 }, 'maxLength of 5 is new'],
    ['a number where an integer was', { type: 'integer' }, { type: 'number' }, undefined],
    ['an integer where a number was', { type: 'number' }, { type: 'integer' }, 'type changes from number to integer'],
    ['a value that is gone', { enum: ['a', 'b'] }, { enum: ['b', 'c'] }, '"a" no longer allowed'],
    ['values that are limited', { type: 'string' }, { type: 'string', enum: ['a'] }, 'only "a" are allowed'],
    ['a pattern', { type: 'string' }, { type: 'string', pattern: '^a' }, 'pattern becomes "^a"'],
    ['null', { type: 'string', nullable: true }, { type: 'string' }, 'null is no longer allowed'],
    ['a rule', {}, { 'x-kubernetes-validations': [{ rule: 'self > 1' }] }, 'a rule is new: self > 1'],
    ['a rule that goes', { 'x-kubernetes-validations': [{ rule: 'self > 1' }] }, {}, undefined],
    ['a required field', { type: 'object' }, { type: 'object', required: ['x'] }, 'field x is now required'],
    [
      'a required field with a default',
      { type: 'object' },
      { type: 'object', required: ['x'], properties: { x: { type: 'string', default: 'a' } } },
      undefined,
    ],
    [
      'unknown fields',
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      { type: 'object' },
      'unknown fields are no longer kept',
    ],
  ];
  for (const [name, before, after, problem] of tightened) {
    it(`see ${name}`, () => {
      const versionOf = (spec: JsonObject) => [{ name: 'v1', schema: { type: 'object', properties: { spec } } }];
      const wanted = problem === undefined ? [] : [`spec.versions[v1].schema.spec: ${problem}`];
      assert.deepEqual(texts(definition(versionOf(before)), definition(versionOf(after))), wanted);
    });
  }

  it('see changes in lists, maps and fields that are gone', () => {
    const schema = (port: JsonObject, value: JsonObject, more: JsonObject): JsonObject => ({
      type: 'object',
      properties: {
        ports: { type: 'array', items: { type: 'object', properties: { port } } },
        labels: { type: 'object', additionalProperties: value },
        ...more,
      },
    });
    const before = schema({ type: 'integer' }, { type: 'string' }, { old: { type: 'string' } });
    const after = schema({ type: 'string' }, { type: 'string', maxLength: 3 }, {});
    assert.deepEqual(texts(definition([{ name: 'v1', schema: before }]), definition([{ name: 'v1', schema: after }])), [
      'spec.versions[v1].schema.ports[].port: type changes from integer to string',
      'spec.versions[v1].schema.labels{}: maxLength of 3 is new',
      'spec.versions[v1].schema.old: the field is gone, its values would be dropped',
    ]);
  });
});
