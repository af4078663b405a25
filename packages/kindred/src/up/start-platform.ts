/**
 * Puts the platform together over its data directory, part by part in the order in which they need each other. Each part
 * that has to be ended is put on the shutdown stack as soon as it exists.
 */

import { mkdir } from 'node:fs/promises';
import { createClient } from '@kindred/client';
import type { Clock } from '@kindred/machinery';
import { errorText } from '@kindred/machinery';
import type { AgentReady, WaitingAgent } from '@kindred/node';
import type { Extension, Logger } from '@kindred/operator';
import { createJsonLogger } from '@kindred/operator';
import { takeAddressSlot } from '../control-plane/address-slot.ts';
import { writeAdminKubeconfig } from '../control-plane/admin-kubeconfig.ts';
import type { ClusterSettings } from '../control-plane/cluster-settings.ts';
import { clusterSettings } from '../control-plane/cluster-settings.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { startControlPlane } from '../control-plane/control-plane.ts';
import type { DataDirectory } from '../data-directory/data-directory.ts';
import { openDataDirectory } from '../data-directory/data-directory.ts';
import { forgetServers, startExtensions } from '../extensions/extension-host.ts';
import type { ImportModule } from '../extensions/load-extensions.ts';
import { imagesFor, loadExtensions } from '../extensions/load-extensions.ts';
import { openLogFile } from '../logs/log-file.ts';
import { ensureWebsite, waitForPage } from '../website-demo/website-demo.ts';
import { announcement } from './announce.ts';
import { NodeAgentSupervisor } from './node-agent.ts';
import type { UpOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { Readiness } from './readiness.ts';
import type { ShutdownStack } from './shutdown-stack.ts';

export interface StartContext {
  readonly options: UpOptions;
  readonly importModule: ImportModule;
  readonly waitingAgent: WaitingAgent | undefined;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly shutdown: ShutdownStack;
  /** Aborts when the platform begins to end; the start then goes no further than its present step. */
  readonly signal: AbortSignal;
  /** Ends the platform because of a failure. */
  readonly fail: (error: Error) => void;
}

/** What every part is made over. */
interface Core {
  readonly directory: DataDirectory;
  readonly settings: ClusterSettings;
  readonly extensions: readonly Extension[];
  readonly readiness: Readiness;
  readonly logger: Logger;
  readonly nodeLog: (text: string) => void;
}

/** Names of the parts in `/readyz?verbose`. */
const parts = { controllers: 'poststarthook/start-controllers', node: 'node-agent', extensions: 'extensions' } as const;

/** Resolves with the words to show when everything serves. */
export async function startPlatform(context: StartContext): Promise<string> {
  const { options, progress, signal } = context;
  const started = performance.now();
  const core = await openCore(context);
  // The agent prepares while the control plane starts: most of what it does first needs no server.
  const node = options.runtime === 'none' ? undefined : await prepareNode(context, core);
  const controlPlane = await progress.step('Starting the control plane', () => startCore(context, core, node));
  await writeAdminKubeconfig(options.kubeconfig, controlPlane.certificates, controlPlane.url);
  signal.throwIfAborted();
  if (node !== undefined) await startNode(context, node);
  signal.throwIfAborted();
  if (core.extensions.length > 0) await startAll(context, core, controlPlane);
  signal.throwIfAborted();
  const hasWebsites = core.extensions.some(({ name }) => name === 'website');
  const page = hasWebsites ? await showWebsite(context, core, controlPlane) : undefined;
  const { url } = controlPlane;
  const milliseconds = performance.now() - started;
  return announcement({ milliseconds, url, kubeconfig: options.kubeconfig, hasWebsites, page });
}

async function openCore({ options, importModule, clock, shutdown }: StartContext): Promise<Core> {
  const extensions = await loadExtensions(options.extensions, importModule);
  const directory = await openDataDirectory(options.dataDirectory);
  shutdown.add('data directory', () => directory.release());
  const slot = await takeAddressSlot(directory);
  shutdown.add('address slot', () => slot.release());
  await mkdir(directory.at('logs'), { recursive: true, mode: 0o700 });
  const own = openLogFile(directory.at('logs', 'control-plane.log'));
  const node = openLogFile(directory.at('logs', 'node-agent.log'));
  shutdown.add('logs', () => {
    own.close();
    node.close();
  });
  return {
    directory,
    settings: clusterSettings({ userId: process.getuid?.() ?? 0, slot: slot.number }),
    extensions,
    readiness: new Readiness(expectedParts(options, extensions)),
    logger: createJsonLogger({ write: (line) => own.write(line), now: () => clock.now() }),
    nodeLog: (text) => node.write(text),
  };
}

function expectedParts({ runtime }: UpOptions, extensions: readonly Extension[]): string[] {
  const node = runtime === 'none' ? [] : [parts.node];
  return [parts.controllers, ...node, ...(extensions.length > 0 ? [parts.extensions] : [])];
}

async function startCore(context: StartContext, core: Core, node: PreparedNode | undefined): Promise<ControlPlane> {
  const { options, clock, shutdown, fail } = context;
  const { directory, settings, logger, readiness } = core;
  const { store, securePort } = options;
  try {
    const controlPlane = await startControlPlane({
      directory,
      settings,
      store,
      securePort,
      clock,
      logger,
      checks: readiness.checks(),
      prepare: (admin) => forgetServers({ admin, clock }),
      onFailure: fail,
    });
    shutdown.add('control plane', () => controlPlane.close());
    shutdown.add('controllers', () => controlPlane.stopControllers());
    await controlPlane.startControllers();
    readiness.serves(parts.controllers);
    if (node !== undefined) shutdown.add('node agent', () => node.agent.stop());
    node?.serves(controlPlane.url);
    return controlPlane;
  } catch (error) {
    await node?.agent.stop();
    throw error;
  }
}

/** An agent that waits for the control plane. */
interface PreparedNode {
  readonly agent: NodeAgentSupervisor;
  /** Settles when the node is Ready, or can't become so. */
  readonly ready: Promise<AgentReady>;
  /** Tells the agent where the API server is. */
  readonly serves: (url: string) => void;
}

async function prepareNode({ options, waitingAgent, clock }: StartContext, core: Core): Promise<PreparedNode> {
  const { directory, settings, extensions, readiness, logger, nodeLog } = core;
  let serves: PreparedNode['serves'] = () => undefined;
  const serving = new Promise<string>((resolve) => {
    serves = resolve;
  });
  const agent = new NodeAgentSupervisor({
    waiting: waitingAgent,
    directory,
    settings,
    server: `https://127.0.0.1:${options.securePort}`,
    serving,
    images: await imagesFor(extensions),
    clock,
    logger,
    onLog: nodeLog,
    onChange: (problem) =>
      problem === undefined ? readiness.serves(parts.node) : readiness.fails(parts.node, problem),
  });
  const ready = agent.start();
  // Awaited when the control plane is there; by then it may have failed already.
  ready.catch(() => undefined);
  return { agent, ready, serves };
}

async function startNode({ progress }: StartContext, { ready }: PreparedNode): Promise<void> {
  const { limitations } = await progress.step('Starting the node', () => ready);
  for (const limitation of limitations) progress.say(`  ${limitation}`);
}

async function startAll(context: StartContext, core: Core, controlPlane: ControlPlane): Promise<void> {
  const { clock, progress, shutdown } = context;
  const { extensions, logger, readiness } = core;
  const names = extensions.map(({ name }) => name).join(', ');
  const host = await progress.step(`Starting extensions (${names})`, () =>
    startExtensions({
      extensions,
      admin: controlPlane.adminTransport('extensions'),
      transport: (user) => controlPlane.transport({ username: user, groups: ['system:authenticated'] }),
      storeOf: (server) => controlPlane.extensionStore(server),
      clock,
      logger,
    }),
  );
  shutdown.add('extensions', () => host.close());
  readiness.serves(parts.extensions);
}

/** An example that can't be shown keeps nothing else from working: that is said, and the platform goes on. */
async function showWebsite(
  { options, clock, progress, signal }: StartContext,
  { directory, logger }: Core,
  controlPlane: ControlPlane,
): Promise<{ url: string; repository: string } | undefined> {
  const client = createClient(controlPlane.adminTransport('website-demo'), { userAgent: 'kindred-up', clock });
  const demo = { client, directory, clock, signal, keeps: options.store !== 'memory' };
  try {
    const repository = await ensureWebsite(demo);
    if (options.runtime === 'none') return undefined;
    const url = await progress.step('Waiting for the page of Website kubia', () => waitForPage(demo));
    return url === undefined ? undefined : { url, repository };
  } catch (error) {
    signal.throwIfAborted();
    logger.error('Website kubia is not shown', error);
    progress.say(`  The Website kubia is not shown: ${errorText(error)}`);
    return undefined;
  }
}
