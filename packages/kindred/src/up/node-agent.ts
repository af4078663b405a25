/** Runs the node agent beside the control plane and starts it again should it end. */

import { mkdir, writeFile } from 'node:fs/promises';
import type { Clock } from '@kindred/machinery';
import { errorText } from '@kindred/machinery';
import type { AgentReady, AgentSettings, NodeAgentProcess, WaitingAgent } from '@kindred/node';
import type { ExtensionImage, Logger } from '@kindred/operator';
import type { ClusterSettings } from '../control-plane/cluster-settings.ts';
import type { DataDirectory } from '../data-directory/data-directory.ts';
import { Fault } from '../fault.ts';
import { forkBundledAgent } from './fork-agent.ts';

export interface NodeAgentOptions {
  /** Becomes the agent at first; others are forked when they are needed. */
  readonly waiting: WaitingAgent | undefined;
  readonly directory: DataDirectory;
  readonly settings: ClusterSettings;
  /** Where the API server is meant to be. */
  readonly server: string;
  /** Where it is, as soon as it serves. */
  readonly serving: Promise<string>;
  readonly images: readonly ExtensionImage[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onLog: (text: string) => void;
  /** Told whenever the agent becomes ready, and when it no longer is: undefined means ready. */
  readonly onChange: (problem: string | undefined) => void;
}

/** Milliseconds before an agent that ended is started again; doubled with each failure in a row. */
const firstDelay = 500;
const longestDelay = 30_000;
/** An agent that isn't ready after so many milliseconds is ended. */
const longestStart = 30_000;

export class NodeAgentSupervisor {
  readonly #options: NodeAgentOptions;
  #waiting: WaitingAgent | undefined;
  #agent: NodeAgentProcess | undefined;
  #stopping = false;
  #failures = 0;
  #lastError = '';
  #cancelRestart: () => void = () => undefined;

  constructor(options: NodeAgentOptions) {
    this.#options = options;
    this.#waiting = options.waiting;
  }

  /**
   * Starts the agent, which prepares what needs no server until there is one; resolves when the node is Ready. Throws
   * KND_NODE_AGENT when it ends before that.
   */
  async start(): Promise<AgentReady> {
    const { directory, images } = this.#options;
    await mkdir(directory.at('node'), { recursive: true, mode: 0o711 });
    await writeFile(directory.at('node', 'images.json'), JSON.stringify(images), { mode: 0o600 });
    try {
      return await this.#spawn();
    } catch (error) {
      this.#stopping = true;
      const reason = this.#lastError || errorText(error);
      const log = directory.at('logs', 'node-agent.log');
      const hint = `Its log is ${log}. With --runtime none the platform starts without a node.`;
      throw new Fault('KND_NODE_AGENT', `The node agent could not start: ${reason}`, hint, { cause: error });
    }
  }

  /** Stops the pods and the agent, within 5 s. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelRestart();
    await this.#agent?.stop();
  }

  async #spawn(): Promise<AgentReady> {
    const { onLog, logger, onChange, clock, serving } = this.#options;
    const takeLog = (text: string): void => {
      this.#lastError = lastErrorOf(text) ?? this.#lastError;
      onLog(text);
    };
    const waiting = this.#waiting ?? forkBundledAgent();
    this.#waiting = undefined;
    const agent = waiting.start(this.#settings(), { onLog: takeLog, serving });
    this.#agent = agent;
    let isReady = false;
    void agent.exited.then((code) => {
      if (isReady && !this.#stopping) this.#restart(new Error(`exit code ${code}`));
    });
    await Promise.race([serving, agent.ready]);
    const cancelLimit = clock.after(longestStart, () => void agent.stop());
    const ready = await agent.ready.finally(cancelLimit);
    isReady = true;
    this.#failures = 0;
    onChange(undefined);
    logger.info('Node agent is ready', { isolation: ready.isolation, port: ready.port, pid: agent.pid });
    return ready;
  }

  #restart(reason: unknown): void {
    const { clock, logger, onChange } = this.#options;
    onChange('the node agent is not running');
    const delay = Math.min(firstDelay * 2 ** this.#failures++, longestDelay);
    logger.error('Node agent ended', reason, { restartIn: delay });
    this.#cancelRestart = clock.after(delay, () => {
      this.#spawn().catch((error: unknown) => {
        if (!this.#stopping) this.#restart(error);
      });
    });
  }

  #settings(): AgentSettings {
    const { directory, settings, server } = this.#options;
    return {
      server,
      caFile: directory.at('pki', 'ca.crt'),
      certFile: directory.at('pki', 'node.crt'),
      keyFile: directory.at('pki', 'node.key'),
      dataDir: directory.at('node'),
      nodeName: settings.nodeName,
      podCidr: settings.podCidr,
      plainPodCidr: settings.plainPodCidr,
      serviceCidr: settings.serviceCidr,
      clusterDns: settings.dnsIp,
      imagesFile: directory.at('node', 'images.json'),
      hiddenPaths: [directory.at('pki'), directory.at('store')],
    };
  }
}

/** The reason in the last line of level error; undefined when there is none, or when it isn't the agent's own words. */
function lastErrorOf(text: string): string | undefined {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('{') || !line.includes('"level":"error"')) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null || !('err' in entry)) return undefined;
    return String(entry.err);
  } catch {
    // Half a line of a process that was cut off: its log has what there is.
    return undefined;
  }
}
