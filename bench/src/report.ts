/** How results are printed: one row a measurement, with its goal beside it. A bench prints; it never fails. */
import { loadavg } from 'node:os';
import type { Comparison } from './rounds.ts';

export function printHeader(): void {
  const load = loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
  print(`Node ${process.version}, load average ${load}`);
  print(row('measurement', 'ours', 'reference', 'ratio (min–max)', 'goal', ''));
}

export function printComparison(
  name: string,
  unit: string,
  { ours, reference, ratio, low, high }: Comparison,
  goal: Goal,
): void {
  const spread = `${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
  print(
    row(name, `${format(ours)} ${unit}`, `${format(reference)} ${unit}`, spread, goal.text, verdict(goal.met(ratio))),
  );
}

export function printFigure(name: string, unit: string, value: number, goal: Goal): void {
  print(row(name, `${format(value)} ${unit}`, '', '', goal.text, verdict(goal.met(value))));
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export interface Goal {
  readonly text: string;
  /** Undefined when there is nothing to meet. */
  met(value: number): boolean | undefined;
}

export const atMost = (limit: number, unit = ''): Goal => ({
  text: `≤ ${limit}${unit}`,
  met: (value) => value <= limit,
});
export const atLeast = (limit: number, unit = ''): Goal => ({
  text: `≥ ${limit}${unit}`,
  met: (value) => value >= limit,
});

/** For a figure that explains others. */
export const noGoal: Goal = { text: '', met: () => undefined };

function verdict(met: boolean | undefined): string {
  if (met === undefined) return '';
  return met ? 'met' : 'missed';
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function row(...cells: readonly string[]): string {
  const widths = [44, -14, -14, -22, -10, 0];
  return cells
    .map((cell, index) => pad(cell, widths[index] ?? 0))
    .join('  ')
    .trimEnd();
}

/** Negative widths align to the right. */
function pad(text: string, width: number): string {
  return width < 0 ? text.padStart(-width) : text.padEnd(width);
}
