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
}

/** A process that has the agent's program loaded, or is about to, and waits for its settings. */
export interface WaitingAgent {
  /** Makes it the agent of these settings, once. They go into `agent.json` in the data directory, which must exist. */
  start(settings: AgentSettings, options: SpawnOptions): NodeAgentProcess;
  /** Ends it where it was never started; nothing otherwise. */
  dismiss(): void;
}

/**
 * Keep the agent small: it holds few objects and handles streams. What V8's optimizing compiler needs is resident from its
 * first use, so only what is truly hot gets it.
 */
const memoryFlags = ['--max-semi-space-size=2', '--max-old-space-size=256', '--interrupt-budget=2000000'];
const patienceMs = 5_000;

/**
 * Starts the agent.
 *
 * @example
 * const node = spawnNodeAgent(settings, { onLog: (text) => process.stderr.write(text) });
 * const { isolation, limitations } = await node.ready;
 */
export function spawnNodeAgent(settings: AgentSettings, options: SpawnOptions): NodeAgentProcess {
  return forkNodeAgent().start(settings, options);
}

/**
 * Begins to start an agent whose settings are not known yet: loading its program takes a good part of its start.
 *
 * @param main entry of the agent's program; a bundle of it needs less memory than its modules, which are the default
 */
export function forkNodeAgent(main: string = agentMain): WaitingAgent {
  const stdio: ['ignore', 'ignore', 'pipe', 'ipc'] = ['ignore', 'ignore', 'pipe', 'ipc'];
  const child = fork(main, { execArgv: memoryFlags, stdio });
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 137)));
  const ready = readyOf(child, exited);
  // An agent that is gone by then is noticed by its exit.
  const send = (message: ToAgent): void => void (child.connected && child.send(message, () => undefined));
  let isStarted = false;
  return {
    start(settings, { onLog, serving = Promise.resolve(settings.server) }) {
      isStarted = true;
      const config = join(settings.dataDir, 'agent.json');
      writeFileSync(config, JSON.stringify(settings));
      child.stderr?.on('data', (chunk: Buffer) => onLog(chunk.toString('utf8')));
      send({ type: 'start', args: ['--config', config] });
      // Without a server there is nothing to say.
      serving.then(
        (server) => send({ type: 'serving', server }),
        () => undefined,
      );
      return { pid: child.pid ?? 0, ready, exited, stop: () => stop(child, exited) };
    },
    dismiss() {
      if (!isStarted) child.kill('SIGKILL');
    },
  };
}

/** What the agent is told, each once: what a command line would say, and where the API server is, as soon as it serves. */
type ToAgent = { readonly type: 'start'; readonly args: readonly string[] } | Serving;

interface Serving {
  readonly type: 'serving';
  readonly server: string;
}

/** The settings' arguments in a message to the agent; undefined in any other. */
export function startArgsIn(message: unknown): readonly string[] | undefined {
  if (!isOfType(message, 'start') || !('args' in message) || !Array.isArray(message.args)) return undefined;
  return message.args.filter((arg) => typeof arg === 'string');
}

/** The API server's URL in a message to the agent; undefined in any other. */
export function serverIn(message: unknown): string | undefined {
  if (!isOfType(message, 'serving') || !('server' in message)) return undefined;
  return typeof message.server === 'string' ? message.server : undefined;
}

function isOfType(message: unknown, type: string): message is object {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
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
  return isOfType(message, 'ready');
}

async function stop(child: ChildProcess, exited: Promise<number>): Promise<number> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const code = await exited;
  clearTimeout(timer);
  return code;
}
