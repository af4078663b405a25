/** Go's time.ParseDuration: `1h15m30.5s`, `-1.5h`, `300ms`. */
import { quote } from '../go/quote.ts';

const UNITS = new Map<string, bigint>([
  ['ns', 1n],
  ['us', 1000n],
  ['µs', 1000n],
  ['μs', 1000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/** Nanoseconds; undefined when the text is no duration. */
export function parseGoDuration(text: string): bigint | undefined {
  const match = /^([+-]?)((?:\d*\.?\d*[a-zµμ]+)+|0)$/.exec(text);
  if (match === null) return undefined;
  if (match[2] === '0') return 0n;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of (match[2] ?? '').matchAll(/(\d*)(?:\.(\d*))?([a-zµμ]+)/g)) {
    const scale = UNITS.get(unit);
    if (scale === undefined || (whole === '' && fraction === '')) return undefined;
    total += BigInt(whole === '' ? '0' : whole) * scale;
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  const signed = match[1] === '-' ? -total : total;
  return BigInt.asIntN(64, signed) === signed ? signed : undefined;
}

/** What Go says before it quotes a text that is no duration. */
export function durationProblem(text: string): string {
  let rest = text.replace(/^[+-]/, '');
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) return 'invalid duration';
    rest = rest.slice(number.length);
    const unit = /^[^\d.]+/.exec(rest)?.[0];
    if (unit === undefined) return 'missing unit in duration';
    if (!UNITS.has(unit)) return `unknown unit ${quote(unit)} in duration`;
    rest = rest.slice(unit.length);
  }
  return 'invalid duration';
}
