/**
 * What a plain YAML scalar means to Go's YAML reader (sigs.k8s.io/yaml), which all of Kubernetes uses: YAML 1.1 with
 * exceptions.
 *
 * `yes` and `on` are booleans, `0777` and `0o777` octal, `1_000` and `1e3` numbers; `1:30` and dates stay strings.
 */
import { DecodeError } from './decode-error.ts';
import { exactNumber } from './json-reader.ts';

export type YamlScalar = null | boolean | number | bigint | string;

const WORDS = new Map<string, YamlScalar>();
for (const word of ['', '~', 'null', 'Null', 'NULL']) WORDS.set(word, null);
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']) WORDS.set(word, true);
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']) WORDS.set(word, false);

const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INTEGER = /^([-+]?)(?:(0[xX][0-9a-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|([1-9]\d*|0))$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt]|[ \t])/;
const SEXAGESIMAL = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;

/** The value of an untagged, unquoted scalar. Throws DecodeError for `.inf` and `.nan`, which JSON can't say. */
export function resolvePlain(text: string): YamlScalar {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!mayBeNumber(text)) return text;
  if (NOT_FINITE.test(text)) throw new DecodeError(`${text} is not a value that JSON knows`);
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  const integer = parseInteger(plain);
  if (integer !== undefined) return integer;
  if (!FLOAT.test(plain)) return text;
  const value = Number(plain);
  if (!Number.isFinite(value)) throw new DecodeError(`${text.slice(0, 40)} is out of range`);
  return value;
}

/** True when the plain text would not be read back as this string: the writer must quote it. */
export function looksLikeOtherThanString(text: string): boolean {
  return typeof resolveOrNull(text) !== 'string' || DATE.test(text) || SEXAGESIMAL.test(text);
}

function resolveOrNull(text: string): YamlScalar {
  return NOT_FINITE.test(text) ? null : resolvePlain(text);
}

function mayBeNumber(text: string): boolean {
  const first = text.charCodeAt(0);
  // Digits, and the signs and the point that numbers may begin with.
  return (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
}

function parseInteger(plain: string): number | bigint | undefined {
  const match = INTEGER.exec(plain);
  if (match === null) return undefined;
  const [, sign, hexadecimal, binary, octal, decimal] = match;
  const magnitude = BigInt(hexadecimal ?? binary ?? (octal === undefined ? (decimal ?? '0') : `0o${octal}`));
  return exactNumber(`${sign === '-' ? '-' : ''}${magnitude}`);
}
