import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Unstructured } from '../../object/meta.ts';
import type { MergeSchema } from '../merge-schema.ts';
import { deploymentSchema } from '../workload-types.test.fixture.ts';
import { exceptStatus } from './field-filter.ts';
import { fieldsOfNewObject } from './fields-of-new-object.ts';
import { comparisonsByVersion } from './version-views.ts';

const apiVersion = 'apps/v1';

const labels = fc.dictionary(fc.constantFrom('app', 'tier', '__proto__'), fc.constantFrom('a', 'b'), { maxKeys: 2 });
const ports = fc.uniqueArray(
  fc.record(
    { containerPort: fc.constantFrom(80, 443), protocol: fc.constantFrom('TCP', 'UDP') },
    { requiredKeys: ['containerPort'] },
  ),
  { maxLength: 2 },
);
const container = fc.record(
  {
    name: fc.constantFrom('web', 'proxy'),
    image: fc.constant('nginx'),
    args: fc.constantFrom([], ['x']),
    env: fc.constant([]),
    ports,
  },
  { requiredKeys: ['name'] },
);
const deployment = fc.record(
  {
    metadata: fc.record(
      { name: fc.constantFrom('x', 'y'), labels, finalizers: fc.subarray(['a/b', 'c/d']) },
      { requiredKeys: ['name'] },
    ),
    spec: fc.record(
      {
        replicas: fc.constantFrom(1, 2, null),
        selector: fc.record({ matchLabels: labels }),
        template: fc.record({
          metadata: fc.record({ labels }),
          spec: fc.record({ containers: fc.array(container, { maxLength: 2 }) }),
        }),
        unknown: fc.constantFrom({}, { a: [1] }, 'x', undefined),
      },
      { requiredKeys: [] },
    ),
    status: fc.record({ replicas: fc.constant(1) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['metadata'] },
);

function assertSame(objects: readonly object[], context: { schema: MergeSchema; filter?: typeof exceptStatus }): void {
  for (const part of objects) {
    const object: Unstructured = { apiVersion, kind: 'Deployment', metadata: {}, ...part };
    const expected = comparisonsByVersion(undefined, object, { apiVersion, ...context })(apiVersion)?.changed;
    assert.deepEqual(fieldsOfNewObject(object, { apiVersion, ...context }).fields, expected);
  }
}

/** The first object twice, so that its shape is known, and then with something of the second one's; and so on. */
function nearlyAlike<T>(first: T, second: T): T[] {
  return partsOf(second).flatMap((path) => [first, first, withPart(first, path, second)]);
}

function partsOf(value: unknown, depth = 6): string[][] {
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [name],
    ...partsOf(inner, depth - 1).map((path) => [name, ...path]),
  ]);
}

function withPart<T>(value: T, [name, ...path]: readonly string[], other: unknown): T {
  const from: unknown = name === undefined ? other : Object(other)[name];
  if (name === undefined || typeof value !== 'object' || value === null) return from as T;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const own: unknown = Object(value)[name];
  const inner = path.length === 0 ? from : withPart(own, path, from);
  return Object.defineProperty(copy, name, { value: inner, enumerable: true, configurable: true, writable: true }) as T;
}

test('objects that follow each other get the fields that each of them has', () => {
  fc.assert(
    fc.property(fc.array(deployment, { minLength: 2, maxLength: 4 }), (objects) => {
      assertSame(objects, { schema: deploymentSchema });
      assertSame(objects, { schema: deploymentSchema, filter: exceptStatus });
      assertSame(objects, { schema: { kind: 'deduced' } });
    }),
  );
});

test('an object that is nearly the one before gets the fields that it has', () => {
  fc.assert(
    fc.property(deployment, deployment, (first, second) => {
      assertSame(nearlyAlike(first, second), { schema: deploymentSchema });
      assertSame(nearlyAlike(second, first), { schema: deploymentSchema, filter: exceptStatus });
    }),
    { numRuns: 200 },
  );
});

test('objects of one shape share one set', () => {
  const made = ['a', 'b'].map(
    (name) =>
      fieldsOfNewObject(
        { apiVersion, kind: 'Deployment', metadata: { name, labels: { app: name } }, spec: { replicas: 1 } },
        { apiVersion, schema: deploymentSchema, filter: exceptStatus },
      ).fields,
  );
  assert.deepEqual(made[0], { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } }, 'f:spec': { 'f:replicas': {} } });
  assert.equal(made[0], made[1]);
});
