/** What keeps a platform from starting is said in words, with an exit code, and changes nothing. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kindredProgram, runCommand, TestPlatform } from '@kindred-conformance/clients';

const bare = ['--runtime', 'none', '--extensions', 'none'];

describe('a start that fails', () => {
  let root = '';
  let number = 0;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kindred-faults-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  /** A data directory of its own, not made yet. */
  const place = (): string => join(root, `data-${number++}`);
  const up = (directory: string, ...args: string[]) =>
    runCommand(
      process.execPath,
      [kindredProgram, 'up', '--data-dir', directory, '--secure-port', '0', ...bare, ...args],
      { timeout: 20_000 },
    );
  /** Starts and ends a platform, so that the directory has everything that one has. */
  async function used(): Promise<string> {
    const directory = join(root, `used-${number++}`);
    await mkdir(directory);
    const platform = await TestPlatform.start({ directory, args: bare });
    await platform.end();
    return join(directory, 'data');
  }

  it('names an unknown flag, a wrong value, and an unknown command, with exit code 2', async () => {
    const cases: [string[], RegExp][] = [
      [['up', '--colour', 'red'], /--colour/],
      [['up', '--secure-port', '99999'], /--secure-port takes a number from 0 to 65535, not "99999"/],
      [['up', '--store', 'etcd'], /--store takes sqlite, memory, not "etcd"/],
      [['up', '--runtime', 'docker'], /--runtime takes auto, process, none, not "docker"/],
      [['up', 'now'], /now/],
      [['down'], /There is no command "down"/],
    ];
    const run = async ([args, message]: [string[], RegExp]) => {
      const { code, stderr } = await runCommand(process.execPath, [kindredProgram, ...args]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, / at .*:\d+:\d+/);
    };
    await Promise.all(cases.map(run));
  });

  it('names the port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await up(place(), '--secure-port', String(port));
    server.close();
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`port ${port} on 127.0.0.1 is already taken`));
    assert.match(stderr, /--secure-port/);
  });

  it('names the process that has the data directory', async () => {
    await using platform = await TestPlatform.start({ args: bare });
    const { code, stderr } = await up(join(platform.directory, 'data'));
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`in use by process ${platform.pid}`));
    assert.match(stderr, /--data-dir/);
  });

  it('leaves a data directory of a newer version alone', async () => {
    const directory = place();
    await mkdir(directory);
    await writeFile(join(directory, 'format'), '9\n');
    const { code, stderr } = await up(directory);
    assert.equal(code, 1);
    assert.match(stderr, /has format 9; this Kindred knows format 1/);
    assert.equal(await readFile(join(directory, 'format'), 'utf8'), '9\n');
  });

  it('says why a data directory cannot be made', async () => {
    const file = place();
    await writeFile(file, '');
    const { code, stderr } = await up(join(file, 'below'));
    assert.equal(code, 1);
    assert.match(stderr, /The data directory .* cannot be used/);
  });

  it('says why a data directory cannot be written', {
    skip: process.getuid?.() === 0 ? false : 'needs root',
  }, async () => {
    const directory = place();
    await mkdir(directory, { mode: 0o755 });
    const args = [kindredProgram, 'up', '--data-dir', directory, '--secure-port', '0', ...bare];
    const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, ...args];
    const { code, stderr } = await runCommand('setpriv', drop, { timeout: 20_000 });
    assert.equal(code, 1);
    assert.match(stderr, /The data directory .* cannot be used: EACCES|Cannot find module|EACCES/);
  });

  it('says where the kubeconfig cannot be written', async () => {
    const file = place();
    await writeFile(file, '');
    const { code, stderr } = await up(place(), '--write-kubeconfig', join(file, 'kubeconfig'));
    assert.equal(code, 1);
    assert.match(stderr, /The kubeconfig .*kubeconfig cannot be written/);
  });

  it('names an extension that is not there, or is none', async () => {
    const module = join(root, 'empty.mjs');
    await writeFile(module, 'export default 7;\n');
    const [unknown, missing, wrong] = await Promise.all([
      up(place(), '--extensions', 'blog'),
      up(place(), '--extensions', './no-such-file.mjs'),
      up(place(), '--extensions', module),
    ]);
    assert.match(unknown.stderr, /There is no extension "blog"\nBundled extensions: website, helm/);
    assert.match(missing.stderr, /The extension .*no-such-file.mjs cannot be loaded/);
    assert.match(wrong.stderr, /does not export an extension as default/);
    assert.deepEqual([unknown.code, missing.code, wrong.code], [1, 1, 1]);
  });

  it('names a store file that is damaged', async () => {
    const directory = await used();
    const file = join(directory, 'store', 'kindred.db');
    await writeFile(file, 'this is no database, whatever its name says'.repeat(200));
    const { code, stderr } = await up(directory);
    assert.equal(code, 1);
    assert.match(stderr, /kindred\.db/);
    assert.match(stderr, /damaged|not a database/);
    assert.doesNotMatch(stderr, / at .*:\d+:\d+/);
  });

  it('names a damaged authority, and issues other certificates anew', async () => {
    const directory = await used();
    const pki = (name: string) => join(directory, 'pki', name);
    for (const name of ['admin.crt', 'apiserver.key', 'node.crt', 'apiserver-kubelet-client.key']) {
      await writeFile(pki(name), '-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n');
    }
    const ca = await readFile(pki('ca.crt'));
    const again = await TestPlatform.start({ directory: join(directory, '..'), args: bare });
    assert.match(await again.kubectlOk(['get', 'namespaces']), /kube-system/);
    await again.end();
    assert.deepEqual(await readFile(pki('ca.crt')), ca);
    for (const name of ['ca.crt', 'ca.key', 'sa.key']) {
      const content = await readFile(pki(name));
      await writeFile(pki(name), 'nonsense');
      const { code, stderr } = await up(directory);
      assert.equal(code, 1, name);
      assert.match(stderr, new RegExp(`${name.replace('.', '\\.')} .*damaged`), name);
      assert.doesNotMatch(stderr, / at .*:\d+:\d+/);
      await writeFile(pki(name), content);
    }
  });
});
