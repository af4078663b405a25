/**
 * The measurements: `main.js [NAME…]`, all of them unless some are named. Each is a ratio of two sides measured in turn
 * in one run, or a figure with its goal beside it.
 */
import { benchDurableWrites } from './durable-writes.ts';
import { benchHelm } from './helm/bench.ts';
import { benchList } from './list.ts';
import { benchMemory } from './memory.ts';
import { print, printHeader } from './report.ts';
import { benchCreate, benchGet } from './requests.ts';
import { RunningPlatform } from './running-platform.ts';
import { benchStart } from './start.ts';
import { benchWebsite } from './website.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  start: benchStart,
  get: () => onPlatform(benchGet),
  create: () => onPlatform(benchCreate),
  etcd: () => onPlatform(benchDurableWrites),
  list: () => onPlatform(benchList),
  memory: benchMemory,
  website: benchWebsite,
  helm: benchHelm,
};

/** Each on a platform of its own, so that none inherits what another has stored. */
async function onPlatform(bench: (platform: RunningPlatform) => Promise<void>): Promise<void> {
  const platform = await RunningPlatform.start();
  try {
    await bench(platform);
  } finally {
    await platform.stop();
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  print(`There is no measurement ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  process.exitCode = 1;
} else {
  printHeader();
  for (const [name, bench] of Object.entries(benches)) {
    if (asked.length === 0 || asked.includes(name)) await bench();
  }
}
