/**
 * Two sides measured in turn, A B A B …, after a warm-up, so that a machine whose speed drifts treats both alike.
 * What counts is the median of the ratios, pair by pair.
 */
export interface Comparison {
  /** Medians of each side's figures. */
  readonly ours: number;
  readonly reference: number;
  /** Median, smallest and largest of the pairwise ratios. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

export async function compare(
  ours: () => Promise<number>,
  reference: () => Promise<number>,
  { rounds = 5, warmUp = 1 }: { rounds?: number; warmUp?: number } = {},
): Promise<Comparison> {
  for (let round = 0; round < warmUp; round++) {
    await ours();
    await reference();
  }
  const a: number[] = [];
  const b: number[] = [];
  for (let round = 0; round < rounds; round++) {
    a.push(await ours());
    b.push(await reference());
  }
  return compared(a, b);
}

/** Figures of both sides that were taken in turn. */
export function compared(a: readonly number[], b: readonly number[]): Comparison {
  const ratios = a.map((value, index) => value / (b[index] ?? Number.NaN));
  return {
    ours: median(a),
    reference: median(b),
    ratio: median(ratios),
    low: Math.min(...ratios),
    high: Math.max(...ratios),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
