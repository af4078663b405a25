/** The extension as `kindred up` runs it: from the bundle, as a user with just its role; kubectl and helm see the rest. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { TestPlatform } from '@kindred-conformance/clients';
import { inline, webChart } from './fixtures/release-cluster.ts';

test('kindred up --extensions helm: kubectl applies a HelmRelease, waits for it, and helm lists the release', async (t) => {
  const args = ['--extensions', 'helm', '--store', 'memory', '--runtime', 'none'];
  const platform = await TestPlatform.start({ args });
  t.after(() => platform.stop());
  const manifest = {
    apiVersion: 'helm.kindred.dev/v1',
    kind: 'HelmRelease',
    metadata: { name: 'web', namespace: 'default' },
    spec: { chart: inline(webChart()), values: { color: 'blue' } },
  };
  const file = join(platform.directory, 'release.json');
  await writeFile(file, JSON.stringify(manifest));
  const run = async (program: 'kubectl' | 'helm', ...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await platform[program](args);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  await run('kubectl', 'apply', '--filename', file);
  await run('kubectl', 'wait', '--for=condition=Ready', '--timeout=30s', 'helmreleases.helm.kindred.dev/web');
  assert.equal(await run('kubectl', 'get', 'configmap', 'web-config', '--output', 'jsonpath={.data.color}'), 'blue');
  const columns = await run('kubectl', 'get', 'helmreleases.helm.kindred.dev');
  assert.match(columns, /^NAME +READY +REVISION +VERSION +STATUS +AGE\nweb +True +1 +1\.0\.0 +Helm install succeeded/);
  assert.match(await run('helm', 'list'), /^web\s+default\s+1\s.*deployed\s+web-1\.0\.0\s+7/m);
  const wrong = { ...manifest, spec: { ...manifest.spec, values: { color: 7 } } };
  await writeFile(file, JSON.stringify(wrong));
  const refusal = 'The HelmRelease "web" is invalid: spec.values.color: Invalid value: 7: got number, want string\n';
  for (const flags of [[], ['--dry-run=server'], ['--server-side']]) {
    const { code, stdout, stderr } = await platform.kubectl(['apply', '--filename', file, ...flags]);
    assert.deepEqual([code, stdout, stderr], [1, '', refusal], flags.join(' '));
  }
  await run('kubectl', 'delete', 'helmreleases.helm.kindred.dev/web', '--timeout=30s');
  assert.equal((await run('helm', 'list', '--short')).trim(), '');
});
