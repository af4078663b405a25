/** `--stable-generators` of the command: what a chart generates stays, is written before it is used, and goes with the release. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import { ownCommand } from './fixtures/own-command.ts';
import { httpCluster } from './http-cluster.ts';

const template = (more: string): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data:
  color: {{ .Values.color }}
  token: {{ randAlphaNum 24 }}
${more}`;

test('with --stable-generators upgrades and diffs keep what was generated; without it they do as helm does', async (t) => {
  const cluster = await httpCluster(t);
  const { client, requests } = cluster;
  const command = await ownCommand(t, cluster);
  await command.write('web/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
  await command.write('web/values.yaml', 'color: red\n');
  await command.write('web/templates/all.yaml', template('  id: {{ uuidv4 }}\n'));
  const run = async (...words: string[]): Promise<string> => {
    const { code, output, errors } = await command.run(...words);
    assert.equal(code, 0, errors);
    return output;
  };
  const data = async () => (await client.get(ConfigMap, { namespace: 'default', name: 'r' })).data ?? {};
  const at = { namespace: 'default', name: 'sh.kindred.generators.v1.r' };
  const kept = async () => {
    const { data: stored } = await client.get(Secret, at);
    return Object.keys(JSON.parse(Buffer.from(stored?.['generators'] ?? '', 'base64').toString())).length;
  };

  await run('install', 'r', './web', '--stable-generators');
  const first = await data();
  assert.equal(await kept(), 2);
  const writes = requests.filter(({ method }) => method === 'POST' || method === 'PATCH').map(({ path }) => path);
  assert.ok(writes.findIndex((path) => /secrets/.test(path)) <= writes.findIndex((path) => /configmaps\/r/.test(path)));

  const same = await run('diff', 'upgrade', 'r', './web', '--stable-generators', '--set', 'color=blue');
  assert.deepEqual(same.match(/^[-+] .*$/gm), ['-  color: red', '+  color: blue']);
  const other = await run('diff', 'upgrade', 'r', './web');
  assert.equal(other.match(/^[-+] .*$/gm)?.length, 4);

  await run('upgrade', 'r', './web', '--stable-generators', '--set', 'color=blue');
  assert.deepEqual(await data(), { ...first, color: 'blue' });

  // What is asked for no more is forgotten once that is deployed, and what fails forgets nothing.
  await command.write('web/templates/all.yaml', template('  "invalid\n'));
  assert.equal((await command.run('upgrade', 'r', './web', '--stable-generators')).code, 1);
  assert.equal(await kept(), 2);
  await command.write('web/templates/all.yaml', template(''));
  await run('upgrade', 'r', './web', '--stable-generators');
  assert.equal((await data())['token'], first['token']);
  assert.equal(await kept(), 1);

  await client.mergePatch(Secret, at, { stringData: { generators: '{"broken' } });
  const broken = await command.run('upgrade', 'r', './web', '--stable-generators');
  assert.match(broken.errors, /the generated values in Secret default\/sh\.kindred\.generators\.v1\.r can't be read/);
  await run('uninstall', 'r');
  assert.deepEqual((await client.list(Secret, { namespace: 'default' })).items, []);
});
