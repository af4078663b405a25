/** Real processes at each isolation level that this machine and user allow. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { silentLogger, systemClock } from '@kindred/machinery';
import { parseCidr } from '../network/cidr.ts';
import { linkAddress } from '../network/pod-network.ts';
import { scriptsDirectory } from '../platform/package-places.ts';
import { type DetectedRuntime, detectRuntime } from './detect.ts';
import { listProcesses, processTree, readProcessStat } from './process-table.ts';
import { type ContainerSpec, type IsolationLevel, type Sandbox, StartError } from './runtime.ts';

const userId = process.getuid?.() ?? 1;

for (const level of ['plain', 'namespaces'] as const) {
  const skip = level === 'namespaces' && userId !== 0 ? 'needs root' : false;
  describe(`runtime: ${level}`, { skip }, () => runtimeTests(level));
}

function runtimeTests(level: IsolationLevel): void {
  const dataDir = mkdtempSync(join(tmpdir(), 'kindred-runtime-'));
  let detected: DetectedRuntime;
  let sandbox: Sandbox;

  before(async () => {
    const ranges = { podCidr: '10.244.0.0/24', serviceCidr: '10.95.0.0/24', plainPodCidr: '127.129.0.0/24' };
    detected = await detectRuntime({
      level,
      dataDir,
      clock: systemClock,
      log: silentLogger,
      podCidr: parseCidr(ranges.podCidr),
      serviceCidr: parseCidr(ranges.serviceCidr),
      plainPodCidr: parseCidr(ranges.plainPodCidr),
      hiddenPaths: [],
      userId,
      scripts: scriptsDirectory,
    });
    const pod = { uid: 'uid-1', namespace: 'default', name: 'kubia', hostname: 'kubia', hostNetwork: false };
    sandbox = await detected.runtime.createSandbox({ ...pod, directory: join(dataDir, 'pod') });
  });
  after(async () => {
    await sandbox.remove();
    await detected.runtime.close();
    await detected.network?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function container(argv: string[], more: Partial<ContainerSpec> = {}) {
    const output = { stdout: '', stderr: '' };
    const id = randomBytes(32).toString('hex');
    const directory = join(dataDir, id);
    mkdirSync(directory);
    const spec: ContainerSpec = {
      id,
      name: 'main',
      argv,
      env: { PATH: process.env['PATH'] ?? '' },
      workingDir: '',
      mounts: [],
      hostPaths: [],
      ports: [],
      directory,
      onOutput: (stream, chunk) => {
        output[stream] += chunk.toString();
      },
      ...more,
    };
    return { spec, output, start: () => detected.runtime.startContainer(sandbox, spec) };
  }

  it('starts and enters containers whose own PATH has none of the helper programs', async () => {
    const env = { PATH: '/nowhere' };
    const printing = container(['/bin/sh', '-c', 'echo "$PATH"'], { env });
    await (await printing.start()).exited;
    assert.equal(printing.output.stdout, '/nowhere\n');
    const running = await container(['/bin/sleep', '60'], { env }).start();
    const answer = await running.exec(['/bin/echo', 'entered'], { timeoutMs: 10_000 });
    running.kill();
    await running.exited;
    assert.deepEqual({ exitCode: answer.exitCode, output: answer.output }, { exitCode: 0, output: 'entered\n' });
  });

  it('hands every variable on as it is, whatever shells and helpers make of its name', async () => {
    const odd = { 'log.level': 'debug', 'a-b': ' c "d"\n', IFS: ':', PPID: 'x', OLDPWD: '/old', LD_BIND_NOT: '1' };
    const env = { user: 'joe', pid: '1', rest: 'r', groups: '', host: 'h', own_user: 'me', ...odd };
    const script = 'process.stdout.write(JSON.stringify(process.env))';
    const asked = container([process.execPath, '-e', script], { env, hostPaths: [process.execPath] });
    await (await asked.start()).exited;
    const seen: Record<string, string> = JSON.parse(asked.output.stdout);
    assert.deepEqual(Object.fromEntries(Object.keys(env).map((name) => [name, seen[name]])), env);
  });

  it('lets programs open their output by name', async () => {
    const { start, output } = container(['sh', '-c', 'echo out >/dev/stdout; echo err >/proc/self/fd/2']);
    const status = await (await start()).exited;
    assert.deepEqual(output, { stdout: 'out\n', stderr: 'err\n' });
    assert.equal(status.exitCode, 0);
  });

  it('adds nothing to the output of a killed program', async () => {
    const { start, output } = container(['sh', '-c', 'echo out; kill -9 $$; sleep 60']);
    const running = await start();
    running.kill();
    assert.equal((await running.exited).exitCode, 137);
    assert.equal(output.stderr, '');
  });

  it('reports both streams and the exit code', async () => {
    const { start, output } = container(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    const status = await (await start()).exited;
    assert.deepEqual([status.exitCode, status.signal], [3, 0]);
    assert.deepEqual(output, { stdout: 'out\n', stderr: 'err\n' });
  });

  it('reports the signal that ended it', async () => {
    const { start } = container(['sh', '-c', 'trap "exit 7" TERM; while :; do sleep 0.05; done']);
    const polite = await start();
    polite.signal('SIGTERM');
    const stubborn = await container(['sleep', '100']).start();
    stubborn.kill();
    assert.equal((await stubborn.exited).exitCode, 137);
    // The trap may not have been set when the signal came: then a plain shell ends by it.
    const { exitCode } = await Promise.race([polite.exited, killLater(polite)]);
    assert.ok([7, 137, 143].includes(exitCode), `exit code ${exitCode}`);
  });

  it('ends a program that is told to end before it listens', async () => {
    const script = "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000)";
    const running = await container([process.execPath, '-e', script], { hostPaths: [process.execPath] }).start();
    running.signal('SIGTERM');
    const { exitCode } = await Promise.race([running.exited, killLater(running, 10_000)]);
    // Where the first process has no protection, the signal ends it at once.
    assert.equal(exitCode, level === 'namespaces' ? 7 : 143);
  });

  it('refuses a program that is not there', async () => {
    const { start } = container(['no-such-program']);
    await assert.rejects(
      start(),
      (error) => error instanceof StartError && /"no-such-program": executable file not found/.test(error.message),
    );
  });

  it('leaves no descendant behind', async () => {
    const { start, output } = container(['sh', '-c', 'sleep 300 & setsid sleep 300 & echo started; wait']);
    const running = await start();
    while (!output.stdout.includes('started')) await new Promise((resolve) => setImmediate(resolve));
    const tree = processTree(listProcesses(), running.pid);
    assert.ok(tree.length >= 3);
    running.kill();
    await running.exited;
    const alive = tree.filter(({ pid }) => (readProcessStat(pid)?.state ?? 'Z') !== 'Z');
    assert.deepEqual(alive, []);
  });

  it('gives volumes to the program', async () => {
    const volume = mkdtempSync(join(dataDir, 'volume-'));
    writeFileSync(join(volume, 'in'), 'hello');
    const where = level === 'plain' ? volume : '/usr/share/kubia/html';
    const mounts = [{ hostPath: volume, mountPath: '/usr/share/kubia/html', readOnly: false }];
    const { start, output } = container(['sh', '-c', `cat ${where}/in && echo back > ${where}/out`], { mounts });
    assert.equal((await (await start()).exited).exitCode, 0);
    assert.equal(output.stdout, 'hello');
    assert.equal(readFileSync(join(volume, 'out'), 'utf8'), 'back\n');
  });

  it('runs a command beside the program', async () => {
    const running = await container(['sleep', '100']).start();
    const done = await running.exec(['sh', '-c', 'echo probing; exit 4'], { timeoutMs: 5_000 });
    assert.deepEqual(done, { exitCode: 4, output: 'probing\n', timedOut: false });
    const late = await running.exec(['sleep', '100'], { timeoutMs: 50 });
    assert.equal(late.timedOut, true);
    running.kill();
    await running.exited;
  });

  if (level === 'namespaces') {
    it('isolates the pod: address, host name, processes, files', async () => {
      const text = 'ip -o -4 address show dev eth0; cat /proc/sys/kernel/hostname; echo $$; echo x > /etc/kindred-test';
      const { start, output } = container(['sh', '-c', text]);
      assert.equal((await (await start()).exited).exitCode, 0, output.stderr);
      const [address, hostname, pid] = output.stdout.trim().split('\n');
      assert.match(address ?? '', new RegExp(`inet ${sandbox.ip}/24`));
      assert.equal(hostname, 'kubia');
      assert.equal(pid, '1');
      assert.throws(() => readFileSync('/etc/kindred-test'));
    });

    it('gives pod and host link addresses that do not change with the pods that come and go', async () => {
      const { start, output } = container(['cat', '/sys/class/net/eth0/address']);
      await (await start()).exited;
      assert.equal(output.stdout.trim(), linkAddress(sandbox.ip));
      const gateway = detected.network?.hostAddress ?? '';
      const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
      assert.equal(interfaces.find(({ address }) => address === gateway)?.mac, linkAddress(gateway));
    });

    it('runs as another user', async () => {
      const user = { uid: 1234, gid: 2345, groups: [] };
      const { start, output } = container(['id', '-u'], { user });
      await (await start()).exited;
      assert.equal(output.stdout, '1234\n');
    });

    it('mounts read-only and protects against links', async () => {
      const volume = mkdtempSync(join(dataDir, 'volume-'));
      const mounts = [{ hostPath: volume, mountPath: '/var/run/secrets/token', readOnly: true }];
      const { start, output } = container(['sh', '-c', 'echo no > /var/run/secrets/token/file'], { mounts });
      assert.notEqual((await (await start()).exited).exitCode, 0);
      assert.match(output.stderr, /Read-only file system/);
    });
  }
}

async function killLater(container: { kill(): void; exited: Promise<{ exitCode: number }> }, milliseconds = 1_000) {
  await new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
  container.kill();
  return container.exited;
}
