/** CPU and memory of the pods' processes, in the shape of the kubelet's /stats/summary. Read from /proc. */
import type { Clock } from '@kindred/machinery';
import type { PodManager } from '../pods/pod-manager.ts';
import { listProcesses, type ProcessStat, processTree } from '../runtime/process-table.ts';

interface Usage {
  readonly time: string;
  readonly usageCoreNanoSeconds: number;
  readonly workingSetBytes: number;
}

const pageSize = 4096;
const nanosecondsPerTick = 10_000_000;

export function resourceSummary(options: { pods: PodManager; nodeName: string; clock: Clock }): object {
  const processes = listProcesses();
  const time = new Date(options.clock.now()).toISOString();
  return {
    node: { nodeName: options.nodeName },
    pods: options.pods.workers().map((worker) => {
      const { name, namespace } = worker.pod.metadata;
      const containers = [...worker.processes()].map(([container, pid]) => ({
        name: container,
        ...figures(usageOf(processTree(processes, pid), time)),
      }));
      return { podRef: { name, namespace, uid: worker.uid }, containers };
    }),
  };
}

function usageOf(tree: readonly ProcessStat[], time: string): Usage {
  const ticks = tree.reduce((sum, process) => sum + process.cpuTicks, 0);
  const pages = tree.reduce((sum, process) => sum + process.residentPages, 0);
  return { time, usageCoreNanoSeconds: ticks * nanosecondsPerTick, workingSetBytes: pages * pageSize };
}

function figures({ time, usageCoreNanoSeconds, workingSetBytes }: Usage): object {
  return {
    cpu: { time, usageCoreNanoSeconds },
    memory: { time, workingSetBytes, rssBytes: workingSetBytes },
  };
}
