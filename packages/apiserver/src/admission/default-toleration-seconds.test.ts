import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestServer, json } from '../testing/test-server.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';

const containers = [{ name: 'main', image: 'busybox' }];

test('a pod tolerates silent nodes for five minutes, unless it says otherwise', async (t) => {
  const { call } = await createTestServer(t, { admission: [defaultTolerationSeconds] });
  const create = async (name: string, tolerations?: unknown): Promise<unknown> => {
    const spec = { containers, ...(tolerations === undefined ? {} : { tolerations }) };
    const answer = await call('POST', '/api/v1/namespaces/default/pods', { metadata: { name }, spec });
    assert.equal(answer.status, 201, answer.text);
    return (json(answer)['spec'] as { tolerations: unknown }).tolerations;
  };
  const standard = ['not-ready', 'unreachable'].map((taint) => ({
    key: `node.kubernetes.io/${taint}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }));
  assert.deepEqual(await create('plain'), standard);
  const own = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 };
  assert.deepEqual(await create('own-time', [own]), [own, standard[1]]);
  const all = [{ operator: 'Exists' }];
  assert.deepEqual(await create('tolerant', all), all);
});
