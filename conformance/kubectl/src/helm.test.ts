/** The life of a chart as `helm create` makes it, by the real helm, and then by `kindred helm` as users start it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { kindredProgram, runCommand, TestPlatform } from '@kindred-conformance/clients';

let platform: TestPlatform;
let chart: string;
const wait = ['--wait', '--timeout', '30s'];

before(async () => {
  platform = await TestPlatform.start({ args: ['--extensions', 'none'] });
  chart = join(platform.directory, 'shop');
  await helm('create', chart);
});
after(() => platform.stop());

async function helm(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await platform.helm(args);
  assert.equal(code, 0, `helm ${args.join(' ')}:\n${stderr}${stdout}`);
  assert.doesNotMatch(stderr, /warn/i);
  return stdout;
}

test('install waits until the release is ready', async () => {
  assert.match(await helm('install', 'shop', chart, ...wait), /^STATUS: deployed$/m);
  // The chart's probes have periods of 10 s: a container that is ready at once need not wait for the second try.
  const times =
    '{.items[0].status.containerStatuses[0].state.running.startedAt} {.items[0].status.conditions[?(@.type=="Ready")].lastTransitionTime}';
  const [running = '', ready = ''] = (await platform.kubectlOk(['get', 'pods', '-o', `jsonpath=${times}`])).split(' ');
  assert.ok(Date.parse(ready) - Date.parse(running) < 9000, `ran at ${running}, was ready at ${ready}`);
  assert.match(await platform.kubectlOk(['get', 'deploy', 'shop']), /^shop +1\/1 /m);
  const events = await platform.kubectlOk(['get', 'events', '--field-selector=type=Warning', '-o', 'name']);
  assert.equal(events, '');
});

test('list and status', async () => {
  assert.match(await helm('list'), /^shop\s+default\s+1\s.*deployed\s+shop-0\.1\.0/m);
  assert.match(await helm('status', 'shop'), /^==> v1\/Deployment$/m);
});

/** The chart's test asks for the service by its name, which plain processes can't resolve. */
const needsRoot = process.getuid?.() !== 0 && 'needs root';
test('test runs the pod of the chart', { skip: needsRoot }, async () => {
  assert.match(await helm('test', 'shop'), /^Phase: +Succeeded$/m);
});

test('upgrade and rollback keep a history', async () => {
  assert.match(await helm('upgrade', 'shop', chart, '--set', 'replicaCount=2', ...wait), /has been upgraded/);
  assert.match(await platform.kubectlOk(['get', 'deploy', 'shop']), /^shop +2\/2 /m);
  assert.match(await helm('rollback', 'shop', '1', ...wait), /Rollback was a success/);
  assert.match(await platform.kubectlOk(['get', 'deploy', 'shop']), /^shop +1\/1 /m);
  assert.match(await helm('history', 'shop'), /^3\s.*deployed.*Rollback to 1\s*$/m);
});

test('a release that cannot become ready fails in time', async () => {
  const args = ['install', 'broken', chart, '--set', 'image.repository=example.com/none', '--wait', '--timeout', '3s'];
  const { code, stderr } = await platform.helm(args);
  assert.equal(code, 1);
  assert.match(stderr, /not ready|deadline|InProgress/i);
  await helm('uninstall', 'broken', '--wait');
});

test('uninstall leaves nothing', async () => {
  assert.equal(await helm('uninstall', 'shop', '--wait'), 'release "shop" uninstalled\n');
  const left = await platform.kubectlOk(['get', 'deploy,rs,svc,sa,secrets', '-o', 'name']);
  assert.equal(left, 'service/kubernetes\nserviceaccount/default\n');
});

async function kindredHelm(...args: string[]): Promise<string> {
  const environment = { HOME: platform.directory, KUBECONFIG: platform.kubeconfig };
  const { code, stdout, stderr } = await runCommand(process.execPath, [kindredProgram, 'helm', ...args], {
    environment,
  });
  assert.equal(code, 0, `kindred helm ${args.join(' ')}:\n${stderr}${stdout}`);
  return stdout;
}

test('kindred helm takes a release through the same life, and the real helm agrees', { skip: needsRoot }, async () => {
  assert.match(await kindredHelm('install', 'ours', chart, ...wait), /^STATUS: deployed$/m);
  assert.match(await kindredHelm('test', 'ours'), /^Phase: +Succeeded$/m);
  await kindredHelm('upgrade', 'ours', chart, '--set', 'replicaCount=2', ...wait);
  assert.match(await platform.kubectlOk(['get', 'deploy', 'ours-shop']), /^ours-shop +2\/2 /m);
  await kindredHelm('rollback', 'ours', '1', ...wait);
  assert.equal(await kindredHelm('history', 'ours', '-o', 'json'), await helm('history', 'ours', '-o', 'json'));
  assert.match(await kindredHelm('status', 'ours'), /^==> v1\/Pod\(related\)\nNAME +READY +STATUS/m);
  assert.equal(await kindredHelm('uninstall', 'ours', '--wait'), 'release "ours" uninstalled\n');
  assert.equal(await platform.kubectlOk(['get', 'deploy,secrets', '-o', 'name']), '');
});
