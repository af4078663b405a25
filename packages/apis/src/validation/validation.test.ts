import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldError, type Unstructured } from '@kindred/machinery';
import { builtinKinds } from '../builtin-kinds.ts';
import type { KindDefinition } from '../kind-definition.ts';

const kinds = builtinKinds();

function kindOf(kind: string, group = ''): KindDefinition {
  const found = kinds.find((one) => one.kind === kind && one.group === group && one.conversion === undefined);
  assert.ok(found, kind);
  return found;
}

function made(definition: KindDefinition, fields: object): Unstructured {
  const metadata = { name: 'a', ...(definition.namespaced ? { namespace: 'default' } : {}) };
  const object: Unstructured = { apiVersion: 'v1', kind: definition.kind, metadata, ...structuredClone(fields) };
  definition.setDefaults(object);
  return object;
}

/** Texts of the errors of a new object, defaulted before. */
function errorsOf(kind: string, fields: object, group = ''): string[] {
  const definition = kindOf(kind, group);
  return definition.validate(made(definition, fields)).map(formatFieldError);
}

function updateErrors(kind: string, fields: object, old: object, group = ''): string[] {
  const definition = kindOf(kind, group);
  return definition.validateUpdate(made(definition, fields), made(definition, old), '').map(formatFieldError);
}

const container = { name: 'main', image: 'nginx' };
const pod = (spec: object, more: object = {}) =>
  errorsOf('Pod', { spec: { containers: [{ ...container, ...more }], ...spec } });
const mismatch = '`selector` does not match template `labels`';

test('a deployment without selector, labels and image gets the answer of a real API server', () => {
  const env = [{ name: 'DB', valueFrom: { secretKeyRef: { name: 'my-db-credentials', key: 'connectionString' } } }];
  const template = { spec: { containers: [{ name: 'my-app', env }] } };
  assert.deepEqual(errorsOf('Deployment', { spec: { template } }, 'apps'), [
    'spec.selector: Required value',
    `spec.template.metadata.labels: Invalid value: null: ${mismatch}`,
    'spec.template.spec.containers[0].image: Required value',
  ]);
});

test('selectors must match their templates and stay as they are', () => {
  const spec = (labels: object, matchLabels: object) => ({
    spec: { selector: { matchLabels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  });
  for (const kind of ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']) {
    assert.deepEqual(errorsOf(kind, spec({ app: 'a' }, { app: 'a' }), 'apps'), [], kind);
    assert.deepEqual(
      errorsOf(kind, spec({ app: 'a' }, { app: 'b' }), 'apps'),
      [`spec.template.metadata.labels: Invalid value: {"app":"a"}: ${mismatch}`],
      kind,
    );
  }
  assert.deepEqual(updateErrors('Deployment', spec({}, { app: 'b' }), spec({}, { app: 'a' }), 'apps'), [
    'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
  ]);
  assert.deepEqual(updateErrors('StatefulSet', spec({}, { app: 'b' }), spec({}, { app: 'a' }), 'apps'), [
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', " +
      "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  ]);
});

test('pods are checked from their containers to their tolerations', () => {
  const at = 'spec.containers[0]';
  const cases: [string[], string[]][] = [
    [errorsOf('Pod', { spec: { containers: [] } }), ['spec.containers: Required value']],
    [
      errorsOf('Pod', { spec: { containers: [container, container] } }),
      ['spec.containers[1].name: Duplicate value: "main"'],
    ],
    [pod({}, { image: '' }), [`${at}.image: Required value`]],
    [pod({}, { image: ' x' }), [`${at}.image: Invalid value: " x": must not have leading or trailing whitespace`]],
    [
      pod({}, { ports: [{ containerPort: 0 }, { containerPort: 70000, protocol: 'ICMP' }] }),
      [
        `${at}.ports[0].containerPort: Required value`,
        `${at}.ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
        `${at}.ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"`,
      ],
    ],
    [
      pod({}, { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
      [`${at}.volumeMounts[0].name: Not found: "data"`],
    ],
    [
      pod({}, { env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
      [`${at}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`],
    ],
    [
      pod({}, { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      [`${at}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`],
    ],
    [pod({}, { livenessProbe: {} }), [`${at}.livenessProbe: Required value: must specify a handler type`]],
    [
      pod({ restartPolicy: 'Sometimes' }),
      ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
    ],
    [
      pod({ volumes: [{ name: 'v', secret: {}, emptyDir: {} }] }),
      [
        'spec.volumes[0].emptyDir: Forbidden: may not specify more than 1 volume type',
        'spec.volumes[0].secret.secretName: Required value',
      ],
    ],
    [
      pod({ volumes: [{ name: 'v', configMap: {} }, { name: 'v' }] }),
      ['spec.volumes[0].configMap.name: Required value', 'spec.volumes[1].name: Duplicate value: "v"'],
    ],
  ];
  for (const [found, expected] of cases) assert.deepEqual(found, expected);
});

test('running pods take new images and little else', () => {
  const before = { spec: { containers: [container] } };
  assert.deepEqual(
    updateErrors(
      'Pod',
      { spec: { containers: [{ ...container, image: 'b' }] } },
      { spec: { containers: [{ ...container, imagePullPolicy: 'Always' }] } },
    ),
    [],
  );
  const [error = ''] = updateErrors('Pod', { spec: { containers: [container], hostNetwork: true } }, before);
  assert.match(error, /^spec: Forbidden: pod updates may not change fields other than `spec.containers\[\*\]\.image`,/);
  assert.match(error, /\n {2}spec\.hostNetwork$/);
  assert.deepEqual(updateErrors('Pod', { spec: { containers: [] } }, before), [
    'spec.containers: Forbidden: pod updates may not add or remove containers',
  ]);
});

test('services are checked, and keep what was allocated', () => {
  assert.deepEqual(errorsOf('Service', { spec: {} }), ['spec.ports: Required value']);
  assert.deepEqual(errorsOf('Service', { spec: { ports: [{ port: 80 }, { port: 80 }] } }), [
    'spec.ports[0].name: Required value',
    'spec.ports[1].name: Required value',
    'spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}',
  ]);
  assert.deepEqual(errorsOf('Service', { spec: { ports: [{ port: 80, nodePort: 30000 }] } }), [
    "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
  ]);
  const old = {
    spec: { type: 'NodePort', clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ports: [{ port: 80, nodePort: 30001 }] },
  };
  const changed = { spec: { ...old.spec, clusterIP: '10.0.0.2' } };
  assert.deepEqual(updateErrors('Service', changed, old), [
    'spec.clusterIPs[0]: Invalid value: "10.0.0.2": may not change once set',
  ]);
  const definition = kindOf('Service');
  const update = made(definition, { spec: { type: 'NodePort', ports: [{ port: 81 }] } });
  definition.prepareForUpdate(update, made(definition, old), '');
  const { clusterIP, ports } = update['spec'] as { clusterIP: string; ports: { nodePort: number }[] };
  assert.deepEqual([clusterIP, ports[0]?.nodePort], ['10.0.0.1', 30001]);
});

test('other kinds answer in upstream’s words', () => {
  const template = { spec: { containers: [container] } };
  const table: [string, string, object, string[]][] = [
    ['ConfigMap', '', { data: { ok: '1' } }, []],
    ['Secret', '', { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } }, ['data[tls.key]: Required value']],
    [
      'Job',
      'batch',
      { spec: { template, selector: {} } },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'CronJob',
      'batch',
      {
        spec: {
          schedule: '99 * * * *',
          jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
        },
      },
      ['spec.schedule: Invalid value: "99 * * * *": end of range (99) above maximum (59): 99'],
    ],
    [
      'Role',
      'rbac.authorization.k8s.io',
      { rules: [{ verbs: ['get'], resources: ['pods'] }] },
      ['rules[0].apiGroups: Required value: resource rules must supply at least one api group'],
    ],
    [
      'RoleBinding',
      'rbac.authorization.k8s.io',
      { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'ServiceAccount', name: 's' }] },
      ['subjects[0].namespace: Required value'],
    ],
    [
      'Ingress',
      'networking.k8s.io',
      {
        spec: {
          rules: [
            {
              http: {
                paths: [{ path: 'x', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } }],
              },
            },
          ],
        },
      },
      ['spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path'],
    ],
    [
      'PersistentVolumeClaim',
      '',
      { spec: {} },
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
    ],
    [
      'EndpointSlice',
      'discovery.k8s.io',
      { endpoints: [{ addresses: [] }] },
      ['addressType: Required value', 'endpoints[0].addresses: Required value: must contain at least 1 address'],
    ],
    [
      'Lease',
      'coordination.k8s.io',
      { spec: { leaseDurationSeconds: 0 } },
      ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
    ],
    ['RuntimeClass', 'node.k8s.io', {}, ['handler: Required value']],
  ];
  for (const [kind, group, fields, expected] of table) assert.deepEqual(errorsOf(kind, fields, group), expected, kind);
});

test('names follow the rule of their kind', () => {
  const named = (kind: string, name: string) =>
    kindOf(kind)
      .validate({
        apiVersion: 'v1',
        kind,
        metadata: { name, namespace: 'default' },
        spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }], type: 'ClusterIP', sessionAffinity: 'None' },
      })
      .map(({ field }) => field);
  assert.deepEqual(named('Service', '1a'), ['metadata.name']);
  assert.deepEqual(named('Service', 'a'), []);
  assert.deepEqual(named('ConfigMap', 'a.b'), []);
  assert.deepEqual(named('ConfigMap', 'A'), ['metadata.name']);
});

test('frozen config maps and bound roles stay', () => {
  const frozen = { data: { a: '1' }, immutable: true };
  assert.deepEqual(updateErrors('ConfigMap', { ...frozen, data: { a: '2' } }, frozen), [
    'data: Forbidden: field is immutable when `immutable` is set',
  ]);
  const binding = (name: string) => ({ roleRef: { kind: 'Role', name } });
  const [error = ''] = updateErrors('RoleBinding', binding('b'), binding('a'), 'rbac.authorization.k8s.io');
  assert.match(error, /^roleRef: Invalid value: .*: cannot change roleRef$/);
});

test('likely mistakes are warned of', () => {
  const definition = kindOf('Deployment', 'apps');
  const twice = {
    ...container,
    env: [{ name: 'A' }, { name: 'A' }],
    ports: [{ containerPort: 80 }, { containerPort: 80 }],
  };
  const spec = { nodeSelector: { 'beta.kubernetes.io/os': 'linux' }, containers: [twice] };
  assert.deepEqual(definition.warnings(made(definition, { spec: { template: { spec } } })), [
    'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    'spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    'spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.template.spec.containers[0].ports[0]',
  ]);
});
