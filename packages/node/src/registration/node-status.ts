/** The Node object of this machine (core/v1 Node): labels, capacity, addresses, conditions. Pure: figures come in. */
import type { Node, NodeCondition, NodeStatus } from '@kindred/apis/core/v1';
import { timestamp } from '../pods/container-status.ts';

export interface MachineFigures {
  readonly cpu: number;
  /** In bytes. */
  readonly memory: number;
  readonly memoryAvailable: number;
  readonly disk: number;
  readonly diskAvailable: number;
  readonly architecture: string;
  readonly kernelVersion: string;
  readonly osImage: string;
  readonly machineId: string;
  readonly bootId: string;
}

export interface NodeIdentity {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  /** Port of the agent's HTTPS endpoint. */
  readonly port: number;
  readonly images: readonly (readonly string[])[];
}

/** Kubernetes' version that this node speaks, and its own mark. */
const kubeletVersion = 'v1.36.0-kindred';
const mostPods = 110;
const memoryReserve = 100 * 2 ** 20;

/** What pods may use of the memory, in bytes. */
export function allocatableMemory({ memory }: Pick<MachineFigures, 'memory'>): number {
  return memory - memoryReserve;
}

export function nodeLabels(name: string, architecture: string): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'node-role.kubernetes.io/control-plane': '',
  };
}

export function nodeStatus(
  identity: NodeIdentity,
  figures: MachineFigures,
  before: Node | undefined,
  now: number,
): NodeStatus {
  const capacity = {
    cpu: String(figures.cpu),
    'ephemeral-storage': `${Math.floor(figures.disk / 1024)}Ki`,
    memory: `${Math.floor(figures.memory / 1024)}Ki`,
    pods: String(mostPods),
  };
  const memory = `${Math.floor(allocatableMemory(figures) / 1024)}Ki`;
  return {
    capacity,
    allocatable: { ...capacity, memory },
    addresses: [
      { type: 'InternalIP', address: identity.address },
      { type: 'Hostname', address: identity.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: identity.port } },
    conditions: nodeConditions(figures, before?.status?.conditions ?? [], now),
    images: identity.images.map((names) => ({ names: [...names] })),
    nodeInfo: {
      architecture: figures.architecture,
      bootID: figures.bootId,
      containerRuntimeVersion: 'process://0.1.0',
      kernelVersion: figures.kernelVersion,
      kubeProxyVersion: '',
      kubeletVersion,
      machineID: figures.machineId,
      operatingSystem: 'linux',
      osImage: figures.osImage,
      systemUUID: figures.machineId,
    },
  };
}

function nodeConditions(figures: MachineFigures, before: readonly NodeCondition[], now: number): NodeCondition[] {
  const lowMemory = figures.memoryAvailable < memoryReserve;
  const lowDisk = figures.diskAvailable < figures.disk * 0.02;
  const judged: [string, boolean, string, string][] = [
    ['MemoryPressure', lowMemory, ...memoryWords(lowMemory)],
    ['DiskPressure', lowDisk, ...diskWords(lowDisk)],
    ['PIDPressure', false, 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['NetworkUnavailable', false, 'PodNetworkReady', 'the pod network is up'],
    ['Ready', true, 'KubeletReady', 'kubelet is posting ready status'],
  ];
  return judged.map(([type, is, reason, message]) => {
    const status = is ? 'True' : 'False';
    const old = before.find((condition) => condition.type === type);
    const lastTransitionTime = (old?.status === status ? old.lastTransitionTime : undefined) ?? timestamp(now);
    return { type, status, reason, message, lastHeartbeatTime: timestamp(now), lastTransitionTime };
  });
}

function memoryWords(low: boolean): [string, string] {
  return low
    ? ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available']
    : ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'];
}

function diskWords(low: boolean): [string, string] {
  return low
    ? ['KubeletHasDiskPressure', 'kubelet has disk pressure']
    : ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'];
}
