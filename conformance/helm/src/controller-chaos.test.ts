/**
 * Anything may happen in any order: the object changes, somebody changes or deletes its objects, helm rolls back, the
 * controller is killed and comes back. In the end the release is what the object says, and helm's history is whole.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap } from '@kindred/apis/core/v1';
import { isStatusError } from '@kindred/machinery';
import fc from 'fast-check';
import {
  eventually,
  inline,
  isReady,
  type ReleaseCluster,
  releaseCluster,
  webChart,
} from './fixtures/release-cluster.ts';

type Step = {
  readonly type: 'values' | 'break' | 'drift' | 'delete' | 'rollback' | 'restart' | 'rest';
  readonly text: string;
};

const step: fc.Arbitrary<Step> = fc.record({
  type: fc.constantFrom('values', 'values', 'break', 'drift', 'delete', 'rollback', 'restart', 'rest'),
  text: fc.constantFrom('red', 'green', 'blue'),
});

const at = { namespace: 'default', name: 'web-config' };

async function perform(cluster: ReleaseCluster, { type, text }: Step): Promise<void> {
  switch (type) {
    case 'values':
      return cluster.change('web', { values: { color: text, broken: false } });
    case 'break':
      return cluster.change('web', { values: { color: text, broken: true } });
    case 'drift':
      await cluster.client.mergePatch(ConfigMap, at, { data: { color: 'drifted' } }).catch(unlessMissing);
      return;
    case 'delete':
      return cluster.client.delete(ConfigMap, at).catch(unlessMissing);
    case 'rollback':
      // It may be refused: the controller may be at work, or there may be nothing to go back to.
      await cluster.helm('rollback', 'web', '--namespace', 'default');
      return;
    case 'restart':
      await cluster.stop();
      return cluster.startAgain();
    case 'rest':
      return cluster.atRest();
  }
}

function unlessMissing(error: unknown): undefined {
  if (isStatusError(error, 'NotFound')) return undefined;
  throw error;
}

test('whatever happens, the release becomes what its object says', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.release('web', {
    chart: inline(webChart()),
    values: { color: 'red' },
    driftDetection: { mode: 'enabled' },
    externalChanges: 'revert',
    upgrade: { remediation: { retries: 1 } },
  });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      for (const each of steps) await perform(cluster, each);
      round++;
      await cluster.change('web', { values: { color: `end-${round}`, broken: false } });
      await cluster.until('web', isReady);
      await eventually(
        () => cluster.data('web-config'),
        (data) => data?.['color'] === `end-${round}`,
      );
      const { stdout } = await cluster.helm('history', 'web', '--namespace', 'default', '--output', 'json');
      const history: { revision: number; status: string }[] = JSON.parse(stdout);
      const deployed = history.filter(({ status }) => status === 'deployed');
      assert.deepEqual(
        deployed.map(({ revision }) => revision),
        [history.at(-1)?.revision],
        stdout,
      );
    }),
    { numRuns: 4, endOnFailure: true },
  );
  assert.deepEqual(cluster.errors, []);
});
