/** CPU time of single requests over HTTP/2 with TLS, against bare servers that send, or parse and answer, the same. */
import { writeFile } from 'node:fs/promises';
import type { ClientHttp2Session } from 'node:http2';
import { join } from 'node:path';
import type { BareKind } from './bare-process.ts';
import { startBare } from './bare-process.ts';
import { hammer, request } from './load.ts';
import { cpuEach } from './process-figures.ts';
import { atMost, printComparison } from './report.ts';
import { compare } from './rounds.ts';
import type { RunningPlatform } from './running-platform.ts';
import { postHeaders } from './running-platform.ts';
import { collectionPath, sampleObject } from './sample.ts';

const reads = { count: 4000, clients: 16 };
const writes = { count: 1500, clients: 16 };
/** As many clients as `durable-writes.ts` has. */
const manyWrites = { count: 1500, clients: 64 };
/** Rounds that are not counted: V8 compiles anew what has become hot for the first thousands of requests, on both sides. */
const warmUp = 4;

/** GET of one custom object of 2 KB. */
export async function benchGet(platform: RunningPlatform): Promise<void> {
  await platform.createNamespace('reads');
  const name = 'read-often';
  await platform.post(collectionPath('reads'), sampleObject(name));
  const path = `${collectionPath('reads')}/${name}`;
  const file = join(platform.directory, 'object.json');
  await writeFile(file, await platform.get(path));
  await withBare(platform, 'send', [file], async (bare) => {
    const get = (sessions: RunningPlatform['sessions']) => () =>
      hammer(sessions, reads, (session) => request(session, { ':path': path }));
    const comparison = await compare(
      () => cpuEach(platform.pid, reads.count, get(platform.sessions)),
      () => cpuEach(bare.pid, reads.count, get(bare.sessions)),
      { warmUp },
    );
    printComparison('GET of a 2 KB object, CPU each', 'µs', comparison, atMost(2));
  });
}

/** Create of a custom object of 2 KB that is on disk when it is answered. */
export async function benchCreate(platform: RunningPlatform): Promise<void> {
  await platform.createNamespace('writes');
  await withBare(platform, 'create', [], async (bare) => {
    const body = Buffer.from(JSON.stringify(sampleObject('bench-00000')));
    const headers = postHeaders(collectionPath('writes'));
    const post = (session: ClientHttp2Session) => request(session, headers, body);
    const measure = (load: typeof writes, rounds: { warmUp: number }) =>
      compare(
        () => cpuEach(platform.pid, load.count, () => platform.createObjects('writes', load)),
        () => cpuEach(bare.pid, load.count, () => hammer(bare.sessions, load, post)),
        rounds,
      );
    const few = await measure(writes, { warmUp });
    printComparison('durable create of a 2 KB object, CPU each', 'µs', few, atMost(3));
    const many = await measure(manyWrites, { warmUp: 1 });
    printComparison('  with 64 clients', 'µs', many, atMost(3));
  });
}

interface BareTarget {
  readonly pid: number;
  readonly sessions: RunningPlatform['sessions'];
}

/** Runs `use` with a bare server that has the platform's certificate, and the same number of connections to it. */
export async function withBare(
  platform: RunningPlatform,
  kind: BareKind,
  files: readonly string[],
  use: (bare: BareTarget) => Promise<void>,
): Promise<void> {
  const bare = await startBare(kind, [...platform.tlsFiles, ...files]);
  try {
    await use({ pid: bare.pid, sessions: await platform.connect(bare.port) });
  } finally {
    await bare.stop();
  }
}
