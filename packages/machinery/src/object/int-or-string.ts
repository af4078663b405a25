/**
 * Values that are a number or a text: ports by name, shares such as `25%` (`k8s.io/apimachinery/pkg/util/intstr`).
 */
export type IntOrString = number | string;

const PERCENTAGE = /^(\d+)%$/;

/**
 * Counts out a number or a percentage of `total`. Undefined for any other text.
 *
 * @example scaledIntOrPercent('25%', 10, { roundUp: true }) // 3
 */
export function scaledIntOrPercent(
  value: IntOrString,
  total: number,
  { roundUp }: { roundUp: boolean },
): number | undefined {
  if (typeof value === 'number') return value;
  const percent = parsePercentage(value);
  if (percent === undefined) return undefined;
  const exact = (percent * total) / 100;
  return roundUp ? Math.ceil(exact) : Math.floor(exact);
}

/** `25%` → 25; undefined for anything else. */
export function parsePercentage(text: string): number | undefined {
  const digits = PERCENTAGE.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
