import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { selfSignedCertificate } from '../../testing/self-signed-certificate.ts';
import { connectionOf } from '../connection.ts';
import { parseKubeconfig } from '../kubeconfig.ts';

const VERSION = 'client.authentication.k8s.io/v1';

interface Setting {
  /** What the program prints each time it runs. */
  readonly answer?: unknown;
  /** The script instead. */
  readonly script?: string;
  readonly exec?: Readonly<Record<string, unknown>>;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly isTerminal?: boolean;
}

/** Credentials by a real program, which notes what it was told. */
async function signIn(t: TestContext, { answer, script, exec = {}, cluster = {}, isTerminal = false }: Setting) {
  const folder = await mkdtemp(join(tmpdir(), 'kindred-exec-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'answer.json'), JSON.stringify(answer ?? null));
  await writeFile(join(folder, 'ca.crt'), 'CA');
  const run =
    script ?? 'printf %s "$KUBERNETES_EXEC_INFO" > "$FOLDER/info"; echo x >> "$FOLDER/runs"; cat "$FOLDER/answer.json"';
  const config = parseKubeconfig(
    JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'a', user: 'u' } }],
      clusters: [
        { name: 'a', cluster: { server: 'https://a', 'certificate-authority': join(folder, 'ca.crt'), ...cluster } },
      ],
      users: [
        {
          name: 'u',
          user: {
            exec: {
              command: 'sh',
              args: ['-c', run],
              env: [{ name: 'FOLDER', value: folder }],
              apiVersion: VERSION,
              interactiveMode: 'IfAvailable',
              ...exec,
            },
          },
        },
      ],
    }),
  );
  const clock = new ManualClock();
  const errors: Uint8Array[] = [];
  const env = { PATH: process.env['PATH'] };
  const { credentials } = connectionOf(config, {
    clock,
    exec: { env, isTerminal, errors: (data) => errors.push(data) },
  });
  assert.ok(credentials);
  t.after(() => credentials.close());
  return {
    credentials,
    clock,
    runs: async () => (await readFile(join(folder, 'runs'), 'utf8')).length / 2,
    info: () => readFile(join(folder, 'info'), 'utf8'),
    said: () => Buffer.concat(errors).toString(),
  };
}

const status = (fields: object) => ({ kind: 'ExecCredential', apiVersion: VERSION, status: fields });

test('a program runs once for all that wait, again when its credentials expire or are refused', async (t) => {
  const at = new Date(10_000).toISOString();
  const { credentials, clock, runs } = await signIn(t, { answer: status({ token: 'abc', expirationTimestamp: at }) });
  const [first, second] = await Promise.all([credentials.get(), credentials.get()]);
  assert.deepEqual([first, first === second, await runs()], [{ token: 'abc' }, true, 1]);
  clock.advance(9_999);
  assert.equal(await credentials.get(), first);
  clock.advance(1);
  const third = await credentials.get();
  assert.deepEqual([third === first, await runs()], [false, 2]);
  credentials.refused(first);
  await credentials.get();
  assert.equal(await runs(), 3, 'expired credentials are never kept');
});

test('a program hears of the cluster when it should, and never asks where there is no terminal', async (t) => {
  const answer = status({ token: 'abc' });
  const plain = await signIn(t, { answer });
  await plain.credentials.get();
  assert.equal(
    await plain.info(),
    `{"kind":"ExecCredential","apiVersion":"${VERSION}","spec":{"interactive":false}}\n`,
  );
  const extension = { name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } };
  const cluster = { 'proxy-url': 'http://p', 'tls-server-name': 's', extensions: [extension] };
  const told = await signIn(t, { answer, cluster, exec: { provideClusterInfo: true } });
  await told.credentials.get();
  assert.deepEqual(JSON.parse(await told.info()).spec, {
    cluster: {
      server: 'https://a',
      'tls-server-name': 's',
      'certificate-authority-data': Buffer.from('CA').toString('base64'),
      'proxy-url': 'http://p',
      config: { audience: 'x' },
    },
    interactive: false,
  });
  const always = await signIn(t, { answer, exec: { interactiveMode: 'Always' } });
  await assert.rejects(always.credentials.get(), /cannot support interactive mode: standard input is not a terminal/);
});

test('a certificate must fit its key', async (t) => {
  const [one, other] = [await selfSignedCertificate(), await selfSignedCertificate()];
  const good = await signIn(t, { answer: status({ clientCertificateData: one.cert, clientKeyData: one.key }) });
  assert.deepEqual(await good.credentials.get(), one);
  const bad = await signIn(t, { answer: status({ clientCertificateData: one.cert, clientKeyData: other.key }) });
  await assert.rejects(bad.credentials.get(), /private key does not match public key/);
});

test('a program that fails is tried again; how to install one is told once', async (t) => {
  const failing = await signIn(t, { script: 'echo why >&2; exit 3' });
  await assert.rejects(failing.credentials.get(), {
    message: 'getting credentials: exec: executable sh failed with exit code 3',
  });
  assert.equal(failing.said(), 'why\n');
  const missing = await signIn(t, { exec: { command: 'no-such-program', installHint: 'get it' } });
  await assert.rejects(missing.credentials.get(), /executable no-such-program not found\n\n.*\n\nget it$/s);
  await assert.rejects(missing.credentials.get(), /executable no-such-program not found$/);
});

test('closing ends a program that runs', async (t) => {
  const { credentials } = await signIn(t, { script: 'exec sleep 60' });
  const waiting = credentials.get();
  credentials.close();
  await assert.rejects(waiting, /getting credentials/);
});
