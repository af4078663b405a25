/** What the machine says of itself: processors, memory, disk, system. Read anew for each heartbeat. */
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { arch, availableParallelism, release, totalmem } from 'node:os';
import type { MachineFigures } from './node-status.ts';

const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm', ia32: '386' };

export function readMachineFigures(dataDir: string): MachineFigures {
  const disk = statfsSync(dataDir);
  const available = /^MemAvailable:\s+(\d+)/m.exec(textOf('/proc/meminfo'));
  return {
    cpu: availableParallelism(),
    memory: totalmem(),
    memoryAvailable: available ? Number(available[1]) * 1024 : totalmem(),
    disk: disk.blocks * disk.bsize,
    diskAvailable: disk.bavail * disk.bsize,
    architecture: goArchitectures[arch()] ?? arch(),
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)/m.exec(textOf('/etc/os-release'))?.[1] ?? 'Linux',
    machineId: textOf('/etc/machine-id').trim(),
    bootId: textOf('/proc/sys/kernel/random/boot_id').trim(),
  };
}

/** Empty where the system doesn't have the file. */
function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
