/**
 * `kindred up`: the whole platform on this machine, from the data directory to the `Ready` line, until a signal ends it.
 */

import { mkdir } from 'node:fs/promises';
import { createClient } from '@kindred/client';
import type { Clock } from '@kindred/machinery';
import { systemClock } from '@kindred/machinery';
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
import { startExtensions } from '../extensions/extension-host.ts';
import { imagesFor, loadExtensions } from '../extensions/load-extensions.ts';
import { openLogFile } from '../logs/log-file.ts';
import { ensureWebsite, waitForPage } from '../website-demo/website-demo.ts';
import { NodeAgentSupervisor } from './node-agent.ts';
import type { UpOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { createProgress } from './progress.ts';
import { ShutdownStack } from './shutdown-stack.ts';
import { waitForEnd } from './signals.ts';

/** Starting and stopping of one platform: what it is made of, so far. */
interface Start {
  readonly options: UpOptions;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly shutdown: ShutdownStack;
  /** Aborts when the platform begins to end. */
  readonly signal: AbortSignal;
  /** Ends the platform because of a failure. */
  readonly fail: (error: Error) => void;
}

interface Logs {
  readonly logger: Logger;
  readonly nodeLog: (text: string) => void;
}

/** What every part of the platform is made over. */
interface Core {
  readonly directory: DataDirectory;
  readonly logs: Logs;
  readonly settings: ClusterSettings;
}

/** Runs until SIGINT or SIGTERM; gives the exit code. */
export async function up(options: UpOptions): Promise<number> {
  const shutdown = new ShutdownStack();
  const ending = new AbortController();
  const ended = waitForEnd({ ending, clock: systemClock, signals: process, exit: (code) => process.exit(code) });
  const progress = createProgress(process.stderr, () => performance.now());
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    ending.abort(error);
  };
  try {
    await Promise.race([
      start({ options, clock: systemClock, progress, shutdown, signal: ending.signal, fail }),
      ended,
    ]);
    await ended;
  } catch (error) {
    if (!ending.signal.aborted) failure ??= error instanceof Error ? error : new Error(String(error));
  }
  ending.abort(new Error('Kindred is stopping'));
  await progress.step('Stopping', () => shutdown.run());
  if (failure !== undefined) throw failure;
  return 0;
}

async function start(context: Start): Promise<void> {
  const { options, clock, progress, shutdown } = context;
  const started = performance.now() - process.uptime() * 1000 > 0 ? performance.now() - process.uptime() * 1000 : 0;
  const extensions = await loadExtensions(options.extensions);
  const directory = await openDataDirectory(options.dataDirectory);
  shutdown.add('data directory', () => directory.release());
  const logs = await openLogs(directory, clock, shutdown);
  const slot = await takeAddressSlot(directory);
  shutdown.add('address slot', () => slot.release());
  const settings = clusterSettings({ userId: process.getuid?.() ?? 0, slot: slot.number });
  const core = { directory, logs, settings };
  const controlPlane = await progress.step('Starting the control plane', () => startCore(context, core));
  await writeAdminKubeconfig(options.kubeconfig, controlPlane.certificates, controlPlane.url);
  if (options.runtime !== 'none') await startNode(context, controlPlane, core, extensions);
  if (extensions.length > 0) await startAll(context, controlPlane, extensions, logs);
  const page = await showWebsite(context, controlPlane, directory, extensions);
  announce(options, { milliseconds: performance.now() - started, url: controlPlane.url, page });
}

async function openLogs(directory: DataDirectory, clock: Clock, shutdown: ShutdownStack): Promise<Logs> {
  await mkdir(directory.at('logs'), { recursive: true, mode: 0o700 });
  const files = ['control-plane', 'node-agent'].map((name) => openLogFile(directory.at('logs', `${name}.log`)));
  shutdown.add('logs', () => {
    for (const file of files) file.close();
  });
  const [own, node] = files;
  const logger = createJsonLogger({ write: (line) => own?.write(line), now: () => clock.now() });
  return { logger, nodeLog: (text) => node?.write(text) };
}

async function startCore(context: Start, { directory, settings, logs: { logger } }: Core): Promise<ControlPlane> {
  const { options, clock, shutdown, fail } = context;
  const { store, securePort } = options;
  const controlPlane = await startControlPlane({
    directory,
    settings,
    store,
    securePort,
    clock,
    logger,
    onFailure: fail,
  });
  shutdown.add('control plane', () => controlPlane.close());
  shutdown.add('controllers', () => controlPlane.stopControllers());
  let working = false;
  controlPlane.health.add({
    name: 'poststarthook/start-controllers',
    check: () => (working ? undefined : 'the built-in controllers have not started yet'),
  });
  await controlPlane.startControllers();
  working = true;
  return controlPlane;
}

async function startNode(
  { clock, progress, shutdown }: Start,
  { url, health }: ControlPlane,
  { directory, settings, logs }: Core,
  extensions: readonly Extension[],
): Promise<void> {
  const agent = new NodeAgentSupervisor({
    directory,
    settings,
    server: url,
    images: await imagesFor(extensions),
    clock,
    logger: logs.logger,
    onLog: logs.nodeLog,
  });
  shutdown.add('node agent', () => agent.stop());
  health.add({ name: 'node-agent', check: () => (agent.isReady ? undefined : 'the node agent is not ready') });
  const { isolation, limitations } = await progress.step('Starting the node', () => agent.start());
  if (isolation === 'namespaces' && limitations.length === 0) return;
  for (const limitation of limitations) progress.say(`  ${limitation}`);
}

async function startAll(
  { clock, progress, shutdown }: Start,
  controlPlane: ControlPlane,
  extensions: readonly Extension[],
  { logger }: Logs,
): Promise<void> {
  const names = extensions.map(({ name }) => name).join(', ');
  const host = await progress.step(`Starting extensions (${names})`, () =>
    startExtensions({
      extensions,
      admin: controlPlane.adminTransport('extensions'),
      transport: (user) => controlPlane.transport({ username: user, groups: ['system:authenticated'] }),
      clock,
      logger,
    }),
  );
  shutdown.add('extensions', () => host.close());
}

async function showWebsite(
  { options, clock, progress, signal }: Start,
  controlPlane: ControlPlane,
  directory: DataDirectory,
  extensions: readonly Extension[],
): Promise<{ url: string; repository: string } | undefined> {
  if (!extensions.some(({ name }) => name === 'website')) return undefined;
  const client = createClient(controlPlane.adminTransport('website-demo'), { userAgent: 'kindred-up', clock });
  const demo = { client, directory, clock, signal };
  const repository = await ensureWebsite(demo);
  if (options.runtime === 'none') return undefined;
  const url = await progress.step('Waiting for the page of Website kubia', () => waitForPage(demo));
  return url === undefined ? undefined : { url, repository };
}

function announce(
  { kubeconfig }: UpOptions,
  {
    milliseconds,
    url,
    page,
  }: { milliseconds: number; url: string; page: { url: string; repository: string } | undefined },
): void {
  const lines = [`Ready in ${Math.round(milliseconds)} ms: ${url}`, `  kubeconfig  ${kubeconfig}`];
  if (page !== undefined) lines.push(`  page        ${page.url}`, `  repository  ${page.repository}`);
  const kubectl = `kubectl --kubeconfig ${kubeconfig}`;
  lines.push('', 'Try next:', `  ${kubectl} get websites,deploy,svc,pod`, `  ${kubectl} describe website kubia`);
  lines.push(
    `  ${kubectl} logs deploy/kubia-website -c main`,
    `  ${kubectl} explain website.spec`,
    'Ctrl-C stops everything.',
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}
