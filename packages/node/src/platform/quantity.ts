/** Quantities (`100m`, `64Mi`) as plain numbers, as far as the node computes with them: limits, divisors, capacity. */

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** undefined for text that is not a quantity. */
export function quantityValue(quantity: string | number | undefined): number | undefined {
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(quantity));
  const factor = match && factors[match[2] ?? ''];
  const value = Number(match?.[1]);
  return factor === undefined || factor === null || Number.isNaN(value) ? undefined : value * factor;
}
