/**
 * What the process uses, under the names that all Prometheus clients have for it.
 */
import type { Metric } from './exposition.ts';

/** What the operating system tells of a process. */
export interface ProcessUse {
  /** Microseconds of all its threads, in user and system mode together. */
  readonly cpuMicroseconds: number;
  readonly residentBytes: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Of this process. */
export function ownProcessUse(): ProcessUse {
  const { user, system } = process.cpuUsage();
  return {
    cpuMicroseconds: user + system,
    residentBytes: process.memoryUsage.rss(),
    startedAt: performance.timeOrigin,
  };
}

export function processMetrics({ cpuMicroseconds, residentBytes, startedAt }: ProcessUse): Metric[] {
  return [
    {
      name: 'process_cpu_seconds_total',
      help: 'CPU time in user and system mode.',
      type: 'counter',
      samples: [{ value: cpuMicroseconds / 1e6 }],
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Resident memory.',
      type: 'gauge',
      samples: [{ value: residentBytes }],
    },
    {
      name: 'process_start_time_seconds',
      help: 'When the process started, since the Unix epoch.',
      type: 'gauge',
      samples: [{ value: startedAt / 1000 }],
    },
  ];
}
