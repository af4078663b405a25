/**
 * Rendering a chart of 1,000 objects and one of 30 dependencies against the real helm: the whole process, its memory, and
 * the work alone in a process that is warm, where helm's share is its whole process without what `helm version` takes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDirectory, TemplateCache } from '@kindred/helm';
import { clientBinary } from '@kindred-conformance/clients';
import { atMost, noGoal, printComparison } from '../report.ts';
import { compare, compared } from '../rounds.ts';
import { writeLargeChart, writeSmallChart } from './large-chart.ts';
import { chartText, renderText } from './render-text.ts';
import { writeUmbrellaChart } from './umbrella-chart.ts';
import { runWhole, type WholeRun } from './whole-process.ts';

const program = fileURLToPath(new URL('../../../packages/kindred/dist/bundle/kindred.mjs', import.meta.url));
const megabyte = 1e6;
const warmUp = 5;

export async function benchHelm(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-bench-helm-'));
  try {
    const chart = join(directory, 'platform');
    await writeLargeChart(chart);
    const helm = await helmIn(directory);
    await checkSameBytes(chart, helm);
    await benchProcesses('helm template, 1000 objects, whole process', chart, helm);
    await benchWarm(chart, helm);
    await benchUmbrella(directory, helm);
    await benchSmall(directory, helm);
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

const ours = (...args: readonly string[]): Promise<WholeRun> => runWhole(process.execPath, [program, 'helm', ...args]);

/** A figure of a render that gives something else would mean nothing. */
async function checkSameBytes(chart: string, helm: Helm): Promise<void> {
  const [theirs, own] = [await helm('template', 'rel', chart), await ours('template', 'rel', chart)];
  if (theirs.stdout !== own.stdout) throw new Error('The chart of the measurement comes out otherwise than from helm');
}

async function benchProcesses(name: string, chart: string, helm: Helm): Promise<void> {
  const peaks = { ours: new Array<number>(), helm: new Array<number>() };
  const wallOf = async (side: 'ours' | 'helm', running: Promise<WholeRun>): Promise<number> => {
    const { wall, peak } = await running;
    peaks[side].push(peak / megabyte);
    return wall;
  };
  const wall = await compare(
    () => wallOf('ours', ours('template', 'rel', chart)),
    () => wallOf('helm', helm('template', 'rel', chart)),
  );
  printComparison(name, 'ms', wall, atMost(2));
  printComparison('  highest resident memory', 'MB', compared(peaks.ours, peaks.helm), atMost(2));
}

/**
 * In a process that has rendered it before: all of it anew; then of a chart that stays loaded, as in a controller, without
 * and with the templates that earlier renders have parsed.
 */
async function benchWarm(chart: string, helm: Helm): Promise<void> {
  const wallOf = async (...args: readonly string[]): Promise<number> => (await helm(...args)).wall;
  const theirs = async (): Promise<number> => (await wallOf('template', 'rel', chart)) - (await wallOf('version'));
  const loaded = await loadDirectory(chart);
  const templates = new TemplateCache();
  const anew = (): Promise<number> => timed(() => renderText(chart));
  const parsing = (): Promise<number> => timed(() => chartText(loaded));
  const again = (): Promise<number> => timed(() => chartText(loaded, templates));
  for (let round = 0; round < warmUp; round++) {
    await anew();
    await parsing();
    await again();
  }
  printComparison('  warm in process; helm: without its start', 'ms', await compare(anew, theirs), atMost(0.5));
  printComparison('  chart kept, templates too; not the templates', 'ms', await compare(again, parsing), noGoal);
}

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function benchUmbrella(directory: string, helm: Helm): Promise<void> {
  const chart = join(directory, 'umbrella');
  await writeUmbrellaChart(chart);
  await checkSameBytes(chart, helm);
  await benchProcesses('helm template, 30 dependencies, whole process', chart, helm);
  await benchWarm(chart, helm);
}

/** A chart with next to nothing in it: what is left is the start of the program. */
async function benchSmall(directory: string, helm: Helm): Promise<void> {
  const chart = join(directory, 'small');
  await writeSmallChart(chart);
  const wallOf = async (running: Promise<WholeRun>): Promise<number> => (await running).wall;
  const start = await compare(
    () => wallOf(ours('template', 'rel', chart)),
    () => wallOf(helm('template', 'rel', chart)),
    { rounds: 9, warmUp: 2 },
  );
  printComparison('helm template, 1 object, whole process', 'ms', start, atMost(4));
  const floor = await compare(
    () => wallOf(runWhole(process.execPath, ['-e', '0'])),
    () => wallOf(helm('version')),
  );
  printComparison('  an empty Node.js process, helm version', 'ms', floor, noGoal);
}
