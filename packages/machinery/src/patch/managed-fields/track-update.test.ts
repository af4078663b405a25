import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ManagedFieldsEntry, Unstructured } from '../../object/meta.ts';
import type { MergeSchema } from '../merge-schema.ts';
import { deploymentSchema } from '../workload-types.test.fixture.ts';
import { exceptStatus, onlyStatus } from './field-filter.ts';
import { type TrackUpdateOptions, trackUpdate } from './track-update.ts';

const deduced: MergeSchema = { kind: 'deduced' };

function time(seconds: number): string {
  return `2026-01-01T00:00:${String(seconds).padStart(2, '0')}Z`;
}

function deployment(spec: object, rest: { metadata?: object; status?: object } = {}): Unstructured {
  const { metadata, ...others } = rest;
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...metadata }, spec, ...others };
}

function track(live: Unstructured | undefined, updated: Unstructured, options: Partial<TrackUpdateOptions> = {}) {
  return trackUpdate({
    live,
    updated,
    schema: deploymentSchema,
    manager: 'alice',
    apiVersion: 'apps/v1',
    now: time(1),
    ...options,
  });
}

function managed(object: Unstructured, managedFields: ManagedFieldsEntry[]): Unstructured {
  return { ...object, metadata: { ...object.metadata, uid: 'u', managedFields } };
}

function created(object: Unstructured, options: Partial<TrackUpdateOptions> = {}): Unstructured {
  return managed(object, track(undefined, object, options));
}

describe('trackUpdate on create', () => {
  it('gives the creator every field, in the shape that API servers show', () => {
    const object = deployment(
      {
        replicas: 3,
        selector: { app: 'web' },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 443 }, { containerPort: 80 }] }],
            tolerations: [{ key: 'x' }],
            volumes: [{ name: 'v', emptyDir: {} }],
          },
        },
      },
      { metadata: { labels: { app: 'web' }, finalizers: ['f'], uid: 'u', creationTimestamp: time(0) } },
    );
    const [entry, ...others] = track(undefined, object);
    assert.deepEqual(others, []);
    assert.deepEqual(
      { ...entry, fieldsV1: undefined },
      {
        manager: 'alice',
        operation: 'Update',
        apiVersion: 'apps/v1',
        time: time(1),
        fieldsType: 'FieldsV1',
        fieldsV1: undefined,
      },
    );
    const port = (n: number) => `k:{"containerPort":${n},"protocol":"TCP"}`;
    assert.equal(
      JSON.stringify(entry?.fieldsV1),
      JSON.stringify({
        'f:metadata': { 'f:finalizers': { '.': {}, 'v:"f"': {} }, 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': {
          'f:replicas': {},
          'f:selector': {},
          'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} }, 'f:type': {} },
          'f:template': {
            'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
            'f:spec': {
              'f:containers': {
                'k:{"name":"web"}': {
                  '.': {},
                  'f:image': {},
                  'f:name': {},
                  'f:ports': {
                    '.': {},
                    [port(80)]: { '.': {}, 'f:containerPort': {} },
                    [port(443)]: { '.': {}, 'f:containerPort': {} },
                  },
                },
              },
              'f:tolerations': {},
              'f:volumes': { '.': {}, 'k:{"name":"v"}': { '.': {}, 'f:emptyDir': {}, 'f:name': {} } },
            },
          },
        },
      }),
    );
  });

  it('gives containers of custom resources to the creator, too', () => {
    const object = {
      apiVersion: 'x/v1',
      kind: 'X',
      metadata: { name: 'x', labels: { a: 'b' } },
      spec: { list: [1], map: {} },
    };
    const [entry] = track(undefined, object, { schema: deduced, apiVersion: 'x/v1' });
    assert.deepEqual(entry?.fieldsV1, {
      'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
      'f:spec': { '.': {}, 'f:list': {}, 'f:map': {} },
    });
  });

  it('tracks nothing for an object that has only an identity', () => {
    assert.deepEqual(track(undefined, { apiVersion: 'v1', kind: 'X', metadata: { name: 'x', namespace: 'd' } }), []);
  });

  it('takes managers that the client sends', () => {
    const sent: ManagedFieldsEntry = {
      manager: 'backup',
      operation: 'Apply',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:paused': {} } },
    };
    const entries = track(undefined, deployment({ replicas: 1 }, { metadata: { managedFields: [sent] } }));
    assert.deepEqual(
      entries.map((entry) => entry.manager),
      ['backup', 'alice'],
    );
  });
});

describe('trackUpdate on update', () => {
  const live = created(deployment({ replicas: 1, paused: false }));

  it('moves what changed to the writer', () => {
    const entries = track(live, deployment({ replicas: 2, paused: false }), { manager: 'bob', now: time(2) });
    assert.deepEqual(
      entries.map(({ manager, time: at, fieldsV1 }) => [manager, at, fieldsV1]),
      [
        ['alice', time(1), { 'f:spec': { 'f:paused': {} } }],
        ['bob', time(2), { 'f:spec': { 'f:replicas': {} } }],
      ],
    );
  });

  it('keeps the stored entries when nothing changed', () => {
    assert.equal(
      track(live, deployment({ paused: false, replicas: 1 }), { manager: 'bob' }),
      live.metadata.managedFields,
    );
  });

  it('leaves the time alone when the writer only removes', () => {
    const [entry] = track(live, deployment({ replicas: 1 }), { now: time(9) });
    assert.deepEqual([entry?.time, entry?.fieldsV1], [time(1), { 'f:spec': { 'f:replicas': {} } }]);
  });

  it('drops managers that have nothing left', () => {
    const entries = track(live, deployment({ replicas: 5, paused: true }), { manager: 'bob' });
    assert.deepEqual(
      entries.map((entry) => entry.manager),
      ['bob'],
    );
  });

  it('keeps subresources apart, behind their filters', () => {
    const next = deployment({ replicas: 7, paused: false }, { status: { replicas: 1 } });
    const entries = track(live, next, { manager: 'alice', subresource: 'status', filter: onlyStatus, now: time(2) });
    assert.deepEqual(
      entries.map(({ subresource, fieldsV1 }) => [subresource, fieldsV1]),
      [
        [undefined, { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } }],
        ['status', { 'f:status': { 'f:replicas': {} } }],
      ],
    );
    const [main] = track(undefined, next, { filter: exceptStatus });
    assert.deepEqual(Object.keys(main?.fieldsV1 ?? {}), ['f:spec']);
  });

  it('starts nothing for objects without managers', () => {
    assert.deepEqual(track(managed(deployment({ replicas: 1 }), []), deployment({ replicas: 2 })), []);
  });

  it('clears managers when the client sends one empty entry', () => {
    assert.deepEqual(track(live, deployment({ replicas: 2 }, { metadata: { managedFields: [{}] } })), []);
  });

  it('keeps managers when the client sends none, or broken ones', () => {
    for (const managedFields of [
      [],
      [{ manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:a': 1 } }],
    ]) {
      const entries = track(live, deployment({ replicas: 1, paused: false }, { metadata: { managedFields } }));
      assert.deepEqual(entries, live.metadata.managedFields);
    }
  });

  it('takes managers that a client rewrites, as kubectl does when it migrates to server-side apply', () => {
    const [entry] = live.metadata.managedFields ?? [];
    const sent = [{ ...entry, manager: 'kubectl', operation: 'Apply' }];
    const entries = track(live, deployment({ replicas: 1, paused: false }, { metadata: { managedFields: sent } }));
    assert.deepEqual(entries, sent);
  });

  it('sees that a client sends back what it has read', () => {
    const managedFields = JSON.parse(JSON.stringify(live.metadata.managedFields));
    const next = deployment({ replicas: 1, paused: false }, { metadata: { managedFields } });
    assert.equal(track(live, next), live.metadata.managedFields);
    for (const broken of [[null], [{ ...managedFields[0], fieldsV1: { 'f:spec': 1 } }]]) {
      const damaged = deployment({ replicas: 1, paused: false }, { metadata: { managedFields: broken } });
      assert.deepEqual(track(live, damaged), live.metadata.managedFields);
    }
  });

  it('does not take managers through a subresource', () => {
    const next = deployment({ replicas: 1, paused: false }, { metadata: { managedFields: [{}] } });
    assert.deepEqual(track(live, next, { subresource: 'scale' }), live.metadata.managedFields);
  });

  it('folds the oldest of more than ten updaters into ancient-changes', () => {
    let object = created(deployment({ replicas: 0 }, { metadata: { labels: { l0: 'x' } } }), {
      manager: 'm00',
      now: time(0),
    });
    for (let n = 1; n <= 11; n++) {
      const labels = Object.fromEntries(Array.from({ length: n + 1 }, (_, index) => [`l${index}`, 'x']));
      const next = deployment({ replicas: 0 }, { metadata: { labels } });
      object = managed(next, track(object, next, { manager: `m${String(n).padStart(2, '0')}`, now: time(n) }));
    }
    const entries = object.metadata.managedFields ?? [];
    assert.equal(entries.length, 10);
    assert.equal(entries[0]?.manager, 'ancient-changes');
    assert.equal(entries[0]?.time, time(2));
    assert.deepEqual(entries[0]?.fieldsV1, {
      'f:metadata': { 'f:labels': { '.': {}, 'f:l0': {}, 'f:l1': {}, 'f:l2': {} } },
      'f:spec': { 'f:replicas': {} },
    });
  });

  it('drops managers of a version that is gone', () => {
    const old: ManagedFieldsEntry = {
      manager: 'old',
      operation: 'Update',
      apiVersion: 'apps/v0',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:paused': {} } },
    };
    const object = managed(live, [old, ...(live.metadata.managedFields ?? [])]);
    const entries = track(object, deployment({ replicas: 2, paused: false }), {
      convert: (converted, apiVersion) =>
        apiVersion === 'apps/v1' ? { object: converted, schema: deploymentSchema } : undefined,
    });
    assert.deepEqual(
      entries.map((entry) => entry.manager),
      ['alice'],
    );
  });

  it('compares in the version of each manager', () => {
    const old: ManagedFieldsEntry = {
      manager: 'old',
      operation: 'Update',
      apiVersion: 'apps/v0',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:count': {}, 'f:paused': {} } },
    };
    const entries = track(managed(live, [old]), deployment({ replicas: 2, paused: false }), {
      convert: (object) => {
        const { replicas, ...spec } = object['spec'] as Record<string, unknown>;
        return { object: { ...object, apiVersion: 'apps/v0', spec: { ...spec, count: replicas } }, schema: deduced };
      },
    });
    assert.deepEqual(
      entries.map(({ manager, fieldsV1 }) => [manager, fieldsV1]),
      [
        ['old', { 'f:spec': { 'f:paused': {} } }],
        ['alice', { 'f:spec': { 'f:replicas': {} } }],
      ],
    );
  });

  it('owns duplicates of a list as one, and notices when they go', () => {
    const env = (...values: string[]) => ({
      template: { spec: { containers: [{ name: 'c', env: values.map((value) => ({ name: 'A', value })) }] } },
    });
    const twice = created(deployment(env('1', '2')));
    const entryOf = (entries: readonly ManagedFieldsEntry[] | undefined) =>
      JSON.stringify(entries?.at(-1)?.fieldsV1).match(/"f:env":(.*?),"f:name"/)?.[1];
    assert.equal(entryOf(twice.metadata.managedFields), '{".":{},"k:{\\"name\\":\\"A\\"}":{}}');
    const once = track(twice, deployment(env('1')), { manager: 'bob', now: time(2) });
    assert.deepEqual(
      once.at(-1)?.fieldsV1?.['f:spec']?.['f:template']?.['f:spec']?.['f:containers']?.['k:{"name":"c"}'],
      {
        'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
      },
    );
  });
});
