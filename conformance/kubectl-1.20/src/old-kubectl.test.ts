/** A kubectl of 2021 against the whole platform: what people with an old client, or an old script, still do. */
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type CommandResult, type RunOptions, runCommand, TestPlatform } from '@kindred-conformance/clients';
import { findKubectl } from './find-kubectl.ts';

const found = await findKubectl();
const program = 'path' in found ? found.path : '';
const skip = 'missing' in found && found.missing;

const manifest = (name: string): string =>
  fileURLToPath(new URL(`../../../examples/website/manifests/${name}.yaml`, import.meta.url));

const settings = (x: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {x: "${x}", other: keep}
`;

describe('kubectl 1.20', { skip }, () => {
  let platform: TestPlatform;

  before(async () => {
    platform = await TestPlatform.start({ args: ['--extensions', 'none'] });
  });
  after(() => platform.stop());

  const run = (args: readonly string[], options: RunOptions = {}): Promise<CommandResult> => {
    const flags = ['--kubeconfig', platform.kubeconfig, '--cache-dir', join(platform.directory, 'old-cache')];
    return runCommand(program, [...flags, ...args], { timeout: 30_000, ...options });
  };
  const ok = async (args: readonly string[], options: RunOptions = {}): Promise<string> => {
    const { code, stdout, stderr } = await run(args, options);
    assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  test('explains kinds and checks manifests with OpenAPI v2', async () => {
    assert.match(await ok(['explain', 'deployment.spec.replicas']), /^FIELD: +replicas <integer>$/m);
    assert.match(await ok(['api-resources', '--api-group=apps']), /^deployments +deploy +apps\/v1 +true +Deployment$/m);
    const wrong = settings('1').replace('\ndata:', '\ndataa:');
    const { code, stderr } = await run(['apply', '-f', '-'], { input: wrong });
    assert.equal(code, 1);
    assert.match(stderr, /unknown field "dataa" in io\.k8s\.api\.core\.v1\.ConfigMap/);
  });

  test('applies, compares, patches and edits', async () => {
    assert.equal(await ok(['apply', '-f', '-'], { input: settings('1') }), 'configmap/settings created\n');
    assert.equal(await ok(['apply', '-f', '-'], { input: settings('1') }), 'configmap/settings unchanged\n');
    const difference = await run(['diff', '-f', '-'], { input: settings('2') });
    assert.equal(difference.code, 1, difference.stderr);
    assert.match(difference.stdout, /^- +x: "1"\n\+ +x: "2"$/m);
    assert.equal(await ok(['apply', '-f', '-'], { input: settings('2') }), 'configmap/settings configured\n');
    await ok(['patch', 'configmap', 'settings', '-p', '{"data":{"z":"3"}}']);
    const editor = join(platform.directory, 'editor.sh');
    await writeFile(editor, '#!/bin/sh\nexec sed -i \'s/^  z: "3"$/  z: "4"/\' "$1"\n');
    await chmod(editor, 0o755);
    await ok(['edit', 'configmap', 'settings'], { environment: { KUBE_EDITOR: editor } });
    const data = await ok(['get', 'configmap', 'settings', '-o', 'jsonpath={.data}']);
    assert.deepEqual(JSON.parse(data), { x: '2', other: 'keep', z: '4' });
    assert.equal(
      await ok(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: settings('5') }),
      'configmap/settings serverside-applied\n',
    );
    await ok(['delete', 'configmap', 'settings']);
  });

  test('makes kinds in the versions of its time', async () => {
    await ok(['create', 'cronjob', 'tick', '--schedule=0 0 1 1 *', '--image=nginx:alpine', '--', 'true']);
    assert.match(await ok(['get', 'cronjobs']), /^tick +0 0 1 1 \* +<none> +False +0 /m);
    await ok(['create', 'poddisruptionbudget', 'web', '--selector=app=web', '--min-available=1']);
    assert.match(await ok(['get', 'pdb']), /^web +1 +N\/A /m);
    await ok(['apply', '-f', manifest('website-crd-v1beta1')]);
    await ok(['wait', '--for=condition=Established', 'crd/websites.extensions.example.com', '--timeout=10s']);
    await ok(['apply', '-f', manifest('website-kubia')]);
    assert.match(await ok(['get', 'websites']), /^kubia /m);
    assert.match(await ok(['describe', 'website', 'kubia']), /^Kind: +Website$/m);
    await ok(['delete', 'website', 'kubia']);
    await ok(['apply', '-f', manifest('website-controller-v1beta1')]);
    assert.match(await ok(['describe', 'deployment', 'website-controller']), /^Name: +website-controller$/m);
    await ok(['delete', '-f', manifest('website-controller-v1beta1')]);
  });

  test('runs and rolls a Deployment', async () => {
    await ok(['delete', 'pdb', 'web', '--ignore-not-found']);
    await ok(['create', 'deployment', 'web', '--image=nginx:alpine']);
    await ok(['scale', 'deployment', 'web', '--replicas=2']);
    await ok(['set', 'env', 'deployment/web', 'A=b']);
    assert.match(await ok(['rollout', 'status', 'deployment/web', '--timeout=20s']), /successfully rolled out\n$/);
    assert.match(await ok(['rollout', 'history', 'deployment/web']), /^2 +<none>$/m);
    assert.equal(await ok(['rollout', 'undo', 'deployment/web']), 'deployment.apps/web rolled back\n');
    await ok(['rollout', 'status', 'deployment/web', '--timeout=20s']);
    assert.match(await ok(['describe', 'deployment', 'web']), /^Replicas: +2 desired \| 2 updated/m);
    assert.match(await ok(['get', 'all', '-l', 'app=web']), /^deployment\.apps\/web +2\/2 /m);
    await ok(['logs', 'deployment/web', '--tail=1']);
    assert.match(await ok(['auth', 'can-i', 'create', 'pods']), /^yes$/m);
    assert.equal(await ok(['delete', 'deployment', 'web']), 'deployment.apps "web" deleted\n');
  });
});
