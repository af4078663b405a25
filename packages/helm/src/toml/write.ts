/** Writes TOML as the package BurntSushi/toml does: plain members first, then tables, each under its full name. */
import { compareText } from '../go/compare-text.ts';
import { FunctionError } from '../go/function-error.ts';
import { floatText } from '../go/number-text.ts';
import { type GoMap, type GoObject, type GoValue, isInt, isMap, isObject, sliceItems, typeName } from '../go/value.ts';
import { formatTime } from '../time/format-time.ts';
import { momentOf } from '../time/time-object.ts';
import { keyText, quoted } from './key.ts';

/** Throws FunctionError for what TOML can't hold. */
export function writeToml(value: GoValue): string {
  if (value === null || value === undefined) {
    throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
  }
  if (isMap(value)) return writeTable(sortedMembers(value), [], '');
  if (isStruct(value)) return writeTable(exportedFields(value), [], '');
  if (isTableList(value)) throw new FunctionError('toml: top-level values must be Go maps or structs');
  return inline(value);
}

type Members = readonly (readonly [string, GoValue])[];

function sortedMembers(table: GoMap): Members {
  return [...table].sort(([a], [b]) => compareText(a, b));
}

/** A struct that isn't written as a text. */
function isStruct(value: GoValue): value is GoObject {
  return (
    isObject(value) && value.kind !== 'func' && timeLayout(value) === undefined && value.type !== '*semver.Version'
  );
}

/** In the order of their declaration. */
function exportedFields(value: GoObject): Members {
  return [...value.fields].filter(([name]) => /^\p{Lu}/u.test(name));
}

function writeTable(table: Members, path: readonly string[], indent: string): string {
  let out = '';
  const members = table.filter(([, value]) => value !== null && value !== undefined);
  for (const [key, value] of members) if (!isTable(value)) out += `${indent}${keyText(key)} = ${inline(value)}\n`;
  for (const [key, value] of members)
    if (isTable(value)) out += writeMember([...path, key], value, out !== '' || path.length > 0, indent);
  return out;
}

function isTable(value: GoValue): boolean {
  return isMap(value) || isStruct(value) || isTableList(value);
}

function isTableList(value: GoValue): boolean {
  const items = sliceItems(value);
  return items !== undefined && items.length > 0 && items.every((item) => isMap(item));
}

function writeMember(path: readonly string[], value: GoValue, hasBefore: boolean, indent: string): string {
  const name = path.map(keyText).join('.');
  const inner = path.length === 0 ? indent : `${indent}  `;
  if (isStruct(value)) {
    const blank = path.length === 1 && hasBefore ? '\n' : '';
    return `${blank}${indent}[${name}]\n${writeTable(exportedFields(value), path, inner)}`;
  }
  if (isMap(value)) {
    const blank = path.length === 1 && hasBefore ? '\n' : '';
    return `${blank}${indent}[${name}]\n${writeTable(sortedMembers(value), path, inner)}`;
  }
  return (sliceItems(value) ?? [])
    .map((item, index) => {
      const blank = hasBefore || index > 0 ? '\n' : '';
      return `${blank}${indent}[[${name}]]\n${isMap(item) ? writeTable(sortedMembers(item), path, inner) : ''}`;
    })
    .join('');
}

function inline(value: GoValue): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (isInt(value)) return value.value.toString();
  if (isMap(value)) {
    const members = [...value].sort(([a], [b]) => compareText(a, b));
    return `{${members.map(([key, member]) => `${keyText(key)} = ${inline(member)}`).join(', ')}}`;
  }
  if (isObject(value)) {
    const layout = timeLayout(value);
    if (layout !== undefined) return formatTime(layout, momentOf(value));
    if (value.text !== undefined) return quoted(value.text());
  }
  const items = sliceItems(value);
  if (items === undefined) throw new FunctionError(`unsupported type: ${typeName(value)}`);
  return `[${items.map(inlineItem).join(', ')}]`;
}

function inlineItem(value: GoValue): string {
  if (value === null || value === undefined) throw new FunctionError('toml: cannot encode array with nil element');
  return inline(value);
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const text = floatText(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** How a time is written; undefined for what isn't one. Times that were read without a zone are written without one. */
function timeLayout(value: GoValue): string | undefined {
  if (!isObject(value) || value.type !== 'time.Time') return undefined;
  return LOCAL_LAYOUTS[momentOf(value).zone.name] ?? '2006-01-02T15:04:05.999999999Z07:00';
}

const LOCAL_LAYOUTS: Readonly<Record<string, string>> = {
  'datetime-local': '2006-01-02T15:04:05.999999999',
  'date-local': '2006-01-02',
  'time-local': '15:04:05.999999999',
};
