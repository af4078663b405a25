import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Unstructured } from '@kindred/machinery';
import { builtinKinds } from '../builtin-kinds.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const metadata = { name: 'a', namespace: 'default', creationTimestamp: '2026-05-01T11:55:00Z' };
const kinds = builtinKinds();

/** Cells that show without `-o wide`. */
function cells(kind: string, fields: object, group = ''): unknown[] {
  const definition = kinds.find((one) => one.kind === kind && one.group === group && one.conversion === undefined);
  assert.ok(definition, kind);
  const object: Unstructured = { apiVersion: 'v1', kind, metadata, ...fields };
  return definition.cells(object, now).filter((_, index) => definition.columns[index]?.priority === 0);
}

function pod(status: object, spec: object = {}, meta: object = {}): unknown[] {
  const containers = [{ name: 'main' }, { name: 'proxy' }];
  return cells('Pod', { metadata: { ...metadata, ...meta }, spec: { containers, ...spec }, status }).slice(1);
}

const running = { ready: true, restartCount: 0, state: { running: {} } };
const age = '5m';

test('pods show what keeps them from running', () => {
  assert.deepEqual(pod({ phase: 'Pending' }), ['0/2', 'Pending', '0', age]);
  assert.deepEqual(pod({ phase: 'Running', containerStatuses: [running, running] }), ['2/2', 'Running', '0', age]);
  const crashing = {
    ready: false,
    restartCount: 2,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 1, finishedAt: '2026-05-01T11:59:55Z' } },
  };
  assert.deepEqual(pod({ phase: 'Running', containerStatuses: [running, crashing] }), [
    '1/2',
    'CrashLoopBackOff',
    '2 (5s ago)',
    age,
  ]);
  const completed = { ready: false, restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } };
  assert.deepEqual(pod({ phase: 'Succeeded', containerStatuses: [completed, completed] })[1], 'Completed');
  assert.deepEqual(pod({ phase: 'Running', containerStatuses: [completed, running] })[1], 'NotReady');
  const failed = { ready: false, restartCount: 0, state: { terminated: { exitCode: 3 } } };
  assert.deepEqual(pod({ phase: 'Failed', containerStatuses: [failed] })[1], 'ExitCode:3');
  assert.deepEqual(pod({ phase: 'Failed', reason: 'Evicted' })[1], 'Evicted');
});

test('pods show init containers, sidecars, deletion and gates', () => {
  const spec = { initContainers: [{ name: 'init' }] };
  const waiting = { name: 'init', ready: false, restartCount: 0, state: { running: {} } };
  assert.deepEqual(pod({ phase: 'Pending', initContainerStatuses: [waiting] }, spec), ['0/2', 'Init:0/1', '0', age]);
  const broken = { ...waiting, state: { waiting: { reason: 'ImagePullBackOff' } } };
  assert.equal(pod({ phase: 'Pending', initContainerStatuses: [broken] }, spec)[1], 'Init:ImagePullBackOff');
  const sidecar = { initContainers: [{ name: 'init', restartPolicy: 'Always' }] };
  const started = { ...waiting, ready: true, started: true };
  const status = { phase: 'Running', initContainerStatuses: [started], containerStatuses: [running, running] };
  assert.deepEqual(pod(status, sidecar), ['3/3', 'Running', '0', age]);
  const deletionTimestamp = '2026-05-01T11:59:00Z';
  assert.equal(pod({ phase: 'Running', containerStatuses: [running] }, {}, { deletionTimestamp })[1], 'Terminating');
  const gated = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }];
  assert.equal(pod({ phase: 'Pending', conditions: gated })[1], 'SchedulingGated');
});

test('services show addresses and ports', () => {
  const service = (spec: object, status = {}) => cells('Service', { spec, status }).slice(1);
  const ports = [{ port: 80, nodePort: 31234, protocol: 'TCP' }];
  assert.deepEqual(service({ type: 'NodePort', clusterIP: '10.0.0.1', ports }), [
    'NodePort',
    '10.0.0.1',
    '<none>',
    '80:31234/TCP',
    age,
  ]);
  assert.equal(service({ type: 'LoadBalancer' })[2], '<pending>');
  assert.equal(service({ type: 'LoadBalancer' }, { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } })[2], '1.2.3.4');
  assert.deepEqual(service({ type: 'ExternalName', externalName: 'example.com' }).slice(0, 4), [
    'ExternalName',
    '<none>',
    'example.com',
    '<none>',
  ]);
});

test('each kind shows what kubectl shows', () => {
  const table: [string, string, object, unknown[]][] = [
    [
      'Deployment',
      'apps',
      { spec: { replicas: 3 }, status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 2 } },
      ['a', '2/3', 3, 2, age],
    ],
    ['ReplicaSet', 'apps', { spec: { replicas: 3 }, status: { replicas: 3, readyReplicas: 1 } }, ['a', 3, 3, 1, age]],
    ['StatefulSet', 'apps', { spec: { replicas: 2 } }, ['a', '0/2', age]],
    [
      'DaemonSet',
      'apps',
      { status: { desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 1 } },
      ['a', 2, 2, 1, 0, 0, '<none>', age],
    ],
    [
      'Job',
      'batch',
      {
        spec: { completions: 1 },
        status: {
          succeeded: 1,
          startTime: '2026-05-01T11:55:00Z',
          completionTime: '2026-05-01T11:55:07Z',
          conditions: [{ type: 'Complete', status: 'True' }],
        },
      },
      ['a', 'Complete', '1/1', '7s', age],
    ],
    [
      'CronJob',
      'batch',
      { spec: { schedule: '* * * * *', suspend: false } },
      ['a', '* * * * *', '<none>', 'False', 0, '<none>', age],
    ],
    [
      'Node',
      '',
      {
        metadata: { ...metadata, labels: { 'node-role.kubernetes.io/control-plane': '' } },
        spec: { unschedulable: true },
        status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.36.0' } },
      },
      ['a', 'Ready,SchedulingDisabled', 'control-plane', age, 'v1.36.0'],
    ],
    ['Namespace', '', { status: { phase: 'Active' } }, ['a', 'Active', age]],
    ['ConfigMap', '', { data: { a: '1' }, binaryData: { b: '' } }, ['a', 2, age]],
    ['Secret', '', { type: 'Opaque', data: { a: '' } }, ['a', 'Opaque', 1, age]],
    ['ServiceAccount', '', {}, ['a', age]],
    [
      'Event',
      '',
      {
        type: 'Normal',
        reason: 'Pulled',
        involvedObject: { kind: 'Pod', name: 'p' },
        message: 'done\n',
        lastTimestamp: '2026-05-01T11:59:57Z',
      },
      ['3s', 'Normal', 'Pulled', 'pod/p', 'done'],
    ],
    [
      'Endpoints',
      '',
      { subsets: [{ addresses: [1, 2, 3, 4].map((n) => ({ ip: `10.0.0.${n}` })), ports: [{ port: 80 }] }] },
      ['a', '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...', age],
    ],
    [
      'EndpointSlice',
      'discovery.k8s.io',
      { addressType: 'IPv4', ports: [{ port: 80 }], endpoints: [{ addresses: ['10.0.0.1'] }] },
      ['a', 'IPv4', '80', '10.0.0.1', age],
    ],
    ['RoleBinding', 'rbac.authorization.k8s.io', { roleRef: { kind: 'Role', name: 'r' } }, ['a', 'Role/r', age]],
    ['Role', 'rbac.authorization.k8s.io', {}, ['a', '2026-05-01T11:55:00Z']],
    ['CustomResourceDefinition', 'apiextensions.k8s.io', {}, ['a', '2026-05-01T11:55:00Z']],
    ['Lease', 'coordination.k8s.io', { spec: { holderIdentity: 'me' } }, ['a', 'me', age]],
    [
      'Ingress',
      'networking.k8s.io',
      { spec: { ingressClassName: 'nginx', rules: [{ host: 'h' }], tls: [{}] } },
      ['a', 'nginx', 'h', '', '80, 443', age],
    ],
    [
      'PersistentVolumeClaim',
      '',
      { spec: { storageClassName: 's' }, status: { phase: 'Pending' } },
      ['a', 'Pending', '', '', '', 's', '<unset>', age],
    ],
    [
      'StorageClass',
      'storage.k8s.io',
      { provisioner: 'p', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
      ['a', 'p', 'Delete', 'Immediate', false, age],
    ],
    [
      'HorizontalPodAutoscaler',
      'autoscaling',
      {
        spec: {
          scaleTargetRef: { kind: 'Deployment', name: 'd' },
          minReplicas: 1,
          maxReplicas: 3,
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } }],
        },
      },
      ['a', 'Deployment/d', 'cpu: <unknown>/80%', 1, 3, 0, age],
    ],
    ['PodDisruptionBudget', 'policy', { spec: { minAvailable: 1 } }, ['a', '1', 'N/A', 0, age]],
  ];
  for (const [kind, group, fields, expected] of table) assert.deepEqual(cells(kind, fields, group), expected, kind);
});
