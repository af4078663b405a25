import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Unstructured } from '@kindred/machinery';
import { builtinKinds } from './builtin-kinds.ts';
import { decodeObject } from './decode/decode-object.ts';
import type { KindDefinition } from './kind-definition.ts';
import { typeTable } from './type-table.ts';

const kinds = builtinKinds();

function kindOf(group: string, version: string, kind: string): KindDefinition {
  const found = kinds.find((one) => one.group === group && one.version === version && one.kind === kind);
  assert.ok(found, `${group}/${version} ${kind}`);
  return found;
}

function object(fields: object): Unstructured {
  return { apiVersion: 'v1', kind: 'X', metadata: { name: 'a', namespace: 'default' }, ...fields };
}

test('every kind has a type, columns and cells that fit them', () => {
  assert.ok(kinds.length > 80);
  for (const kind of kinds) {
    const name = `${kind.group}/${kind.version} ${kind.kind}`;
    assert.equal(kind.typeName, typeTable.typeNameOf(kind), name);
    const empty = object({});
    assert.equal(kind.cells(empty, 0).length, kind.columns.length, name);
    kind.setDefaults(empty);
    assert.deepEqual(decodeObject(kind.typeName ?? '', empty), { errors: [], unknownFields: [] }, name);
    assert.ok(Array.isArray(kind.validate(empty)), name);
    assert.notEqual(kind.mergeSchema.kind, 'scalar', name);
    const scales = kind.subresources.some((subresource) => subresource.name === 'scale');
    assert.equal(kind.scale !== undefined, scales, name);
  }
});

test('defaults of an object hold after a second run, and survive decoding', () => {
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } };
  for (const [group, version] of [
    ['apps', 'v1'],
    ['extensions', 'v1beta1'],
    ['apps', 'v1beta1'],
    ['apps', 'v1beta2'],
  ] as const) {
    const deployment = object({ spec: { template: structuredClone(template) } });
    const kind = kindOf(group, version, 'Deployment');
    kind.setDefaults(deployment);
    const once = structuredClone(deployment);
    kind.setDefaults(deployment);
    assert.deepEqual(deployment, once);
    assert.deepEqual(decodeObject(kind.typeName ?? '', deployment), { errors: [], unknownFields: [] });
  }
});

test('a minimal pod gets the documented defaults', () => {
  const pod = object({
    spec: {
      containers: [
        {
          name: 'main',
          image: 'nginx',
          ports: [{ containerPort: 80 }],
          resources: { limits: { cpu: 1, memory: '1024Mi' } },
          livenessProbe: { httpGet: { port: 80 } },
          env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
        },
      ],
      volumes: [{ name: 'scratch' }, { name: 'config', configMap: { name: 'c' } }],
      serviceAccountName: 'web',
    },
  });
  const kind = kindOf('', 'v1', 'Pod');
  kind.setDefaults(pod);
  kind.prepareForCreate(pod);
  assert.deepEqual(pod['spec'], {
    containers: [
      {
        name: 'main',
        image: 'nginx',
        ports: [{ containerPort: 80, protocol: 'TCP' }],
        resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
        livenessProbe: {
          httpGet: { port: 80, path: '/', scheme: 'HTTP' },
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
        },
        env: [{ name: 'IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
        imagePullPolicy: 'Always',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    volumes: [
      { name: 'scratch', emptyDir: {} },
      { name: 'config', configMap: { name: 'c', defaultMode: 420 } },
    ],
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: true,
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    serviceAccount: 'web',
    serviceAccountName: 'web',
    terminationGracePeriodSeconds: 30,
  });
  assert.deepEqual(pod['status'], { phase: 'Pending', qosClass: 'Guaranteed' });
});

test('a minimal service gets the documented defaults', () => {
  const service = object({ spec: { type: 'NodePort', ports: [{ port: 80 }], selector: { app: 'a' } } });
  kindOf('', 'v1', 'Service').setDefaults(service);
  assert.deepEqual(service['spec'], {
    type: 'NodePort',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    selector: { app: 'a' },
    sessionAffinity: 'None',
    externalTrafficPolicy: 'Cluster',
    internalTrafficPolicy: 'Cluster',
  });
});

test('an extensions/v1beta1 deployment becomes an apps/v1 one with the defaults of its time', () => {
  const kind = kindOf('extensions', 'v1beta1', 'Deployment');
  const deployment = object({
    apiVersion: 'extensions/v1beta1',
    spec: { template: { metadata: { labels: { app: 'a' } } }, rollbackTo: { revision: 1 } },
  });
  kind.setDefaults(deployment);
  const stored = kind.conversion?.toStorage(deployment);
  assert.equal(stored?.apiVersion, 'apps/v1');
  assert.deepEqual(stored?.metadata.labels, { app: 'a' });
  assert.deepEqual(stored?.['spec'], {
    template: { metadata: { labels: { app: 'a' } } },
    selector: { matchLabels: { app: 'a' } },
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
    revisionHistoryLimit: 2147483647,
    progressDeadlineSeconds: 2147483647,
  });
  assert.equal(
    kind.deprecation,
    'extensions/v1beta1 Deployment is deprecated in v1.8+, unavailable in v1.16+; use apps/v1 Deployment',
  );
  assert.equal(kind.conversion?.fromStorage(stored).apiVersion, 'extensions/v1beta1');
});

test('counts of a deployment that are 0 are not kept', () => {
  const kind = kindOf('apps', 'v1', 'Deployment');
  const deployment = object({ status: { replicas: 1, readyReplicas: 1, unavailableReplicas: 0 } });
  kind.prepareForUpdate(deployment, object({}), 'status');
  assert.deepEqual(deployment['status'], { replicas: 1, readyReplicas: 1 });
});

test('kinds of a group that they have left are found by their full name only', () => {
  for (const kind of kinds.filter(({ group }) => group === 'extensions')) {
    assert.deepEqual([kind.shortNames, kind.categories], [[], []], kind.resource);
  }
  assert.deepEqual(kindOf('apps', 'v1', 'Deployment').categories, ['all']);
});

test('ingresses, events and autoscalers survive the way through their stored form', () => {
  const cases: [string, string, string, object][] = [
    [
      'extensions',
      'v1beta1',
      'Ingress',
      {
        spec: {
          backend: { serviceName: 'web', servicePort: 80 },
          rules: [{ host: 'h', http: { paths: [{ path: '/', backend: { serviceName: 'b', servicePort: 'http' } }] } }],
        },
      },
    ],
    ['events.k8s.io', 'v1', 'Event', { note: 'Pulled', regarding: { name: 'p' }, reportingController: 'node' }],
    [
      'autoscaling',
      'v1',
      'HorizontalPodAutoscaler',
      {
        spec: { maxReplicas: 3, minReplicas: 1, targetCPUUtilizationPercentage: 50 },
        status: { currentCPUUtilizationPercentage: 7 },
      },
    ],
  ];
  for (const [group, version, name, fields] of cases) {
    const kind = kindOf(group, version, name);
    const original = object({ apiVersion: `${group}/${version}`, ...fields });
    const stored = kind.conversion?.toStorage(structuredClone(original));
    assert.ok(stored !== undefined && kind.conversion !== undefined);
    const { storage } = kind.conversion;
    const typeName = kindOf(storage.group, storage.version, name).typeName ?? '';
    assert.deepEqual(decodeObject(typeName, structuredClone(stored)), { errors: [], unknownFields: [] }, name);
    assert.deepEqual(kind.conversion.fromStorage(stored), original);
  }
});

test('status and everything else change only through their own requests', () => {
  const kind = kindOf('apps', 'v1', 'Deployment');
  const old = object({ spec: { replicas: 1 }, status: { replicas: 1 } });
  const changed = object({ spec: { replicas: 2 }, status: { replicas: 2 } });
  const main = structuredClone(changed);
  kind.prepareForUpdate(main, old, '');
  assert.deepEqual([main['spec'], main['status']], [{ replicas: 2 }, { replicas: 1 }]);
  const status = structuredClone(changed);
  status.metadata.labels = { a: 'b' };
  kind.prepareForUpdate(status, old, 'status');
  assert.deepEqual([status['spec'], status['status']], [{ replicas: 1 }, { replicas: 2 }]);
  assert.equal(status.metadata.labels, undefined);
  kind.prepareForCreate(changed);
  assert.equal(changed['status'], undefined);
});

test('secrets take clear text and keep it as data', () => {
  const secret = object({ stringData: { password: 'geheim' }, data: { user: 'YQ==' } });
  kindOf('', 'v1', 'Secret').setDefaults(secret);
  assert.deepEqual(secret['data'], { user: 'YQ==', password: 'Z2VoZWlt' });
  assert.equal(secret['stringData'], undefined);
  assert.equal(secret['type'], 'Opaque');
});

/** A value of a type of the table with every field there and nothing in it: what no author writes but anybody can send. */
function hollow(typeName: string, depth: number): Record<string, unknown> {
  const members = Object.entries(typeTable.get(typeName)?.fields ?? {}).flatMap(([name, field]) => {
    const type = field.type.includes('.') ? typeTable.get(field.type) : undefined;
    if (type?.fields === undefined || name === 'metadata') return [];
    const value = depth > 0 ? hollow(field.type, depth - 1) : {};
    return [[name, field.array ? [value] : field.map ? { key: value } : value]];
  });
  return Object.fromEntries(members);
}

test('objects that lack all that is required are told so, and break nothing', () => {
  for (const kind of kinds) {
    for (const depth of [0, 1, 2, 8]) {
      const fields = hollow(kind.typeName ?? '', depth);
      const bare = object(fields);
      kind.setDefaults(bare);
      const stored = kind.conversion?.toStorage(bare) ?? bare;
      const storage = kind.conversion?.storage;
      const rules = storage === undefined ? kind : kindOf(storage.group, storage.version, kind.kind);
      rules.prepareForCreate(stored);
      rules.prepareForUpdate(stored, structuredClone(stored), '');
      assert.ok(Array.isArray(rules.validate(stored)));
      assert.ok(Array.isArray(rules.validateUpdate(stored, structuredClone(stored), '')));
      assert.ok(Array.isArray(rules.validateUpdate(stored, object({}), '')));
      assert.ok(Array.isArray(rules.validateUpdate(object({}), stored, '')));
      assert.equal(kind.cells(bare, 0).length, kind.columns.length);
      assert.ok(kind.selectableFields(bare));
      assert.ok(rules.warnings(stored));
      kind.gracePeriodSeconds?.(bare, undefined);
      kind.scale?.labelSelector(bare);
    }
  }
});

test('an APIService of 2017 keeps its place under the two priorities that came after', () => {
  const old = kinds.find(({ kind, version }) => kind === 'APIService' && version === 'v1beta1');
  const stored = old?.conversion?.toStorage({
    apiVersion: 'apiregistration.k8s.io/v1beta1',
    kind: 'APIService',
    metadata: { name: 'v1.example.com' },
    spec: { group: 'example.com', version: 'v1', priority: 150, groupPriorityMinimum: 7, versionPriority: 7 },
  });
  assert.deepEqual(stored?.['spec'], {
    group: 'example.com',
    version: 'v1',
    groupPriorityMinimum: 1000,
    versionPriority: 851,
  });
});
