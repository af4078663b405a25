/** Runs the node agent as a process of its own, beside the control plane: spawning pods from a large process would stall it. */
import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentReady } from './agent.ts';
import type { AgentSettings } from './agent-options.ts';
import { agentMain } from './platform/package-places.ts';

export interface NodeAgentProcess {
  readonly pid: number;
  /** Rejects when the agent ends before it is ready; its log says why. */
  readonly ready: Promise<AgentReady>;
  /** The exit code; resolves whenever and why ever the agent ends. */
  readonly exited: Promise<number>;
  /** Stops the pods and the agent; resolves when it is gone, within 5 s. */
  stop(): Promise<number>;
}

export interface SpawnOptions {
  /** Receives the agent's log, lines of JSON. */
  readonly onLog: (text: string) => void;
  /** The API server's URL, as soon as it serves; until then the agent prepares. That of the settings, at once, when absent. */
  readonly serving?: Promise<string>;
  /** Entry of the agent's program; a bundle of it needs less memory than its modules, which are the default. */
  readonly main?: string;
}

/** Keeps the agent small: it holds few objects and handles streams. */
const memoryFlags = ['--max-semi-space-size=2', '--max-old-space-size=256'];
const patienceMs = 5_000;

/**
 * Starts the agent. Its settings go into `agent.json` in the data directory, which must exist.
 *
 * @example
 * const node = spawnNodeAgent(settings, { onLog: (text) => process.stderr.write(text) });
 * const { isolation, limitations } = await node.ready;
 */
export function spawnNodeAgent(
  settings: AgentSettings,
  { onLog, serving = Promise.resolve(settings.server), main = agentMain }: SpawnOptions,
): NodeAgentProcess {
  const config = join(settings.dataDir, 'agent.json');
  writeFileSync(config, JSON.stringify(settings));
  const stdio: ['ignore', 'ignore', 'pipe', 'ipc'] = ['ignore', 'ignore', 'pipe', 'ipc'];
  const child = fork(main, ['--config', config], { execArgv: memoryFlags, stdio });
  child.stderr?.on('data', (chunk: Buffer) => onLog(chunk.toString('utf8')));
  // An agent that is gone by then is noticed by its exit; without a server there is nothing to say.
  serving.then(
    (server) => child.connected && child.send({ type: 'serving', server } satisfies Serving, () => undefined),
    () => undefined,
  );
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 137)));
  return { pid: child.pid ?? 0, ready: readyOf(child, exited), exited, stop: () => stop(child, exited) };
}

/** The one message that the agent gets. */
interface Serving {
  readonly type: 'serving';
  readonly server: string;
}

export function isServing(message: unknown): message is Serving {
  if (typeof message !== 'object' || message === null || !('type' in message) || !('server' in message)) return false;
  return message.type === 'serving' && typeof message.server === 'string';
}

function readyOf(child: ChildProcess, exited: Promise<number>): Promise<AgentReady> {
  const ready = new Promise<AgentReady>((resolve, reject) => {
    child.on('message', (message) => {
      // The only message that the agent sends.
      if (isReady(message)) resolve(message);
    });
    child.once('error', reject);
    void exited.then((code) => reject(new Error(`the node agent ended with code ${code} before it was ready`)));
  });
  // Who only wants to know of the exit need not handle this.
  ready.catch(() => {});
  return ready;
}

function isReady(message: unknown): message is AgentReady {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}

async function stop(child: ChildProcess, exited: Promise<number>): Promise<number> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const code = await exited;
  clearTimeout(timer);
  return code;
}
