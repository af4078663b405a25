/** Go's encoding/json: the text it writes for a value, and what it reads, with its messages. */
import { compareText } from './compare-text.ts';
import { FunctionError } from './function-error.ts';
import { formatFloat } from './number-text.ts';
import {
  type GoValue,
  isInt,
  isMap,
  isNilSlice,
  isObject,
  jsonFields,
  NilGoMap,
  sliceItems,
  typeName,
} from './value.ts';

export interface JsonStyle {
  /** Escapes `<`, `>` and `&`, which Go does unless told otherwise. */
  readonly escapeHtml?: boolean;
  /** Indents by two blanks. */
  readonly pretty?: boolean;
}

/** The value as JSON; maps sorted by key. Throws FunctionError for what JSON can't say. */
export function encodeGoJson(value: GoValue, style: JsonStyle = {}): string {
  return encode(value, style.escapeHtml ?? true, style.pretty === true ? '\n' : '');
}

function encode(value: GoValue, html: boolean, newline: string): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return encodeText(value, html);
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (isInt(value)) return value.value.toString();
  if (value instanceof NilGoMap || isNilSlice(value)) return 'null';
  if (isMap(value))
    return encodeMembers(
      [...value].sort(([a], [b]) => compareText(a, b)),
      html,
      newline,
    );
  if (isObject(value)) return encodeObject(value, html, newline);
  const items = sliceItems(value) ?? [];
  if (typeName(value) === '[]uint8') return JSON.stringify(encodeBase64(items));
  if (items.length === 0) return '[]';
  const deeper = newline === '' ? '' : `${newline}  `;
  return `[${items.map((item) => deeper + encode(item, html, deeper)).join(',')}${newline}]`;
}

function encodeObject(value: Extract<GoValue, { go: 'object' }>, html: boolean, newline: string): string {
  if (value.json !== undefined) return encode(value.json(), html, newline);
  if (value.kind === 'func') throw new FunctionError(`json: unsupported type: ${value.type}`);
  return encodeMembers(jsonFields(value), html, newline);
}

function encodeMembers(members: readonly (readonly [string, GoValue])[], html: boolean, newline: string): string {
  if (members.length === 0) return '{}';
  const deeper = newline === '' ? '' : `${newline}  `;
  const colon = newline === '' ? ':' : ': ';
  const texts = members.map(
    ([key, member]) => `${deeper}${encodeText(key, html)}${colon}${encode(member, html, deeper)}`,
  );
  return `{${texts.join(',')}${newline}}`;
}

function encodeBase64(items: readonly GoValue[]): string {
  return btoa(items.map((item) => (isInt(item) ? String.fromCharCode(Number(item.value)) : '')).join(''));
}

function encodeNumber(value: number): string {
  if (!Number.isFinite(value))
    throw new FunctionError(`json: unsupported value: ${formatFloat(value, 'g', undefined)}`);
  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= 1e-6 && magnitude < 1e21)) return formatFloat(value, 'f', undefined);
  return formatFloat(value, 'e', undefined).replace(/e-0(\d)$/, 'e-$1');
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

// oxlint-disable-next-line no-control-regex -- control characters are what must be escaped
const ESCAPED = /["\\\x00-\x1f\u2028\u2029]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;
// oxlint-disable-next-line no-control-regex -- control characters are what must be escaped
const ESCAPED_HTML = /["\\\x00-\x1f<>&\u2028\u2029]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;

function encodeText(text: string, html: boolean): string {
  return `"${text.replace(html ? ESCAPED_HTML : ESCAPED, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  if (character.length === 2) return character;
  const code = character.charCodeAt(0);
  return code >= 0xd800 && code <= 0xdfff ? '\\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`;
}
