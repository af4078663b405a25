import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeErrors, decodeObject, unknownFields } from './decode-object.ts';

const deployment = 'io.k8s.api.apps.v1.Deployment';

function withContainer(container: object): object {
  return { spec: { template: { spec: { containers: [container] } } } };
}

test('wrong JSON types are worded as Go words them', () => {
  const cases: [object, string][] = [
    [
      { spec: { replicas: 'two' } },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      { spec: { replicas: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [{ spec: 'x' }, 'json: cannot unmarshal string into Go struct field Deployment.spec of type v1.DeploymentSpec'],
    [
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      withContainer({ env: [{ name: 'A', value: 1 }] }),
      'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
    ],
    [
      { spec: { template: { spec: { containers: {} } } } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    ],
    [
      withContainer({ resources: { limits: { cpu: 'much' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      withContainer({ livenessProbe: { httpGet: { port: true } } }),
      'json: cannot unmarshal bool into Go value of type int32',
    ],
  ];
  for (const [object, message] of cases) assert.deepEqual(decodeErrors(deployment, object), [message]);
});

test('base64 and timestamps are checked', () => {
  assert.deepEqual(decodeErrors('io.k8s.api.core.v1.Secret', { data: { a: 'aGk=', b: '!x' } }), [
    'illegal base64 data at input byte 0',
  ]);
  assert.deepEqual(decodeErrors('io.k8s.api.coordination.v1.Lease', { spec: { renewTime: 'now' } }), [
    'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
  ]);
});

test('unknown fields are reported with their index and dropped, null is dropped silently', () => {
  const object = { ...withContainer({ name: 'a', imagee: 'x', image: null }), extra: 1 };
  assert.deepEqual(unknownFields(deployment, object), ['spec.template.spec.containers[0].imagee', 'extra']);
  const { errors, unknownFields: dropped } = decodeObject(deployment, object);
  assert.deepEqual(errors, []);
  assert.equal(dropped.length, 2);
  assert.deepEqual(object, withContainer({ name: 'a' }));
  const list = { spec: { containers: [null], nodeSelector: { a: null } } };
  decodeObject('io.k8s.api.core.v1.Pod', list);
  assert.deepEqual(list, { spec: { containers: [{}], nodeSelector: { a: '' } } });
});

test('empty lists and maps are dropped where the type does not require them, empty structures stay', () => {
  const container = { name: 'a', env: [], command: [], resources: { limits: {} }, securityContext: {} };
  const object = {
    metadata: { labels: {}, annotations: {}, finalizers: [] },
    spec: { nodeSelector: {}, tolerations: [], volumes: [{ name: 'v', emptyDir: {} }], containers: [container] },
  };
  assert.deepEqual(decodeErrors('io.k8s.api.core.v1.Pod', object), []);
  assert.deepEqual(container.env, []);
  decodeObject('io.k8s.api.core.v1.Pod', object);
  const kept = { name: 'a', resources: {}, securityContext: {} };
  assert.deepEqual(object, {
    metadata: {},
    spec: { volumes: [{ name: 'v', emptyDir: {} }], containers: [kept] },
  });
  const none = { spec: { containers: [] } };
  decodeObject('io.k8s.api.core.v1.Pod', none);
  assert.deepEqual(none, { spec: { containers: [] } });
});
