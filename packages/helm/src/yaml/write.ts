/**
 * Writes values as YAML, byte for byte as helm's `toYaml` (sigs.k8s.io/yaml: JSON first, then go-yaml v2) and
 * `toYamlPretty` (go-yaml v3, lists indented) do.
 */
import { FunctionError } from '../go/function-error.ts';
import { floatText, formatFloat } from '../go/number-text.ts';
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
} from '../go/value.ts';
import { compareKeys } from './key-order.ts';
import { isMultiline, stringScalar } from './scalar.ts';

interface Style {
  readonly indentLists: boolean;
  readonly width: number;
  /** Floats that are integers become such, and a line break of YAML that JSON doesn't escape is folded. */
  readonly throughJson: boolean;
}

const TO_YAML: Style = { indentLists: false, width: 80, throughJson: true };
const PRETTY: Style = { indentLists: true, width: Infinity, throughJson: false };

/** A document that ends in a newline. */
export function writeYaml(value: GoValue): string {
  return write(value, TO_YAML);
}

/** The same with indented lists and floats as templates print them. */
export function writePrettyYaml(value: GoValue): string {
  return write(value, PRETTY);
}

type Shape =
  | { readonly kind: 'map'; readonly members: readonly (readonly [string, GoValue])[] }
  | { readonly kind: 'list'; readonly items: readonly GoValue[] }
  | { readonly kind: 'scalar'; readonly text: string | undefined; readonly value: GoValue };

function write(value: GoValue, style: Style): string {
  const shape = shapeOf(value, style);
  const out: string[] = [];
  if (shape.kind === 'map') writeMap(out, shape.members, 0, style);
  else if (shape.kind === 'list') writeList(out, shape.items, 0, style);
  else out.push(scalarText(shape, { column: 0, indent: 2, width: style.width, isKey: false }, style));
  return `${out.join('')}\n`;
}

function shapeOf(value: GoValue, style: Style): Shape {
  const isNil = value instanceof NilGoMap || isNilSlice(value);
  if (isNil && style.throughJson) return { kind: 'scalar', text: 'null', value: null };
  if (isMap(value)) return mapShape([...value]);
  if (isObject(value)) return value.json === undefined ? mapShape(jsonFields(value)) : shapeOf(value.json(), style);
  const items = sliceItems(value);
  if (items === undefined) return { kind: 'scalar', text: plainText(value, style), value };
  if (typeName(value) === '[]uint8' && style.throughJson) {
    const binary = items.map((item) => (isInt(item) ? String.fromCharCode(Number(item.value)) : '')).join('');
    return { kind: 'scalar', text: undefined, value: btoa(binary) };
  }
  return items.length === 0 ? { kind: 'scalar', text: '[]', value } : { kind: 'list', items };
}

function mapShape(members: [string, GoValue][]): Shape {
  if (members.length === 0) return { kind: 'scalar', text: '{}', value: null };
  return { kind: 'map', members: members.sort(([a], [b]) => compareKeys(a, b)) };
}

/** The text of anything but a string. */
function plainText(value: GoValue, style: Style): string | undefined {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value, style);
  return isInt(value) ? value.value.toString() : undefined;
}

function numberText(value: number, style: Style): string {
  if (!Number.isFinite(value)) {
    if (style.throughJson) throw new FunctionError(`json: unsupported value: ${floatText(value)}`);
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  }
  if (style.throughJson && Number.isInteger(value) && Math.abs(value) < 2 ** 65) {
    // JSON writes such floats as integers, with zeros after the significant digits; they are read as integers when they
    // fit 64 bits.
    const digits = formatFloat(value, 'f', undefined);
    const integer = BigInt(digits);
    if (integer >= -(2n ** 63n) && integer < 2n ** 64n) return integer.toString();
  }
  return floatText(value);
}

function scalarText(
  shape: Extract<Shape, { kind: 'scalar' }>,
  context: { column: number; indent: number; width: number; isKey: boolean },
  style: Style,
): string {
  if (shape.text !== undefined) return shape.text;
  const text = typeof shape.value === 'string' ? shape.value : '';
  return stringScalar(style.throughJson ? foldedBreaks(text) : text, context);
}

/**
 * JSON leaves U+0085 as it is, and YAML reads it in a quoted text as a line break: one is a blank, more are lines. A text
 * that then looks like a mark between documents, or a key of several lines, can't be read at all.
 */
function foldedBreaks(text: string): string {
  if (!text.includes('\u0085')) return text;
  if (/\u0085(?:---|\.\.\.)[ \u0085]/.test(text)) throw unreadable('found unexpected document indicator');
  return text.replace(/ *\u0085[ \u0085]*/g, (run) => {
    const breaks = run.replaceAll(' ', '').length;
    return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
  });
}

function unreadable(problem: string): FunctionError {
  return new FunctionError(`error converting JSON to YAML: ${problem}`);
}

const MAX_SIMPLE_KEY = 128;

/** Writes members at the indent; the cursor stands there already for the first. */
function writeMap(out: string[], members: readonly (readonly [string, GoValue])[], indent: number, style: Style): void {
  members.forEach(([key, value], index) => {
    if (index > 0) out.push(`\n${' '.repeat(indent)}`);
    if (style.throughJson && key.includes('\u0085')) throw unreadable("could not find expected ':'");
    const simple = Array.from(key).length <= MAX_SIMPLE_KEY && !isMultiline(key);
    const keyContext = { column: indent, indent: indent + 2, width: style.width, isKey: simple };
    const keyText = stringScalar(key, simple ? keyContext : { ...keyContext, column: indent + 2 });
    if (simple) out.push(`${keyText}:`);
    else out.push(`? ${keyText}\n${' '.repeat(indent)}:`);
    writeMember(out, value, indent, indent + Array.from(keyText).length + 2, style);
  });
}

function writeMember(out: string[], value: GoValue, indent: number, column: number, style: Style): void {
  const shape = shapeOf(value, style);
  if (shape.kind === 'scalar') {
    out.push(` ${scalarText(shape, { column, indent: indent + 2, width: style.width, isKey: false }, style)}`);
  } else if (shape.kind === 'map') {
    out.push(`\n${' '.repeat(indent + 2)}`);
    writeMap(out, shape.members, indent + 2, style);
  } else {
    const inner = style.indentLists ? indent + 2 : indent;
    out.push(`\n${' '.repeat(inner)}`);
    writeList(out, shape.items, inner, style);
  }
}

function writeList(out: string[], items: readonly GoValue[], indent: number, style: Style): void {
  items.forEach((item, index) => {
    if (index > 0) out.push(`\n${' '.repeat(indent)}`);
    out.push('- ');
    const shape = shapeOf(item, style);
    if (shape.kind === 'map') writeMap(out, shape.members, indent + 2, style);
    else if (shape.kind === 'list') writeList(out, shape.items, indent + 2, style);
    else {
      const context = { column: indent + 2, indent: indent + 2, width: style.width, isKey: false };
      out.push(scalarText(shape, context, style));
    }
  });
}
