/**
 * Rendering a chart of 1,000 objects against the real helm: the whole process, its memory, and the work alone in a
 * process that is warm, where helm's share is its whole process without what `helm version` takes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientBinary } from '@kindred-conformance/clients';
import { atMost, print, printComparison } from '../report.ts';
import { compare, compared } from '../rounds.ts';
import { writeLargeChart } from './large-chart.ts';
import { renderText } from './render-text.ts';
import { runWhole, type WholeRun } from './whole-process.ts';

const renderProgram = fileURLToPath(new URL('./render-process.js', import.meta.url));
const megabyte = 1e6;
const warmUp = 5;

export async function benchHelm(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-bench-helm-'));
  try {
    const chart = join(directory, 'platform');
    await writeLargeChart(chart);
    const helm = await helmIn(directory);
    await checkSameBytes(chart, helm);
    await benchProcesses(chart, helm);
    await benchWarm(chart, helm);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

type Helm = (...args: readonly string[]) => Promise<WholeRun>;

/** Runs helm with nothing of its user's. */
async function helmIn(directory: string): Promise<Helm> {
  const program = await clientBinary('helm');
  return (...args) => runWhole(program, args, { environment: { HOME: directory } });
}

const ours = (chart: string): Promise<WholeRun> => runWhole(process.execPath, [renderProgram, chart]);

/** A figure of a render that gives something else would mean nothing. */
async function checkSameBytes(chart: string, helm: Helm): Promise<void> {
  const [theirs, own] = [await helm('template', 'rel', chart), await ours(chart)];
  if (theirs.stdout !== own.stdout) throw new Error('The chart of the measurement comes out otherwise than from helm');
}

async function benchProcesses(chart: string, helm: Helm): Promise<void> {
  const peaks = { ours: new Array<number>(), helm: new Array<number>() };
  const wallOf = async (side: 'ours' | 'helm', running: Promise<WholeRun>): Promise<number> => {
    const { wall, peak } = await running;
    peaks[side].push(peak / megabyte);
    return wall;
  };
  const wall = await compare(
    () => wallOf('ours', ours(chart)),
    () => wallOf('helm', helm('template', 'rel', chart)),
  );
  printComparison('helm template, 1000 objects, whole process', 'ms', wall, atMost(2));
  printComparison('  highest resident memory', 'MB', compared(peaks.ours, peaks.helm), atMost(2));
}

async function benchWarm(chart: string, helm: Helm): Promise<void> {
  const wallOf = async (...args: readonly string[]): Promise<number> => (await helm(...args)).wall;
  const warm = async (): Promise<number> => {
    const started = performance.now();
    await renderText(chart);
    return performance.now() - started;
  };
  for (let round = 0; round < warmUp; round++) await warm();
  const comparison = await compare(
    warm,
    async () => (await wallOf('template', 'rel', chart)) - (await wallOf('version')),
  );
  printComparison('  warm in process; helm: without its start', 'ms', comparison, atMost(0.5));
  const floor = await compare(
    async () => (await runWhole(process.execPath, ['-e', '0'])).wall,
    () => wallOf('version'),
  );
  print(
    `  (an empty Node.js process takes ${floor.ours.toFixed(0)} ms, helm version ${floor.reference.toFixed(0)} ms)`,
  );
}
