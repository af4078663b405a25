/** A kubectl of 2021, as Debian had it (kubernetes-client 1.20): where one is installed, it still does its part. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { runCommand, TestPlatform } from '@kindred-conformance/clients';
import { manifest } from './manifests.ts';

const program = await findOldKubectl();
const skip = program === undefined && 'needs a kubectl 1.20 (Debian package kubernetes-client)';

test('kubectl 1.20 applies the manifests of its time', { skip }, async () => {
  await using platform = await TestPlatform.start({ args: ['--extensions', 'none', '--runtime', 'none'] });
  const kubectl = async (...args: string[]): Promise<string> => {
    const flags = ['--kubeconfig', platform.kubeconfig, '--cache-dir', join(platform.directory, 'old-cache')];
    const { code, stdout, stderr } = await runCommand(program ?? '', [...flags, ...args]);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  await kubectl('apply', '-f', manifest('website-crd-v1beta1'));
  await kubectl('wait', '--for=condition=Established', 'crd/websites.extensions.example.com', '--timeout=10s');
  await kubectl('apply', '-f', manifest('website-kubia'));
  assert.match(await kubectl('get', 'websites'), /^kubia /m);
  await kubectl('apply', '-f', manifest('website-controller-v1beta1'));
  assert.match(await kubectl('describe', 'deployment', 'website-controller'), /^Name: +website-controller$/m);
  await kubectl('delete', 'website', 'kubia');
});

async function findOldKubectl(): Promise<string | undefined> {
  const names = ['kubectl', 'kubectl1.20', 'kubectl-1.20'];
  const paths = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((directory) => names.map((name) => join(directory, name)));
  for (const path of new Set(paths)) {
    if (!existsSync(path)) continue;
    const { stdout } = await runCommand(path, ['version', '--client', '--output=json'], { timeout: 10_000 });
    if (/"gitVersion": "v1\.20\./.test(stdout)) return path;
  }
  return undefined;
}
