import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTestServer, json, type TestAnswer, type TestServer } from '../../testing/test-server.ts';
import { createTestWebhook, type TestWebhook, type WebhookReply } from '../../testing/test-webhook.ts';

const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const configMaps = '/api/v1/namespaces/default/configmaps';
const rules = [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }];

function configuration(hook: Pick<TestWebhook, 'url' | 'caBundle'>, changes: object = {}): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'hooks' },
    webhooks: [
      {
        name: 'hook.example.com',
        clientConfig: { url: hook.url, caBundle: hook.caBundle },
        rules,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        ...changes,
      },
    ],
  };
}

async function register(server: TestServer, body: object): Promise<void> {
  const answer = await server.call('POST', configurations, body);
  assert.equal(answer.status, 201, answer.text);
}

async function serverWith(t: TestContext, reply: WebhookReply, changes: object = {}) {
  const server = await createTestServer(t);
  const hook = await createTestWebhook(t, () => reply);
  await register(server, configuration(hook, changes));
  const create = (name: string, query = ''): Promise<TestAnswer> =>
    server.call('POST', `${configMaps}${query}`, { metadata: { name, labels: { tier: 'web' } }, data: { a: '1' } });
  return { server, hook, create };
}

test('a webhook refuses with its own status, in upstream words', async (t) => {
  const cases: [WebhookReply, number, string | undefined, string][] = [
    [{ allowed: false, status: { message: 'no b' } }, 400, undefined, 'denied the request: no b'],
    [
      { allowed: false, status: { code: 403, reason: 'Forbidden', message: 'no' } },
      403,
      'Forbidden',
      'denied the request: no',
    ],
    [{ allowed: false, status: { code: 200, reason: 'Quota' } }, 400, 'Quota', 'denied the request: Quota'],
    [{ allowed: false }, 400, undefined, 'denied the request without explanation'],
  ];
  let reply: WebhookReply = {};
  const server = await createTestServer(t);
  const hook = await createTestWebhook(t, () => reply);
  await register(server, configuration(hook));
  for (const [given, code, reason, message] of cases) {
    reply = given;
    const answer = await server.call('POST', configMaps, { metadata: { name: 'a' } });
    const status = json(answer);
    assert.deepEqual(
      [answer.status, status['reason'], status['message']],
      [code, reason, `admission webhook "hook.example.com" ${message}`],
    );
  }
  assert.equal((await server.call('GET', `${configMaps}/a`)).status, 404);
  assert.equal(hook.connections(), 1, 'the connection is kept');
});

test('a webhook sees creates, updates and deletions with both objects', async (t) => {
  const { server, hook, create } = await serverWith(t, { allowed: true, warnings: ['look out'] });
  const created = await create('a');
  assert.equal(created.status, 201);
  assert.equal(created.headers['warning'], '299 - "look out"');
  await server.call(
    'PATCH',
    `${configMaps}/a`,
    { data: { b: '2' } },
    { 'content-type': 'application/merge-patch+json' },
  );
  await server.call('DELETE', `${configMaps}/a?dryRun=All`);
  const [first, second, third] = hook.reviews.map(({ request }) => request);
  assert.deepEqual(
    hook.reviews.map(({ apiVersion, path, request }) => [apiVersion, path, request.operation, request.dryRun]),
    ['CREATE', 'UPDATE', 'DELETE'].map((operation) => [
      'admission.k8s.io/v1',
      '/review?timeout=10s',
      operation,
      operation === 'DELETE',
    ]),
  );
  assert.deepEqual([first?.name, first?.namespace, first?.userInfo.username], ['a', 'default', 'tester']);
  assert.deepEqual(first?.kind, { group: '', version: 'v1', kind: 'ConfigMap' });
  assert.deepEqual([first?.object?.['data'], first?.oldObject], [{ a: '1' }, null]);
  assert.equal(first?.options?.['kind'], 'CreateOptions');
  assert.deepEqual([second?.object?.['data'], second?.oldObject?.['data']], [{ a: '1', b: '2' }, { a: '1' }]);
  assert.deepEqual([third?.object, third?.oldObject?.['data']], [null, { a: '1', b: '2' }]);
  assert.equal(third?.options?.['kind'], 'DeleteOptions');
});

test('a webhook that cannot be asked fails the write or lets it through', async (t) => {
  const { server, hook, create } = await serverWith(t, { allowed: true });
  await hook.close();
  const answer = await create('a');
  assert.equal(answer.status, 500);
  assert.equal(
    json(answer)['message'],
    `Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: Post "${hook.url}?timeout=10s": dial tcp 127.0.0.1:${hook.port}: connect: connection refused`,
  );
  const patch = [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }];
  const patched = await server.call('PATCH', `${configurations}/hooks`, patch, {
    'content-type': 'application/json-patch+json',
  });
  assert.equal(patched.status, 200, patched.text);
  assert.equal((await create('a')).status, 201);
  const metrics = (await server.call('GET', '/metrics')).text;
  assert.match(
    metrics,
    /^apiserver_admission_webhook_fail_open_count\{name="hook.example.com",type="validating"\} 1$/m,
  );
  assert.match(metrics, /^apiserver_admission_webhook_rejection_count\{.*error_type="calling_webhook_error".*\} 1$/m);
});

test('answers that are none are failures of the webhook', async (t) => {
  const cases: [WebhookReply, string][] = [
    [{ uid: 'other', allowed: true }, 'received invalid webhook response: expected response.uid='],
    [
      { allowed: true, patchType: 'JSONPatch', patch: 'W10=' },
      'received invalid webhook response: validating webhook may not return response.patch',
    ],
    [{ status: 200, body: '{}' }, 'received invalid webhook response: webhook response was absent'],
    [{ status: 200, body: 'x' }, "received invalid webhook response: couldn't get version/kind; json parse error: "],
    [{ status: 404, body: '' }, 'failed to call webhook: the server could not find the requested resource'],
    [
      { status: 500, body: 'boom\n' },
      'failed to call webhook: an error on the server ("boom") has prevented the request from succeeding',
    ],
  ];
  let reply: WebhookReply = {};
  const server = await createTestServer(t);
  const hook = await createTestWebhook(t, () => reply);
  await register(server, configuration(hook));
  for (const [given, message] of cases) {
    reply = given;
    const answer = await server.call('POST', configMaps, { metadata: { name: 'a' } });
    assert.equal(answer.status, 500);
    const whole = `Internal error occurred: failed calling webhook "hook.example.com": ${message}`;
    assert.equal(String(json(answer)['message']).slice(0, whole.length), whole);
  }
});

test('a webhook that says nothing is waited for as long as it may take', async (t) => {
  const { create, hook } = await serverWith(t, 'silence', { timeoutSeconds: 1 });
  const answer = await create('a');
  assert.equal(answer.status, 500);
  assert.match(answer.text, new RegExp(`Post \\\\"${hook.url}\\?timeout=1s\\\\": context deadline exceeded`));
});

test('a certificate of somebody else is not trusted', async (t) => {
  const server = await createTestServer(t);
  const hook = await createTestWebhook(t, () => ({ allowed: true }));
  const other = await createTestWebhook(t, () => ({ allowed: true }));
  await register(server, configuration({ url: hook.url, caBundle: other.caBundle }));
  const answer = await server.call('POST', configMaps, { metadata: { name: 'a' } });
  assert.match(answer.text, /tls: failed to verify certificate: x509: certificate signed by unknown authority/);
  assert.equal(hook.reviews.length, 0);
});

test('rules and selectors choose the requests', async (t) => {
  const deny: WebhookReply = { allowed: false };
  const cases: [object, boolean][] = [
    [{ rules: [{ operations: ['UPDATE'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }] }, false],
    [{ rules: [{ operations: ['CREATE'], apiGroups: ['apps'], apiVersions: ['*'], resources: ['*'] }] }, false],
    [{ rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['*'], resources: ['*/status'] }] }, false],
    [{ rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['*'], resources: ['*/*'] }] }, true],
    [{ rules: rules.map((rule) => ({ ...rule, scope: 'Cluster' })) }, false],
    [{ objectSelector: { matchLabels: { tier: 'db' } } }, false],
    [{ objectSelector: { matchLabels: { tier: 'web' } } }, true],
    [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } }, true],
    [
      { namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'DoesNotExist' }] } },
      false,
    ],
  ];
  const { server, hook, create } = await serverWith(t, deny);
  for (const [changes, isAsked] of cases) {
    await server.call('DELETE', `${configurations}/hooks`);
    await register(server, configuration(hook, changes));
    assert.equal((await create('a', '?dryRun=All')).status, isAsked ? 400 : 201, JSON.stringify(changes));
  }
});

test('equivalent versions of a resource are converted to the one that the rules name', async (t) => {
  const scaler = {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a' },
    spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'a', apiVersion: 'apps/v1' } },
  };
  const path = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers?dryRun=All';
  const named = [
    { operations: ['*'], apiGroups: ['autoscaling'], apiVersions: ['v2'], resources: ['horizontalpodautoscalers'] },
  ];
  const { server, hook } = await serverWith(t, { allowed: true }, { rules: named });
  assert.equal((await server.call('POST', path, scaler)).status, 201);
  const [review] = hook.reviews;
  assert.deepEqual([review?.request.kind.version, review?.request.requestKind.version], ['v2', 'v1']);
  assert.equal(review?.request.object?.apiVersion, 'autoscaling/v2');
  await server.call('DELETE', `${configurations}/hooks`);
  await register(server, configuration(hook, { rules: named, matchPolicy: 'Exact' }));
  assert.equal((await server.call('POST', path, scaler)).status, 201);
  assert.equal(hook.reviews.length, 1);
});

test('a Service stands for its ready pods', async (t) => {
  const service = { namespace: 'default', name: 'hook', path: '/check' };
  const { server, hook, create } = await serverWith(t, { allowed: false }, { failurePolicy: 'Fail' });
  const config = configuration(hook, { clientConfig: { service, caBundle: hook.caBundle } });
  await server.call('DELETE', `${configurations}/hooks`);
  await register(server, config);
  const failure = async (): Promise<string> => String(json(await create('a'))['message']);
  const prefix =
    'Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: Post "https://hook.default.svc:443/check?timeout=10s": ';
  assert.equal(await failure(), `${prefix}services "hook" not found`);
  const made = await server.call('POST', '/api/v1/namespaces/default/services', {
    metadata: { name: 'hook' },
    spec: { ports: [{ name: 'https', port: 443, targetPort: 8443 }] },
  });
  assert.equal(made.status, 201, made.text);
  assert.equal(await failure(), `${prefix}no endpoints available for service "hook"`);
  // What the endpoints controller writes of a ready pod; validation keeps loopback addresses from clients only.
  const endpoints = await server.api.registry.get('', 'v1', 'endpoints')?.storage();
  await endpoints?.create('default', 'hook', {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'hook', namespace: 'default' },
    subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'https', port: hook.port }] }],
  });
  assert.equal(await failure(), 'admission webhook "hook.example.com" denied the request without explanation');
  assert.equal(hook.reviews[0]?.path, '/check?timeout=10s');
  const stored = endpoints?.get('default', 'hook');
  if (stored !== undefined) await endpoints?.remove(stored);
  const slices = await server.api.registry.get('discovery.k8s.io', 'v1', 'endpointslices')?.storage();
  await slices?.create('default', 'hook-1', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'hook-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'hook' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.9'], conditions: { ready: false } }, { addresses: ['127.0.0.1'] }],
    ports: [{ name: 'https', port: hook.port }],
  });
  assert.equal(await failure(), 'admission webhook "hook.example.com" denied the request without explanation');
});

test('webhook configurations themselves are never sent to webhooks', async (t) => {
  const everything = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }];
  const { server, create } = await serverWith(t, { allowed: false }, { rules: everything });
  assert.equal((await create('a')).status, 400);
  assert.equal((await server.call('DELETE', `${configurations}/hooks`)).status, 200);
  assert.equal((await create('a')).status, 201);
});

test('a configuration that cannot work is refused', async (t) => {
  const server = await createTestServer(t);
  const cases: [object, string][] = [
    [
      { name: 'short.name' },
      'webhooks[0].name: Invalid value: "short.name": should be a domain with at least three segments',
    ],
    [
      { clientConfig: { url: 'http://a/b' } },
      'webhooks[0].clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme',
    ],
    [{ clientConfig: {} }, 'webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
    [
      { sideEffects: 'Some' },
      'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"',
    ],
    [
      { timeoutSeconds: 31 },
      'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds',
    ],
    [{ admissionReviewVersions: ['v2'] }, 'must include at least one of v1, v1beta1'],
    [{ rules: [{ ...rules[0], operations: ['*', 'CREATE'] }] }, "if '*' is present, must not specify other operations"],
    [{ rules: [{ ...rules[0], resources: ['*/*', 'pods'] }] }, "if '*/*' is present, must not specify other resources"],
    [
      { rules: [{ ...rules[0], resources: ['pods/*', 'pods/status'] }] },
      "if 'pods/*' is present, must not specify pods/status",
    ],
  ];
  for (const [changes, message] of cases) {
    const answer = await server.call(
      'POST',
      configurations,
      configuration({ url: 'https://a/b', caBundle: '' }, changes),
    );
    assert.equal(answer.status, 422, answer.text);
    assert.ok(String(json(answer)['message']).includes(message), String(json(answer)['message']));
  }
});

test('conditions say which requests a webhook wants', async (t) => {
  const { server, hook, create } = await serverWith(t, { allowed: false });
  const status = async (conditions: Record<string, string>, changes: object = {}): Promise<[number, string]> => {
    await server.call('DELETE', `${configurations}/hooks`);
    const matchConditions = Object.entries(conditions).map(([name, expression]) => ({ name, expression }));
    await register(server, configuration(hook, { matchConditions, ...changes }));
    const answer = await create('a', '?dryRun=All');
    return [answer.status, String(json(answer)['message'])];
  };
  const mine = "request.userInfo.username == 'tester' && request.operation == 'CREATE' && request.dryRun";
  assert.equal((await status({ mine }))[0], 400);
  assert.equal((await status({ other: "object.metadata.labels['tier'] == 'db'" }))[0], 201);
  assert.equal((await status({ new: 'oldObject == null' }))[0], 400);
  // One that is false decides; an error is the policy's matter.
  assert.equal((await status({ broken: 'object.spec.x > 1', not: 'false' }))[0], 201);
  assert.equal((await status({ broken: 'object.spec.x > 1' }, { failurePolicy: 'Ignore' }))[0], 201);
  assert.deepEqual(await status({ broken: 'object.spec.x > 1' }), [
    403,
    'configmaps "a" is forbidden: expression "object.spec.x > 1" resulted in error: no such key: spec',
  ]);
});

test('conditions that cannot be evaluated are refused with their place', async (t) => {
  const server = await createTestServer(t);
  const at = 'webhooks[0].matchConditions[0]';
  const cases: [object, string][] = [
    [
      { name: 'a', expression: 'object.x >' },
      `${at}.expression: Invalid value: "object.x >": compilation failed: ERROR: <input>:1:`,
    ],
    [{ name: 'a', expression: '1 + 1' }, `${at}.expression: Invalid value: "1 + 1": must evaluate to bool`],
    [{ name: 'a', expression: 'authorizer.check()' }, "undeclared reference to 'authorizer'"],
    [{ name: '', expression: 'true' }, `${at}.name: Required value`],
    [{ name: 'a', expression: ' ' }, `${at}.expression: Required value`],
  ];
  for (const [condition, message] of cases) {
    const body = configuration({ url: 'https://a/b', caBundle: '' }, { matchConditions: [condition] });
    const answer = await server.call('POST', configurations, body);
    assert.equal(answer.status, 422, answer.text);
    assert.ok(String(json(answer)['message']).includes(message), String(json(answer)['message']));
  }
});
