/**
 * Finds out at start how far pods can be isolated on this machine, by trying it, and makes the runtime for it.
 * What can't be had is said in plain sentences, never silently left out.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Logger } from '@kindred/machinery';
import { errorText, hasErrorCode } from '@kindred/machinery';
import { AddressPool } from '../network/address-pool.ts';
import { type Cidr, formatAddress, formatCidr, isLoopback } from '../network/cidr.ts';
import { enableEgress } from '../network/egress.ts';
import { PodNetwork } from '../network/pod-network.ts';
import { runCommand } from '../platform/run-command.ts';
import { makeSkeleton } from './container-skeleton.ts';
import { separateDisks } from './mount-table.ts';
import { NamespaceRuntime } from './namespace-runtime.ts';
import { PlainRuntime } from './plain-runtime.ts';
import type { IsolationLevel, Runtime } from './runtime.ts';
import { StateFile } from './state-file.ts';

export interface RuntimeOptions {
  /** `auto` takes namespaces when they work. */
  readonly level: 'auto' | IsolationLevel;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly podCidr: Cidr;
  readonly serviceCidr: Cidr;
  /** Range of the pods' loopback addresses when they are plain processes. */
  readonly plainPodCidr: Cidr;
  readonly hiddenPaths: readonly string[];
  readonly userId: number;
  /** Directory of the helper scripts (`*.sh`). */
  readonly scripts: string;
}

export interface DetectedRuntime {
  readonly runtime: Runtime;
  /** Only where pods have a network of their own. */
  readonly network?: PodNetwork;
  /** Pods can't reach other machines by themselves. */
  readonly needsEgressProxy?: boolean;
}

/** @throws Error when namespaces were asked for and can't be had. */
export async function detectRuntime(options: RuntimeOptions): Promise<DetectedRuntime> {
  if (options.level === 'plain') return plain(options, 'Plain processes were asked for.');
  const unfit = unfitMachine(options);
  if (unfit !== undefined) return refused(options, unfit);
  // Both are programs of the system, one after the other: neither needs the other's outcome.
  const opening = PodNetwork.open({ ...options, owner: nodeMark(options.dataDir) });
  const [upper] = await Promise.all([overlayPlace(options), opening.catch(() => undefined)]);
  try {
    const network = await opening;
    if ('reason' in upper) {
      await network.close();
      return refused(options, upper.reason);
    }
    const limitations = await enableEgress(network.podCidr, options.log);
    const runtime = new NamespaceRuntime({
      ...options,
      ...upper,
      skeleton: skeletonOf(options),
      network,
      limitations,
      state: new StateFile(join(options.dataDir, 'processes.json'), options.log),
      layers: separateDisks(readFileSync('/proc/self/mountinfo', 'utf8'), options.dataDir),
    });
    return { runtime, network, needsEgressProxy: limitations.length > 0 };
  } catch (error) {
    return refused(options, errorText(error));
  }
}

function refused(options: RuntimeOptions, reason: string): DetectedRuntime {
  if (options.level === 'namespaces') throw new Error(`pods can't have namespaces here: ${reason}`);
  return plain(options, `Pods run as plain processes: ${reason}.`);
}

function plain(options: RuntimeOptions, reason: string): DetectedRuntime {
  const firstFreePort = options.userId === 0 ? 0 : unprivilegedPortStart();
  const runtime = new PlainRuntime({
    clock: options.clock,
    addresses: new AddressPool(options.plainPodCidr),
    state: new StateFile(join(options.dataDir, 'processes.json'), options.log),
    nodeMark: nodeMark(options.dataDir),
    firstFreePort,
    userId: options.userId,
    limitations: [reason, ...plainLimitations(options, firstFreePort)],
  });
  return { runtime };
}

/** What plain processes lack; shown once at start. */
function plainLimitations(
  { userId, serviceCidr }: Pick<RuntimeOptions, 'userId' | 'serviceCidr'>,
  firstFreePort: number,
): string[] {
  const always = [
    'Containers see the files and processes of this machine; volumes are at the directories that KINDRED_MOUNTS names, not at their mountPaths.',
    'Each pod has a loopback address, which its programs must bind themselves; only programs of the built-in images do so.',
    'Ports that programs open on localhost are shared by all pods.',
    'Names of services do not resolve inside pods, since they use the resolver of this machine.',
  ];
  const ports = `Ports below ${firstFreePort} are not open to this user: the built-in images serve port 80 on port 20080 instead, and ClusterIP ports in that range are not served.`;
  const users = 'securityContext.runAsUser is not applied: only root may change users.';
  const range = `ClusterIPs are not served: ${formatCidr(serviceCidr)} is not a range of loopback addresses.`;
  return [
    ...always,
    ...(firstFreePort > 80 ? [ports] : []),
    ...(isLoopback(formatAddress(serviceCidr.base)) ? [] : [range]),
    ...(userId === 0 ? [] : [users]),
  ];
}

/** The same for every agent that uses this data directory, and for no other. */
function nodeMark(dataDir: string): string {
  return `kindred-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
}

function unprivilegedPortStart(): number {
  const path = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  try {
    return Number(readFileSync(path, 'utf8')) || 0;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return 1024;
    throw error;
  }
}

function skeletonOf({ dataDir }: RuntimeOptions): string {
  return join(dataDir, 'skeleton');
}

/** Why there is nothing to try. */
function unfitMachine({ userId }: RuntimeOptions): string | undefined {
  if (process.platform !== 'linux') return 'this is not Linux';
  return userId === 0 ? undefined : 'only root may make namespaces with a network';
}

/** Tries the real thing once: all namespaces, and an overlay of the root in the data directory. */
async function overlayPlace(
  options: RuntimeOptions,
): Promise<{ readonly upper: 'disk' | 'tmpfs' } | { readonly reason: string }> {
  const directory = join(options.dataDir, 'overlay-check');
  let reason = '';
  try {
    await makeSkeleton(skeletonOf(options));
    for (const upper of ['disk', 'tmpfs'] as const) {
      for (const name of ['root', 'upper0', 'work0']) mkdirSync(join(directory, name), { recursive: true });
      const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child', '--'];
      const check = ['sh', join(options.scripts, 'overlay-check.sh'), directory, skeletonOf(options), upper];
      const tried = await runCommand('unshare', [...namespaces, ...check]);
      if (tried.code === 0) return { upper };
      reason = tried.stderr.trim().replaceAll('\n', ' ').replace(/\.$/, '') || `unshare exited with ${tried.code}`;
    }
  } catch (error) {
    return { reason: errorText(error) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return { reason };
}
