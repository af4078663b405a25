import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isJsonObject, type JsonObject } from '../object/json.ts';
import { createStrategicMergePatch } from './create-strategic-merge-patch.ts';
import { createThreeWayMergePatch } from './create-three-way-patch.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';
import { deploymentSchema } from './workload-types.test.fixture.ts';

const names = fc.constantFrom('a', 'b', 'c', 'd');
const text = fc.constantFrom('1', '2', '3');
const texts = fc.dictionary(names, text, { maxKeys: 3 });
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });
const keyed = <T extends object>(key: string, values: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(names, { maxLength: 4 })
    .chain((keys) => fc.tuple(...keys.map((name) => values.map((value) => ({ ...value, [key]: name })))));
const container = record({
  image: text,
  command: fc.array(text, { maxLength: 3 }),
  env: keyed('name', record({ value: text })),
});

const objects: fc.Arbitrary<JsonObject> = record({
  metadata: record({
    labels: texts,
    finalizers: fc.uniqueArray(names, { maxLength: 4 }),
    ownerReferences: keyed('uid', record({ kind: text })),
  }),
  spec: record({
    replicas: fc.integer({ min: 0, max: 3 }),
    selector: texts,
    strategy: record({ type: text, rollingUpdate: record({ maxSurge: text, maxUnavailable: text }) }),
    disruption: record({ minimum: fc.nat(2), maximum: fc.nat(2) }),
    unknown: fc.oneof(text, texts, fc.array(text, { maxLength: 2 })),
    template: record({
      spec: record({
        containers: keyed('name', container),
        volumes: keyed('name', record({ emptyDir: fc.constant({}), hostPath: record({ path: text }) })),
        tolerations: fc.array(record({ key: text }), { maxLength: 2 }),
      }),
    }),
  }),
}).map((object): JsonObject => JSON.parse(JSON.stringify(object)));

describe('strategic merge patches that are made', () => {
  it('turn one object into the other', () => {
    fc.assert(
      fc.property(objects, objects, (before, after) => {
        const patch = createStrategicMergePatch(before, after, deploymentSchema);
        assert.deepEqual(applyStrategicMergePatch(before, patch ?? {}, deploymentSchema), after);
      }),
      { numRuns: 300 },
    );
  });

  it('are none for equal objects', () => {
    fc.assert(
      fc.property(objects, (object) => {
        if (isJsonObject(object['spec'])) delete object['spec']['disruption']; // Replaced as a whole, so always sent.
        assert.equal(createStrategicMergePatch(object, structuredClone(object), deploymentSchema), undefined);
      }),
    );
  });

  it('of three versions give what is wanted when nobody else changed anything', () => {
    fc.assert(
      fc.property(objects, objects, (original, modified) => {
        const patch = createThreeWayMergePatch({ original, modified, live: original }, deploymentSchema);
        assert.deepEqual(applyStrategicMergePatch(original, patch ?? {}, deploymentSchema), modified);
      }),
      { numRuns: 300 },
    );
  });

  it('of three versions leave what others added', () => {
    fc.assert(
      fc.property(objects, objects, objects, (original, modified, live) => {
        const patch = createThreeWayMergePatch({ original, modified, live }, deploymentSchema);
        const result = applyStrategicMergePatch(live, patch ?? {}, deploymentSchema);
        // Applying the same wish again changes nothing, and each wanted label is there.
        const again = createThreeWayMergePatch({ original: modified, modified, live: result }, deploymentSchema);
        assert.deepEqual(applyStrategicMergePatch(result, again ?? {}, deploymentSchema), result);
        assert.deepEqual({ ...labelsOf(result), ...labelsOf(modified) }, labelsOf(result));
        // Who drops all labels at once drops those of others too.
        for (const name of 'labels' in metadataOf(modified) ? Object.keys(labelsOf(live)) : []) {
          const isOurs = name in labelsOf(original) || name in labelsOf(modified);
          assert.ok(isOurs || name in labelsOf(result), `${name} was somebody else's`);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function labelsOf(object: JsonObject): JsonObject {
  const { labels } = metadataOf(object);
  return isJsonObject(labels) ? labels : {};
}

function metadataOf({ metadata }: JsonObject): JsonObject {
  return isJsonObject(metadata) ? metadata : {};
}

const podSpec = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });

describe('the forms of differences', () => {
  const cases: [name: string, before: JsonObject, after: JsonObject, patch: JsonObject][] = [
    [
      'an element that goes, one that changes',
      { containers: [{ name: 'a', image: '1' }, { name: 'b' }] },
      { containers: [{ name: 'a', image: '2' }] },
      {
        containers: [
          { name: 'a', image: '2' },
          { name: 'b', $patch: 'delete' },
        ],
        '$setElementOrder/containers': [{ name: 'a' }],
      },
    ],
    [
      'a new order',
      { containers: [{ name: 'a' }, { name: 'b' }] },
      { containers: [{ name: 'b' }, { name: 'a' }] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
    ],
    [
      'another kind of volume',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
      {
        volumes: [{ name: 'v', hostPath: { path: '/x' }, emptyDir: null, $retainKeys: ['hostPath', 'name'] }],
        '$setElementOrder/volumes': [{ name: 'v' }],
      },
    ],
    ['a list without a key is replaced', { tolerations: [{ key: 'a' }] }, { tolerations: [] }, { tolerations: [] }],
    ['a field that goes', { nodeSelector: { a: 'b' } }, {}, { nodeSelector: null }],
  ];
  for (const [name, before, after, patch] of cases) {
    it(name, () => {
      assert.deepEqual(createStrategicMergePatch(podSpec(before), podSpec(after), deploymentSchema), podSpec(patch));
    });
  }

  it('a list of scalars tells what goes', () => {
    const finalizers = (...list: string[]): JsonObject => ({ metadata: { finalizers: list } });
    assert.deepEqual(createStrategicMergePatch(finalizers('a', 'b'), finalizers('b', 'c'), deploymentSchema), {
      metadata: {
        finalizers: ['c'],
        '$deleteFromPrimitiveList/finalizers': ['a'],
        '$setElementOrder/finalizers': ['b', 'c'],
      },
    });
  });

  it('three versions: a drift is repaired, an addition stays, a dropped element goes', () => {
    const patch = createThreeWayMergePatch(
      {
        original: podSpec({ containers: [{ name: 'a', image: '1' }, { name: 'old' }] }),
        modified: podSpec({ containers: [{ name: 'a', image: '1' }] }),
        live: podSpec({ containers: [{ name: 'a', image: 'drift' }, { name: 'old' }, { name: 'injected' }] }),
      },
      deploymentSchema,
    );
    assert.deepEqual(
      patch,
      podSpec({
        containers: [
          { name: 'a', image: '1' },
          { name: 'old', $patch: 'delete' },
        ],
        '$setElementOrder/containers': [{ name: 'a' }],
      }),
    );
  });

  it('refuses elements without their key', () => {
    const nameless = podSpec({ containers: [{ image: '1' }] });
    assert.throws(
      () => createStrategicMergePatch(nameless, podSpec({ containers: [{ name: 'a' }] }), deploymentSchema),
      {
        message: 'map: {"image":"1"} does not contain declared merge key: name',
      },
    );
  });
});
