/** A list of 10 000 objects of 2 KB, against a bare server that streams the same bytes. */
import { writeFile } from 'node:fs/promises';
import type { ClientHttp2Session } from 'node:http2';
import { join } from 'node:path';
import { expectSuccess, request } from './load.ts';
import { cpuEach } from './process-figures.ts';
import { atMost, printComparison, printFigure } from './report.ts';
import { withBare } from './requests.ts';
import { compare, median } from './rounds.ts';
import type { RunningPlatform } from './running-platform.ts';
import { collectionPath } from './sample.ts';

const objects = { count: 10_000, clients: 64 };
const listsEachRound = 3;

export async function benchList(platform: RunningPlatform): Promise<void> {
  await platform.createNamespace('lists');
  await platform.createObjects('lists', objects);
  const path = collectionPath('lists');
  const file = join(platform.directory, 'list.json');
  await writeFile(file, await platform.get(path));
  await withBare(platform, 'send', [file], async (bare) => {
    const firstBytes: number[] = [];
    const listAll = (sessions: readonly ClientHttp2Session[], note: (firstByte: number) => void) => async () => {
      for (const session of sessions.slice(0, listsEachRound)) {
        const answer = await request(session, { ':path': path });
        expectSuccess(answer);
        note(answer.firstByte);
      }
    };
    const ours = listAll(platform.sessions, (firstByte) => firstBytes.push(firstByte));
    const theirs = listAll(bare.sessions, () => undefined);
    const comparison = await compare(
      () => cpuEach(platform.pid, listsEachRound * 1000, ours),
      () => cpuEach(bare.pid, listsEachRound * 1000, theirs),
    );
    printComparison('list of 10 000 × 2 KB, CPU', 'ms', comparison, atMost(2));
    printFigure('list of 10 000 × 2 KB, first byte', 'ms', median(firstBytes), atMost(50, ' ms'));
  });
}
