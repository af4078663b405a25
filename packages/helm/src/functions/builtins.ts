/** The functions that text/template itself has, without the comparisons. `and` and `or` stop early in the evaluator. */
import { byteLength, toBytes } from '../go/bytes.ts';
import { fn, variadic } from '../go/define-function.ts';
import { goText, sprint, sprintf, sprintln } from '../go/format.ts';
import { FunctionError } from '../go/function-error.ts';
import {
  type GoFunction,
  type GoValue,
  goInt,
  isInt,
  isMap,
  isObject,
  isTrue,
  sliceItems,
  typeName,
  zeroElement,
} from '../go/value.ts';

function index(indexes: readonly GoValue[], item: GoValue): GoValue {
  if (item === undefined || item === null) throw new FunctionError('index of untyped nil');
  let value: GoValue = item;
  for (const each of indexes) value = indexOne(value, each);
  return value;
}

function indexOne(value: GoValue, at: GoValue): GoValue {
  if (value === undefined || value === null) throw new FunctionError('index of nil pointer');
  if (isMap(value)) {
    if (at === undefined || at === null) throw new FunctionError('value is nil; should be of type string');
    if (typeof at !== 'string') throw new FunctionError(`value has type ${typeName(at)}; should be string`);
    return value.has(at) ? value.get(at) : zeroElement(value.type);
  }
  if (typeof value === 'string') {
    return goInt(toBytes(value)[position(at, byteLength(value), 'string')] ?? 0, 'uint8');
  }
  const items = sliceItems(value);
  if (items === undefined) throw new FunctionError(`can't index item of type ${typeName(value)}`);
  return items[position(at, items.length, 'slice')] ?? null;
}

function position(at: GoValue, length: number, kind: 'string' | 'slice'): number {
  if (at === undefined || at === null) throw new FunctionError('cannot index slice/array with nil');
  if (!isInt(at)) throw new FunctionError(`cannot index slice/array with type ${typeName(at)}`);
  // Go's own check lets the length itself through.
  if (at.value === BigInt(length)) throw new FunctionError(`reflect: ${kind} index out of range`);
  if (at.value < 0n || at.value > BigInt(length)) throw new FunctionError(`index out of range: ${at.value}`);
  return Number(at.value);
}

function length(value: GoValue): GoValue {
  if (value === undefined) throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
  if (value === null) throw new FunctionError('len of nil pointer');
  if (typeof value === 'string') return goInt(byteLength(value));
  if (isMap(value)) return goInt(value.size);
  const items = sliceItems(value);
  if (items === undefined) throw new FunctionError(`len of type ${typeName(value)}`);
  return goInt(items.length);
}

const HTML: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

const SCRIPT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

function escapeScript(character: string): string {
  const known = SCRIPT[character];
  if (known !== undefined) return known;
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Escapes for a query string as Go's url.QueryEscape does. */
function queryEscape(text: string): string {
  let out = '';
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.~]/.test(character)) out += character;
    else out += byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function call(args: readonly GoValue[], called: GoValue): GoValue {
  if (called === undefined || called === null) throw new FunctionError('call of nil');
  const method = isObject(called) && called.kind === 'func' ? called.methods.get('') : undefined;
  if (method === undefined) throw new FunctionError(`non-function ${goText(called)} of type ${typeName(called)}`);
  return method.run(args);
}

/** One string argument stays as it is; everything else goes through Sprint. */
const text = (args: readonly GoValue[]): string => sprint(args.map((arg) => arg ?? null));
/** The same for what goes into another language: nothing is shown as an action shows it. */
const shown = (args: readonly GoValue[]): string => sprint(args.map((arg) => arg ?? '<no value>'));

export const builtinFunctions: Readonly<Record<string, GoFunction>> = {
  and: variadic(['value'], 'value', (_rest, first) => first),
  or: variadic(['value'], 'value', (_rest, first) => first),
  not: fn(['value'], (value) => !isTrue(value)),
  len: fn(['value'], length),
  index: variadic(['value'], 'value', index),
  print: variadic([], 'any', text),
  printf: variadic(['string'], 'any', (args, format) => sprintf(format, args)),
  println: variadic([], 'any', (args) => sprintln(args)),
  html: variadic([], 'any', (args) => shown(args).replace(/["'&<>\0]/g, (each) => HTML[each] ?? each)),
  js: variadic([], 'any', (args) => shown(args).replace(/[\\'"<>&=]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, escapeScript)),
  urlquery: variadic([], 'any', (args) => queryEscape(shown(args))),
  call: variadic(['value'], 'value', call),
};
