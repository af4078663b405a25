/** A release whose pods really run: hooks with logs, a test, waiting; `kindred helm` and the real helm take turns. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CommandResult, kindredProgram, runCommand, TestPlatform } from '@kindred-conformance/clients';

const HOOK = `apiVersion: batch/v1
kind: Job
metadata:
  name: hello
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-output-log-policy: hook-succeeded,hook-failed
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, command: [sh, -c, "echo hello from {{ .Release.Revision }}; exit {{ .Values.code | default 0 }}"]}]
`;

let platform: TestPlatform;
let chart: string;

before(async () => {
  platform = await TestPlatform.start({ args: ['--extensions', 'none'] });
  chart = join(platform.directory, 'shop');
  await platform.helm(['create', chart]);
  await writeFile(join(chart, 'templates/hook.yaml'), HOOK);
});
after(() => platform.stop());

function ours(...args: readonly string[]): Promise<CommandResult> {
  const environment = { KUBECONFIG: join(platform.directory, 'kubeconfig'), HOME: platform.directory };
  return runCommand(process.execPath, [kindredProgram, 'helm', ...args], { environment });
}

test('install, upgrades that fail and succeed, uninstall', { timeout: 90_000 }, async () => {
  const installed = await ours('install', 'shop', chart, '--wait', '--timeout', '40s');
  assert.equal(installed.code, 0, installed.stderr);
  assert.match(installed.stderr, /hello from 1/);
  assert.match(await platform.kubectlOk(['get', 'deploy', 'shop']), /^shop +1\/1 /m);

  const failed = await ours('upgrade', 'shop', chart, '--set', 'code=3', '--timeout', '30s');
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /hello from 2/);
  assert.match(
    failed.stderr,
    /^Error: UPGRADE FAILED: pre-upgrade hooks failed: resource Job\/default\/hello not ready/m,
  );

  const byHelm = await platform.helm([
    'upgrade',
    'shop',
    chart,
    '--set',
    'replicaCount=2',
    '--wait',
    '--timeout',
    '30s',
  ]);
  assert.equal(byHelm.code, 0, byHelm.stderr);
  const back = await ours('rollback', 'shop', '1', '--wait', '--timeout', '30s');
  assert.equal(back.code, 0, back.stderr);
  assert.match(await platform.kubectlOk(['get', 'deploy', 'shop']), /^shop +1\/1 /m);
  assert.equal((await ours('uninstall', 'shop', '--wait')).stdout, 'release "shop" uninstalled\n');
  assert.doesNotMatch(await platform.kubectlOk(['get', 'secrets,leases,jobs,deploy', '-o', 'name']), /helm|hello|shop/);
});
