/**
 * Writes YAML the way Go's sigs.k8s.io/yaml does: sorted fields, lists not indented, the same choice of quotes.
 *
 * Long lines are not folded at 80 columns, which the Go writer does.
 */

import { compareYamlKeys } from './yaml-key-order.ts';
import { looksLikeOtherThanString } from './yaml-scalar.ts';

/**
 * A JSON value as a YAML document that ends in a newline.
 *
 * @example encodeYaml({ b: ['x'], a: 'yes' }) // 'a: "yes"\nb:\n- x\n'
 */
export function encodeYaml(value: unknown): string {
  const lines: string[] = [];
  if (isNonEmptyArray(value)) writeList(lines, '', value);
  else if (isNonEmptyObject(value)) writeObject(lines, '', value);
  else lines.push(scalarText(value, ''));
  return `${lines.join('\n')}\n`;
}

function writeObject(lines: string[], indent: string, object: object): void {
  for (const [key, value] of sortedMembers(object)) writeMember(lines, indent, keyText(key), value);
}

function writeMember(lines: string[], indent: string, key: string, value: unknown): void {
  if (isNonEmptyArray(value)) {
    lines.push(`${indent}${key}:`);
    writeList(lines, indent, value);
  } else if (isNonEmptyObject(value)) {
    lines.push(`${indent}${key}:`);
    writeObject(lines, `${indent}  `, value);
  } else {
    lines.push(`${indent}${key}: ${scalarText(value, `${indent}  `)}`);
  }
}

function writeList(lines: string[], indent: string, items: readonly unknown[]): void {
  for (const item of items) {
    const nested: string[] = [];
    const inner = `${indent}  `;
    if (isNonEmptyArray(item)) writeList(nested, inner, item);
    else if (isNonEmptyObject(item)) writeObject(nested, inner, item);
    else nested.push(`${inner}${scalarText(item, inner)}`);
    // The first line of the item moves up behind the dash.
    lines.push(`${indent}- ${nested[0]?.slice(inner.length) ?? ''}`, ...nested.slice(1));
  }
}

function sortedMembers(object: object): [string, unknown][] {
  const members = Object.entries(object).filter(([, value]) => value !== undefined);
  return members.sort(([a], [b]) => compareYamlKeys(a, b));
}

function isNonEmptyArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isNonEmptyObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && sortedMembers(value).length > 0;
}

function scalarText(value: unknown, indent: string): string {
  if (typeof value === 'string') return stringText(value, indent);
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object' && value !== null) return '{}';
  return typeof value === 'boolean' || typeof value === 'bigint' ? value.toString() : 'null';
}

/** Go writes floats with at least two digits of exponent: `1e+06`. */
function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value).toString();
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

function keyText(key: string): string {
  // A plain `<<` in this place would merge.
  if (key.includes('\n') || key === '<<') return doubleQuoted(key);
  return stringText(key, '');
}

function stringText(text: string, indent: string): string {
  const traits = analyse(text);
  if (text.includes('\n')) return traits.blockAllowed ? literalBlock(text, indent) : doubleQuoted(text);
  if (looksLikeOtherThanString(text)) return doubleQuoted(text);
  if (traits.plainAllowed) return text;
  return traits.singleQuotedAllowed ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text);
}

interface Traits {
  readonly plainAllowed: boolean;
  readonly singleQuotedAllowed: boolean;
  readonly blockAllowed: boolean;
}

const INDICATOR_FIRST = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?:\s|$)|---|\.\.\.)/;
const INDICATOR_INSIDE = /:(?:\s|$)|\s#/;
// Printable to YAML's emitter: everything else goes into double quotes, tabs and byte order marks too.
const SPECIAL = /[^\n\x20-\x7e\x85\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

function analyse(text: string): Traits {
  const special = SPECIAL.test(text) || / \n/.test(text);
  const edges = /^[ \n]|[ \n]$/.test(text);
  const breaks = text.includes('\n');
  const indicators = INDICATOR_FIRST.test(text) || INDICATOR_INSIDE.test(text);
  return {
    plainAllowed: !special && !edges && !breaks && !indicators,
    singleQuotedAllowed: !special && !/\n /.test(text),
    blockAllowed: !special && !text.endsWith(' '),
  };
}

function literalBlock(text: string, indent: string): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : /^\n?$|\n\n$/.test(text) ? '+' : '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${indent === '' ? '  ' : indent}${line}`));
  return `|${hint}${chomp}\n${lines.join('\n')}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\e',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

const TO_ESCAPE =
  /["\\\u0085\u00a0\u2028\u2029]|[^\x20-\x7e\u00a1-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu;

function doubleQuoted(text: string): string {
  return `"${text.replace(TO_ESCAPE, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  const short = ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0');
}
