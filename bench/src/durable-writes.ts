/** Creates per second with 64 clients, against the same number of durable writes of the same size straight into etcd. */
import type { Etcd } from './etcd.ts';
import { put, putNew, startEtcd } from './etcd.ts';
import { atLeast, print, printComparison } from './report.ts';
import { compare } from './rounds.ts';
import type { RunningPlatform } from './running-platform.ts';
import { sampleObject } from './sample.ts';

const load = { count: 3000, clients: 64 };

export async function benchDurableWrites(platform: RunningPlatform): Promise<void> {
  const etcd = await startEtcd(platform.sessions.length);
  if (etcd === undefined) {
    print('creates against etcd: skipped, etcd is not installed (Debian package etcd-server)');
    return;
  }
  try {
    await platform.createNamespace('durable');
    const ours = () => perSecond(() => platform.createObjects('durable', load));
    const creates = await compare(ours, () => perSecond(() => writeAll(etcd, 'creates', putNew)));
    printComparison('creates, 64 clients; etcd: txn by gRPC', '/s', creates, atLeast(2));
    const puts = await compare(ours, () => perSecond(() => writeAll(etcd, 'puts', put)));
    printComparison('creates, 64 clients; etcd: blind put by gRPC', '/s', puts, atLeast(2));
  } finally {
    await etcd.stop();
  }
}

let written = 0;

async function writeAll(etcd: Etcd, folder: string, write: typeof put): Promise<void> {
  let sent = 0;
  const client = async (number: number): Promise<void> => {
    const session = etcd.sessions[number % etcd.sessions.length];
    while (session !== undefined && sent++ < load.count) {
      const name = `bench-${written++}`;
      await write(session, `/registry/${folder}/${name}`, objectBytes(name));
    }
  };
  await Promise.all(Array.from({ length: load.clients }, (_, number) => client(number)));
}

function objectBytes(name: string): Buffer {
  return Buffer.from(JSON.stringify(sampleObject(name)));
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return load.count / ((performance.now() - started) / 1000);
}
