import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { deepEqual } from '../../object/copy.ts';
import type { FieldsV1, Unstructured } from '../../object/meta.ts';
import type { MapSchema, MergeSchema } from '../merge-schema.ts';
import { deploymentSchema } from '../workload-types.test.fixture.ts';
import { type ApplyOptions, applyObject } from './apply-object.ts';
import { applyConflictCauses, applyConflictMessage } from './conflicts.ts';
import { trackUpdate } from './track-update.ts';

const deduced: MergeSchema = { kind: 'deduced' };
const now = '2026-01-01T00:00:00Z';
const later = '2026-01-01T00:00:09Z';

function deployment(spec: object, metadata: object = {}): Unstructured {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...metadata }, spec };
}

function containers(...list: object[]): object {
  return { template: { spec: { containers: list } } };
}

function apply(
  live: Unstructured | undefined,
  applied: Unstructured,
  manager: string,
  options: Partial<ApplyOptions> = {},
) {
  return applyObject({ live, applied, schema: deploymentSchema, manager, apiVersion: 'apps/v1', now, ...options });
}

function mustApply(
  live: Unstructured | undefined,
  applied: Unstructured,
  manager: string,
  options: Partial<ApplyOptions> = {},
): Unstructured {
  const result = apply(live, applied, manager, options);
  assert.equal(result.kind, 'applied', JSON.stringify(result));
  return result.object;
}

function conflictsOf(live: Unstructured, applied: Unstructured, manager: string, options: Partial<ApplyOptions> = {}) {
  const result = apply(live, applied, manager, options);
  assert.equal(result.kind, 'conflict', JSON.stringify(result));
  return result.conflicts;
}

function updated(live: Unstructured | undefined, next: Unstructured, manager: string): Unstructured {
  const managedFields = trackUpdate({
    live,
    updated: next,
    schema: deploymentSchema,
    manager,
    apiVersion: 'apps/v1',
    now,
  });
  return { ...next, metadata: { ...next.metadata, uid: 'u', managedFields } };
}

function ownersOf(object: Unstructured): Record<string, FieldsV1 | undefined> {
  return Object.fromEntries(
    (object.metadata.managedFields ?? []).map((entry) => [`${entry.manager} ${entry.operation}`, entry.fieldsV1]),
  );
}

describe('applyObject', () => {
  it('creates, owning what it says and no more', () => {
    const object = mustApply(
      undefined,
      deployment({ replicas: 1, ...containers({ name: 'a', ports: [{ containerPort: 80 }] }) }, { labels: { x: 'y' } }),
      'a',
    );
    assert.deepEqual(ownersOf(object), {
      'a Apply': {
        'f:metadata': { 'f:labels': { 'f:x': {} } },
        'f:spec': {
          'f:replicas': {},
          'f:template': {
            'f:spec': {
              'f:containers': {
                'k:{"name":"a"}': {
                  '.': {},
                  'f:name': {},
                  'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
                },
              },
            },
          },
        },
      },
    });
  });

  it('does nothing the second time', () => {
    const applied = deployment({ replicas: 1, selector: { a: 'b' }, ...containers({ name: 'a' }) });
    const live = mustApply(undefined, applied, 'a');
    const again = apply(live, applied, 'a', { now: later });
    assert.ok(again.kind === 'applied' && !again.changed);
    assert.equal(again.object.metadata.managedFields, live.metadata.managedFields);
  });

  it('removes what it stops applying, with containers that this empties', () => {
    const live = mustApply(
      undefined,
      deployment(
        { replicas: 1, strategy: { type: 'Recreate' }, ...containers({ name: 'a' }, { name: 'b' }) },
        { labels: { x: 'y' } },
      ),
      'a',
    );
    const object = mustApply(live, deployment(containers({ name: 'b' })), 'a');
    assert.deepEqual(object['spec'], containers({ name: 'b' }));
    assert.equal(object.metadata.labels, undefined);
  });

  it('leaves what another applier has, too', () => {
    const first = mustApply(undefined, deployment({ replicas: 1, paused: true }), 'a');
    const both = mustApply(first, deployment({ replicas: 1 }), 'b');
    const object = mustApply(both, deployment({}), 'a');
    assert.deepEqual(object['spec'], { replicas: 1 });
    assert.deepEqual(ownersOf(object), {
      'a Apply': { 'f:spec': {} },
      'b Apply': { 'f:spec': { 'f:replicas': {} } },
    });
  });

  it('leaves what others have put into an element that stays theirs', () => {
    const first = mustApply(undefined, deployment(containers({ name: 'a', image: '1' })), 'a');
    const both = mustApply(first, deployment(containers({ name: 'a', env: [{ name: 'E', value: '1' }] })), 'b');
    const object = mustApply(both, deployment({}), 'a');
    assert.deepEqual(object['spec'], containers({ name: 'a', env: [{ name: 'E', value: '1' }] }));
  });

  it('names conflicts', () => {
    const live = updated(
      undefined,
      deployment({ replicas: 1, ...containers({ name: 'a', image: '1' }) }),
      'kubectl-edit',
    );
    const conflicts = conflictsOf(live, deployment({ replicas: 2, ...containers({ name: 'a', image: '2' }) }), 'helm');
    assert.equal(
      applyConflictMessage(conflicts),
      'Apply failed with 2 conflicts: conflicts with "kubectl-edit" using apps/v1:\n' +
        '- .spec.replicas\n- .spec.template.spec.containers[name="a"].image',
    );
    assert.deepEqual(applyConflictCauses(conflicts.slice(0, 1)), [
      {
        reason: 'FieldManagerConflict',
        message: 'conflict with "kubectl-edit" using apps/v1',
        field: '.spec.replicas',
      },
    ]);
    assert.equal(
      applyConflictMessage(conflicts.slice(0, 1), 'deployments.apps "web" in namespace "prod"'),
      'Apply failed with 1 conflict for deployments.apps "web" in namespace "prod": ' +
        'conflict with "kubectl-edit" using apps/v1: .spec.replicas',
    );
  });

  it('names appliers without a version, and subresources', () => {
    const live = mustApply(undefined, deployment({ replicas: 1 }), 'a', { subresource: 'scale' });
    const conflicts = conflictsOf(live, deployment({ replicas: 2 }), 'b');
    assert.equal(
      applyConflictMessage(conflicts),
      'Apply failed with 1 conflict: conflict with "a" with subresource "scale": .spec.replicas',
    );
  });

  it('takes conflicting fields over by force', () => {
    const live = mustApply(undefined, deployment({ replicas: 1, paused: true }), 'a');
    const object = mustApply(live, deployment({ replicas: 2 }), 'b', { force: true });
    assert.deepEqual(object['spec'], { replicas: 2, paused: true });
    assert.deepEqual(ownersOf(object), {
      'a Apply': { 'f:spec': { 'f:paused': {} } },
      'b Apply': { 'f:spec': { 'f:replicas': {} } },
    });
  });

  it('treats atomic maps and lists as one value', () => {
    const live = mustApply(undefined, deployment({ selector: { a: '1' } }), 'a');
    assert.deepEqual(
      conflictsOf(live, deployment({ selector: { b: '2' } }), 'b').map(({ path }) => path),
      ['.spec.selector'],
    );
    const object = mustApply(live, deployment({ selector: { b: '2' } }), 'a');
    assert.deepEqual(object['spec'], { selector: { b: '2' } });
  });

  it('merges sets and keyed lists in the applied order', () => {
    const live = updated(
      undefined,
      deployment(containers({ name: 'x' }, { name: 'b' }, { name: 'y' }), { finalizers: ['p', 'q'] }),
      'other',
    );
    const object = mustApply(
      live,
      deployment(containers({ name: 'a' }, { name: 'b' }), { finalizers: ['q', 'r'] }),
      'a',
    );
    const list = (object['spec'] as { template: { spec: { containers: { name: string }[] } } }).template.spec
      .containers;
    assert.deepEqual(
      list.map(({ name }) => name),
      ['x', 'a', 'b', 'y'],
    );
    assert.deepEqual(object.metadata.finalizers, ['p', 'q', 'r']);
  });

  it('tells elements with a defaulted key from others', () => {
    const ports = (...list: object[]) => deployment({ ports: list });
    const live = mustApply(undefined, ports({ port: 53, protocol: 'UDP', name: 'u' }, { port: 53, name: 't' }), 'a');
    const object = mustApply(
      live,
      ports({ port: 53, protocol: 'TCP', name: 'tcp' }, { port: 53, protocol: 'UDP', name: 'u' }),
      'a',
    );
    assert.deepEqual(object['spec'], {
      ports: [
        { port: 53, name: 'tcp', protocol: 'TCP' },
        { port: 53, protocol: 'UDP', name: 'u' },
      ],
    });
  });

  it('invents before-first-apply for an object without managers', () => {
    const live = deployment({ replicas: 1, paused: true }, { uid: 'u' });
    const conflicts = conflictsOf(live, deployment({ replicas: 2 }), 'a');
    assert.deepEqual(
      conflicts.map(({ manager }) => manager),
      ['before-first-apply'],
    );
    const object = mustApply(live, deployment({ replicas: 1 }), 'a');
    assert.deepEqual(ownersOf(object), {
      'a Apply': { 'f:spec': { 'f:replicas': {} } },
      'before-first-apply Update': { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } },
    });
  });

  it('lets kubectl change what it had applied on the client side', () => {
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const client = deployment({ replicas: 1, paused: false });
    const object = deployment({ replicas: 1, paused: true }, { annotations: { [annotation]: JSON.stringify(client) } });
    const live = updated(undefined, object, 'kubectl-client-side-apply');
    const result = mustApply(live, deployment({ replicas: 2 }), 'kubectl');
    assert.deepEqual(result['spec'], { replicas: 2, paused: true });
    assert.equal(JSON.parse(result.metadata.annotations?.[annotation] ?? '').spec.replicas, 2);
    assert.deepEqual(
      conflictsOf(live, deployment({ paused: false }), 'kubectl').map(({ path }) => path),
      ['.spec.paused'],
    );
    conflictsOf(live, deployment({ replicas: 2 }), 'somebody-else');
  });

  it('refuses what does not fit the schema', () => {
    const result = apply(
      undefined,
      deployment({
        replica: 1,
        selector: [],
        ports: {},
        ...containers({ name: 'a' }, { name: 'a' }, { image: 'x' }, { name: 'b', portz: [] }),
      }),
      'a',
    );
    assert.deepEqual(result.kind === 'invalid' && result.errors, [
      '.spec.replica: field not declared in schema',
      '.spec.selector: expected map, got &{[]}',
      '.spec.ports: expected list, got &{{}}',
      '.spec.template.spec.containers: duplicate entries for key [name="a"]',
      '.spec.template.spec.containers: element 2: associative list with keys has an element that omits key field "name" (and doesn\'t have default value)',
      '.spec.template.spec.containers[name="b"].portz: field not declared in schema',
    ]);
  });

  it('tolerates duplicates that are there already', () => {
    const live = updated(
      undefined,
      deployment(
        containers({
          name: 'c',
          env: [
            { name: 'A', value: '1' },
            { name: 'A', value: '2' },
          ],
        }),
      ),
      'old',
    );
    const other = mustApply(live, deployment(containers({ name: 'c', env: [{ name: 'B', value: '3' }] })), 'a');
    assert.match(JSON.stringify(other['spec']), /"A","value":"1".*"A","value":"2".*"B"/);
    const forced = mustApply(live, deployment(containers({ name: 'c', env: [{ name: 'A', value: '9' }] })), 'a', {
      force: true,
    });
    assert.deepEqual(forced['spec'], containers({ name: 'c', env: [{ name: 'A', value: '9' }] }));
  });

  it('keeps up with lists and maps that become atomic, or stop being it', () => {
    const schemaWith = (settings: MergeSchema): MapSchema => ({
      kind: 'map',
      atomic: false,
      declares: () => true,
      field: (name) => (name === 'settings' ? settings : deduced),
    });
    const map = (atomic: boolean): MergeSchema =>
      schemaWith({ kind: 'map', atomic, declares: () => false, field: () => ({ kind: 'scalar' }) });
    const object = (settings: object): Unstructured => ({
      apiVersion: 'apps/v1',
      kind: 'X',
      metadata: { name: 'x' },
      settings,
    });
    const granular = mustApply(undefined, object({ a: 1, b: 2 }), 'a', { schema: map(false) });
    const atomic = mustApply(granular, object({ a: 1 }), 'a', { schema: map(true) });
    assert.deepEqual(atomic['settings'], { a: 1 });
    assert.deepEqual(ownersOf(atomic), { 'a Apply': { 'f:settings': {} } });
    assert.deepEqual(
      conflictsOf(atomic, object({ a: 2 }), 'b', { schema: map(false) }).map(({ path }) => path),
      ['.settings.a'],
    );
  });

  it('works on objects without a schema', () => {
    const object = (spec: object): Unstructured => ({ apiVersion: 'x/v1', kind: 'X', metadata: { name: 'x' }, spec });
    const options = { schema: deduced, apiVersion: 'x/v1' };
    const live = mustApply(undefined, object({ a: { b: 1, c: 2 }, list: [1, 2] }), 'a', options);
    const next = mustApply(live, object({ a: { b: 1 }, list: [2] }), 'a', options);
    assert.deepEqual(next['spec'], { a: { b: 1 }, list: [2] });
  });
});

describe('laws of apply', () => {
  const names = ['a', 'b', 'c', 'd'];
  const config = fc.record(
    {
      replicas: fc.nat(3),
      labels: fc.dictionary(fc.constantFrom(...names), fc.constantFrom('1', '2'), { maxKeys: 3 }),
      containers: fc.uniqueArray(
        fc.record({ name: fc.constantFrom(...names), image: fc.constantFrom('1', '2') }, { requiredKeys: ['name'] }),
        { selector: ({ name }) => name, maxLength: 3 },
      ),
    },
    { requiredKeys: [] },
  );
  const objectOf = ({ labels, containers: list, ...spec }: typeof config extends fc.Arbitrary<infer C> ? C : never) =>
    deployment(
      { ...spec, ...(list === undefined || list.length === 0 ? {} : containers(...list)) },
      labels === undefined || Object.keys(labels).length === 0 ? {} : { labels },
    );

  it('is idempotent', () => {
    fc.assert(
      fc.property(config, config, (base, next) => {
        const live = mustApply(undefined, objectOf(base), 'base');
        const once = mustApply(live, objectOf(next), 'a', { force: true });
        const twice = apply(once, objectOf(next), 'a', { force: true, now: later });
        assert.ok(twice.kind === 'applied' && !twice.changed);
      }),
    );
  });

  it('leaves exactly the last configuration of a single applier', () => {
    fc.assert(
      fc.property(config, config, (first, second) => {
        const live = mustApply(undefined, objectOf(first), 'a');
        const object = mustApply(live, objectOf(second), 'a');
        const { managedFields: _, ...metadata } = object.metadata;
        const wanted = objectOf(second);
        assert.ok(deepEqual({ ...metadata, labels: metadata.labels ?? {} }, { labels: {}, ...wanted.metadata }));
        assert.ok(deepEqual(object['spec'], wanted['spec']), JSON.stringify([object['spec'], wanted['spec']]));
      }),
    );
  });

  it('commutes for managers with disjoint fields', () => {
    const disjoint = fc.record({ left: fc.nat(9), right: fc.boolean(), l: fc.boolean(), r: fc.boolean() });
    fc.assert(
      fc.property(disjoint, ({ left, right, l, r }) => {
        const a = deployment({ replicas: left, ...(l ? containers({ name: 'a' }) : {}) }, { labels: { a: '1' } });
        const b = deployment({ paused: right, ...(r ? containers({ name: 'b' }) : {}) }, { labels: { b: '1' } });
        const ab = mustApply(mustApply(undefined, a, 'a'), b, 'b');
        const ba = mustApply(mustApply(undefined, b, 'b'), a, 'a');
        assert.deepEqual(ab.metadata, ba.metadata);
        assert.deepEqual(sortContainers(ab['spec']), sortContainers(ba['spec']));
      }),
    );
  });

  it('never changes what it is given', () => {
    fc.assert(
      fc.property(config, config, (base, next) => {
        const live = mustApply(undefined, objectOf(base), 'base');
        const applied = objectOf(next);
        const texts = [JSON.stringify(live), JSON.stringify(applied)];
        apply(live, applied, 'a', { force: true });
        assert.deepEqual([JSON.stringify(live), JSON.stringify(applied)], texts);
      }),
    );
  });
});

/** New elements come last, so the order of a list does depend on who came first. */
function sortContainers(spec: unknown): unknown {
  return JSON.parse(JSON.stringify(spec), (key, value) =>
    key === 'containers'
      ? value.toSorted((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1))
      : value,
  );
}
