/** One value under one verb of Go's fmt: what `%d` of a list of ints or `%#v` of a map gives. */
import { toBytes } from './bytes.ts';
import { compareText } from './compare-text.ts';
import { floatText, formatFloat, hexFloat } from './number-text.ts';
import { isPrintable, quote, quoteRune } from './quote.ts';
import {
  ANY_SLICE,
  type GoInt,
  type GoObject,
  type GoValue,
  isInt,
  isMap,
  isObject,
  sliceItems,
  typeName,
} from './value.ts';

/** A directive: the letter and what stood between it and the percent sign. */
export interface Spec {
  readonly verb: string;
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** `depth` is 0 for the argument itself and more for what it contains. */
export function formatValue(value: GoValue, spec: Spec, depth: number): string {
  if (spec.verb === 'T') return formatString(typeName(value), { ...spec, verb: 's' });
  if (value === undefined || value === null) return formatNil(spec, depth);
  switch (typeof value) {
    case 'string':
      return formatString(value, spec);
    case 'number':
      return formatNumber(value, spec);
    case 'boolean':
      return spec.verb === 't' || spec.verb === 'v' ? pad(String(value), spec) : bad(value, spec);
    default:
      return formatComposite(value, spec, depth);
  }
}

function formatNil(spec: Spec, depth: number): string {
  if (depth > 0) return spec.verb === 'v' && spec.sharp ? 'interface {}(nil)' : '<nil>';
  if (spec.verb === 'v') return pad('<nil>', spec);
  return `%!${spec.verb}(<nil>)`;
}

function formatComposite(
  value: Exclude<GoValue, string | number | boolean | null | undefined>,
  spec: Spec,
  depth: number,
) {
  if (isInt(value)) return formatInt(value, spec);
  if (isMap(value)) return formatMap(value, value.type, spec, depth);
  if (isObject(value)) return formatObject(value, spec, depth);
  const items = sliceItems(value) ?? [];
  return formatSlice(items, Array.isArray(value) ? ANY_SLICE : value.type, spec, depth);
}

function formatSlice(items: readonly GoValue[], type: string, spec: Spec, depth: number): string {
  if (type === '[]uint8') {
    const text = byteText(items, spec);
    if (text !== undefined) return text;
  }
  if (spec.verb === 'v' && spec.sharp)
    return `${type}{${items.map((item) => inner(item, type, spec, depth)).join(', ')}}`;
  return `[${items.map((item) => inner(item, type, spec, depth)).join(' ')}]`;
}

function byteText(items: readonly GoValue[], spec: Spec): string | undefined {
  if (!'sqxX'.includes(spec.verb)) return undefined;
  const text = items.map((item) => (item !== null && item !== undefined && isInt(item) ? byteCharacter(item) : ''));
  return formatString(text.join(''), spec);
}

function byteCharacter(item: GoInt): string {
  const byte = Number(item.value);
  return byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(0xdc80 + byte - 0x80);
}

/** Elements of typed slices and maps print without the marks that interfaces need. */
function inner(item: GoValue, type: string, spec: Spec, depth: number): string {
  if (spec.verb === 'v' && spec.sharp && item !== null && item !== undefined && isInt(item) && type !== ANY_SLICE) {
    return type === '[]uint8' ? `0x${item.value.toString(16)}` : item.value.toString();
  }
  return formatValue(item, spec, depth + 1);
}

function formatMap(map: ReadonlyMap<string, GoValue>, type: string, spec: Spec, depth: number): string {
  const members = [...map.keys()]
    .sort(compareText)
    .map((key) => `${formatValue(key, spec, depth + 1)}:${formatValue(map.get(key), spec, depth + 1)}`);
  return spec.verb === 'v' && spec.sharp ? `${type}{${members.join(', ')}}` : `map[${members.join(' ')}]`;
}

function formatObject(value: GoObject, spec: Spec, depth: number): string {
  if (value.text !== undefined && 'vsqxX'.includes(spec.verb) && !spec.sharp) return formatString(value.text(), spec);
  const mark = value.kind === 'ptr' ? '&' : '';
  const names = spec.sharp || spec.plus;
  const members = [...value.fields].map(([name, field]) => {
    const text = formatValue(field, spec, depth + 1);
    return names ? `${name}:${text}` : text;
  });
  const type = spec.sharp ? value.type.replace(/^\*/, '') : '';
  return `${mark}${type}{${members.join(spec.sharp ? ', ' : ' ')}}`;
}

function formatString(text: string, spec: Spec): string {
  const cut =
    spec.precision === undefined || 'xX'.includes(spec.verb)
      ? text
      : Array.from(text).slice(0, spec.precision).join('');
  switch (spec.verb) {
    case 'v':
      return spec.sharp ? padQuoted(cut, spec) : pad(cut, spec);
    case 's':
      return pad(cut, spec);
    case 'q':
      return padQuoted(cut, spec);
    case 'x':
    case 'X':
      return pad(hexBytes(text, spec), spec);
    default:
      return bad(text, spec);
  }
}

function padQuoted(text: string, spec: Spec): string {
  // oxlint-disable-next-line no-control-regex -- what a raw string literal can't hold
  const raw = spec.sharp && spec.verb === 'q' && !/[`\x00-\x08\x0a-\x1f\x7f\ufeff\udc80-\udcff]/.test(text);
  return pad(raw ? `\`${text}\`` : quote(text, spec.plus), spec);
}

function hexBytes(text: string, spec: Spec): string {
  const bytes = [...toBytes(text)].slice(0, spec.precision);
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  const prefix = spec.sharp ? '0x' : '';
  const joined = spec.space ? digits.map((each) => prefix + each).join(' ') : prefix + digits.join('');
  if (bytes.length === 0) return '';
  return spec.verb === 'X' ? joined.toUpperCase() : joined;
}

function formatNumber(value: number, spec: Spec): string {
  let text: string;
  switch (spec.verb) {
    case 'v':
      text = floatText(value);
      if (spec.sharp) text = floatText(value, 21);
      break;
    case 'g':
    case 'G':
      text = formatFloat(value, 'g', spec.precision);
      break;
    case 'e':
    case 'E':
      text = formatFloat(value, 'e', spec.precision ?? 6);
      break;
    case 'f':
    case 'F':
      text = formatFloat(value, 'f', spec.precision ?? 6);
      break;
    case 'x':
    case 'X':
      text = hexFloat(value);
      break;
    default:
      return bad(value, spec);
  }
  if (spec.verb === 'G' || spec.verb === 'X' || spec.verb === 'E') text = text.toUpperCase();
  if (Number.isFinite(value)) return padNumber(text.replace(/^-/, ''), text.startsWith('-'), spec);
  const bare = text.replace(/^[+-]/, '');
  return padNumber(value > 0 ? `+${bare}` : bare, value < 0, { ...spec, zero: false, plus: false });
}

const BASES: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const PREFIXES: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };

function formatInt(int: GoInt, spec: Spec): string {
  if (int.type === 'time.Duration' && 'vs'.includes(spec.verb)) return pad(durationText(int.value), spec);
  const base = BASES[spec.verb];
  if (base === undefined) return formatRune(int, spec);
  const magnitude = int.value < 0n ? -int.value : int.value;
  let digits = magnitude.toString(base);
  if (spec.precision !== undefined) {
    digits = spec.precision === 0 && magnitude === 0n ? '' : digits.padStart(spec.precision, '0');
  }
  if (spec.verb === 'X') digits = digits.toUpperCase();
  const prefix = spec.verb === 'O' ? '0o' : spec.sharp ? (PREFIXES[spec.verb] ?? '') : '';
  const octal = prefix === '0' && digits.startsWith('0') ? '' : prefix;
  const padded = spec.precision === undefined ? spec : { ...spec, zero: false };
  return padNumber(digits, int.value < 0n, padded, octal);
}

function formatRune(int: GoInt, spec: Spec): string {
  const code = Number(int.value);
  switch (spec.verb) {
    case 'c':
      return pad(code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd', spec);
    case 'q':
      return pad(quoteRune(code, spec.plus), spec);
    case 'U': {
      const text = `U+${code
        .toString(16)
        .toUpperCase()
        .padStart(spec.precision ?? 4, '0')}`;
      const character = code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
      return pad(spec.sharp && isPrintable(character) ? `${text} '${character}'` : text, spec);
    }
    default:
      return bad(int, spec);
  }
}

function padNumber(digits: string, negative: boolean, spec: Spec, prefix = ''): string {
  const mark = negative ? '-' : spec.plus && spec.verb !== 'v' ? '+' : spec.space ? ' ' : '';
  if (spec.zero && !spec.minus && spec.width !== undefined) {
    return mark + prefix + digits.padStart(spec.width - mark.length, '0');
  }
  return pad(mark + prefix + digits, { ...spec, zero: false });
}

/** Pads to the width, counted in characters. Go pads strings with zeros too when asked. */
function pad(text: string, spec: Spec): string {
  if (spec.width === undefined) return text;
  const missing = spec.width - Array.from(text).length;
  if (missing <= 0) return text;
  if (spec.minus) return text + ' '.repeat(missing);
  return (spec.zero ? '0' : ' ').repeat(missing) + text;
}

function bad(value: GoValue, spec: Spec): string {
  const plain: Spec = { ...spec, verb: 'v', width: undefined, precision: undefined, sharp: false, plus: false };
  return `%!${spec.verb}(${typeName(value)}=${formatValue(value, plain, 0)})`;
}

/** A time.Duration, given in nanoseconds, as its String method writes it: `1h15m30.5s`. */
export function durationText(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const negative = nanoseconds < 0n;
  const total = negative ? -nanoseconds : nanoseconds;
  return (negative ? '-' : '') + (total < 1_000_000_000n ? smallDuration(total) : longDuration(total));
}

function smallDuration(total: bigint): string {
  if (total < 1000n) return `${total}ns`;
  if (total < 1_000_000n) return `${decimal(total, 3)}µs`;
  return `${decimal(total, 6)}ms`;
}

function longDuration(total: bigint): string {
  const minutes = total / 60_000_000_000n;
  const seconds = `${decimal(total % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}

/** The keys of a map in the order in which Go prints them. */
export function sortedKeys(map: ReadonlyMap<string, unknown>): string[] {
  return [...map.keys()].sort(compareText);
}
