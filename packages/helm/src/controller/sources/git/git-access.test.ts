/** Git over HTTPS with everything that a Secret may say, and over SSH by a real sshd. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { selfSignedCertificate } from '@kindred/client/testing';
import { SourceError } from '../source-error.ts';
import { fetchGitChart } from './git-source.ts';
import { CHART_YAML, testRepository } from './testing.ts';

const run = promisify(execFile);

const sshd = ['/usr/sbin', ...(process.env['PATH'] ?? '').split(':')]
  .map((directory) => join(directory, 'sshd'))
  .find((path) => existsSync(path));
/** sshd lets nobody in whose shell lets nobody in. */
const mayLogIn = !/\/(?:nologin|false)$/.test(userInfo().shell ?? '');
const skip =
  (sshd === undefined && 'needs sshd (Debian package openssh-server)') || (!mayLogIn && 'needs a user who may log in');

const secret = (name: string) => ({ secret: { namespace: '', name } });

function failsWith(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SourceError, String(error));
    assert.match(error.message, pattern);
    return true;
  };
}

/** The files of a repository over HTTPS, for who knows the word. */
async function serveFiles(t: TestContext, directory: string, word: string) {
  const tls = await selfSignedCertificate();
  const server = createServer(tls, (request, response) => {
    if (request.headers.authorization !== word) {
      response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      return;
    }
    const { pathname } = new URL(request.url ?? '/', 'https://x');
    readFile(join(directory, pathname)).then(
      (data) => response.end(data),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => server.close());
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}/.git`, cert: tls.cert };
}

test('HTTPS: an authority of its own, a password, a token; neither without it', async (t) => {
  const secrets: Record<string, object> = {};
  const { directory, git, commit, source, options } = await testRepository(t, secrets);
  const first = await commit({ 'Chart.yaml': CHART_YAML });
  await git('update-server-info');
  const basic = await serveFiles(t, directory, `Basic ${Buffer.from('ann:pass').toString('base64')}`);
  const bearer = await serveFiles(t, directory, 'Bearer t0ken');
  const caFile = join(directory, 'ca');
  await writeFile(caFile, basic.cert + bearer.cert);
  secrets['basic'] = { data: { username: 'ann', password: 'pass' }, tls: { caFile } };
  secrets['bearer'] = { data: { bearerToken: 't0ken\n' }, tls: { caFile } };
  secrets['wrong'] = { data: { username: 'ann', password: 'hunter2' }, tls: { caFile } };
  secrets['strange'] = { data: { username: 'ann', password: 'pass' } };
  secrets['proxied'] = { data: {}, tls: { caFile }, proxy: new URL('http://me:hunter2@127.0.0.1:1') };
  const fetch = (url: string, name: string) => fetchGitChart(source({ url, access: secret(name) }), options);
  assert.equal((await fetch(basic.url, 'basic')).origin, first);
  assert.equal((await fetch(bearer.url, 'bearer')).origin, first);
  for (const [name, message] of [
    ['wrong', /Authentication failed|could not read Username/],
    ['strange', /certificate/],
    ['proxied', /127\.0\.0\.1 port 1/],
  ] as const) {
    await assert.rejects(fetch(basic.url, name), (error: unknown) => {
      assert.doesNotMatch(String(error), /hunter2/);
      return failsWith(message)(error);
    });
  }
});

interface SshServer {
  readonly url: (path: string) => string;
  readonly knownHosts: string;
  readonly keys: Readonly<Record<'plain' | 'locked' | 'other', string>>;
}

/** Sshd as inetd starts it: a process for each connection, which it is handed. */
async function startSshd(t: TestContext, directory: string): Promise<SshServer> {
  await mkdir(directory, { recursive: true });
  const make = async (name: string, passphrase = '') => {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', join(directory, name)]);
    return readFile(join(directory, name), 'utf8');
  };
  const keys = { plain: await make('plain'), locked: await make('locked', 'open sesame'), other: await make('other') };
  await make('host');
  const config = join(directory, 'sshd_config');
  const authorized = join(directory, 'authorized');
  const known = await Promise.all(['plain', 'locked'].map((name) => readFile(join(directory, `${name}.pub`), 'utf8')));
  await writeFile(authorized, known.join(''));
  await chmod(join(directory, 'host'), 0o600);
  const settings = ['UsePAM no', 'StrictModes no', 'PasswordAuthentication no', 'PidFile none', 'PermitRootLogin yes'];
  const files = [`HostKey ${join(directory, 'host')}`, `AuthorizedKeysFile ${authorized}`];
  await writeFile(config, `${[...settings, ...files].join('\n')}\n`);
  // Where sshd of root locks itself in before anybody has signed in.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const running = new Set<ReturnType<typeof spawn>>();
  const server = createTcpServer({ pauseOnConnect: true }, (socket) => {
    const child = spawn(sshd ?? '', ['-i', '-e', '-f', config], { stdio: [socket, socket, 'ignore'] });
    running.add(child);
    child.on('close', () => {
      running.delete(child);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    for (const child of running) child.kill();
  });
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  const { username } = userInfo();
  const [type, key] = (await readFile(join(directory, 'host.pub'), 'utf8')).split(' ');
  return {
    keys,
    url: (path) => `ssh://${username}@127.0.0.1:${port}${path}`,
    knownHosts: `[127.0.0.1]:${port} ${type} ${key}\n`,
  };
}

test('SSH: a key, one with a passphrase; nobody else gets in, and only hosts that are known count', {
  skip,
}, async (t) => {
  const secrets: Record<string, object> = {};
  const { directory, commit, source, options } = await testRepository(t, secrets);
  const first = await commit({ 'Chart.yaml': CHART_YAML });
  const { url, knownHosts, keys } = await startSshd(t, join(dirname(directory), 'sshd'));
  const knowing = (identity: string, more: object = {}) => ({ data: { identity, known_hosts: knownHosts, ...more } });
  Object.assign(secrets, {
    // As many write it into a Secret.
    plain: knowing(keys.plain.trimEnd()),
    locked: knowing(keys.locked, { password: 'open sesame' }),
    wrong: knowing(keys.locked, { password: 'hunter2' }),
    silent: knowing(keys.locked),
    other: knowing(keys.other),
    garbage: knowing('hunter2'),
    stranger: knowing(keys.plain, {
      known_hosts: knownHosts.replace(/ AAAA.*/, ` ${'AAAAC3NzaC1lZDI1NTE5AAAAI'.padEnd(68, 'A')}`),
    }),
    keyless: { data: { known_hosts: knownHosts } },
  });
  const fetch = (name: string) => fetchGitChart(source({ url: url(directory), access: secret(name) }), options);
  for (const name of ['plain', 'locked']) assert.equal((await fetch(name)).origin, first, name);
  for (const [name, message] of [
    ['wrong', /Permission denied/],
    ['silent', /Permission denied/],
    ['other', /Permission denied/],
    ['garbage', /Permission denied/],
    ['stranger', /Host key verification failed/],
    ['keyless', /needs a Secret with identity and known_hosts/],
  ] as const) {
    await assert.rejects(fetch(name), (error: unknown) => {
      assert.doesNotMatch(String(error), /hunter2|PRIVATE KEY/);
      return failsWith(message)(error);
    });
  }
  const left = await readdir(options.cacheDirectory);
  assert.deepEqual(
    left.filter((name) => name.startsWith('ssh-')),
    [],
    'no key is left',
  );
});
