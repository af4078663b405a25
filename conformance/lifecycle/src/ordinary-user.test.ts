/** Without root: pods are plain processes, what they lack is said at start, and the Website journey works all the same. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventually, kindredProgram, runCommand, TestPlatform, withDescendants } from '@kindred-conformance/clients';
import { fetchPage } from './fetch-page.ts';

/** Nobody's own; used where the tests themselves run as root. */
const someUser = 64_321;

async function canRead(user: number): Promise<boolean> {
  const drop = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', process.execPath, kindredProgram, 'version'];
  return (await runCommand('setpriv', drop)).code === 0;
}

it('serves a Website as an ordinary user', async (t) => {
  const isRoot = process.getuid?.() === 0;
  if (isRoot && !(await canRead(someUser))) return t.skip('this checkout can be read by root only');
  const platform = await TestPlatform.start(isRoot ? { user: someUser } : {});
  t.after(() => platform.stop());

  assert.match(platform.output, /Pods run as plain processes: only root may make namespaces with a network/);
  assert.match(platform.output, /Ports below 1024 are not open to this user|Each pod has a loopback address/);
  assert.match((await fetchPage(platform.printed('page'))) ?? '', /<html/);
  assert.match(await platform.kubectlOk(['get', 'pods']), /kubia-website-\S+ +2\/2 +Running/);
  assert.match(await platform.kubectlOk(['logs', 'deploy/kubia-website', '--container', 'main']), /"GET \/ HTTP/);

  const pods = withDescendants(platform.pid);
  await platform.kubectlOk(['delete', 'website', 'kubia']);
  await eventually('the pod to go', async () =>
    (await platform.kubectlOk(['get', 'deployments,replicasets,pods', '--output', 'name'])) === '' ? true : undefined,
  );
  assert.ok(withDescendants(platform.pid).length < pods.length);
  const { code, milliseconds } = await platform.end();
  assert.equal(code, 0);
  assert.ok(milliseconds < 5_000);
});
