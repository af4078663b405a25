import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';
import { deploymentSchema } from './workload-types.test.fixture.ts';

/** Everything below is inside `spec.template.spec`, unless it starts at `metadata` or `spec`. */
function patched(live: object, patch: object): unknown {
  const before = structuredClone(live);
  const wrap = (spec: object) => ({ spec: { template: { spec } } });
  const result = applyStrategicMergePatch(wrap(live), wrap(patch), deploymentSchema);
  assert.deepEqual(live, before, 'the live object must not change');
  return JSON.parse(JSON.stringify(result)).spec.template.spec;
}

const names = (...list: string[]) => list.map((name) => ({ name }));

const cases: [name: string, live: object, patch: object, expected: object][] = [
  [
    'merges elements by merge key',
    { containers: [{ name: 'a', image: '1', command: ['x', 'y'] }] },
    { containers: [{ name: 'a', image: '2', command: ['z'] }] },
    { containers: [{ name: 'a', image: '2', command: ['z'] }] },
  ],
  [
    'keeps live-only elements before the shared ones that they preceded',
    { containers: names('a', 'b', 'c') },
    { containers: [{ name: 'c', image: '1' }, { name: 'new' }] },
    { containers: [{ name: 'a' }, { name: 'b' }, { name: 'c', image: '1' }, { name: 'new' }] },
  ],
  [
    '$patch: delete takes an element out',
    { containers: names('a', 'b') },
    { containers: [{ $patch: 'delete', name: 'a' }] },
    { containers: names('b') },
  ],
  [
    '$patch: replace in a list replaces it',
    { containers: names('a', 'b') },
    { containers: [{ name: 'c' }, { $patch: 'replace' }] },
    { containers: names('c') },
  ],
  [
    '$patch: replace in a map replaces it',
    { containers: [{ name: 'a', image: '1' }], tolerations: [{ key: 'k' }] },
    { $patch: 'replace', containers: names('b') },
    { containers: names('b') },
  ],
  ['$patch: delete in a map empties it', { containers: names('a') }, { $patch: 'delete' }, {}],
  [
    '$patch: merge in a map is what happens anyway',
    { containers: names('a') },
    { $patch: 'merge' },
    { containers: names('a') },
  ],
  [
    'null removes a field',
    { containers: names('a'), tolerations: [] },
    { tolerations: null },
    { containers: names('a') },
  ],
  [
    'replaces atomic lists',
    { tolerations: [{ key: 'a' }] },
    { tolerations: [{ key: 'b' }] },
    { tolerations: [{ key: 'b' }] },
  ],
  [
    'merges maps that apply takes as atomic',
    { nodeSelector: { a: '1' } },
    { nodeSelector: { b: '2' } },
    { nodeSelector: { a: '1', b: '2' } },
  ],
  [
    '$setElementOrder orders the list',
    { containers: names('a', 'b', 'c') },
    { '$setElementOrder/containers': names('c', 'b', 'a') },
    { containers: names('c', 'b', 'a') },
  ],
  [
    '$setElementOrder with a new element, as kubectl apply sends it',
    {
      containers: [
        { name: 'sidecar', image: 's' },
        { name: 'web', image: '1' },
      ],
    },
    {
      '$setElementOrder/containers': names('init', 'web'),
      containers: [
        { name: 'init', image: 'i' },
        { name: 'web', image: '2' },
      ],
    },
    {
      containers: [
        { name: 'init', image: 'i' },
        { name: 'sidecar', image: 's' },
        { name: 'web', image: '2' },
      ],
    },
  ],
  [
    '$setElementOrder together with a deletion',
    { containers: names('a', 'b', 'c') },
    { '$setElementOrder/containers': names('c', 'a'), containers: [{ $patch: 'delete', name: 'b' }] },
    { containers: names('c', 'a') },
  ],
  ['$setElementOrder for a list that is nowhere', {}, { '$setElementOrder/containers': names('a') }, {}],
  [
    '$retainKeys of an element clears the rest of it',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', hostPath: { path: '/x' }, $retainKeys: ['name', 'hostPath'] }] },
    { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
  ],
  [
    'new parts lose directives and nulls',
    {},
    {
      containers: [
        {
          name: 'a',
          image: null,
          env: [{ $patch: 'delete', name: 'x' }, { name: 'y' }],
          '$setElementOrder/env': names('y'),
        },
      ],
    },
    { containers: [{ name: 'a', env: names('y') }] },
  ],
];

describe('applyStrategicMergePatch', () => {
  for (const [name, live, patch, expected] of cases) {
    it(name, () => assert.deepEqual(patched(live, patch), expected));
  }

  it('merges lists of scalars without duplicates', () => {
    const live = { metadata: { finalizers: ['a', 'b'] } };
    const result = applyStrategicMergePatch(live, { metadata: { finalizers: ['c', 'b'] } }, deploymentSchema);
    assert.deepEqual(result, { metadata: { finalizers: ['c', 'a', 'b'] } });
  });

  it('$deleteFromPrimitiveList takes scalars out', () => {
    const live = { metadata: { finalizers: ['a', 'b', 'c'] } };
    const patch = {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['b'], '$setElementOrder/finalizers': ['c', 'a'] },
    };
    assert.deepEqual(applyStrategicMergePatch(live, patch, deploymentSchema), { metadata: { finalizers: ['c', 'a'] } });
  });

  it('$retainKeys of a map clears what it does not name', () => {
    const live = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '1' } } } };
    const patch = { spec: { strategy: { type: 'Recreate', $retainKeys: ['type'] } } };
    assert.deepEqual(applyStrategicMergePatch(live, patch, deploymentSchema), {
      spec: { strategy: { type: 'Recreate' } },
    });
  });

  it('replaces a map whose strategy is replace', () => {
    const live = { spec: { disruption: { minimum: 1 } } };
    const patch = { spec: { disruption: { maximum: 2 } } };
    assert.deepEqual(applyStrategicMergePatch(live, patch, deploymentSchema), patch);
  });

  it('merges without a schema as a JSON merge patch does', () => {
    const result = applyStrategicMergePatch({ a: { b: 1, c: [1] } }, { a: { b: null, c: [2] } }, { kind: 'deduced' });
    assert.deepEqual(result, { a: { c: [2] } });
  });

  const refused: [name: string, patch: unknown, kind: string, message: RegExp][] = [
    ['no object', [], 'BadRequest', /invalid JSON document/],
    ['unknown directive', { spec: { $patch: 'x' } }, 'Invalid', /^unknown patch type: x in map/],
    [
      'no merge key',
      { spec: { template: { spec: { containers: [{ image: 'x' }] } } } },
      'Invalid',
      /does not contain declared merge key: name/,
    ],
    ['mixed list', { metadata: { finalizers: ['x', 1] } }, 'Invalid', /list element types are not identical/],
    ['list of lists', { metadata: { finalizers: [['x']] } }, 'Invalid', /lists of lists are not supported/],
    ['retainKeys that is no list', { spec: { $retainKeys: 'x' } }, 'BadRequest', /invalid patch format of retainKeys/],
    [
      'retainKeys without what is set',
      { spec: { $retainKeys: [], replicas: 1 } },
      'Invalid',
      /patch content doesn't match retainKeys list/,
    ],
    [
      'order that is no list',
      { metadata: { '$setElementOrder/finalizers': 1 } },
      'BadRequest',
      /invalid patch format of setElementOrder list/,
    ],
    [
      'deletion without a list name',
      { metadata: { $deleteFromPrimitiveList: ['a'] } },
      'BadRequest',
      /invalid patch format of primitive list/,
    ],
    [
      'order that the patch itself breaks',
      { metadata: { '$setElementOrder/finalizers': ['a', 'b'], finalizers: ['b', 'a'] } },
      'Invalid',
      /doesn't match \$setElementOrder list/,
    ],
  ];
  for (const [name, patch, kind, message] of refused) {
    it(`refuses: ${name}`, () => {
      const live = {
        metadata: { finalizers: ['z'] },
        spec: { replicas: 1, template: { spec: { containers: names('a') } } },
      };
      assert.throws(() => applyStrategicMergePatch(live, patch, deploymentSchema), { kind, message });
    });
  }
});
