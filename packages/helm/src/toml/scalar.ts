/** Numbers, booleans, dates and times of TOML, with the words of BurntSushi/toml for what is none. */
import { type GoValue, goInt64 } from '../go/value.ts';
import { parseTime } from '../time/parse-time.ts';
import { timeObject } from '../time/time-object.ts';
import { fixedZone, UTC } from '../time/zone.ts';

export interface ScalarProblem {
  readonly problem: string;
}

/** A word that stands where a value is expected. */
export function readTomlScalar(word: string): GoValue | ScalarProblem {
  if (word === 'true' || word === 'false') return word === 'true';
  if (/^[+-]?inf$/.test(word)) return word.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/.test(word)) return Number.NaN;
  if (/^\d{4}-|^\d{2}:/.test(word)) return readTime(word);
  const based = /^[+-]?0([xob])/.exec(word)?.[1];
  if (based !== undefined) return readBased(word, based);
  if (!/^[+-]?\d/.test(word)) return { problem: `expected value but found "${word}" instead` };
  return /[.eE]/.test(word) ? readFloat(word) : readInteger(word);
}

const BASES: Readonly<Record<string, readonly [RegExp, string]>> = {
  x: [/^0x[0-9a-fA-F_]+$/, 'a hexadecimal'],
  o: [/^0o[0-7_]+$/, 'an octal'],
  b: [/^0b[01_]+$/, 'a binary'],
};

function readBased(word: string, base: string): GoValue | ScalarProblem {
  const [pattern, name] = BASES[base] ?? [/^$/, ''];
  if (!pattern.test(word)) return { problem: `not ${name} number: '${word}'` };
  return readInteger(word);
}

function readInteger(word: string): GoValue | ScalarProblem {
  if (!hasGoodUnderscores(word)) {
    return { problem: `Invalid integer "${word}": underscores must be surrounded by digits` };
  }
  if (/^[+-]?0\d/.test(word)) return { problem: `Invalid integer "${word}": cannot have leading zeroes` };
  const plain = word.replaceAll('_', '').replace('+', '');
  if (!/^-?\d+$|^0x[0-9a-fA-F]+$|^0o[0-7]+$|^0b[01]+$/.test(plain)) {
    return { problem: `expected value but found "${word}" instead` };
  }
  const value = BigInt(plain);
  return BigInt.asIntN(64, value) === value ? goInt64(value) : { problem: `${word} is out of range for int64` };
}

function readFloat(word: string): GoValue | ScalarProblem {
  const wrong = (why: string): ScalarProblem => ({ problem: `Invalid float "${word}": ${why}` });
  if (!hasGoodUnderscores(word)) return wrong('underscores must be surrounded by digits');
  if (/^[+-]?0\d/.test(word)) return wrong('cannot have leading zeroes');
  if (!/^[^.]*(?:\.\d[^.]*)?$/.test(word)) return wrong("'.' must be followed by one or more digits");
  const plain = word.replaceAll('_', '');
  if (!/^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(plain)) return { problem: `invalid float value: "${word}"` };
  const value = Number(plain);
  return Number.isFinite(value) ? value : { problem: `${word} is out of range for float64` };
}

function hasGoodUnderscores(word: string): boolean {
  return !/^_|_$|__|_[^0-9a-fA-F]|[^0-9a-fA-F]_/.test(word);
}

/** Layouts of Go, and the name of the zone of those without one. */
const LAYOUTS: readonly (readonly [layout: string, zone?: string])[] = [
  ['2006-01-02T15:04:05.999999999Z07:00'],
  ['2006-01-02T15:04:05.999999999', 'datetime-local'],
  ['2006-01-02', 'date-local'],
  ['15:04:05.999999999', 'time-local'],
  ['2006-01-02T15:04Z07:00'],
  ['2006-01-02T15:04', 'datetime-local'],
  ['15:04', 'time-local'],
];

function readTime(word: string): GoValue | ScalarProblem {
  const text = word.replace(/^(\S{10})[t ]/, '$1T').replace(/z$/, 'Z');
  for (const [layout, zone] of LAYOUTS) {
    const moment = parseTime(layout, text, zone === undefined ? UTC : fixedZone(zone, 0));
    if ('nanoseconds' in moment) return timeObject(moment);
  }
  return { problem: `invalid datetime: "${word}"` };
}
