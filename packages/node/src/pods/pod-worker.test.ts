/** Pods with real processes, at each isolation level that this machine and user allow. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Pod, PodStatus } from '@kindred/apis/core/v1';
import { parseLogQuery } from '../logs/log-query.ts';
import { readLog } from '../logs/read-log.ts';
import type { IsolationLevel } from '../runtime/runtime.ts';
import { createTestNode, deletedPod, type TestNode, testPod } from '../testing/test-node.ts';

for (const level of ['plain', 'namespaces'] as const) {
  const skip = level === 'namespaces' && process.getuid?.() !== 0 ? 'needs root' : false;
  describe(`pods: ${level}`, { skip, timeout: 60_000 }, () => podTests(level));
}

function podTests(level: IsolationLevel): void {
  let node: TestNode;
  before(async () => {
    node = await createTestNode(level);
  });
  after(() => node.close());

  const status = (pod: Pod) => node.cluster.statuses.get(pod.metadata.name ?? '');
  const until = (pod: Pod, condition: (status: PodStatus) => unknown) =>
    node.cluster.until(() => {
      const found = status(pod);
      return found && condition(found) ? found : undefined;
    });
  const state = (found: PodStatus) => found.containerStatuses?.[0]?.state;

  async function log(pod: Pod, container = 'main', query = ''): Promise<string> {
    const source = node.pods.find('default', pod.metadata.name ?? '')?.logSource(container, false);
    if (typeof source !== 'object') return String(source);
    let text = '';
    const signal = new AbortController().signal;
    for await (const part of readLog(source, parseLogQuery(new URLSearchParams(query), Date.now()), signal))
      text += part;
    return text;
  }

  it('runs, becomes ready, and ends with its object', async () => {
    const command = ['sh', '-c', 'trap "echo bye; exit 0" TERM; echo hello; while :; do sleep 0.05; done'];
    const pod = testPod({ containers: [{ name: 'main', image: 'busybox', command }] });
    node.pods.update(pod);
    const found = await until(pod, (now) =>
      now.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
    assert.equal(found.phase, 'Running');
    assert.equal(found.qosClass, 'BestEffort');
    assert.match(found.containerStatuses?.[0]?.containerID ?? '', /^process:\/\/[0-9a-f]{64}$/);
    assert.deepEqual(
      node.cluster.events.map(({ reason }) => reason),
      ['Pulled', 'Created', 'Started'],
    );
    while (!(await log(pod)).includes('hello')) await new Promise((resolve) => setTimeout(resolve, 10));
    node.pods.update(deletedPod(pod));
    await node.cluster.until(() => node.cluster.deleted.includes(pod.metadata.name ?? ''));
    const last = status(pod);
    assert.equal(last?.phase, 'Succeeded');
    assert.equal(last?.containerStatuses?.[0]?.state?.terminated?.reason, 'Completed');
  });

  it('completes under restartPolicy Never, with the termination message', async () => {
    const file = level === 'plain' ? '"$(dirname "$0")/x"; echo' : '/dev/termination-log; echo';
    const say = level === 'plain' ? 'echo' : `echo done > ${file}`;
    const command = ['sh', '-c', `${say} output; exit 3`];
    const pod = testPod({
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'busybox', command, terminationMessagePolicy: 'FallbackToLogsOnError' }],
    });
    node.pods.update(pod);
    const found = await until(pod, ({ phase }) => phase === 'Failed');
    const terminated = state(found)?.terminated;
    assert.equal(terminated?.exitCode, 3);
    assert.equal(terminated?.reason, 'Error');
    assert.equal(terminated?.message?.trim(), level === 'plain' ? 'output' : 'done');
  });

  it('runs init containers in order, then the others, sharing a volume', async () => {
    const where = level === 'plain' ? '$(node -p \'JSON.parse(process.env.KINDRED_MOUNTS)["/data"]\')' : '/data';
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    const env = level === 'plain' ? [{ name: 'PATH', value: process.env['PATH'] ?? '' }] : [];
    const step = (name: string, script: string) => ({
      name,
      image: 'busybox',
      command: ['sh', '-c', `cd "${where}" && ${script}`],
      volumeMounts,
      env,
    });
    const pod = testPod({
      restartPolicy: 'Never',
      volumes: [{ name: 'data', emptyDir: {} }],
      initContainers: [step('first', 'echo 1 >> order'), step('second', 'echo 2 >> order')],
      containers: [step('main', 'cat order')],
    });
    node.pods.update(pod);
    const found = await until(pod, ({ phase }) => phase === 'Succeeded' || phase === 'Failed');
    assert.equal(await log(pod), '1\n2\n');
    assert.equal(found.phase, 'Succeeded');
    assert.deepEqual(
      found.initContainerStatuses?.map(({ ready }) => ready),
      [true, true],
    );
  });

  it('has ended when its sidecars have', async () => {
    const run = (name: string, script: string) => ({ name, image: 'busybox', command: ['sh', '-c', script] });
    const side = run('side', 'trap "sleep 0.3; exit 0" TERM; while :; do sleep 0.05; done');
    const pod = testPod({
      restartPolicy: 'Never',
      initContainers: [{ ...side, restartPolicy: 'Always' }],
      containers: [run('main', 'sleep 0.2')],
    });
    node.pods.update(pod);
    const working = await until(pod, (now) => state(now)?.terminated);
    assert.equal(working.phase, 'Running');
    const found = await until(pod, ({ phase }) => phase === 'Succeeded');
    const [after] = found.initContainerStatuses ?? [];
    assert.equal(after?.ready, false);
    assert.equal(after?.state?.terminated?.reason, 'Completed');
    node.pods.remove(pod);
  });

  it('restarts at once, then backs off', async () => {
    const pod = testPod({ containers: [{ name: 'main', image: 'busybox', command: ['false'] }] });
    node.pods.update(pod);
    const found = await until(pod, (now) => state(now)?.waiting?.reason === 'CrashLoopBackOff');
    assert.equal(found.containerStatuses?.[0]?.restartCount, 1);
    assert.equal(found.containerStatuses?.[0]?.lastState?.terminated?.exitCode, 1);
    assert.match(
      state(found)?.waiting?.message ?? '',
      /^back-off 10s restarting failed container=main pod=pod-\d+_default\(/,
    );
    node.pods.remove(pod);
  });

  it('names an image that it does not have', async () => {
    const pod = testPod({ containers: [{ name: 'main', image: 'example.com/nothing:1' }] });
    node.pods.update(pod);
    const found = await until(pod, (now) => state(now)?.waiting?.reason === 'ErrImagePull');
    assert.match(state(found)?.waiting?.message ?? '', /"example.com\/nothing:1".*nginx/);
    node.pods.remove(pod);
  });

  it('waits for a missing ConfigMap and goes on when it is there', async () => {
    const from = { configMapKeyRef: { name: 'settings', key: 'color' } };
    const container = {
      name: 'main',
      image: 'busybox',
      command: ['sh', '-c', 'echo $COLOR'],
      env: [{ name: 'COLOR', valueFrom: from }],
    };
    const pod = testPod({
      restartPolicy: 'Never',
      containers: [container],
      volumes: [{ name: 'v', configMap: { name: 'settings' } }],
    });
    node.pods.update(pod);
    const event = await node.cluster.until(() => node.cluster.events.find(({ reason }) => reason === 'FailedMount'));
    assert.match(event.message, /volume "v" : configmap "settings" not found/);
    node.cluster.configMaps.set('default/settings', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {},
      data: { color: 'blue' },
    });
    await until(pod, ({ phase }) => phase === 'Succeeded');
    assert.equal(await log(pod), 'blue\n');
  });

  it('restarts a container whose liveness probe fails', async () => {
    const livenessProbe = { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 };
    const command = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.05; done'];
    const pod = testPod({ containers: [{ name: 'main', image: 'busybox', command, livenessProbe }] });
    node.pods.update(pod);
    await until(pod, (now) => now.containerStatuses?.[0]?.restartCount === 1);
    assert.ok(
      node.cluster.events.some(({ message }) => message === 'Container main failed liveness probe, will be restarted'),
    );
    node.pods.remove(pod);
  });
}
