/**
 * From starting the process to the first 200 of `/readyz`, against a bare node:http server to its first 200: the first
 * start of a data directory (which issues certificates), and one that finds everything there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get as getHttp, Agent as HttpAgent } from 'node:http';
import { get as getHttps, Agent as HttpsAgent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './etcd.ts';
import { cpuMicroseconds } from './process-figures.ts';
import { atMost, printComparison, printFigure } from './report.ts';
import { compare } from './rounds.ts';

const program = fileURLToPath(new URL('../../packages/kindred/dist/bundle/kindred.mjs', import.meta.url));
const bareProgram = fileURLToPath(new URL('./bare-server.js', import.meta.url));
const pause = 2;
const longest = 60_000;

/** A handshake for every question would take the started process more time than much of its start. */
const askOverOneConnection = { keepAlive: true, maxSockets: 1 };

interface Started {
  /** Milliseconds to the first 200. */
  readonly wall: number;
  /** Milliseconds of CPU time until then, of the process that was started. */
  readonly cpu: number;
}

type Pick = (started: Started) => number;
const wall: Pick = (started) => started.wall;
const cpu: Pick = (started) => started.cpu;

export async function benchStart(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-bench-start-'));
  try {
    const kept = join(directory, 'kept');
    await startPlatform(kept);
    let fresh = 0;
    const first = () => startPlatform(join(directory, `fresh-${fresh++}`));
    const again = () => startPlatform(kept);
    const withNode = () => startPlatform(kept, ['--runtime', 'auto']);
    const second = await against(again, wall);
    printComparison('start to /readyz, against bare node:http', 'ms', second, atMost(4));
    printFigure('start to /readyz', 'ms', second.ours, atMost(1000, ' ms'));
    printComparison('  CPU until then', 'ms', await against(again, cpu), atMost(4));
    printComparison('first start of a data directory', 'ms', await against(first, wall), atMost(4));
    printComparison('start with node agent', 'ms', await against(withNode, wall), atMost(4));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function against(ours: () => Promise<Started>, pick: Pick) {
  return compare(
    async () => pick(await ours()),
    async () => pick(await startBareHttp()),
  );
}

async function startPlatform(directory: string, more: readonly string[] = ['--runtime', 'none']): Promise<Started> {
  const port = await freePort();
  const agent = new HttpsAgent(askOverOneConnection);
  const flags = { '--data-dir': directory, '--secure-port': String(port), '--extensions': 'none' };
  return untilAnswer([program, 'up', ...Object.entries(flags).flat(), ...more], agent, (onStatus, onError) =>
    // The certificate is made while the platform starts: there is nothing yet to check it against.
    getHttps({ host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false, agent }, onStatus).on(
      'error',
      onError,
    ),
  );
}

async function startBareHttp(): Promise<Started> {
  const port = await freePort();
  const agent = new HttpAgent(askOverOneConnection);
  return untilAnswer([bareProgram, 'http', String(port)], agent, (onStatus, onError) =>
    getHttp({ host: '127.0.0.1', port, path: '/', agent }, onStatus).on('error', onError),
  );
}

type Ask = (
  onAnswer: (message: { statusCode?: number | undefined; resume(): unknown }) => void,
  onError: (error: Error) => void,
) => void;

/** Starts `node ARGS`, asks until there is a 200, and ends the process. */
async function untilAnswer(args: readonly string[], agent: HttpAgent, ask: Ask): Promise<Started> {
  const started = performance.now();
  const child = spawn(process.execPath, [...args], { stdio: 'ignore' });
  try {
    while (!(await isReady(ask))) {
      if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`);
      if (performance.now() - started > longest) throw new Error(`${args.join(' ')} did not get ready`);
      await delay(pause);
    }
    return { wall: performance.now() - started, cpu: cpuMicroseconds(child.pid ?? -1) / 1000 };
  } finally {
    agent.destroy();
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill()) await ended;
  }
}

function isReady(ask: Ask): Promise<boolean> {
  return new Promise((resolve) => {
    ask(
      (message) => {
        message.resume();
        resolve(message.statusCode === 200);
      },
      () => resolve(false),
    );
  });
}
