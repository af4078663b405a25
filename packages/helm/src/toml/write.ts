/** Writes TOML as the package BurntSushi/toml does: plain members first, then tables, each under its full name. */
import { compareText } from '../go/compare-text.ts';
import { FunctionError } from '../go/function-error.ts';
import { floatText } from '../go/number-text.ts';
import { type GoValue, isInt, isMap, isObject, sliceItems, typeName } from '../go/value.ts';

/** Throws FunctionError for what TOML can't hold. */
export function writeToml(value: GoValue): string {
  if (value === null || value === undefined) throw new FunctionError('toml: cannot encode nil value');
  if (!isMap(value)) {
    if (isObject(value)) return writeTable(new Map(value.fields), [], '');
    throw new FunctionError(`toml: top-level values must be Go maps or structs`);
  }
  return writeTable(value, [], '');
}

function writeTable(table: ReadonlyMap<string, GoValue>, path: readonly string[], indent: string): string {
  let out = '';
  const members = [...table]
    .sort(([a], [b]) => compareText(a, b))
    .filter(([, value]) => value !== null && value !== undefined);
  for (const [key, value] of members) if (!isTable(value)) out += `${indent}${keyText(key)} = ${inline(value)}\n`;
  for (const [key, value] of members)
    if (isTable(value)) out += writeMember([...path, key], value, out !== '' || path.length > 0, indent);
  return out;
}

function isTable(value: GoValue): boolean {
  return isMap(value) || isTableList(value);
}

function isTableList(value: GoValue): boolean {
  const items = sliceItems(value);
  return items !== undefined && items.length > 0 && items.every((item) => isMap(item));
}

function writeMember(path: readonly string[], value: GoValue, hasBefore: boolean, indent: string): string {
  const name = path.map(keyText).join('.');
  const inner = path.length === 0 ? indent : `${indent}  `;
  if (isMap(value)) {
    const blank = path.length === 1 && hasBefore ? '\n' : '';
    return `${blank}${indent}[${name}]\n${writeTable(value, path, inner)}`;
  }
  return (sliceItems(value) ?? [])
    .map((item, index) => {
      const blank = hasBefore || index > 0 ? '\n' : '';
      return `${blank}${indent}[[${name}]]\n${isMap(item) ? writeTable(item, path, inner) : ''}`;
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
  const text = floatText(value, 21);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function keyText(key: string): string {
  if (key === '') return '""';
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);
}

const SHORT: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

function quoted(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must be escaped
  const escaped = text.replace(/["\\\x00-\x1f\x7f]/g, (each) => {
    return SHORT[each] ?? `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
