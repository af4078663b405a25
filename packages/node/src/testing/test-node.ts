/** A node without an API server, for tests: the real runtime and pod manager over a cluster in memory. */
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod, PodSpec } from '@kindred/apis/core/v1';
import { silentLogger, systemClock } from '@kindred/machinery';
import { builtInImages } from '../images/built-in-images.ts';
import type { Image } from '../images/image.ts';
import { ImageStore } from '../images/image-store.ts';
import { parseCidr } from '../network/cidr.ts';
import { programsDirectory, scriptsDirectory } from '../platform/package-places.ts';
import type { NodeContext } from '../pods/node-context.ts';
import { PodManager } from '../pods/pod-manager.ts';
import { detectRuntime } from '../runtime/detect.ts';
import type { IsolationLevel, Runtime } from '../runtime/runtime.ts';
import { TokenSource } from '../volumes/service-account-token.ts';
import { MemoryCluster } from './memory-cluster.ts';

export interface TestNode {
  readonly cluster: MemoryCluster;
  readonly pods: PodManager;
  readonly runtime: Runtime;
  readonly context: NodeContext;
  readonly dataDir: string;
  close(): Promise<void>;
}

export async function createTestNode(
  level: IsolationLevel,
  options: { readonly images?: readonly Image[]; readonly dataDir?: string } = {},
): Promise<TestNode> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'kindred-node-'));
  const cluster = new MemoryCluster();
  const { runtime, network } = await detectRuntime({
    level,
    dataDir,
    clock: systemClock,
    log: silentLogger,
    podCidr: parseCidr('10.244.0.0/24'),
    serviceCidr: parseCidr('10.95.0.0/24'),
    // Tests run beside each other, and beside other nodes of this machine.
    plainPodCidr: parseCidr(`127.${130 + randomInt(30)}.${randomInt(256)}.0/24`),
    hiddenPaths: [],
    userId: process.getuid?.() ?? 1,
    scripts: scriptsDirectory,
  });
  const context: NodeContext = {
    runtime,
    cluster,
    images: new ImageStore([...(options.images ?? []), ...builtInImages], {
      node: process.execPath,
      programs: programsDirectory,
    }),
    tokens: new TokenSource(cluster, systemClock),
    clock: systemClock,
    log: silentLogger,
    dataDir,
    figures: { hostIP: network?.hostAddress ?? '127.0.0.1', cpu: 2, memory: 2 ** 30, ephemeralStorage: 2 ** 30 },
    resolvConf: () => undefined,
    newContainerId: () => randomBytes(32).toString('hex'),
  };
  const pods = new PodManager(context);
  return {
    cluster,
    pods,
    runtime,
    context,
    dataDir,
    async close() {
      await pods.close(0);
      await runtime.close();
      await network?.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

let podCount = 0;

/** A pod bound to the node, as the API server would show it. */
export function testPod(spec: PodSpec, name = `pod-${++podCount}`): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}-${randomBytes(4).toString('hex')}`, generation: 1 },
    spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 5, nodeName: 'node', ...spec },
  };
}

/** The same pod, being deleted. */
export function deletedPod(pod: Pod, graceSeconds = 5): Pod {
  const metadata = {
    ...pod.metadata,
    deletionTimestamp: new Date().toISOString(),
    deletionGracePeriodSeconds: graceSeconds,
  };
  return { ...pod, metadata };
}
