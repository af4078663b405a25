/** Resident memory of control plane and node agent together when nothing has happened for half a minute. */
import { setTimeout as delay } from 'node:timers/promises';
import { TestPlatform } from '@kindred-conformance/clients';
import { childrenOf, residentBytes } from './process-figures.ts';
import { atMost, printFigure } from './report.ts';

const idle = 30_000;
const megabyte = 1e6;

export async function benchMemory(): Promise<void> {
  for (const extensions of ['none', 'website']) {
    const platform = await TestPlatform.start({ args: ['--extensions', extensions] });
    try {
      await delay(idle);
      const controlPlane = residentBytes(platform.pid) / megabyte;
      const agent = sum(childrenOf(platform.pid).map(residentBytes)) / megabyte;
      const parts = `${controlPlane.toFixed(0)} + ${agent.toFixed(0)}`;
      const name = `resident memory (${parts}), extensions: ${extensions}`;
      printFigure(name, 'MB', controlPlane + agent, atMost(150, ' MB'));
    } finally {
      await platform.stop();
    }
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
