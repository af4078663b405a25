/** Runs the node agent beside the control plane and starts it again should it end. */

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@kindred/machinery';
import type { AgentReady, NodeAgentProcess } from '@kindred/node';
import { spawnNodeAgent } from '@kindred/node';
import type { ExtensionImage, Logger } from '@kindred/operator';
import { compiledDirectory } from '../compiled-directory.ts';
import type { ClusterSettings } from '../control-plane/cluster-settings.ts';
import type { DataDirectory } from '../data-directory/data-directory.ts';
import { Fault } from '../fault.ts';

export interface NodeAgentOptions {
  readonly directory: DataDirectory;
  readonly settings: ClusterSettings;
  readonly server: string;
  readonly images: readonly ExtensionImage[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onLog: (text: string) => void;
}

/** Milliseconds before an agent that ended is started again. */
const restartDelay = 1000;
/** One file loads several times faster, and needs less memory, than the tree of modules it is made of. */
const bundledAgent = fileURLToPath(new URL('./bundle/node-agent.mjs', compiledDirectory));

export class NodeAgentSupervisor {
  readonly #options: NodeAgentOptions;
  #agent: NodeAgentProcess | undefined;
  #stopping = false;
  #cancelRestart: () => void = () => undefined;

  constructor(options: NodeAgentOptions) {
    this.#options = options;
  }

  /** True while the agent runs and has said that it is ready. */
  isReady = false;

  /** Starts the agent; resolves when the node is Ready. */
  async start(): Promise<AgentReady> {
    const { directory, images } = this.#options;
    await mkdir(directory.at('node'), { recursive: true, mode: 0o711 });
    await writeFile(directory.at('node', 'images.json'), JSON.stringify(images), { mode: 0o600 });
    try {
      return await this.#spawn();
    } catch (error) {
      const hint = `Its log is ${directory.at('logs', 'node-agent.log')}. With --runtime none the platform starts without a node.`;
      throw new Fault('KND_NODE_AGENT', error instanceof Error ? error.message : String(error), hint, { cause: error });
    }
  }

  /** Stops the pods and the agent, within 5 s. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelRestart();
    await this.#agent?.stop();
  }

  async #spawn(): Promise<AgentReady> {
    const { directory, settings, server, onLog, logger } = this.#options;
    const agent = spawnNodeAgent(
      {
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
      },
      { onLog, ...(existsSync(bundledAgent) ? { main: bundledAgent } : {}) },
    );
    this.#agent = agent;
    void agent.exited.then((code) => this.#onExit(agent, code));
    const ready = await agent.ready;
    this.isReady = true;
    logger.info('Node agent is ready', { isolation: ready.isolation, port: ready.port, pid: agent.pid });
    return ready;
  }

  #onExit(agent: NodeAgentProcess, code: number): void {
    if (this.#stopping || this.#agent !== agent) return;
    const wasReady = this.isReady;
    this.isReady = false;
    if (!wasReady) return;
    const { clock, logger } = this.#options;
    logger.error('Node agent ended', new Error(`exit code ${code}`), { restartIn: restartDelay });
    this.#cancelRestart = clock.after(restartDelay, () => {
      this.#spawn().catch((error: unknown) => logger.error('Node agent could not be started again', error));
    });
  }
}
